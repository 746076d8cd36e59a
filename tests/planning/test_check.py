"""The checker of drafts: each hard rule, broken by hand, in a sentence."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planning.drafts import TWO_DAYS, at, placed
from planning.drawing import small

from negotiations.planning.check import Fault, faults
from negotiations.planning.options import Options
from negotiations.planning.plan import Placed
from negotiations.planning.solve import solve

KEPT = (placed("la1", 8, 9), placed("sf1", 9, 9, 1), placed("la2", 9, 10))


def test_a_draft_that_keeps_all_rules_has_no_fault() -> None:
    assert faults(TWO_DAYS, KEPT) == []
    assert faults(TWO_DAYS, ()) == []


@pytest.mark.parametrize(
    ("draft", "sentence"),
    [
        ([placed("sf1", 7, 9)], "Sun 7 Nov 09:00 PST is in no day of the window."),
        ([placed("la2", 9, 16.5)], "The teams don't work from Tue 9 Nov 16:30 PST for 60 minutes."),
        (
            [placed("sf1", 9, 13)],
            ("San Francisco is not free from Tue 9 Nov 13:00 PST for 60 minutes."),
        ),
        ([placed("la1", 8, 10)], "Los Angeles's session 1 is pinned to Mon 8 Nov 09:00 PST."),
        (
            [placed("la2", 9, 9)],
            ("Los Angeles's session 2 may not begin before Tue 9 Nov 10:00 PST."),
        ),
        (
            [placed("la2", 9, 15.5)],
            "Los Angeles's session 2 has to be over by Tue 9 Nov 16:00 PST.",
        ),
        ([placed("sf1", 8, 12)], "Dana Reyes (counsel) is not free then."),
        (
            [placed("sf1", 9, 10), placed("sf2", 9, 11)],
            (
                "San Francisco's session 2 at Tue 9 Nov"
                " 11:00 PST has to wait for the end of session 1 and 60 minutes."
            ),
        ),
        (
            [placed("sf2", 9, 9), placed("sf1", 9, 11)],
            (
                "San Francisco's session 2 at Tue 9 Nov"
                " 09:00 PST has to wait for the end of session 1 and 60 minutes."
            ),
        ),
        (
            [placed("sf1", 9, 9), placed("sf2", 9, 11)],
            ("San Francisco has 2 sessions on 09 Nov, and at most 1 may be."),
        ),
        ([placed("sf1", 8, 11, 1)], "Team 2 is booked when San Francisco's session 1 would be."),
        ([placed("sf1", 9, 9, 2)], "San Francisco's session 1 has a team that is not there."),
        (
            [placed("sf1", 9, 10), placed("la2", 9, 10)],
            (
                "Team 1 cannot be in two places at once: Los"
                " Angeles's session 2 and San Francisco's session 1 overlap."
            ),
        ),
        (
            [placed("sf1", 9, 9), placed("la2", 9, 12)],
            (
                "Team 1 does not get from San Francisco to"
                " Los Angeles in time (180 minutes) between San Francisco's session 1 and Los"
                " Angeles's session 2."
            ),
        ),
        (
            [placed("la1", 8, 9), placed("sf1", 8, 10, 1)],
            (
                "Dana Reyes (counsel) is needed by Los"
                " Angeles's session 1 and San Francisco's session 1 at once."
            ),
        ),
        (
            [placed("sf1", 9, 9), placed("sf1", 8, 9)],
            "San Francisco's session 1 is placed 2 times.",
        ),
        ([Placed("x", "sf", at(9, 9), 0)], "The problem has no session x."),
    ],
)
def test_a_broken_rule_is_said(draft: list[Placed], sentence: str) -> None:
    assert sentence in [one.sentence for one in faults(TWO_DAYS, draft)]


def test_a_fault_names_the_sessions_that_it_lies_between() -> None:
    late = replace(KEPT[2], starts=at(9, 11), team=1)
    assert faults(TWO_DAYS, [*KEPT[:2], late]) == [
        Fault(
            ("sf1", "la2"),
            "Team 2 does not get from San Francisco to Los Angeles in time (180 minutes) between "
            "San Francisco's session 1 and Los Angeles's session 2.",
        )
    ]


@settings(max_examples=40)
@given(st.integers(0, 10**6))
def test_no_plan_breaks_a_rule(seed: int) -> None:
    problem = small(seed)
    plan = solve(problem, Options(seed=seed, iterations=20, explain=None, prove=False))
    assert faults(problem, plan.placed) == []
