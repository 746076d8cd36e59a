"""PURE: sets of instants, as half-open intervals of UTC: `[start, end)`.

A set is written as a tuple of intervals in order that neither overlap nor touch; every function
here answers with such a tuple.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

Interval = tuple[datetime, datetime]
Intervals = tuple[Interval, ...]


def union(*sets: Iterable[Interval]) -> Intervals:
    """All that lies in any of them, which may overlap and be in any order; empty ones are left
    out."""
    found: list[Interval] = []
    for start, end in sorted(one for given in sets for one in given if one[0] < one[1]):
        if found and start <= found[-1][1]:
            if end > found[-1][1]:
                found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return tuple(found)


def intersection(one: Intervals, other: Intervals) -> Intervals:
    """What lies in both."""
    found: list[Interval] = []
    at = with_ = 0
    while at < len(one) and with_ < len(other):
        start = max(one[at][0], other[with_][0])
        end = min(one[at][1], other[with_][1])
        if start < end:
            found.append((start, end))
        if one[at][1] < other[with_][1]:
            at += 1
        else:
            with_ += 1
    return tuple(found)


def difference(one: Intervals, less: Intervals) -> Intervals:
    """What lies in `one` and not in `less`."""
    found: list[Interval] = []
    first = 0
    for start, end in one:
        while first < len(less) and less[first][1] <= start:
            first += 1
        left, at = start, first
        while left < end and at < len(less) and less[at][0] < end:
            if left < less[at][0]:
                found.append((left, less[at][0]))
            left = max(left, less[at][1])
            at += 1
        if left < end:
            found.append((left, end))
    return tuple(found)


def widened(one: Iterable[Interval], before: timedelta, after: timedelta) -> Intervals:
    """Each interval with so much more at its beginning and at its end."""
    return union((start - before, end + after) for start, end in one)


def within(one: Intervals, window: Interval) -> Intervals:
    """What of it lies in the window."""
    return intersection(one, (window,) if window[0] < window[1] else ())
