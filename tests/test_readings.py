"""By which clock times are read: first the venue's, one's own or UTC, and the other beside it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiations.models import NegotiationSession
from negotiations.models.base import Unknown
from negotiations.models.parties import Times
from negotiations.readings import Reader, day_of
from negotiations.scheduling.times import resolve
from negotiations.web.showing import beside, civil, hours, span, when, whose_clock

LA, NY = "America/Los_Angeles", "America/New_York"


def session(
    start: datetime, end: datetime, tz: str = LA, fold: int = 0
) -> NegotiationSession:  # fmt: skip
    slot = resolve(start, end, tz, fold)
    return NegotiationSession(
        created_at=slot.starts_at, negotiation_id="n", number=1, title="T", uid="u",
        local_start=start, local_end=end, tz=tz, fold=slot.fold,
        starts_at=slot.starts_at, ends_at=slot.ends_at,
    )  # fmt: skip


MORNING = session(datetime(2010, 11, 9, 10), datetime(2010, 11, 9, 12))
LATE = session(datetime(2010, 11, 9, 22, 30), datetime(2010, 11, 10, 0, 30))


@pytest.mark.parametrize(
    ("times", "morning", "late"),
    [
        (
            Times.venue,
            "Tue 9 Nov 2010, 10:00 to 12:00 PST (Los Angeles) · 13:00 EST your time",
            (
                "Tue 9 Nov 2010, 22:30 to Wed 10 Nov 00:30 PST (Los Angeles) · "
                "Wed 10 Nov 01:30 EST your time"
            ),
        ),
        (
            Times.local,
            "Tue 9 Nov 2010, 13:00 to 15:00 EST your time · 10:00 PST in Los Angeles",
            "Wed 10 Nov 2010, 01:30 to 03:30 EST your time · Tue 9 Nov 22:30 PST in Los Angeles",
        ),
        (
            Times.utc,
            "Tue 9 Nov 2010, 18:00 to 20:00 UTC · 10:00 PST in Los Angeles",
            "Wed 10 Nov 2010, 06:30 to 08:30 UTC · Tue 9 Nov 22:30 PST in Los Angeles",
        ),
    ],
)
def test_a_time_is_told_by_the_clock_that_comes_first_with_the_other_beside(
    times: Times, morning: str, late: str
) -> None:
    reader = Reader(NY, times)
    assert (when(MORNING, reader), when(LATE, reader)) == (morning, late)
    for one in (MORNING, LATE):
        assert f", {hours(one, reader)}" in when(one, reader)
        assert f"{day_of(one, reader).day} Nov 2010, " in when(one, reader)


def test_one_clock_is_enough_where_both_show_the_same() -> None:
    here = session(datetime(2010, 11, 9, 10), datetime(2010, 11, 9, 12), NY)
    told = [when(here, Reader(NY, times)) for times in Times]
    assert told == [
        "Tue 9 Nov 2010, 10:00 to 12:00 EST (New York)",
        "Tue 9 Nov 2010, 10:00 to 12:00 EST your time",
        "Tue 9 Nov 2010, 15:00 to 17:00 UTC · 10:00 EST in New York",
    ]
    assert when(here) == told[0]


def test_the_log_of_changes_follows_the_same_clock() -> None:
    logged = (datetime(2010, 11, 9, 22, 30), LA, None)
    assert [civil(*logged, Reader(NY, times)) for times in Times] == [
        "Tue 9 Nov 2010, 22:30 PST · Wed 10 Nov 01:30 EST your time",
        "Wed 10 Nov 2010, 01:30 EST your time · Tue 9 Nov 22:30 PST in Los Angeles",
        "Wed 10 Nov 2010, 06:30 UTC · Tue 9 Nov 22:30 PST in Los Angeles",
    ]


def test_a_choice_that_is_not_known_here_counts_as_none() -> None:
    reader = Reader(NY, Unknown("sundial"))  # type: ignore[arg-type]
    assert when(MORNING, reader) == when(MORNING, Reader(NY))


def test_a_session_over_a_clock_change_names_each_hour_as_it_is() -> None:
    night = session(datetime(2010, 11, 7, 0, 30), datetime(2010, 11, 7, 3))
    assert [when(night, Reader(NY, times)) for times in Times] == [
        "Sun 7 Nov 2010, 00:30 PDT to 03:00 PST (Los Angeles) · 02:30 EST your time",
        "Sun 7 Nov 2010, 02:30 to 06:00 EST your time · 00:30 PDT in Los Angeles",
        "Sun 7 Nov 2010, 07:30 to 11:00 UTC · 00:30 PDT in Los Angeles",
    ]


def test_of_the_hour_that_comes_twice_it_is_said_which_it_begins_in() -> None:
    start, end = datetime(2010, 11, 7, 1, 30), datetime(2010, 11, 7, 2, 30)
    first, second = session(start, end), session(start, end, fold=1)
    assert [(hours(one), one.ends_at - one.starts_at) for one in (first, second)] == [
        ("01:30 PDT to 02:30 PST", timedelta(hours=2)), ("01:30 to 02:30 PST", timedelta(hours=1)),
    ]  # fmt: skip
    assert span(first.starts_at, first.ends_at, LA) == "Sun 7 Nov 2010, 01:30 PDT to 02:30 PST"


@given(
    st.datetimes(datetime(1980, 1, 1), datetime(2100, 1, 1)),
    st.sampled_from([LA, NY, "UTC", "Asia/Kathmandu", "Pacific/Kiritimati"]),
    st.sampled_from(list(Times)),
)
def test_the_day_is_that_of_the_clock_that_comes_first(
    instant: datetime, tz: str, times: Times
) -> None:
    start = instant.replace(tzinfo=UTC)
    here = {"venue": tz, "local": NY, "utc": "UTC"}
    from zoneinfo import ZoneInfo

    one = NegotiationSession(
        created_at=start, negotiation_id="n", number=1, title="T", uid="u", tz=tz,
        local_start=start.astimezone(ZoneInfo(tz)).replace(tzinfo=None),
        local_end=start.astimezone(ZoneInfo(tz)).replace(tzinfo=None),
        starts_at=start, ends_at=start,
    )  # fmt: skip
    reader = Reader(NY, times)
    expected: date = start.astimezone(ZoneInfo(here[times])).date()
    assert day_of(one, reader) == expected
    assert hours(one, reader).startswith(f"{start.astimezone(ZoneInfo(here[times])):%H:%M}")
    assert whose_clock(one, reader) == {"venue": f"({tz.rpartition('/')[2]})".replace("_", " "),
                                        "local": "your time", "utc": ""}[times]  # fmt: skip
    assert ("UTC" in beside(one, reader)) <= (tz in ("UTC", "Asia/Kathmandu", "Pacific/Kiritimati"))
