"""PURE: from office hours on the clock of a zone to the instants at which an office is open.

Open is every instant at which the clock there shows an hour of that day's: an hour that the clocks
skip isn't, and of one that comes twice both are.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from negotiations.availability.intervals import Interval, Intervals, union, within

MIDNIGHT = 24 * 60
# Minutes of a day, from and to: `[540, 720)` is 09:00 to 12:00; the end of a day is 1440.
Span = tuple[int, int]
Day = tuple[Span, ...]
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
USUAL: Day = ((9 * 60, 17 * 60),)
_SPAN = re.compile(r"(\d{1,2})(?::(\d\d))?\s*(?:-|–|to)\s*(\d{1,2})(?::(\d\d))?")
_HALF = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """Hours by weekday (Monday first) in a zone, and other ones on some days.

    On a holiday nobody is there unless that day has hours of its own. `preparation` are the minutes
    that whose hours they are wants before a session.
    """

    tz: str
    weekly: tuple[Day, ...] = (USUAL,) * 5 + ((), ())
    exceptions: Mapping[date, Day] = field(default_factory=dict)
    preparation: int = 0

    def on(self, day: date, holidays: Collection[date] = ()) -> Day:
        """The hours of one day."""
        if day in self.exceptions:
            return self.exceptions[day]
        return () if day in holidays else self.weekly[day.weekday()]


ALWAYS: tuple[Day, ...] = (((0, MIDNIGHT),),) * 7


def opened(hours: OfficeHours, window: Interval, holidays: Collection[date] = ()) -> Intervals:
    """The instants in the window (UTC) at which it is open."""
    found: list[Interval] = []
    for start, end, offset in constant(hours.tz, window):
        day = (start + offset).date()
        last = (end + offset).date()
        while day <= last:
            midnight = datetime.combine(day, time(), UTC) - offset
            for first, until in hours.on(day, holidays):
                opens = midnight + timedelta(minutes=first)
                closes = midnight + timedelta(minutes=until)
                found.append((max(opens, start), min(closes, end)))
            day += timedelta(days=1)
    return within(union(found), window)


def constant(tz: str, window: Interval) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """The window, cut where the clocks of the zone change; with its offset from UTC in each part.

    Looked for between points half a day apart: none of tzdata's changes undoes another in that.
    """
    zone = ZoneInfo(tz)
    start, end = window
    while start < end:
        offset = _offset(start, zone)
        until = start
        while until < end and _offset(until, zone) == offset:
            until += _HALF
        if _offset(until, zone) != offset:
            until = _change(until - _HALF, until, zone)
        until = min(until, end)
        yield start, until, offset
        start = until


@lru_cache(maxsize=1000)
def _change(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    """The second at which the offset is first another one."""
    offset = _offset(low, zone)
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
        if _offset(middle, zone) == offset:
            low = middle
        else:
            high = middle
    return high


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def read_day(written: str) -> Day:
    """The hours that are written as `09:00-12:00, 13:00-17:00`; nothing and `closed` are none.

    ValueError says what is wrong.
    """
    text = written.strip()
    if text.lower() in ("", "closed", "none"):
        return ()
    spans = [_span(one.strip()) for one in text.split(",")]
    return checked(spans)


def _span(written: str) -> Span:
    found = _SPAN.fullmatch(written)
    if found is None:
        raise ValueError(f"“{written[:40]}” is no time of day; write 09:00-12:00, 13:00-17:00")
    from_, to = (int(found[at]) * 60 + int(found[at + 1] or 0) for at in (1, 3))
    if int(found[2] or 0) > 59 or int(found[4] or 0) > 59:
        raise ValueError(f"“{written[:40]}” has more than 59 minutes; write 09:00-12:00")
    return from_, to


def checked(spans: Iterable[Span]) -> Day:
    """The same in order; ValueError where they overlap, end before they begin or leave the day."""
    ordered = sorted(spans)
    for number, (from_, to) in enumerate(ordered):
        if not 0 <= from_ < to <= MIDNIGHT:
            raise ValueError(f"{clock(from_)}-{clock(to)} doesn't end after it begins, by 24:00")
        if number and from_ < ordered[number - 1][1]:
            raise ValueError(f"two of the times overlap at {clock(from_)}; write them as one")
    return tuple(ordered)


def written(day: Sequence[Span]) -> str:
    """As `read_day` takes it; empty when closed."""
    return ", ".join(f"{clock(from_)}-{clock(to)}" for from_, to in day)


def clock(minutes: int) -> str:
    """`09:00`; the end of a day is `24:00`."""
    return f"{minutes // 60:02}:{minutes % 60:02}"
