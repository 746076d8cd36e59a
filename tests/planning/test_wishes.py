"""What broken wishes cost and how they are said, and office hours across a change of clocks."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from planning.drawing import small

from negotiations.planning.plan import Broken
from negotiations.planning.problem import Interval, Problem, Team, Track, Wanted, Weights, Wishes
from negotiations.planning.starts import starts_of
from negotiations.planning.window import days_of, hours
from negotiations.planning.wishes import broken, spread

NY, PHOENIX, LONDON = (
    ZoneInfo(name) for name in ("America/New_York", "America/Phoenix", "Europe/London")
)
FRIDAY, MONDAY = date(2010, 11, 5), date(2010, 11, 8)  # clocks change in New York on the 7th


def across_the_change(zone: ZoneInfo) -> Problem:
    """A window of two days, on either side of it, with a track in a zone that stays as it is."""
    return Problem(
        grid_minutes=30,
        days=days_of((FRIDAY, MONDAY), time(8), time(18), NY, 30),
        teams=(Team("t", "Team 1"),),
        tracks=(
            Track(
                "j", "J", "Here", zone.key, tuple(hours((FRIDAY, MONDAY), time(8), time(17), zone)),
                (Wanted("s1", 1, 30), Wanted("s2", 2, 30)),
                most_a_day=1,
                wishes=Wishes((MONDAY,), "morning", no_friday_afternoon=True, early=True,
                              compact=True),
            ),
        ),
        weights=Weights(early=1),
    )  # fmt: skip


def starts_per_day(problem: Problem) -> list[list[datetime]]:
    starts = starts_of(problem)
    places = starts.grid.places
    return [
        [
            starts.grid.instant(day * places + slot)
            for slot in np.flatnonzero(starts.allowed[0].reshape(-1, places)[day])
        ]
        for day in range(starts.grid.days)
    ]


def test_common_hours_move_when_only_one_side_changes_its_clocks() -> None:
    friday, monday = starts_per_day(across_the_change(PHOENIX))
    assert (friday[0], friday[-1]) == (
        datetime(2010, 11, 5, 15, tzinfo=UTC),  # 11:00 in New York, 08:00 in Phoenix
        datetime(2010, 11, 5, 21, 30, tzinfo=UTC),
    )
    assert (monday[0], monday[-1]) == (
        datetime(2010, 11, 8, 15, tzinfo=UTC),  # 10:00 in New York, 08:00 in Phoenix
        datetime(2010, 11, 8, 22, 30, tzinfo=UTC),
    )
    friday, monday = starts_per_day(across_the_change(LONDON))
    assert (friday[-1].hour, monday[-1].hour) == (16, 16)
    assert (friday[0].hour, monday[0].hour) == (12, 13)


def test_office_hours_are_those_of_the_clock_on_each_side_of_the_change() -> None:
    assert hours((FRIDAY, MONDAY), time(8), time(18), NY) == [
        Interval(datetime(2010, 11, 5, 12, tzinfo=UTC), datetime(2010, 11, 5, 22, tzinfo=UTC)),
        Interval(datetime(2010, 11, 8, 13, tzinfo=UTC), datetime(2010, 11, 8, 23, tzinfo=UTC)),
    ]


def test_every_broken_wish_is_said_on_the_clocks_of_the_jurisdiction() -> None:
    problem = across_the_change(PHOENIX)
    (track,) = problem.tracks
    at = datetime(2010, 11, 5, 21, 30, tzinfo=UTC)
    assert broken(problem, track, track.sessions[0], at) == [
        Broken("day", 2, "J would rather meet on Mon 8 Nov."),
        Broken("half_day", 1, "J would rather meet in the morning, not at 14:30."),
        Broken("friday_afternoon", 3, "14:30 is on a Friday afternoon for J."),
        Broken("early", 6, "J would rather begin early: this is 6 h behind its first hour."),
    ]
    assert spread(problem, track, [at, at.replace(day=8)]) == [
        Broken("span", 1, "J would rather have its sessions close together: they span 2 days.")
    ]


@settings(max_examples=60)
@given(st.integers(0, 10**6))
def test_what_the_search_counts_is_what_the_sentences_say(seed: int) -> None:
    starts = starts_of(small(seed))
    for place, session in enumerate(starts.sessions):
        track = starts.problem.tracks[starts.track_of[place]]
        for slot in np.flatnonzero(starts.allowed[place]):
            said = broken(starts.problem, track, session, starts.grid.instant(slot))
            assert starts.cost[place, slot] == sum(one.cost for one in said)
