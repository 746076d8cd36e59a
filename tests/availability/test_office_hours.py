"""An office is open at the minutes at which its own clock says so, in every zone."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiations.availability.intervals import Intervals
from negotiations.availability.office_hours import (
    OfficeHours,
    checked,
    opened,
    read_day,
    written,
)

MINUTE = timedelta(minutes=1)
# With the days around which their clocks change; some are 30 or 45 minutes off, one changes by half
# an hour, one lost a day, one changes at midnight, one never.
TURNS = {
    "America/New_York": (date(2010, 11, 7), date(2030, 3, 10)),
    "America/Los_Angeles": (date(2010, 11, 7),), "America/Phoenix": (date(2010, 11, 7),),
    "America/St_Johns": (date(2010, 11, 7), date(2010, 3, 14)), "Asia/Kolkata": (date(2030, 1, 1),),
    "Asia/Kathmandu": (date(2030, 1, 1),), "Pacific/Chatham": (date(2030, 4, 7),),
    "Australia/Lord_Howe": (date(2030, 4, 7), date(2030, 10, 6)),
    "Pacific/Apia": (date(2011, 12, 30),), "America/Havana": (date(2030, 3, 10),),
    "Asia/Beirut": (date(2030, 3, 31),), "UTC": (date(2030, 2, 28),),
}  # fmt: skip
NOVEMBER = (datetime(2010, 11, 5, tzinfo=UTC), datetime(2010, 11, 9, tzinfo=UTC))


def by_the_clock(
    hours: OfficeHours, start: datetime, minutes: int, holidays: set[date]
) -> list[bool]:
    """The oracle: what a clock on the wall there shows at each minute."""
    zone, found = ZoneInfo(hours.tz), []
    for one in range(minutes):
        local = (start + one * MINUTE).astimezone(zone)
        shown = local.hour * 60 + local.minute
        day = hours.exceptions.get(local.date())
        if day is None:
            day = () if local.date() in holidays else hours.weekly[local.weekday()]
        found.append(any(from_ <= shown < to for from_, to in day))
    return found


def by_minutes(found: Intervals, start: datetime, minutes: int) -> list[bool]:
    marks = [False] * minutes
    for opens, closes in found:
        first, last = (round((one - start) / MINUTE) for one in (opens, closes))
        marks[first:last] = [True] * (last - first)
    return marks


@st.composite
def days(draw: st.DrawFn) -> tuple[tuple[int, int], ...]:
    """Up to two spans, on any minute, often in the night in which the clocks change."""
    points = draw(
        st.lists(st.one_of(st.integers(0, 240), st.integers(0, 1440)), max_size=4, unique=True)
    )
    ends = sorted(points)[: len(points) // 2 * 2]
    return tuple(zip(ends[::2], ends[1::2], strict=True))


@st.composite
def offices(draw: st.DrawFn) -> tuple[OfficeHours, datetime, set[date]]:
    tz = draw(st.sampled_from(sorted(TURNS)))
    turn = draw(st.sampled_from(TURNS[tz]))
    near = [turn + timedelta(days=one) for one in range(-2, 4)]
    weekly = tuple(draw(days()) for _ in range(7))
    exceptions = draw(st.dictionaries(st.sampled_from(near), days(), max_size=2))
    start = datetime.combine(turn, datetime.min.time(), UTC) - timedelta(days=1, hours=5)
    start += draw(st.integers(0, 600)) * MINUTE
    holidays = set(draw(st.lists(st.sampled_from(near), max_size=1)))
    return OfficeHours(tz, weekly, exceptions), start, holidays


@given(offices(), st.integers(0, 4 * 1440))
def test_it_is_open_whenever_its_clock_says_so(
    given_: tuple[OfficeHours, datetime, set[date]], minutes: int
) -> None:
    hours, start, holidays = given_
    found = opened(hours, (start, start + minutes * MINUTE), holidays)
    assert by_minutes(found, start, minutes) == by_the_clock(hours, start, minutes, holidays)


def test_usual_hours_keep_to_the_clock_when_it_changes() -> None:
    assert opened(OfficeHours("America/Los_Angeles"), NOVEMBER) == (
        (datetime(2010, 11, 5, 16, tzinfo=UTC), datetime(2010, 11, 6, 0, tzinfo=UTC)),
        (datetime(2010, 11, 8, 17, tzinfo=UTC), datetime(2010, 11, 9, 0, tzinfo=UTC)),
    )


def test_a_holiday_closes_and_hours_of_that_day_open() -> None:
    veterans = date(2010, 11, 8)
    hours = OfficeHours("UTC")
    assert opened(hours, NOVEMBER, {veterans}) == (
        (datetime(2010, 11, 5, 9, tzinfo=UTC), datetime(2010, 11, 5, 17, tzinfo=UTC)),
    )
    open_all_the_same = OfficeHours("UTC", exceptions={veterans: ((600, 660),)})
    assert opened(open_all_the_same, NOVEMBER, {veterans})[1:] == (
        (datetime(2010, 11, 8, 10, tzinfo=UTC), datetime(2010, 11, 8, 11, tzinfo=UTC)),
    )


def test_hours_are_written_as_they_are_read() -> None:
    assert read_day("13:00–17:30, 9-12") == ((540, 720), (780, 1050))
    assert read_day("0:00 to 24:00") == ((0, 1440),)
    assert read_day(" Closed ") == read_day("") == ()
    assert written(((540, 720), (780, 1440))) == "09:00-12:00, 13:00-24:00"
    assert checked([(780, 800), (0, 10)]) == ((0, 10), (780, 800))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("nine to five", "is no time of day"), ("09:00", "is no time of day"),
        ("12:00-09:00", "doesn't end after it begins"), ("09:00-09:00", "doesn't end after"),
        ("09:00-24:01", "doesn't end after"), ("09:61-10:00", "more than 59 minutes"),
        ("09:00-12:00, 11:59-13:00", "overlap at 11:59"), ("09:00-12:00,", "is no time of day"),
    ],
)  # fmt: skip
def test_hours_that_make_no_sense_are_refused_in_words(text: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        read_day(text)
