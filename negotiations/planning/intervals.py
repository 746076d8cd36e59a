"""PURE: intervals of time joined, and what lies inside them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise
from operator import attrgetter

from negotiations.planning.problem import Interval


def joined(intervals: Iterable[Interval]) -> list[Interval]:
    """The same time in order, as intervals that neither overlap nor touch, and no empty ones."""
    found: list[Interval] = []
    for each in sorted(intervals, key=attrgetter("starts")):
        if each.starts >= each.ends:
            continue
        if found and each.starts <= found[-1].ends:
            if each.ends > found[-1].ends:
                found[-1] = Interval(found[-1].starts, each.ends)
        else:
            found.append(each)
    return found


def covers(intervals: Iterable[Interval], starts: datetime, ends: datetime) -> bool:
    """Whether all of this time lies inside the intervals."""
    return any(each.starts <= starts and ends <= each.ends for each in joined(intervals))


def gaps(intervals: Iterable[Interval], starts: datetime, ends: datetime) -> list[Interval]:
    """What of this time lies outside the intervals."""
    inside = [each for each in joined(intervals) if each.ends > starts and each.starts < ends]
    edges: Sequence[Interval] = [Interval(starts, starts), *inside, Interval(ends, ends)]
    return [Interval(one.ends, two.starts) for one, two in pairwise(edges) if one.ends < two.starts]
