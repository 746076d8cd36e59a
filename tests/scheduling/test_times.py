"""From the agreed civil time to the instant: the time cases of November 2010, and any other."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from factories import World, act, propose
from hypothesis import given
from hypothesis import strategies as st

from negotiations.civil import clock_time, end_of_day
from negotiations.errors import Invalid
from negotiations.scheduling.times import Slot, resolve

NEW_YORK, LOS_ANGELES = "America/New_York", "America/Los_Angeles"
HOUR = timedelta(hours=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def starts(local: str, tz: str, fold: int | None = None) -> str:
    return resolve(at(local), at(local) + HOUR, tz, fold).starts_at.strftime("%Y-%m-%dT%H:%MZ")


def said(local: str, tz: str, fold: int | None = None) -> list[tuple[str, str]]:
    """The fields that a refused time names, with what it says of each."""
    with pytest.raises(Invalid) as refused:
        resolve(at(local), at(local) + HOUR, tz, fold)
    return [(one.pointer, one.detail) for one in refused.value.errors]


@pytest.mark.parametrize(
    ("local", "tz", "instant", "elsewhere", "there"),
    [
        # T1 to T3, and T6: "the same time four days later" than T1
        ("2010-11-05T14:00", NEW_YORK, "2010-11-05T18:00Z", LOS_ANGELES, "11:00 PDT"),
        ("2010-11-09T10:00", LOS_ANGELES, "2010-11-09T18:00Z", NEW_YORK, "13:00 EST"),
        ("2010-11-09T14:00", LOS_ANGELES, "2010-11-09T22:00Z", NEW_YORK, "17:00 EST"),
        ("2010-11-09T14:00", NEW_YORK, "2010-11-09T19:00Z", LOS_ANGELES, "11:00 PST"),
        # Zones of half and quarter hours, and one without letters
        ("2010-11-05T14:00", "Asia/Kathmandu", "2010-11-05T08:15Z", NEW_YORK, "04:15 EDT"),
        ("2010-11-05T14:00", "Asia/Kolkata", "2010-11-05T08:30Z", "Asia/Kathmandu",
         "14:15 UTC+05:45"),
    ],
)  # fmt: skip
def test_a_civil_time_means_one_instant_and_another_time_elsewhere(
    local: str, tz: str, instant: str, elsewhere: str, there: str
) -> None:
    slot = resolve(at(local), at(local) + HOUR, tz)
    assert starts(local, tz) == instant
    assert clock_time(slot.starts_at, elsewhere) == there
    assert slot == Slot(
        at(local), at(local) + HOUR, tz, None, slot.starts_at, slot.starts_at + HOUR
    )


def test_t4_an_hour_that_comes_twice_is_asked_about() -> None:
    night = "2010-11-07T01:30"
    which = (
        "01:30 comes twice in America/New_York on 07 November 2010. Say which: fold 0 is the "
        "first (05:30Z), fold 1 the second (06:30Z)."
    )
    assert said(night, NEW_YORK) == [("/fold", which)]
    assert starts(night, NEW_YORK, 0) == "2010-11-07T05:30Z"
    assert starts(night, NEW_YORK, 1) == "2010-11-07T06:30Z"
    # Where nothing comes twice, fold says nothing and isn't kept.
    assert resolve(at("2010-11-07T03:30"), at("2010-11-07T04:30"), NEW_YORK, 1).fold is None


def test_a_session_over_the_hour_that_comes_twice_keeps_its_length_on_the_clock() -> None:
    over = resolve(at("2010-11-07T00:00"), at("2010-11-07T03:00"), NEW_YORK)
    assert (over.ends_at - over.starts_at, over.fold) == (4 * HOUR, None)


@pytest.mark.parametrize(
    ("utc", "hours"), [("05:59", 3), ("06:00", 2), ("08:59", 2), ("09:00", 3), ("12:00", 3)]
)
def test_t5_the_coasts_are_two_hours_apart_between_the_two_changes(utc: str, hours: int) -> None:
    instant = datetime.fromisoformat(f"2010-11-07T{utc}:00+00:00")
    east, west = (
        instant.astimezone(ZoneInfo(tz)).replace(tzinfo=None) for tz in (NEW_YORK, LOS_ANGELES)
    )
    assert east - west == hours * HOUR


async def test_t6_a_move_by_four_days_keeps_the_clock_and_not_the_instant(world: World) -> None:
    session = await propose(
        world, jurisdiction="y", tz=NEW_YORK, local_start="2010-11-05T14:00",
        local_end="2010-11-05T16:00",
    )  # fmt: skip
    assert session["starts_at"] == "2010-11-05T18:00:00Z"
    body = {"local_start": "2010-11-09T14:00", "reason": "Later"}
    moved = (await act(world.coordinator, session["id"], "move", body)).json()
    seen = {name: moved[name] for name in ("local_start", "local_end", "tz", "fold", "ends_at")}
    assert seen == {
        "local_start": "2010-11-09T14:00",
        "local_end": "2010-11-09T16:00",
        "tz": NEW_YORK,
        "fold": None,
        "ends_at": "2010-11-09T21:00:00Z",
    }
    assert moved["starts_at"] == "2010-11-09T19:00:00Z"


def test_t9_seven_days_of_silence_end_at_the_last_second_at_home() -> None:
    assert end_of_day(date(2010, 11, 12), NEW_YORK) == datetime(2010, 11, 13, 4, 59, 59, tzinfo=UTC)
    # On the day of the change itself the day has 25 hours.
    assert end_of_day(date(2010, 11, 7), NEW_YORK) == datetime(2010, 11, 8, 4, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("local", "tz", "instead"),
    [
        ("2011-03-13T02:30", NEW_YORK, "03:30"),
        ("2011-03-13T02:00", LOS_ANGELES, "03:00"),
        ("2011-10-02T02:15", "Australia/Lord_Howe", "02:45"),
    ],
)
def test_a_time_that_the_clocks_go_over_is_refused_with_the_next_one(
    local: str, tz: str, instead: str
) -> None:
    [(pointer, detail)] = said(local, tz)
    assert pointer == "/local_start"
    assert detail == (
        f"{local[11:]} doesn't exist in {tz} on {at(local):%d %B %Y}: the clocks go forward "
        f"over it. Choose {instead} or another time."
    )
    assert said(local, tz, 0) == said(local, tz, 1) == [(pointer, detail)]


async def test_the_same_is_said_over_json(world: World) -> None:
    gap = {"local_start": "2011-03-13T02:30", "local_end": "2011-03-13T04:00", "tz": NEW_YORK}
    twice = {"local_start": "2010-11-07T01:30", "local_end": "2010-11-07T03:00", "tz": NEW_YORK}
    path = "/api/v1/negotiations/water-talks/sessions"
    answer = await world.coordinator.post(path, json={"jurisdiction": "y", **gap})
    assert [one["pointer"] for one in answer.json()["errors"]] == ["/local_start"]
    answer = await world.coordinator.post(path, json={"jurisdiction": "y", **twice})
    assert [one["pointer"] for one in answer.json()["errors"]] == ["/fold"]
    for fold, instant in ((0, "2010-11-07T05:30:00Z"), (1, "2010-11-07T06:30:00Z")):
        body = {"jurisdiction": "y", **twice, "fold": fold}
        answer = await world.coordinator.post(f"{path}?dry_run=true", json=body)
        assert (answer.json()["starts_at"], answer.json()["fold"]) == (instant, fold)


ZONES = (
    NEW_YORK, LOS_ANGELES, "America/Phoenix", "America/Anchorage", "Europe/London",
    "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca", "Pacific/Kiritimati", "UTC",
)  # fmt: skip
MINUTES = st.datetimes(datetime(2005, 1, 1), datetime(2040, 1, 1)).map(
    lambda value: value.replace(second=0, microsecond=0)
)


@given(MINUTES, st.integers(1, 1440), st.sampled_from(ZONES), st.sampled_from((None, 0, 1)))
def test_invariant_1_an_instant_reads_as_the_civil_time_it_was_made_of(
    start: datetime, minutes: int, tz: str, fold: int | None
) -> None:
    end = start + timedelta(minutes=minutes)
    try:
        slot = resolve(start, end, tz, fold)
    except Invalid:  # a time that isn't, or comes twice, or an end before the start
        return
    home = ZoneInfo(tz)
    read = [one.astimezone(home).replace(tzinfo=None) for one in (slot.starts_at, slot.ends_at)]
    assert read == [start, end]
    assert slot.starts_at < slot.ends_at
    assert resolve(start, end, tz, slot.fold) == slot
