"""A problem that contradicts itself is refused with what to change."""

from dataclasses import replace
from typing import Any

import pytest
from planning.drafts import TWO_DAYS

from negotiations.planning.options import Options
from negotiations.planning.problem import Weights
from negotiations.planning.solve import solve
from negotiations.planning.valid import Invalid, faults

SF, LA = TWO_DAYS.tracks
FIRST = SF.sessions[0]


def with_session(**changes: Any) -> dict[str, Any]:
    return {"tracks": (replace(SF, sessions=(replace(FIRST, **changes),)), LA)}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"grid_minutes": 20}, "The grid is 15, 30 or 60 minutes, not 20."),
        ({"days": ()}, "The window has no days."),
        ({"teams": ()}, "There is no team to place."),
        (
            {"days": (replace(TWO_DAYS.days[0], slots=0),)},
            "2010-11-08 must have slots for at most 24 hours, and at least one.",
        ),
        (
            {"days": TWO_DAYS.days[::-1]},
            "2010-11-09 and 2010-11-08 overlap: put the days in order.",
        ),
        ({"tracks": (SF, replace(SF, sessions=()))}, "Track sf is there 2 times."),
        ({"tracks": (SF, replace(SF, id="x"))}, "Session sf1 is there 2 times."),
        ({"teams": TWO_DAYS.teams[:1] * 2}, "Team t1 is there 2 times."),
        (
            {"tracks": (replace(SF, zone="Mars"), LA)},
            "San Francisco has no time zone of the IANA database: 'Mars'.",
        ),
        (
            {"tracks": (replace(SF, most_a_day=0), LA)},
            "San Francisco must be allowed at least one session a day.",
        ),
        (with_session(minutes=0), "Session sf1 must last between 1 minute and 24 hours."),
        (with_session(gap_minutes=-1), "Session sf1 has a gap below zero."),
        (with_session(needs=("x",)), "Session sf1 needs x, which the problem does not have."),
        ({"weights": Weights(span=-1)}, "A broken wish cannot cost less than nothing."),
        ({"travel_minutes": -1}, "A trip cannot take less than no time."),
    ],
)
def test_what_is_wrong_is_said(changes: dict[str, Any], sentence: str) -> None:
    problem = replace(TWO_DAYS, **changes)
    assert sentence in faults(problem)
    with pytest.raises(Invalid):
        solve(problem, Options())


def test_a_problem_that_makes_sense_has_no_fault() -> None:
    assert faults(TWO_DAYS) == []
