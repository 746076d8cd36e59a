"""How times, states and outcomes are shown to people: venue time first, then the reader's own,
unless the reader wants another clock first (`readings`)."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from negotiations.civil import begins, city_of, clock_time, day, local_date, long_day, zone_of
from negotiations.models import NegotiationSession
from negotiations.readings import Reader, day_at, day_of, follows_venue, readings, venue_first


def words(value: object) -> str:
    """An enumerated value as words: `not_reached` is `not reached`."""
    return str(getattr(value, "value", value)).replace("_", " ")


def listing(names: Sequence[str]) -> str:
    """`A, B and C`."""
    *first, last = names or [""]
    return f"{', '.join(first)} and {last}" if first else last


def when(session: NegotiationSession, reader: Reader | None = None) -> str:
    """`Tue 9 Nov 2010, 10:00 to 12:00 PST (Los Angeles) · 13:00 EST your time`.

    By the reader's own clock first `Tue 9 Nov 2010, 13:00 to 15:00 EST your time · 10:00 PST in
    Los Angeles`, if they want it so.
    """
    day_, whose = long_day(day_of(session, reader)), whose_clock(session, reader)
    text = f"{day_}, {hours(session, reader)}" + (f" {whose}" if whose else "")
    other = beside(session, reader)
    return f"{text} · {other}" if other else text


def whose_clock(session: NegotiationSession, reader: Reader | None = None) -> str:
    """What follows its hours: `(Los Angeles)` or `your time`; nothing after UTC."""
    return readings(session.tz, reader)[0].first


def beside(session: NegotiationSession, reader: Reader | None) -> str:
    """Its start by the second clock: `13:00 EST your time`, or `10:00 PST in Los Angeles`.

    Empty where both clocks show the same, or there is no reader.
    """
    return _beside(session.local_start, session.starts_at, session.tz, reader)


def _beside(local: datetime, instant: datetime, tz: str, reader: Reader | None) -> str:
    first, second = readings(tz, reader)
    if second is None or clock_time(instant, second.tz) == clock_time(instant, first.tz):
        return ""
    there = local_date(instant, second.tz) if second.tz != tz else local.date()
    extra = f"{day(there)} " if there != day_at(local, instant, tz, reader) else ""
    return f"{extra}{clock_time(instant, second.tz)} {second.beside}"


def hours(session: NegotiationSession, reader: Reader | None = None) -> str:
    """`10:00 to 12:00 PST` by the clock that comes first, for under the day it begins on there."""
    if follows_venue(reader):
        tz, start, end = session.tz, session.local_start, session.local_end
    else:
        tz = readings(session.tz, reader)[0].tz
        start, end = (one.astimezone(zone_of(tz)) for one in (session.starts_at, session.ends_at))
    until = f"{day(end)} " if end.date() != start.date() else ""
    first = begins(session.starts_at, session.ends_at, tz)
    return f"{first} to {until}{clock_time(session.ends_at, tz)}"


def span(starts_at: datetime, ends_at: datetime, tz: str) -> str:
    """`Tue 9 Nov 2010, 10:00 to 12:00 PST`, in any zone; the end's day only if it is another."""
    home = zone_of(tz)
    start, end = starts_at.astimezone(home), ends_at.astimezone(home)
    until = f"{day(end)} " if end.date() != start.date() else ""
    first = begins(starts_at, ends_at, tz)
    return f"{long_day(start)}, {first} to {until}{clock_time(ends_at, tz)}"


def civil(local: datetime, tz: str, fold: int | None, reader: Reader) -> str:
    """An agreed local time as the log keeps it: `Mon 8 Nov 2010, 10:00 PST · 13:00 EST your time`,
    with the other clock's day where it is another."""
    instant = local.replace(tzinfo=zone_of(tz), fold=fold or 0).astimezone(UTC)
    first = readings(tz, reader)[0]
    whose = f" {first.first}" if first.tz != tz and first.first else ""
    text = f"{long_day(day_at(local, instant, tz, reader))}, {clock_time(instant, first.tz)}{whose}"
    other = _beside(local, instant, tz, reader)
    return f"{text} · {other}" if other else text


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
    "whose_clock": whose_clock,
    "beside": beside,
    "day_of": day_of,
    "venue_first": venue_first,
    "hours": hours,
    "span": span,
    "civil": civil,
    "clocks_change": clocks_change,
    "utc": utc,
    "stamp": stamp,
}
