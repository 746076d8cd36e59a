"""Weeks: read and written, one after another over the ends of years, and where to look next."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiations.errors import BadRequest
from negotiations.overview.weeks import Week, around, best, nearest

DAYS = st.dates(date(1971, 1, 1), date(2199, 12, 31))
SOME = st.lists(DAYS, max_size=5)


@given(DAYS)
def test_a_day_lies_in_one_week_which_is_read_as_it_is_written(day: date) -> None:
    week = Week.of(day)
    assert day in week.days
    assert [one.isoweekday() for one in week.days] == [1, 2, 3, 4, 5, 6, 7]
    assert {Week.of(one) for one in week.days} == {week}
    assert Week.read(str(week)) == Week.read(day.isoformat()) == week
    assert str(week) == f"{day:%G-W%V}"
    assert week.days[3].year == week.year  # its Thursday's


@given(DAYS, st.integers(-60, 60))
def test_weeks_follow_one_another_over_the_ends_of_years(day: date, weeks: int) -> None:
    week = Week.of(day)
    assert week.plus(weeks) == Week.of(day + timedelta(weeks=weeks))
    assert week.plus(weeks).plus(-weeks) == week
    assert (week.plus(1) > week, week.plus(-1) < week) == (True, True)
    assert week.plus(1).days[0] == week.days[-1] + timedelta(days=1)


def test_the_ends_of_years_are_those_of_the_calendar() -> None:
    written = {
        date(2010, 1, 3): "2009-W53", date(2010, 1, 4): "2010-W01", date(2010, 11, 7): "2010-W44",
        date(2010, 11, 8): "2010-W45", date(2012, 12, 31): "2013-W01", date(2027, 1, 1): "2026-W53",
    }  # fmt: skip
    assert {day: str(Week.of(day)) for day in written} == written


@pytest.mark.parametrize(
    "text",
    ["2010-W60", "2010-W00", "2011-W53", "2010-45", "week", "2010-W4",
     "1969-W52", "2201-W01", "0000-W01", "2010-02-30", "１２３４-W01"],
)  # fmt: skip
def test_what_is_no_week_is_refused_with_how_to_write_one(text: str) -> None:
    with pytest.raises(BadRequest, match=r"2010-W45|years 1970 to 2200"):
        Week.read(text)


@given(DAYS, SOME)
def test_the_nearest_weeks_are_those_with_nothing_in_between(day: date, days: list[date]) -> None:
    week, weeks = Week.of(day), {Week.of(one) for one in days}
    before, after = nearest(week, days)
    assert {one for one in weeks if (before or week) < one < (after or week)} <= {week}
    assert before == max([one for one in weeks if one < week], default=None)
    assert after == min([one for one in weeks if one > week], default=None)


@given(DAYS, SOME)
def test_the_week_to_look_at_first_is_now_or_next_or_the_last(day: date, days: list[date]) -> None:
    found, now, weeks = best(days, day), Week.of(day), sorted(map(Week.of, days))
    assert found == next((one for one in weeks if one >= now), weeks[-1] if weeks else now)


@given(DAYS, st.lists(st.dates(date(2010, 1, 1), date(2010, 12, 31)), min_size=1, max_size=5))
def test_the_links_to_other_weeks_lead_back_to_the_talks_and_come_to_an_end(
    day: date, days: list[date]
) -> None:
    weeks = [Week.of(one) for one in days]
    first, last = min(weeks).plus(-1), max(weeks).plus(1)
    earlier, later = around(Week.of(day), days)
    for one in (earlier, later):
        assert one is None or first <= one <= last
    assert (earlier is None) == (Week.of(day) <= first)
    assert (later is None) == (Week.of(day) >= last)
    week, met = first, [first]
    while (after := around(week, days)[1]) is not None:
        assert around(after, days)[0] == week
        met.append(week := after)
    assert met == [first.plus(number) for number in range(len(met))]
    assert (met[-1], set(weeks) <= set(met)) == (last, True)
    assert around(Week.of(day), []) == (None, None)
