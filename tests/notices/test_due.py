"""When somebody is reminded, and when not."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiations.models.parties import LEADS
from negotiations.notices.due import (
    AHEAD,
    has_come,
    is_time,
    stage_of_others,
    stage_of_own,
    tightest,
    week_of,
)
from negotiations.notices.texts import until

START = datetime(2026, 3, 10, 17, tzinfo=UTC)
LONG_AGO = START - timedelta(days=60)
TODAY = date(2026, 3, 10)


def minutes(number: int) -> timedelta:
    return timedelta(minutes=number)


def test_a_moment_comes_at_its_time_and_is_over_with_the_start() -> None:
    seen = [has_come(START, 60, START - minutes(left)) for left in (61, 60, 1, 0, -1)]
    assert seen == [False, True, True, False, False]


@pytest.mark.parametrize(
    ("come", "chosen", "since", "found"),
    [
        ([1440], [1440, 60], LONG_AGO, 1440),
        ([1440, 60], [1440, 60], LONG_AGO, 60),
        ([1440, 240, 60], [1440], LONG_AGO, 1440),
        ([240], [1440, 60], LONG_AGO, None),
        ([], [1440, 60], LONG_AGO, None),
        ([60], [], LONG_AGO, None),
        ([1440], [1440, 60], START - minutes(1439), None),
        ([1440], [1440, 60], START - minutes(1440), 1440),
        ([1440, 60], [1440, 60], START - minutes(100), 60),
    ],
    ids=[
        "one", "the tightest of two", "the one they chose", "none they chose", "none has come",
        "none chosen", "moved there later", "moved there just then", "one before, one after",
    ],
)  # fmt: skip
def test_only_the_tightest_is_told_of(
    come: list[int], chosen: list[int], since: datetime, found: int | None
) -> None:
    assert tightest(come, chosen, START, since) == found


@given(
    chosen=st.sets(st.sampled_from(LEADS)),
    looks=st.lists(st.integers(-100, 12_000), min_size=1, max_size=30),
)
def test_however_one_looks_nobody_is_told_twice_nor_out_of_order(
    chosen: set[int], looks: list[int]
) -> None:
    """`looks` are minutes before the start, in time's order."""
    done: set[int] = set()
    told = []
    for left in sorted(looks, reverse=True):
        now = START - minutes(left)
        come = [lead for lead in LEADS if has_come(START, lead, now) and lead not in done]
        done |= set(come)
        found = tightest(come, chosen, START, LONG_AGO)
        if found is not None:
            told.append(found)
            assert 0 < left <= found
    assert told == sorted(set(told), reverse=True)
    # Each that was looked for before the next one came was told.
    for lead in chosen:
        nearer = max((one for one in chosen if one < lead), default=0)
        if any(nearer < left <= lead for left in looks):
            assert lead in told


def test_one_is_told_before_the_day_then_once_a_week() -> None:
    own = [stage_of_own(TODAY, TODAY + timedelta(days=late)) for late in range(-2, 16)]
    assert own == [None, "due", "due", *["late-0"] * 7, *["late-1"] * 7, "late-2"]
    others = [stage_of_others(TODAY, TODAY + timedelta(days=late)) for late in range(12)]
    assert others == [None, None, None, *["late-0"] * 7, "late-1", "late-1"]


@pytest.mark.parametrize("by", [date(2026, 3, day) for day in range(9, 23)])
def test_whatever_its_day_one_is_told_on_the_working_day_before(by: date) -> None:
    days = [by - timedelta(days=early) for early in range(6, -1, -1)]
    at_work = [day for day in days if day.weekday() < 5 and day < by]
    told = [day for day in days if stage_of_own(by, day) == "due"]
    assert told[0] == at_work[-1]
    assert told == days[days.index(told[0]) :]
    assert (by - told[0]).days <= AHEAD


@pytest.mark.parametrize(
    ("now", "tz", "day"),
    [
        ("2026-03-10T07:59-07:00", "America/Los_Angeles", None),
        ("2026-03-10T08:00-07:00", "America/Los_Angeles", date(2026, 3, 10)),
        ("2026-03-10T08:00-07:00", "Asia/Tokyo", None),
        ("2026-03-10T23:00+00:00", "Asia/Tokyo", date(2026, 3, 11)),
        ("2026-03-10T20:00-07:00", "America/Los_Angeles", None),
        ("2026-03-07T12:00-08:00", "America/Los_Angeles", None),
        ("2026-03-08T12:00-07:00", "America/Los_Angeles", None),
    ],
)
def test_nobody_is_chased_at_night_or_at_the_weekend(now: str, tz: str, day: date | None) -> None:
    assert is_time(datetime.fromisoformat(now), tz) == day


def test_a_week_is_told_of_on_its_monday_or_tuesday() -> None:
    first = datetime(2026, 3, 8, 12, 30, tzinfo=UTC)
    seen = [week_of(first + timedelta(hours=one), "Europe/London") for one in range(0, 72, 6)]
    assert seen == [
        None, None, None, None, "2026-W11", "2026-W11", None, None, "2026-W11", "2026-W11", None,
        None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (10080, "in 7 days"), (2880, "in 2 days"), (1440, "in 1 day"), (1439, "in 1 day"),
        (240, "in 4 hours"), (60, "in 1 hour"), (59, "in 1 hour"), (45, "in 45 minutes"),
        (15, "in 15 minutes"), (1, "in 1 minute"), (0, "in 1 minute"),
    ],
)  # fmt: skip
def test_how_long_it_is_still_is_said_in_round_words(left: int, words: str) -> None:
    assert until(START, START - minutes(left)) == words
