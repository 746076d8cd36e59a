"""How times, states and outcomes are shown to people: venue time first, then the reader's own."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from negotiations.civil import clock_time, day, long_day
from negotiations.models import NegotiationSession, Person


def words(value: object) -> str:
    """An enumerated value as words: `not_reached` is `not reached`."""
    return str(getattr(value, "value", value)).replace("_", " ")


def city_of(tz: str) -> str:
    """The zone's own city: `Los Angeles` of America/Los_Angeles."""
    return tz.rpartition("/")[2].replace("_", " ")


def when(session: NegotiationSession, reader: Person | None = None) -> str:
    """`Tue 9 Nov 2010, 10:00 to 12:00 PST (Los Angeles) · 13:00 EST your time`."""
    start = f"{session.local_start:%H:%M}"
    text = (
        f"{long_day(session.local_start)}, {start} to "
        f"{clock_time(session.ends_at, session.tz)} ({city_of(session.tz)})"
    )
    if reader is None:
        return text
    own = clock_time(session.starts_at, reader.tz)
    if own == clock_time(session.starts_at, session.tz):
        return text
    there = session.starts_at.astimezone(ZoneInfo(reader.tz)).date()
    extra = f"{day(there)} " if there != session.local_start.date() else ""
    return f"{text} · {extra}{own} your time"


def utc(session: NegotiationSession) -> str:
    """The UTC reading, for print."""
    return f"{session.starts_at.astimezone(ZoneInfo('UTC')):%Y-%m-%d %H:%M} UTC"


def stamp(instant: datetime, tz: str) -> str:
    """`Tue 9 Nov 2010, 10:00 PST`."""
    return f"{long_day(instant.astimezone(ZoneInfo(tz)))}, {clock_time(instant, tz)}"


FOR_TEMPLATES: dict[str, Any] = {
    "words": words,
    "clock_time": clock_time,
    "day": day,
    "long_day": long_day,
    "city_of": city_of,
    "when": when,
    "utc": utc,
    "stamp": stamp,
}
