"""PURE: which times suit? Where everybody's hours meet, and nobody is taken or on the way."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from negotiations.availability.intervals import (
    Interval,
    Intervals,
    difference,
    intersection,
    union,
    widened,
    within,
)

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What kind of time is looked for.

    It begins at a full `step` on the clock of `tz`, in the window and not before `earliest`
    (now and the notice that is due). `travel` lies between it and any other session, `preparation`
    between it and what came before.
    """

    length: timedelta
    window: Interval
    earliest: datetime
    tz: str
    step: timedelta = timedelta(minutes=30)
    travel: timedelta = timedelta(0)
    preparation: timedelta = timedelta(0)


def free(
    wanted: Wanted, open_: Sequence[Intervals], *, booked: Iterable[Interval] = (),
    busy: Iterable[Interval] = (),
) -> Intervals:  # fmt: skip
    """In which a session may lie: within each of `open_`, apart from what is booked and busy."""
    start, end = wanted.window
    found = within(((start, end),), (max(start, wanted.earliest), end))
    for one in open_:
        found = intersection(found, one)
    before = max(wanted.travel, wanted.preparation)
    taken = union(
        widened(booked, wanted.travel, before), widened(busy, timedelta(0), wanted.preparation)
    )
    return difference(found, taken)


def slots(wanted: Wanted, free_: Intervals) -> Iterator[Interval]:
    """Every time that suits, the earliest first."""
    zone = ZoneInfo(wanted.tz)
    for start, end in free_:
        at = _next(start, zone, wanted.step)
        while at + wanted.length <= end:
            yield at, at + wanted.length
            at = _next(at + MINUTE, zone, wanted.step)


def _next(at: datetime, zone: ZoneInfo, step: timedelta) -> datetime:
    """The first instant from `at` on at which the clock shows a full step."""
    if at.second or at.microsecond:
        at = at.replace(second=0, microsecond=0) + MINUTE
    every = int(step / MINUTE)
    while True:
        local = at.astimezone(zone)
        over = (local.hour * 60 + local.minute) % every
        if not over:
            return at
        # Across a change of the clocks this may lead past or short of one: then look again.
        ahead = at + (every - over) * MINUTE
        if ahead.astimezone(zone).utcoffset() == local.utcoffset():
            return ahead
        at += MINUTE


def spread(found: Iterable[Interval], tz: str, *, a_day: int, most: int) -> list[Interval]:
    """A few to choose from: the first of each day that don't overlap, so many a day and in all."""
    zone = ZoneInfo(tz)
    taken: list[Interval] = []
    days: dict[object, int] = {}
    for start, end in found:
        day = start.astimezone(zone).date()
        if days.get(day, 0) >= a_day or (taken and start < taken[-1][1]):
            continue
        taken.append((start, end))
        days[day] = days.get(day, 0) + 1
        if len(taken) >= most:
            break
    return taken
