"""PURE: hours on a civil clock as instants, so that zones and clock changes are settled once."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from negotiations.planning.problem import Day, Interval


def hours(dates: Iterable[date], opens: time, closes: time, zone: ZoneInfo) -> list[Interval]:
    """From `opens` to `closes` on each of these dates, on the clocks of the zone, as UTC.

    A time that a clock change leaves out or brings twice is the one of the offset before it.
    """
    return [Interval(_at(each, opens, zone), _at(each, closes, zone)) for each in dates]


def days_of(
    dates: Iterable[date], opens: time, closes: time, zone: ZoneInfo, grid_minutes: int
) -> tuple[Day, ...]:
    """The days of a window on which the teams work these hours without a break."""
    found = []
    for each in dates:
        (open_,) = hours([each], opens, closes, zone)
        slots = (open_.ends - open_.starts) // timedelta(minutes=grid_minutes)
        found.append(Day(each, open_.starts, slots, (open_,)))
    return tuple(found)


def _at(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, zone).astimezone(UTC)
