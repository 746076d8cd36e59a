"""Working days: none of a weekend or holiday, counted forward and back."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from negotiations.working_days import (
    add_working_days,
    holidays_of,
    is_working_day,
    why_off,
)

DAYS = st.dates(date(1971, 1, 1), date(2199, 12, 31))
NUMBERS = st.integers(-60, 60)


@st.composite
def days_with_holidays(draw: st.DrawFn) -> tuple[date, frozenset[date]]:
    """A day, with holidays near it: far ones would never matter."""
    day = draw(DAYS)
    offsets = draw(st.sets(st.integers(-40, 40), max_size=30))
    return day, frozenset(day + timedelta(days=one) for one in offsets)


def test_the_days_around_veterans_day_2010() -> None:
    holidays = holidays_of(["2010-11-11"])
    thursday = date(2010, 11, 11)
    assert [is_working_day(date(2010, 11, day), holidays) for day in range(10, 16)] == [
        True, False, True, False, False, True,
    ]  # fmt: skip
    assert why_off(thursday, holidays) == "a holiday of these talks"
    assert why_off(date(2010, 11, 13), holidays) == "a Saturday"
    assert why_off(date(2010, 11, 12), holidays) is None
    assert [add_working_days(date(2010, 11, 9), number, holidays) for number in range(-2, 5)] == [
        date(2010, 11, day) for day in (5, 8, 9, 10, 12, 15, 16)
    ]
    assert add_working_days(thursday, 0, holidays) == date(2010, 11, 12)
    assert holidays_of(["soon", "2010-11-11", "2010-13-01"]) == holidays


@given(days_with_holidays(), NUMBERS)
def test_n_working_days_later_is_a_working_day(
    given_: tuple[date, frozenset[date]], number: int
) -> None:
    day, holidays = given_
    assert is_working_day(add_working_days(day, number, holidays), holidays)


@given(days_with_holidays(), NUMBERS)
def test_as_many_days_back_lead_where_one_came_from(
    given_: tuple[date, frozenset[date]], number: int
) -> None:
    day, holidays = given_
    start = add_working_days(day, 0, holidays)
    there = add_working_days(start, number, holidays)
    assert add_working_days(there, -number, holidays) == start


@given(days_with_holidays(), st.integers(0, 60))
def test_the_days_between_hold_exactly_n_working_days(
    given_: tuple[date, frozenset[date]], number: int
) -> None:
    day, holidays = given_
    start = add_working_days(day, 0, holidays)
    end = add_working_days(start, number, holidays)
    between = [start + timedelta(days=one) for one in range(1, (end - start).days + 1)]
    assert sum(is_working_day(one, holidays) for one in between) == number


@given(days_with_holidays(), NUMBERS, NUMBERS, st.integers(0, 30))
def test_later_from_a_later_day_and_by_more_days(
    given_: tuple[date, frozenset[date]], one: int, other: int, later: int
) -> None:
    day, holidays = given_
    fewer, more = sorted((one, other))
    start = add_working_days(day, 0, holidays)
    assert (add_working_days(start, fewer, holidays) < add_working_days(start, more, holidays)) == (
        fewer < more
    )
    then = day + timedelta(days=later)
    assert add_working_days(day, one, holidays) <= add_working_days(then, one, holidays)
