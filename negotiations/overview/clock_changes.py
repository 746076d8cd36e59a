"""PURE: when the clocks change between two days, and how far."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from negotiations.civil import city_of, clock_time, day, long_day, zone_of
from negotiations.ics.transitions import Transition, transitions

LONGEST = timedelta(days=1100)  # nobody plans by the clock changes of the years after


@dataclass(frozen=True, slots=True)
class ClockChange:
    """One day on which clocks change, with a sentence for each zone that does."""

    on: date
    text: str


def clock_changes(first: date | None, last: date | None, zones: Iterable[str]) -> list[ClockChange]:
    """The days from `first` to `last` on which clocks change in one of these zones."""
    if first is None or last is None:
        return []
    last = min(last, first + LONGEST)
    found: dict[date, list[str]] = {}
    for tz in dict.fromkeys(zones):
        for change in _changes(tz, first.year, last.year):
            if first <= change.start.date() <= last:
                found.setdefault(change.start.date(), []).append(_sentence(tz, change))
    return [
        ClockChange(on, f"Clocks change on {long_day(on)}: {'; '.join(found[on])}.")
        for on in sorted(found)
    ]


@lru_cache(maxsize=256)
def _changes(tz: str, first_year: int, last_year: int) -> tuple[Transition, ...]:
    zone = zone_of(tz)  # UTC where a row has a broken name: one row may not break the page
    return tuple(transitions(zone, first_year, last_year)) if isinstance(zone, ZoneInfo) else ()


def _sentence(tz: str, change: Transition) -> str:
    """`in New York from 02:00 EDT back to 01:00 EST`."""
    zone = ZoneInfo(tz)
    before = change.start.replace(tzinfo=zone, fold=0)
    instant = (change.start - change.before).replace(tzinfo=ZoneInfo("UTC"))
    after = instant.astimezone(zone)
    earlier = _named(before - timedelta(minutes=1), tz)
    way = "forward" if change.after > change.before else "back"
    other = "" if after.date() == change.start.date() else f" on {day(after)}"
    then = f"{clock_time(after, tz)}{other}"
    return f"in {city_of(tz)} from {change.start:%H:%M} {earlier} {way} to {then}"


def _named(moment: datetime, tz: str) -> str:
    """The zone's name in force just before the change."""
    return clock_time(moment, tz).partition(" ")[2]
