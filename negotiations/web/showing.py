"""How times, states and outcomes are shown to people: venue time first, then the reader's own."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from negotiations.civil import clock_time, day, long_day, zone_of
from negotiations.models import NegotiationSession, Person


def words(value: object) -> str:
    """An enumerated value as words: `not_reached` is `not reached`."""
    return str(getattr(value, "value", value)).replace("_", " ")


def listing(names: Sequence[str]) -> str:
    """`A, B and C`."""
    *first, last = names or [""]
    return f"{', '.join(first)} and {last}" if first else last


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
    own = own_time(session, reader)
    return f"{text} · {own}" if own else text


def own_time(session: NegotiationSession, reader: Person | None) -> str:
    """`13:00 EST your time`; empty where the reader's clock shows the same, or there is none."""
    if reader is None:
        return ""
    own = clock_time(session.starts_at, reader.tz)
    if own == clock_time(session.starts_at, session.tz):
        return ""
    there = session.starts_at.astimezone(zone_of(reader.tz)).date()
    extra = f"{day(there)} " if there != session.local_start.date() else ""
    return f"{extra}{own} your time"


def hours(session: NegotiationSession) -> str:
    """`10:00 to 12:00 PST` where it takes place, for under the day it begins on."""
    until = f"{day(session.local_end)} " if _overnight(session) else ""
    return f"{session.local_start:%H:%M} to {until}{clock_time(session.ends_at, session.tz)}"


def _overnight(session: NegotiationSession) -> bool:
    return session.local_end.date() != session.local_start.date()


def span(starts_at: datetime, ends_at: datetime, tz: str) -> str:
    """`Tue 9 Nov 2010, 10:00 to 12:00 PST`, in any zone; the end's day only if it is another."""
    home = zone_of(tz)
    start, end = starts_at.astimezone(home), ends_at.astimezone(home)
    until = f"{day(end)} " if end.date() != start.date() else ""
    return f"{long_day(start)}, {start:%H:%M} to {until}{clock_time(ends_at, tz)}"


def civil(local: datetime, tz: str, fold: int | None, reader_tz: str) -> str:
    """An agreed local time as the log keeps it: `Mon 8 Nov 2010, 10:00 PST · 13:00 EST your time`,
    with the reader's day where it is another."""
    instant = local.replace(tzinfo=zone_of(tz), fold=fold or 0).astimezone(UTC)
    own, there = clock_time(instant, reader_tz), clock_time(instant, tz)
    own_day = instant.astimezone(zone_of(reader_tz)).date()
    extra = f"{day(own_day)} " if own_day != local.date() else ""
    return f"{long_day(local)}, {there}" + (f" · {extra}{own} your time" if own != there else "")


def clocks_change(session: NegotiationSession) -> bool:
    """Whether the clocks are changed at the venue while the session lasts."""
    home = zone_of(session.tz)
    start, end = session.starts_at.astimezone(home), session.ends_at.astimezone(home)
    return start.utcoffset() != end.utcoffset()


def utc(session: NegotiationSession) -> str:
    """The UTC reading, for print."""
    return f"{session.starts_at.astimezone(ZoneInfo('UTC')):%Y-%m-%d %H:%M} UTC"


def stamp(instant: datetime, tz: str) -> str:
    """`Tue 9 Nov 2010, 10:00 PST`."""
    return f"{long_day(instant.astimezone(zone_of(tz)))}, {clock_time(instant, tz)}"


FOR_TEMPLATES: dict[str, Any] = {
    "words": words,
    "listing": listing,
    "clock_time": clock_time,
    "day": day,
    "long_day": long_day,
    "city_of": city_of,
    "when": when,
    "own_time": own_time,
    "hours": hours,
    "span": span,
    "civil": civil,
    "clocks_change": clocks_change,
    "utc": utc,
    "stamp": stamp,
}
