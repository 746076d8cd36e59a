"""What a time is warned of, and allowed all the same: window, days off, travel, short notice."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlmodel import col, select

from negotiations.access.actor import Actor
from negotiations.chains import canonical_sha256
from negotiations.civil import local_date, long_day
from negotiations.db import Db
from negotiations.errors import Invalid
from negotiations.models import Acknowledgement, Negotiation, NegotiationSession
from negotiations.models.sessions import SessionStatus
from negotiations.scheduling import acknowledged, bookings
from negotiations.working_days import holidays_of, why_off


class WarningKind(StrEnum):
    window = "window"
    day_off = "day_off"
    travel = "travel"
    past = "past"
    notice = "notice"


@dataclass(frozen=True, slots=True)
class Warned:
    """One warning. `facts` is a digest of what it is about: with other facts it is another one."""

    kind: WarningKind
    text: str
    facts: str

    @classmethod
    def of(cls, kind: WarningKind, text: str, *facts: Any) -> "Warned":
        plain = [str(one) for one in facts]
        return cls(kind, text, canonical_sha256(plain)[:32])

    @property
    def key(self) -> str:
        """What names it: `travel:0123…`."""
        return f"{self.kind.value}:{self.facts}"


async def warnings(
    db: Db,
    actor: Actor,
    session: NegotiationSession,
    negotiation: Negotiation,
    *,
    now: datetime | None,
) -> list[str]:
    """What to tell the actor of a session as it stands; without `now` nothing of the notice.

    The secretariat isn't told again of what it has acknowledged. To the sides that makes no
    difference: they don't learn what the secretariat noted.
    """
    found = await warned(db, session, negotiation, now=now)
    seat = actor.seat_in(negotiation.id)
    known: Collection[str] = ()
    if found and seat is not None and seat.party_id is None:
        known = await acknowledged.of(db, session.id)
    return [one.text for one in found if one.key not in known]


@dataclass(frozen=True, slots=True)
class Standing:
    """A warning of a session that isn't held yet, and what the secretariat noted of it."""

    warned: Warned
    noted: Acknowledgement | None

    @property
    def key(self) -> str:
        return self.warned.key


async def standing(db: Db, session: NegotiationSession, *, now: datetime) -> list[Standing]:
    """What a proposed or confirmed session is warned of as it stands, acknowledged or not.

    Of short notice only once it is confirmed: until then it isn't given.
    """
    if session.status not in (SessionStatus.proposed, SessionStatus.confirmed):
        return []
    rows = await db.exec(select(Negotiation).where(col(Negotiation.id) == session.negotiation_id))
    late = session.status is SessionStatus.confirmed
    found = await warned(db, session, rows.one(), now=now if late else None)
    noted = await acknowledged.of(db, session.id) if found else {}
    return [Standing(one, noted.get(one.key)) for one in found]


def check_stands(found: Sequence[Standing], key: str) -> Warned:
    """The warning of this key; Invalid where the session isn't warned of that (any more)."""
    for one in found:
        if one.key == key:
            return one.warned
    raise Invalid.field(
        "warning", "The session isn't warned of this any more. See what it is warned of now."
    )


async def warned(
    db: Db,
    session: NegotiationSession,
    negotiation: Negotiation,
    *,
    now: datetime | None,
    at: bookings.Slot | None = None,
) -> list[Warned]:
    """Every warning, acknowledged or not; of another time of it, where `at` is given."""
    slot = at or session
    found = [
        outside_window(slot, negotiation.opens_on, negotiation.closes_on),
        day_off(slot, negotiation),
        tight_travel(
            await bookings.close_by(db, session, negotiation.travel_buffer_minutes, at),
            slot,
            negotiation.travel_buffer_minutes,
        ),
        short_notice(slot, negotiation.notice_hours, now) if now else None,
    ]
    return [one for one in found if one]


def short_notice(slot: bookings.Slot, notice_hours: int, now: datetime) -> Warned | None:
    """A warning when it starts sooner than the negotiation's notice period."""
    if slot.starts_at - now >= timedelta(hours=notice_hours):
        return None
    if slot.starts_at <= now:
        return Warned.of(WarningKind.past, "This time has passed already.", slot.starts_at)
    text = f"It starts in less than {notice_hours} hours: tell everyone directly."
    return Warned.of(WarningKind.notice, text, slot.starts_at, notice_hours)


def outside_window(slot: bookings.Slot, opens: Any, closes: Any) -> Warned | None:
    """A warning when its civil date lies outside the negotiation's window."""
    first, last = slot.local_start.date(), slot.local_end.date()
    if (opens and first < opens) or (closes and last > closes):
        text = f"It lies outside the talks' window ({opens or '…'} to {closes or '…'})."
        return Warned.of(WarningKind.window, text, first, last, opens, closes)
    return None


def day_off(slot: bookings.Slot, negotiation: Negotiation) -> Warned | None:
    """A warning when it begins on a weekend or holiday, by the calendar of the home zone."""
    day = local_date(slot.starts_at, negotiation.home_tz)
    why = why_off(day, holidays_of(negotiation.holidays))
    if not why:
        return None
    text = f"It falls on {why}: {long_day(day)} in {negotiation.home_tz}."
    return Warned.of(WarningKind.day_off, text, day, why)


def tight_travel(near: bookings.Near | None, slot: bookings.Slot, minutes: int) -> Warned | None:
    """A warning when less than the travel buffer lies between this and another booking: whose it
    is, and not of what."""
    if near is None:
        return None
    text = f"Less than {minutes} minutes lie between this and another session of {near.name}."
    return Warned.of(
        WarningKind.travel, text, minutes, slot.starts_at, slot.ends_at, *near.times
    )  # fmt: skip
