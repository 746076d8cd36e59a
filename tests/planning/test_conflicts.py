"""Which rules cannot hold together, beside trying everything."""

import time
from functools import reduce

import pytest
from benchmarks.instances import MIXED, instance
from hypothesis import example, given, settings
from hypothesis import strategies as st
from planning.brute import least_cost
from planning.drawing import small

from negotiations.planning.conflicts import (
    HALF_PROVED,
    NOTHING_PROVED,
    PROVED,
    Judge,
    conflict,
)
from negotiations.planning.groupings import GROUPINGS, Grouping, Rule, rules_by
from negotiations.planning.options import Options
from negotiations.planning.problem import Problem
from negotiations.planning.remedies import remedies
from negotiations.planning.solve import solve


def possible(problem: Problem) -> bool:
    return least_cost(problem, enough=True) is not None


def without(problem: Problem, gone: list[Rule]) -> Problem:
    return reduce(lambda now, rule: rule.without(now), gone, problem)


@settings(max_examples=60)
@example(4418, "category")  # only a plan whose sessions don't lie as close together as wished
@given(st.integers(0, 10**6), st.sampled_from(GROUPINGS))
def test_a_minimal_conflict_cannot_hold_and_without_any_one_rule_it_can(
    seed: int, grouping: Grouping
) -> None:
    problem = small(seed, plain=True)
    found = conflict(problem, grouping)
    assert (found is None) == possible(problem)
    if found is None:
        return
    assert found.label in {PROVED, HALF_PROVED}
    rules = rules_by(problem, grouping)
    gone = [rule for rule in rules if rule.sentence not in found.rules]
    assert not possible(without(problem, gone))
    if found.minimal:
        for rule in rules:
            if rule.sentence in found.rules:
                assert possible(without(problem, [*gone, rule]))


@settings(max_examples=30)
@given(st.integers(0, 10**6), st.sampled_from(GROUPINGS))
def test_nothing_false_is_proved_where_teams_are_booked_and_trips_differ(
    seed: int, grouping: Grouping
) -> None:
    problem = small(seed)
    found = conflict(problem, grouping, prove=False)
    if found is None:
        assert possible(problem)
    elif found.label != NOTHING_PROVED:
        assert not possible(problem)


@pytest.mark.parametrize("grouping", GROUPINGS)
def test_fifty_jurisdictions_with_one_team_are_explained(grouping: Grouping) -> None:
    problem = instance(50, teams=1, cities=6, lengths=MIXED, seed=1)
    ending = time.monotonic() + 3
    found = conflict(problem, grouping, lambda: ending - time.monotonic())
    assert found is not None
    assert found.label in {PROVED, HALF_PROVED}
    assert found.counted == (
        "The sessions want 158.5 hours, and the teams have only 50 in the window.",
    )
    assert 0 < len(found.rules) < 30


def test_what_would_help_most_comes_first() -> None:
    problem = instance(24, teams=1, cities=2, lengths=MIXED, seed=1)
    found = remedies(problem, Judge(1, lambda: 1.0))
    more = [one.sessions_more for one in found]
    assert more == sorted(more, reverse=True)
    assert found[0].proved
    assert "One team more." in [one.change for one in found if one.proved]


def test_a_plan_with_unplaced_sessions_says_why_and_bounds_how_many() -> None:
    problem = instance(20, teams=1, cities=2, lengths=MIXED, seed=1)
    plan = solve(problem, Options(iterations=50, explain="city"))
    assert plan.unplaced
    assert (plan.bound, plan.gap_wishes, plan.gap_per_cent) == (None, None, None)
    assert 0 < plan.least_unplaced <= len(plan.unplaced)
    assert plan.conflict is not None
    assert plan.conflict.minimal
    assert plan.conflict.remedies
