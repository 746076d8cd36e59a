"""What planning a window costs and how good the plans are: processor seconds of one core.

    python tests/benchmarks/planning.py [CASE ...]

Each case of `CASES` on seeds 1, 2 and 3 of `instances.py`, in a process that has loaded numpy and
the solver already. Per point in time: what was placed, the cost, and how far it is above the proven
bound (the one known at the end), in wishes and in per cent of max(bound, number of sessions).
"""

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.instances import HALF_HOURS, MIXED, instance

from negotiations.planning.check import faults
from negotiations.planning.conflicts import conflict
from negotiations.planning.groupings import GROUPINGS
from negotiations.planning.options import Options, Progress
from negotiations.planning.plan import Plan
from negotiations.planning.problem import Problem
from negotiations.planning.solve import solve
from negotiations.planning.telling import gap

SEEDS = (1, 2, 3)


@dataclass(frozen=True)
class Case:
    """`looks` are the seconds after which the bars look; `solver`: with the extra."""

    bar: str
    tracks: int
    teams: int
    cities: int
    lengths: Sequence[int]
    travel: int
    looks: tuple[float, ...]
    solver: bool = False
    iterations: int | None = None


CASES = {
    "4x3": Case("proven <= 0.3 s", 4, 1, 2, MIXED, 60, (0.1, 0.3), solver=True),
    "4x3-alone": Case("<= 10 % after 0.1 s", 4, 1, 2, MIXED, 60, (0.1,), iterations=300),
    "4x3-5": Case("proven <= 0.3 s", 4, 5, 2, MIXED, 60, (0.1, 0.3), solver=True),
    "4x3-5-alone": Case("<= 10 % after 0.1 s", 4, 5, 2, MIXED, 60, (0.1,), iterations=300),
    "50x3": Case("proven <= 2 s", 50, 5, 6, MIXED, 0, (0.1, 2), solver=True),
    "50x3-alone": Case("<= 5 % after 2 s", 50, 5, 6, MIXED, 0, (0.1, 2), iterations=5_000),
    "500x3": Case(
        "all placed <= 0.1 s, <= 5 % <= 5 s, <= 2 % <= 10 s",
        500, 20, 12, HALF_HOURS, 0, (0.1, 1, 2, 5, 10), iterations=20_000,
    ),
    "50x3-travel": Case(
        "all placed <= 2 s, <= 15 % after 30 s",
        50, 5, 6, MIXED, 60, (0.1, 2, 5, 10, 30), solver=True, iterations=40_000,
    ),
    "500x3-travel": Case(
        "all placed <= 10 s, gap shown (72 % before)",
        500, 24, 12, HALF_HOURS, 60, (0.5, 2, 5, 10, 30), iterations=40_000,
    ),
}  # fmt: skip


class Watched:
    """A run with what stood when."""

    def __init__(self, problem: Problem, options: Options, seconds: float) -> None:
        self.seen: list[tuple[float, Progress]] = []
        self.began = time.process_time()
        self.seconds = seconds
        self.plan = solve(problem, options, self._note, self._left)
        self.ended = self.spent()

    def spent(self) -> float:
        return time.process_time() - self.began

    def _left(self) -> float:
        return self.seconds - self.spent()

    def _note(self, progress: Progress, _: Callable[[], Plan]) -> None:
        self.seen.append((self.spent(), progress))

    def placed_after(self) -> float | None:
        """When the first draft that placed all was told."""
        return next((at for at, one in self.seen if not one.unplaced), None)

    def best_by(self, seconds: float) -> Progress | None:
        there = [one for at, one in self.seen if at <= seconds]
        return there[-1] if there else None


def measure(name: str, case: Case) -> None:
    print(f"\n{name}: {case.bar}")
    for seed in SEEDS:
        problem = instance(
            case.tracks, teams=case.teams, cities=case.cities, lengths=case.lengths, seed=seed,
            travel=case.travel,
        )  # fmt: skip
        options = Options(prove=case.solver, iterations=case.iterations, explain=None)
        run = Watched(problem, options, 2 * case.looks[-1])
        assert faults(problem, run.plan.placed) == []
        placed = run.placed_after()
        print(
            f"  seed {seed}: all placed after {'-' if placed is None else f'{placed:.3f}'} s; "
            f"ended {run.ended:.2f} s, {_state(run.plan)}"
        )
        for look in case.looks:
            one = run.best_by(look)
            if one is not None:
                print(f"    by {look:g} s: {_then(one, run.plan)}")


def _state(plan: Plan) -> str:
    if plan.unplaced:
        return f"{len(plan.unplaced)} unplaced, at least {plan.least_unplaced} in any plan"
    proof = "optimum proven" if plan.optimal else f"{plan.gap_wishes:g} wishes above the bound"
    return f"cost {plan.cost}, bound {plan.bound:g}, {proof} ({plan.gap_per_cent:.1f} %)"


def _then(one: Progress, plan: Plan) -> str:
    if one.unplaced:
        return f"{one.unplaced} unplaced"
    if plan.bound is None:
        return f"cost {one.cost}"
    above = gap(one.cost, plan.bound, len(plan.placed))
    return f"cost {one.cost}, {one.cost - plan.bound:g} wishes above the bound ({above:.1f} %)"


def infeasible() -> None:
    print(
        "\ninfeasible: proved minimal conflict <= 2 s (per jurisdiction <= 10 s); ends after 60 s"
    )
    for seed in SEEDS:
        problem = instance(50, teams=1, cities=6, lengths=MIXED, seed=seed)
        for grouping in GROUPINGS:
            began, ending = time.process_time(), time.monotonic() + 60
            found = conflict(problem, grouping, lambda ending=ending: ending - time.monotonic())
            spent = time.process_time() - began
            assert found is not None
            print(
                f"  seed {seed}, {grouping}: {found.label}, {len(found.rules)} rules, {spent:.2f} s"
            )


def main(names: Sequence[str]) -> None:
    solve(instance(4, teams=1, cities=2, lengths=MIXED, seed=9), Options())  # loads everything
    for name, case in CASES.items():
        if not names or name in names:
            measure(name, case)
    if not names or "infeasible" in names:
        infeasible()


if __name__ == "__main__":
    main(sys.argv[1:])
