"""What the planner finds and proves of small problems, beside the best that trying all finds."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from planning.brute import least_cost
from planning.drawing import small

from negotiations.planning.check import faults
from negotiations.planning.market import Market, trip_slots
from negotiations.planning.options import Options
from negotiations.planning.solve import solve
from negotiations.planning.starts import starts_of

QUICK = Options(iterations=60, explain=None)
SEARCH_ALONE = Options(iterations=60, explain=None, prove=False)


@settings(max_examples=60)
@given(st.integers(0, 10**6))
def test_the_optimum_of_a_small_problem_is_found_and_proved(seed: int) -> None:
    problem = small(seed, plain=True)
    plan, best = solve(problem, QUICK), least_cost(problem)
    assert faults(problem, plan.placed) == []
    assert (best is None) == bool(plan.unplaced)
    if best is not None:
        assert (plan.cost, plan.bound, plan.optimal) == (best, best, True)
    else:
        assert (plan.bound, plan.optimal) == (None, False)
        assert plan.least_unplaced >= 1


@settings(max_examples=60)
@given(st.integers(0, 10**6))
def test_a_bound_is_never_above_the_optimum_nor_a_plan_below_it(seed: int) -> None:
    """With teams that are booked already and trips of different lengths, and without a solver."""
    problem = small(seed)
    plan, best = solve(problem, SEARCH_ALONE), least_cost(problem)
    assert faults(problem, plan.placed) == []
    if best is None:
        assert plan.unplaced
        assert plan.gap_wishes is None
    else:
        assert plan.least_unplaced == 0
        assert plan.bound is not None and plan.bound <= best
        if not plan.unplaced:
            assert plan.cost >= best


@settings(max_examples=60)
@given(st.integers(0, 10**6), st.integers(0, 10**6), st.sampled_from((0.1, 1.0, 5.0)))
def test_any_prices_prove_a_bound(seed: int, other: int, most: float) -> None:
    starts = starts_of(small(seed))
    market = Market(starts, trip_slots(starts))
    chance = np.random.default_rng(other)
    prices = most * chance.random(market.zero.shape) * chance.integers(0, 2, market.zero.shape)
    best = least_cost(starts.problem)
    assert best is None or market.bound(prices) <= best + 1e-9


@settings(max_examples=30)
@given(st.integers(0, 10**6))
def test_what_is_placed_and_what_is_not_are_all_the_sessions(seed: int) -> None:
    problem = small(seed)
    plan = solve(problem, SEARCH_ALONE)
    told = [one.session for one in (*plan.placed, *plan.unplaced)]
    assert sorted(told) == sorted(one.id for track in problem.tracks for one in track.sessions)
    assert all(one.why for one in plan.unplaced)
    assert plan.cost == sum(wish.cost for one in plan.placed for wish in one.broken)
    assert len(plan.unplaced) >= plan.least_unplaced
