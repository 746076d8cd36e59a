"""Which times are suggested to somebody, and from whose hours.

Who schedules for both sides, the coordinator, is told what suits all. Anybody else is told what
suits their own side: from what the other side's hours leave out, its calendars could be read. All
are told around the bookings of those who sit there, of which the interval is no secret.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlmodel import col, select

from negotiations.access.actor import Actor, Seat
from negotiations.availability import reading
from negotiations.availability.intervals import Interval
from negotiations.availability.slots import Wanted, free, slots
from negotiations.civil import end_of_day, local_date, zone_of
from negotiations.db import Db
from negotiations.errors import Invalid
from negotiations.models import Membership, Negotiation, Party, Person, Team
from negotiations.models.parties import Role

USUAL_DAYS, MOST_DAYS = 14, 62
STEP = timedelta(minutes=30)
SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Asked:
    """For whom a time is looked for: the parties at the table, the teams that they send (the
    default one of a party that names none), and the people who have to be there."""

    parties: Sequence[Party]
    team_ids: Collection[str] = ()
    person_ids: Collection[str] = ()
    besides: Collection[str] = ()  # sessions whose bookings don't count: the one that moves


@dataclass(frozen=True, slots=True)
class When:
    """How long, in which zone, and on which days there, the last included."""

    minutes: int
    tz: str
    first: date
    last: date


def days_of(first: date | None, last: date | None, tz: str, now: datetime) -> tuple[date, date]:
    """The days to look at: from today, or the first, two weeks unless a last one is named."""
    begin = first or local_date(now, tz)
    end = last or begin + timedelta(days=USUAL_DAYS - 1)
    if end < begin:
        raise Invalid.field("to", "The last day lies before the first. Move it.")
    if end - begin >= timedelta(days=MOST_DAYS):
        raise Invalid.field("to", f"Look at {MOST_DAYS} days at most, and then at the next ones.")
    return begin, end


async def suggest(
    db: Db, actor: Actor, negotiation: Negotiation, asked: Asked, when: When, *, now: datetime
) -> list[Interval]:
    """Every time that suits whoever counts for this actor, the earliest first."""
    window = _window(negotiation, when)
    seat = actor.seat_in(negotiation.id)
    party_ids, person_ids = await _counting(db, seat, negotiation, asked)
    hours = await reading.offices(db, party_ids, person_ids)
    wanted = Wanted(
        length=timedelta(minutes=when.minutes),
        window=window,
        earliest=now + timedelta(hours=negotiation.notice_hours),
        tz=when.tz,
        step=STEP,
        travel=timedelta(minutes=negotiation.travel_buffer_minutes),
        preparation=timedelta(minutes=max([0, *(one.preparation for one in hours.values())])),
    )
    before = max(wanted.travel, wanted.preparation)  # as `free` keeps it clear of what lies before
    near = (window[0] - before, window[1] + wanted.travel)
    numbers = await _numbers(db, negotiation, asked)
    busy = await reading.busy_with(db, person_ids, near)
    booked = await reading.booked(db, numbers, near, besides=asked.besides)
    open_ = [reading.opened_at(one, window, negotiation) for one in hours.values()]
    taken = [block for blocks in busy.values() for block in blocks]
    return list(slots(wanted, free(wanted, open_, booked=booked, busy=taken)))


def _window(negotiation: Negotiation, when: When) -> Interval:
    """The days that are asked for, as far as the talks' own window reaches."""
    start = datetime.combine(when.first, time(), zone_of(when.tz)).astimezone(UTC)
    end = end_of_day(when.last, when.tz) + SECOND
    home = negotiation.home_tz
    if negotiation.opens_on is not None:
        opens = datetime.combine(negotiation.opens_on, time(), zone_of(home)).astimezone(UTC)
        start = max(start, opens)
    if negotiation.closes_on is not None:
        end = min(end, end_of_day(negotiation.closes_on, home) + SECOND)
    return start, end


async def _counting(
    db: Db, seat: Seat | None, negotiation: Negotiation, asked: Asked
) -> tuple[list[str], list[str]]:
    """Whose hours and calendars count: for the coordinator everybody's, else one's own side's."""
    party_ids = [party.id for party in asked.parties]
    rows = await db.exec(
        select(Membership.person_id, Membership.party_id).where(
            col(Membership.negotiation_id) == negotiation.id,
            col(Membership.person_id).in_(asked.person_ids),
            col(Membership.ended_at).is_(None),
        )
    )
    seated = dict(rows.all())
    if seat is not None and seat.role is Role.coordinator:
        return party_ids, sorted(seated)
    own = seat.party_id if seat is not None else None
    people = sorted(id_ for id_, party_id in seated.items() if own and party_id == own)
    return [id_ for id_ in party_ids if id_ == own], people


async def _numbers(db: Db, negotiation: Negotiation, asked: Asked) -> list[int]:
    """Of the teams and people whose sessions stand in the way."""
    rows = await db.exec(
        select(Team.id, Team.party_id, Team.is_default, Team.resource_no).where(
            col(Team.party_id).in_([party.id for party in asked.parties])
        )
    )
    teams = rows.all()
    named = {party_id for id_, party_id, _, _ in teams if id_ in asked.team_ids}
    found = [
        number
        for id_, party_id, is_default, number in teams
        if id_ in asked.team_ids or (is_default and party_id not in named)
    ]
    people = await db.exec(
        select(Person.resource_no)
        .join(Membership, col(Membership.person_id) == Person.id)
        .where(
            col(Person.id).in_(asked.person_ids),
            col(Membership.negotiation_id) == negotiation.id,
            col(Membership.ended_at).is_(None),
        )
    )
    return [*found, *people.all()]
