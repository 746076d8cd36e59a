"""Times that are suggested on the forms of a session, and the one that is taken with a click.

A form has a button `step=suggest`; each time that is shown then is a button `take`, which fills in
the fields of the time and leaves all else as it was typed.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from negotiations.access.actor import Actor
from negotiations.availability.intervals import Interval
from negotiations.availability.slots import spread
from negotiations.availability.suggesting import Asked, When, days_of, suggest
from negotiations.civil import zone_of
from negotiations.db import Db
from negotiations.errors import Invalid
from negotiations.models import Negotiation, NegotiationSession
from negotiations.scheduling import asking, seating
from negotiations.scheduling.times import zone
from negotiations.web.forms import Form
from negotiations.web.html import Page

USUAL_MINUTES, MOST_MINUTES = 120, 24 * 60
SHOWN, A_DAY = 12, 3
_TAKEN = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d)Z/(\d{1,4})")
_CLOCK = re.compile(r"(\d{1,2}):(\d\d)")
FIELDS = ("date", "start", "end", "end_date", "fold")


@dataclass(frozen=True, slots=True)
class Suggested:
    """What the form shows: each time with the value of its button, in the venue's zone and others.

    `one_side` where the other side's hours don't count.
    """

    times: list[tuple[str, Interval]]
    tz: str
    others: list[tuple[str, str]]
    first: date
    last: date
    minutes: int
    one_side: bool

    @property
    def next_day(self) -> date:
        """Where a further look begins."""
        return self.last + timedelta(days=1)


def wants_times(form: Form) -> bool:
    """Whether one of the buttons was pressed that only fill the form in."""
    return form.get("step") == "suggest" or bool(form.get("take"))


async def look(
    page: Page, db: Db, actor: Actor, negotiation: Negotiation, asked: Asked, tz: str
) -> Suggested:
    """What suits, by what the form says of length and days; Invalid names the wrong field."""
    form = page.form
    minutes = _minutes(form)
    try:
        first, last = days_of(_day(form, "from_day"), None, tz, page.now)
    except OverflowError:
        raise Invalid.field("from_day", "Choose a day nearer to today.") from None
    when = When(minutes, tz, first, last)
    found = await suggest(db, actor, negotiation, asked, when, now=page.now)
    chosen = spread(found, tz, a_day=A_DAY, most=SHOWN)
    seat = actor.seat_in(negotiation.id)
    return Suggested(
        times=[(f"{one[0]:%Y-%m-%dT%H:%M}Z/{minutes}", one) for one in chosen],
        tz=tz,
        others=[(party.short_name, party.tz) for party in asked.parties if party.tz != tz],
        first=first,
        last=last,
        minutes=minutes,
        one_side=seat is not None and seat.party_id is not None,
    )


async def around(
    page: Page, db: Db, actor: Actor, session: NegotiationSession
) -> tuple[Form, Suggested | None]:
    """For another time of a session: the form with the one that was taken, else what suits."""
    tz = page.form.get("tz").strip() or session.tz
    zone(tz)
    filled = taken(page.form, tz)
    if filled is not None:
        return filled, None
    where = await seating.setting(db, session)
    asked = await asking.of_session(db, session, where.parties)
    return page.form, await look(page, db, actor, where.negotiation, asked, tz)


def _day(form: Form, name: str) -> date | None:
    told = form.get(name).strip()
    if not told:
        return None
    try:
        day = date.fromisoformat(told)
    except ValueError:
        raise Invalid.field(name, "Give the day as 2030-11-09.") from None
    if not 1970 < day.year < 2200:
        raise Invalid.field(name, "This lies outside the years 1971 to 2199. Correct the year.")
    return day


def _minutes(form: Form) -> int:
    """As the field says; else as long as the times that are typed; else two hours."""
    told = form.get("minutes").strip()
    if not told:
        return _typed_length(form) or USUAL_MINUTES
    minutes = int(told) if told.isascii() and told.isdigit() and len(told) < 5 else 0
    if not 15 <= minutes <= MOST_MINUTES:
        raise Invalid.field("minutes", "Give the minutes as a number from 15 to 1440.")
    return minutes


def _typed_length(form: Form) -> int:
    read = [_CLOCK.fullmatch(form.get(name).strip()) for name in ("start", "end")]
    if not all(read) or form.get("end_date").strip() not in ("", form.get("date").strip()):
        return 0
    start, end = (int(one[1]) * 60 + int(one[2]) for one in read if one)
    return end - start if 15 <= end - start <= MOST_MINUTES else 0


def taken(form: Form, tz: str) -> Form | None:
    """The form with the time that its button `take` names, on the clock of `tz`; None without."""
    read = _TAKEN.fullmatch(form.get("take"))
    if read is None:
        return None
    try:
        start = datetime.fromisoformat(read[1]).replace(tzinfo=UTC)
        end = start + timedelta(minutes=int(read[2]))
        local = [one.astimezone(zone_of(tz)) for one in (start, end)]
    except (ValueError, OverflowError):
        return None
    kept = [(key, value) for key, value in form.fields if key not in {*FIELDS, "take", "tz"}]
    another = f"{local[1]:%Y-%m-%d}" if local[1].date() != local[0].date() else ""
    twice = any(one.replace(fold=0).utcoffset() != one.replace(fold=1).utcoffset() for one in local)
    fold = [("fold", str(local[0].fold or local[1].fold))] if twice else []
    return Form(
        [
            *kept, ("tz", tz), ("date", f"{local[0]:%Y-%m-%d}"), ("start", f"{local[0]:%H:%M}"),
            ("end", f"{local[1]:%H:%M}"), ("end_date", another), *fold,
        ]
    )  # fmt: skip
