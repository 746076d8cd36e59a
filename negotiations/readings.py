"""PURE: by which clock a session's time is read first, and which one stands beside it."""

from dataclasses import dataclass
from datetime import date, datetime

from negotiations.civil import city_of, local_date
from negotiations.models import NegotiationSession
from negotiations.models.parties import Times


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads times: the IANA zone they live by, and which clock comes first for them."""

    tz: str
    times: Times = Times.venue


@dataclass(frozen=True, slots=True)
class Reading:
    """A clock: its IANA zone, what follows a time read by it first, and one read beside another."""

    tz: str
    first: str
    beside: str


def readings(tz: str, reader: Reader | None) -> tuple[Reading, Reading | None]:
    """The clock by which a time at a place in `tz` is read, and the one beside it.

    The venue's comes first unless the reader wants their own or UTC; then it stands beside.
    """
    venue = Reading(tz, f"({city_of(tz)})", f"in {city_of(tz)}")
    if reader is None:
        return venue, None
    if reader.times == Times.utc:
        return Reading("UTC", "", "UTC"), venue
    own = Reading(reader.tz, "your time", "your time")
    return (own, venue) if reader.times == Times.local else (venue, own)


def venue_first(reader: Reader) -> Reader:
    """The same with the venue's clock first, as beside fields in which its times are typed."""
    return Reader(reader.tz)


def follows_venue(reader: Reader | None) -> bool:
    """Whether the agreed local time itself comes first."""
    return reader is None or reader.times not in (Times.local, Times.utc)


def day_at(local: datetime, instant: datetime, tz: str, reader: Reader | None) -> date:
    """The day of an agreed local time, which is `instant`, by the clock that comes first."""
    return (
        local.date() if follows_venue(reader) else local_date(instant, readings(tz, reader)[0].tz)
    )


def day_of(session: NegotiationSession, reader: Reader | None) -> date:
    """The day under which a session is listed, by the clock that comes first."""
    return day_at(session.local_start, session.starts_at, session.tz, reader)
