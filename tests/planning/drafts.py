"""A small window made by hand, in which every rule can be broken."""

from datetime import UTC, date, datetime, timedelta

from negotiations.planning.plan import Placed
from negotiations.planning.problem import (
    Day,
    Interval,
    Problem,
    Resource,
    Team,
    Track,
    Trip,
    Wanted,
    Wishes,
)

DATES = (date(2010, 11, 8), date(2010, 11, 9))
ZONE = "America/Los_Angeles"


def at(day: int, hour: float) -> datetime:
    """An hour of the clock in Los Angeles on a day of November 2010."""
    return datetime(2010, 11, day, 8, tzinfo=UTC) + timedelta(hours=hour)


def from_to(day: int, begins: float, ends: float) -> Interval:
    return Interval(at(day, begins), at(day, ends))


ALWAYS = tuple(from_to(day, 0, 24) for day in (7, 8, 9, 10))

TWO_DAYS = Problem(
    grid_minutes=60,
    days=tuple(Day(day, at(day.day, 9), 8, (from_to(day.day, 9, 17),)) for day in DATES),
    teams=(Team("t1", "Team 1"), Team("t2", "Team 2", (from_to(8, 9, 12),))),
    tracks=(
        Track(
            "sf", "San Francisco", "San Francisco", ZONE,
            (from_to(8, 9, 17), from_to(9, 9, 13)),
            (Wanted("sf1", 1, 60, needs=("c",)), Wanted("sf2", 2, 60, gap_minutes=60)),
            most_a_day=1,
            wishes=Wishes(half_day="morning"),
        ),
        Track(
            "la", "Los Angeles", "Los Angeles", ZONE, ALWAYS,
            (
                Wanted("la1", 1, 120, pinned=at(8, 9), needs=("c",)),
                Wanted("la2", 2, 60, earliest=at(9, 10), latest=at(9, 16)),
            ),
        ),
    ),
    travel_minutes=60,
    trips=(Trip("San Francisco", "Los Angeles", 180),),
    resources=(Resource("c", "Dana Reyes", "counsel", (from_to(8, 8, 12), from_to(9, 8, 18))),),
)  # fmt: skip


def placed(session: str, day: int, hour: float, team: int = 0) -> Placed:
    return Placed(session, session[:2], at(day, hour), team)
