"""A recurrence rule comes true when dateutil says so, between two bounds and in few steps."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import islice, takewhile
from types import FrameType

import pytest
from dateutil.rrule import rrulestr
from hypothesis import assume, given
from hypothesis import strategies as st

from negotiations.busy.faults import Refused
from negotiations.busy.rules import occurrences, rule_of

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """dateutil looks for what never comes true until the year 9999: then there is no oracle."""

    def end(_number: int, _frame: FrameType | None) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def listed(numbers: st.SearchStrategy[int]) -> st.SearchStrategy[str]:
    several = st.lists(numbers, min_size=1, max_size=3)
    return several.map(lambda found: ",".join(map(str, found)))


def signed(most: int) -> st.SearchStrategy[int]:
    return st.integers(1, most) | st.integers(-most, -1)


@st.composite
def rules(draw: st.DrawFn) -> str:
    """Whatever RFC 5545 allows, but for three things that dateutil reads in its own way: a week of
    the year without its day, days of which some are numbered, and the places in a first week that
    began before the event."""
    freq = draw(st.sampled_from(("DAILY", "WEEKLY", "MONTHLY", "YEARLY")))
    parts = [f"FREQ={freq}"]

    def maybe(name: str, values: st.SearchStrategy[object]) -> None:
        if draw(st.integers(0, 3)) == 0:
            parts.append(f"{name}={draw(values)}")

    maybe("INTERVAL", st.integers(1, 5))
    maybe("COUNT", st.integers(1, 30))
    maybe("BYMONTH", listed(st.integers(1, 12)))
    if freq != "WEEKLY":
        maybe("BYMONTHDAY", listed(signed(31)))
    of_week = False
    if freq == "YEARLY":
        maybe("BYYEARDAY", listed(signed(366)))
        of_week = draw(st.integers(0, 5)) == 0
    if of_week:
        parts.append("BYWEEKNO=" + draw(listed(signed(53))))
    if of_week or draw(st.booleans()):
        numbered = freq in ("MONTHLY", "YEARLY") and not of_week and draw(st.booleans())
        number = st.sampled_from(("1", "-1", "2", "5", "-5") if numbered else ("",))
        day = st.tuples(number, st.sampled_from(WEEKDAYS)).map("".join)
        parts.append("BYDAY=" + ",".join(draw(st.lists(day, min_size=1, max_size=3))))
    maybe("BYHOUR", listed(st.integers(0, 23)))
    maybe("BYMINUTE", listed(st.integers(0, 59)))
    if len(parts) > 2 and freq != "WEEKLY":
        maybe("BYSETPOS", listed(signed(3)))
    maybe("WKST", st.sampled_from(WEEKDAYS))
    return ";".join(parts)


STARTS = st.datetimes(datetime(2015, 1, 1), datetime(2031, 12, 31)).map(
    lambda at: at.replace(second=0, microsecond=0)
)


@given(rules(), STARTS, st.integers(0, 900))
def test_a_rule_comes_true_when_the_reference_says_so(
    written: str, start: datetime, days: int
) -> None:
    after = start + timedelta(days=days)
    before = after + timedelta(days=400)
    try:
        with patience(0.2):
            all_ = takewhile(lambda at: at < before, rrulestr(written, dtstart=start))
            meant = [at for at in all_ if at >= after]
    except TimeoutError:
        assume(False)
    found = [at for at in occurrences(rule_of(written), start, after, before) if at >= after]
    assert found == meant


FIRST = datetime(2030, 1, 31, 9)


def first(written: str, number: int = 4) -> list[str]:
    found = occurrences(rule_of(written), FIRST, FIRST, FIRST + timedelta(days=1500))
    return [f"{at:%Y-%m-%d}" for at in islice(found, number)]


def test_what_programs_write() -> None:
    """The two things that dateutil reads otherwise among them (RFC 5545 §3.3.10)."""
    assert first("FREQ=MONTHLY") == ["2030-01-31", "2030-03-31", "2030-05-31", "2030-07-31"]
    assert first("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", 3) == [
        "2030-01-31", "2030-02-28", "2030-03-29",
    ]  # fmt: skip
    assert first("FREQ=YEARLY;BYDAY=1SU;BYMONTH=11", 2) == ["2030-11-03", "2031-11-02"]
    assert first("FREQ=YEARLY;BYWEEKNO=20", 2) == ["2030-05-16", "2031-05-15"]  # a Thursday
    assert first("FREQ=MONTHLY;BYDAY=1FR,SU", 4) == [
        "2030-02-01", "2030-02-03", "2030-02-10", "2030-02-17",
    ]  # fmt: skip
    assert first("freq=yearly;until=99991231") == [
        "2030-01-31", "2031-01-31", "2032-01-31", "2033-01-31",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "written",
    [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31",
        "FREQ=YEARLY;BYYEARDAY=366;BYMONTH=1", "FREQ=WEEKLY;BYDAY=MO;BYSETPOS=5",
        "FREQ=MONTHLY;BYDAY=53MO",
    ],
)  # fmt: skip
def test_what_never_comes_true_ends_at_the_bound(written: str) -> None:
    start = datetime(1970, 1, 1)
    bound = datetime(2031, 7, 1)
    assert list(occurrences(rule_of(written), start, datetime(2030, 1, 1), bound)) == []


@pytest.mark.parametrize(
    "written",
    [
        "", "FREQ", "FREQ=", "FREQ=SECONDLY", "FREQ=MINUTELY;INTERVAL=1", "FREQ=HOURLY",
        "FREQ=FORTNIGHTLY", "INTERVAL=2", "FREQ=DAILY;FREQ=DAILY", "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=-1", "FREQ=DAILY;INTERVAL=1000", "FREQ=DAILY;INTERVAL=1e2",
        "FREQ=DAILY;INTERVAL=²", "FREQ=DAILY;COUNT=0", "FREQ=DAILY;COUNT=1001",
        "FREQ=DAILY;COUNT=99999999999999999999", "FREQ=DAILY;UNTIL=tomorrow",
        "FREQ=DAILY;UNTIL=20301301", "FREQ=DAILY;BYHOUR=24", "FREQ=DAILY;BYMINUTE=60",
        "FREQ=DAILY;BYMONTHDAY=0", "FREQ=DAILY;BYMONTHDAY=32", "FREQ=DAILY;BYMONTH=-1",
        "FREQ=YEARLY;BYWEEKNO=54", "FREQ=YEARLY;BYYEARDAY=367", "FREQ=MONTHLY;BYDAY=0MO",
        "FREQ=MONTHLY;BYDAY=54MO", "FREQ=MONTHLY;BYDAY=MON", "FREQ=DAILY;BYSETPOS=0",
        "FREQ=DAILY;WKST=XX", "FREQ=DAILY;BYEASTER=0", "FREQ=DAILY;BYHOUR=",
        "FREQ=DAILY;BYSECOND=" + ",".join(["1"] * 65),
        "FREQ=DAILY;BYHOUR=" + ",".join(map(str, range(24))) + ";BYMINUTE="
        + ",".join(map(str, range(60))) + ";BYSECOND=1,2",
    ],
)  # fmt: skip
def test_a_rule_that_nobody_needs_is_refused_before_it_is_worked_out(written: str) -> None:
    with pytest.raises(Refused, match="bad_rule"):
        rule_of(written)
