"""The times that are offered are those that trying every minute finds."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiations.availability.intervals import Interval, union
from negotiations.availability.office_hours import OfficeHours, opened
from negotiations.availability.slots import Wanted, free, slots, spread

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
SPAN = 2 * 1440
ZONES = (
    "America/New_York", "America/Los_Angeles", "America/St_Johns", "Asia/Kathmandu",
    "Australia/Lord_Howe", "UTC",
)  # fmt: skip
# The days on which some of their clocks change.
STARTS = (datetime(2010, 11, 6, 12, tzinfo=UTC), datetime(2030, 4, 6, 6, tzinfo=UTC),
          datetime(2030, 3, 9, 20, tzinfo=UTC))  # fmt: skip


def by_trying(
    wanted: Wanted, opens: list[set[int]], booked: list[Interval], busy: list[Interval]
) -> list[Interval]:
    """The oracle: every minute is tried as a beginning, and each minute of it looked at."""
    zone, found = ZoneInfo(wanted.tz), []
    zero, length = wanted.window[0], round(wanted.length / MINUTE)
    for minute in range(SPAN):
        start = zero + minute * MINUTE
        end, local = start + wanted.length, start.astimezone(zone)
        fits = (
            start >= wanted.earliest
            and end <= wanted.window[1]
            and (local.hour * 60 + local.minute) % round(wanted.step / MINUTE) == 0
            and all(set(range(minute, minute + length)) <= one for one in opens)
            and not any(
                start < b + max(wanted.travel, wanted.preparation) and a - wanted.travel < end
                for a, b in booked
            )
            and not any(start < b + wanted.preparation and a < end for a, b in busy)
        )
        if fits:
            found.append((start, end))
    return found


@st.composite
def taken(draw: st.DrawFn, zero: datetime) -> list[Interval]:
    found = []
    for _ in range(draw(st.integers(0, 3))):
        start = zero + draw(st.integers(-60, SPAN)) * MINUTE
        found.append((start, start + draw(st.integers(1, 300)) * MINUTE))
    return found


@st.composite
def tasks(draw: st.DrawFn) -> tuple[Wanted, list[OfficeHours], list[Interval], list[Interval]]:
    zero = draw(st.sampled_from(STARTS))
    wanted = Wanted(
        length=draw(st.sampled_from((30, 45, 120))) * MINUTE,
        window=(zero, zero + SPAN * MINUTE),
        earliest=zero + draw(st.integers(-60, 600)) * MINUTE,
        tz=draw(st.sampled_from(ZONES)),
        step=draw(st.sampled_from((15, 30, 60))) * MINUTE,
        travel=draw(st.sampled_from((0, 60))) * MINUTE,
        preparation=draw(st.sampled_from((0, 45, 90))) * MINUTE,
    )
    week = ((((6 * 60, 19 * 60),),) * 6) + (((0, 240), (600, 1440)),)
    offices = [OfficeHours(tz, week) for tz in draw(st.lists(st.sampled_from(ZONES), max_size=2))]
    return wanted, offices, draw(taken(zero)), draw(taken(zero))


@given(tasks())
def test_what_is_offered_is_what_trying_every_minute_finds(
    task: tuple[Wanted, list[OfficeHours], list[Interval], list[Interval]],
) -> None:
    wanted, offices, booked, busy = task
    opens = [opened(one, wanted.window) for one in offices]
    zero = wanted.window[0]
    minutes = [
        {
            minute
            for a, b in one
            for minute in range(round((a - zero) / MINUTE), round((b - zero) / MINUTE))
        }
        for one in opens
    ]
    found = slots(wanted, free(wanted, opens, booked=booked, busy=busy))
    assert list(found) == by_trying(wanted, minutes, booked, busy)


def day(hour: int, minute: int = 0, of: int = 8) -> datetime:
    return datetime(2010, 11, of, hour, minute, tzinfo=UTC)


def test_two_offices_in_two_zones_meet_where_both_are_open() -> None:
    """Washington 9 to 17 EST and San Francisco 9 to 17 PST: 17:00 to 22:00 UTC."""
    window = (day(0), day(0, of=9))
    wanted = Wanted(2 * HOUR, window, day(0), "America/Los_Angeles", step=HOUR)
    offices = [OfficeHours(f"America/{one}") for one in ("New_York", "Los_Angeles")]
    opens = [opened(one, window) for one in offices]
    assert free(wanted, opens) == ((day(17), day(22)),)
    assert list(slots(wanted, free(wanted, opens))) == [
        (day(17), day(19)), (day(18), day(20)), (day(19), day(21)), (day(20), day(22)),
    ]  # fmt: skip


def test_travel_lies_on_both_sides_of_a_session_and_preparation_before_it() -> None:
    window = (day(8), day(18))
    wanted = Wanted(
        HOUR, window, day(8), "UTC", travel=HOUR, preparation=90 * MINUTE, step=30 * MINUTE
    )
    booked, busy = [(day(12), day(13))], [(day(8), day(8, 30))]
    assert free(wanted, [], booked=booked, busy=busy) == (
        (day(10), day(11)), (day(14, 30), day(18)),
    )  # fmt: skip


def test_a_few_are_chosen_from_many() -> None:
    window = (day(8), day(18, of=9))
    wanted = Wanted(2 * HOUR, window, day(8), "UTC")
    night = [(day(14), day(8, of=9))]
    found = list(slots(wanted, free(wanted, [], busy=night)))
    assert spread(found, "UTC", a_day=2, most=3) == [
        (day(8), day(10)), (day(10), day(12)), (day(8, of=9), day(10, of=9)),
    ]  # fmt: skip


@pytest.mark.parametrize("earliest", [day(18), day(20)])
def test_nothing_is_offered_when_the_notice_ends_after_the_window(earliest: datetime) -> None:
    wanted = Wanted(HOUR, (day(8), day(18)), earliest, "UTC")
    assert free(wanted, []) == ()
    assert union(free(wanted, [])) == ()
