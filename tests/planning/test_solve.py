"""Planning a window: repeatable, honest about what is proved, and whole without a solver."""

import json
import subprocess
import sys
from dataclasses import replace

import pytest
from benchmarks.instances import HALF_HOURS, MIXED, instance

from negotiations.planning import proving
from negotiations.planning.check import faults
from negotiations.planning.options import Options, Progress
from negotiations.planning.plain import plain
from negotiations.planning.plan import Plan
from negotiations.planning.problem import Problem
from negotiations.planning.solve import solve

FOUR = instance(4, teams=1, cities=2, lengths=MIXED, seed=1)
FIFTY = instance(50, teams=5, cities=6, lengths=MIXED, seed=1, travel=0)
TRAVELLING = instance(50, teams=5, cities=6, lengths=MIXED, seed=1)
MANY = instance(150, teams=7, cities=12, lengths=HALF_HOURS, seed=1, travel=0)


@pytest.fixture
def no_solver(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the extra `planner` were not installed."""
    monkeypatch.setitem(sys.modules, "highspy", None)


def proved(plan: Plan) -> tuple[int, float | None, bool, str]:
    return plan.cost, plan.bound, plan.optimal, plan.stopped_by


def test_optima_are_proved() -> None:
    assert proved(solve(FOUR, Options())) == (17, 17, True, "proof")
    assert proved(solve(FIFTY, Options())) == (175, 175, True, "proof")


def test_everything_but_the_last_proof_works_without_the_solver(no_solver: None) -> None:
    assert not proving.available()
    plan = solve(FIFTY, Options(iterations=800))
    assert faults(FIFTY, plan.placed) == []
    assert (plan.unplaced, plan.bound, plan.stopped_by) == ((), 175, "iterations")
    assert plan.gap_wishes == plan.cost - 175
    assert plan.gap_per_cent == pytest.approx(100 * (plan.cost - 175) / 175)
    assert plan.cost <= 1.05 * 175
    assert plan.notes == ("Install the extra `planner` to have the optimum looked for and proved.",)
    hopeless = solve(replace(FIFTY, teams=FIFTY.teams[:1]), Options(iterations=20))
    assert hopeless.conflict is not None
    assert hopeless.conflict.rules


@pytest.mark.parametrize("problem", [FOUR, TRAVELLING, MANY])
def test_the_same_seed_gives_the_same_answer_and_every_plan_keeps_all_rules(
    problem: Problem,
) -> None:
    options = Options(seed=3, iterations=120, prove=False)
    plan = solve(problem, options)
    assert faults(problem, plan.placed) == []
    assert plan.unplaced == ()
    assert plan.bound is not None and plan.bound <= plan.cost
    assert solve(problem, options) == plan


def test_another_process_with_other_hashes_gives_the_same_answer() -> None:
    asked = {
        "problem": plain(TRAVELLING), "options": plain(Options(iterations=60, prove=False)),
        "seconds": 600, "memory": 2**31,
    }  # fmt: skip
    told = [
        subprocess.run(
            [sys.executable, "-m", "negotiations.planning.child"],
            input=json.dumps(asked), env={"PYTHONHASHSEED": seed}, capture_output=True,
            text=True, check=True,
        ).stdout.splitlines()[-1]
        for seed in ("1", "2")
    ]  # fmt: skip
    assert told[0] == told[1]
    assert json.loads(told[0])["done"]["unplaced"] == []


def test_a_cap_gives_the_best_plan_so_far_and_says_so() -> None:
    calls = iter(range(100))
    plan = solve(TRAVELLING, Options(), left=lambda: 30.0 - next(calls, 100))
    assert plan.stopped_by == "cap"
    assert plan.unplaced == ()
    assert faults(TRAVELLING, plan.placed) == []
    assert not plan.optimal


def test_progress_tells_of_better_plans_and_bounds() -> None:
    told: list[Progress] = []
    solve(FIFTY, Options(iterations=500), lambda progress, _: told.append(progress))
    assert [one.phase for one in told][:2] == ["first draft", "prices"]
    costs = [one.cost for one in told if not one.unplaced]
    assert costs == sorted(costs, reverse=True)
    bounds = [one.bound for one in told if one.bound is not None]
    assert bounds == sorted(bounds)
    assert min(costs) >= max(bounds)


def test_a_session_that_fits_nowhere_is_said_to_even_where_all_others_are_placed() -> None:
    first = FOUR.tracks[0]
    never = replace(first, free=())
    plan = solve(replace(FOUR, tracks=(never, *FOUR.tracks[1:])), Options(iterations=20))
    assert {one.track for one in plan.unplaced} == {first.id}
    assert plan.unplaced[0].why == (
        "There is no start at which Jurisdiction 0, the teams' hours and its own times agree.",
    )
    assert len(plan.placed) == 9


def test_nothing_wanted_is_a_plan_without_sessions() -> None:
    plan = solve(replace(FOUR, tracks=()), Options())
    assert (plan.placed, plan.unplaced, plan.cost, plan.optimal) == ((), (), 0, True)


def test_a_cap_leaves_time_for_a_bound() -> None:
    """The clock stands still until the search begins, then leaps to where little is left."""
    phases: list[str] = []
    plan = solve(
        TRAVELLING,
        Options(iterations=10**6),
        lambda progress, _: phases.append(progress.phase),
        lambda: 100.0 if "search" not in phases else 4.0,
    )
    assert plan.stopped_by == "cap"
    assert plan.bound is not None and plan.bound >= 190
    assert plan.gap_wishes == plan.cost - plan.bound
