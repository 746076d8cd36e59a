"""Problems and plans as JSON: what goes to the planner's process and comes back."""

import json
from datetime import UTC, date, datetime

import pytest

from negotiations.planning.plain import Unreadable, plain, read
from negotiations.planning.plan import Broken, Conflict, Placed, Plan, Remedy, Unplaced
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

NOON = datetime(2010, 11, 5, 12, tzinfo=UTC)
LATER = datetime(2010, 11, 5, 22, tzinfo=UTC)
OPEN = (Interval(NOON, LATER),)
PROBLEM = Problem(
    grid_minutes=30,
    days=(Day(date(2010, 11, 5), NOON, 20, OPEN),),
    teams=(Team("t1", "Team 1", OPEN), Team("t2", "Team 2")),
    tracks=(
        Track(
            "sf", "San Francisco", "San Francisco", "America/Los_Angeles", OPEN,
            (Wanted("s1", 1, 60, pinned=NOON), Wanted("s2", 2, 30, gap_minutes=60, needs=("r",))),
            most_a_day=2,
            wishes=Wishes(days=(date(2010, 11, 5),), half_day="morning", compact=True),
        ),
    ),
    travel_minutes=60,
    trips=(Trip("San Francisco", "San Jose", 90),),
    resources=(Resource("r", "Room 4", "room", OPEN),),
)  # fmt: skip
PLAN = Plan(
    placed=(Placed("s1", "sf", NOON, 0, 3, (Broken("day", 3, "Not a day it likes."),)),),
    unplaced=(Unplaced("s2", "sf", ("No team is free.",)),),
    cost=3, bound=2.5, gap_wishes=None, gap_per_cent=None, least_unplaced=1, optimal=False,
    seed=7, iterations=40, stopped_by="cap",
    conflict=Conflict("proved", ("a", "b"), True, ("c",), (Remedy("one more team", 1, True),)),
)  # fmt: skip


@pytest.mark.parametrize(("kind", "value"), [(Problem, PROBLEM), (Plan, PLAN)])
def test_it_comes_back_from_json_as_it_went(kind: type, value: Problem | Plan) -> None:
    assert read(kind, json.loads(json.dumps(plain(value)))) == value


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("grid_minutes", "30", "problem.grid_minutes must be int, not str."),
        ("grid_minutes", True, "problem.grid_minutes must be int, not bool."),
        ("teams", {}, "problem.teams must be a list."),
        ("teams", [{"id": "a"}], "problem.teams[0] lacks name."),
        ("rooms", [], "problem has no field rooms."),
        ("days", [{}], "problem.days[0] lacks date."),
        ("trips", [7], "problem.trips[0] must be an object."),
    ],
)
def test_what_is_wrong_is_named_with_its_place(field: str, value: object, words: str) -> None:
    with pytest.raises(Unreadable) as raised:
        read(Problem, {**plain(PROBLEM), field: value})
    assert str(raised.value) == words


@pytest.mark.parametrize("when", ["2010-11-05T12:00:00", "noon", 7])
def test_an_instant_without_its_zone_is_refused(when: object) -> None:
    day = {**plain(PROBLEM.days[0]), "starts": when}
    with pytest.raises(Unreadable, match=r"problem\.days\[0\]\.starts must"):
        read(Problem, {**plain(PROBLEM), "days": [day]})
