"""Sets of instants are what a clock that ticks through them says."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from negotiations.availability.intervals import (
    Interval,
    Intervals,
    difference,
    intersection,
    union,
    widened,
    within,
)

ZERO = datetime(2030, 11, 3, tzinfo=UTC)
LONG = 40


def at(minute: int) -> datetime:
    return ZERO + timedelta(minutes=minute)


def minutes(intervals: Intervals | list[Interval]) -> set[int]:
    """The oracle: every minute that begins in one of them."""
    return {one for one in range(-50, LONG + 50) for a, b in intervals if a <= at(one) < b}


def is_neat(intervals: Intervals) -> bool:
    return all(a < b for a, b in intervals) and all(
        one[1] < other[0] for one, other in pairwise(intervals)
    )


loose = st.lists(
    st.tuples(st.integers(0, LONG), st.integers(0, LONG)).map(lambda two: (at(two[0]), at(two[1]))),
    max_size=8,
)
sets = loose.map(union)


@given(loose, loose)
def test_a_union_holds_what_either_holds(one: list[Interval], other: list[Interval]) -> None:
    found = union(one, other)
    assert minutes(found) == minutes(one) | minutes(other)
    assert is_neat(found)


@given(sets, sets)
def test_what_two_sets_share_and_what_one_lacks(one: Intervals, other: Intervals) -> None:
    assert minutes(intersection(one, other)) == minutes(one) & minutes(other)
    assert minutes(difference(one, other)) == minutes(one) - minutes(other)
    assert is_neat(intersection(one, other))
    assert is_neat(difference(one, other))


@given(sets, st.integers(0, 9), st.integers(0, 9))
def test_a_wider_set_holds_each_minute_that_is_near_one_of_it(
    one: Intervals, before: int, after: int
) -> None:
    found = widened(one, timedelta(minutes=before), timedelta(minutes=after))
    near = range(-after, before + 1)
    assert minutes(found) == {
        minute
        for minute in range(-50, LONG + 50)
        if any(minute + step in minutes(one) for step in near)
    }
    assert is_neat(found)


@given(sets, st.integers(0, LONG), st.integers(0, LONG))
def test_a_window_cuts_a_set(one: Intervals, start: int, end: int) -> None:
    cut = {minute for minute in minutes(one) if start <= minute < end}
    assert minutes(within(one, (at(start), at(end)))) == cut
