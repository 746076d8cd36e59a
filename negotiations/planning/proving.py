"""PURE: what the solver HiGHS proves of a program: the optimum, a bound, or that nothing fits.

HiGHS (highspy) comes with the extra `planner`; `available` says whether it is here.
"""

import importlib
import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from negotiations.planning.grid import Floats
from negotiations.planning.steps import Program

Verdict = Literal["optimal", "infeasible", "stopped"]
ONE_BELOW = 0.999  # costs are whole numbers: closer than one is as good as equal


@dataclass(frozen=True, slots=True)
class Proof:
    """`bound`: nothing costs less; `starts`: the best that was found, if anything was.

    `capped`: the time ended it, so that another run may not give the same.
    """

    verdict: Verdict
    bound: float
    starts: tuple[int, ...] | None
    capped: bool = False


def available() -> bool:
    """Whether the solver is installed."""
    return importlib.util.find_spec("highspy") is not None


def prove(
    program: Program,
    *,
    nodes: int,
    seconds: float,
    hint: Sequence[int] | None = None,
    seed: int = 0,
) -> Proof:
    """Solve it, for at most so many nodes of the search tree (and, above that, seconds)."""
    if not program.possible:
        return Proof("infeasible", np.inf, None)
    highspy: Any = importlib.import_module("highspy")
    solver = highspy.Highs()
    for name, value in (
        ("output_flag", False), ("threads", 1), ("random_seed", seed),
        ("mip_max_nodes", nodes), ("time_limit", float(seconds)),
        ("mip_rel_gap", 0.0), ("mip_abs_gap", ONE_BELOW),
    ):  # fmt: skip
        solver.setOptionValue(name, value)
    solver.passModel(_model(highspy, program))
    if hint is not None:
        solver.setSolution(_solution(highspy, program, hint))
    solver.run()
    status, kind = solver.getModelStatus(), highspy.HighsModelStatus
    if status in {kind.kInfeasible, kind.kUnboundedOrInfeasible}:
        return Proof("infeasible", np.inf, None)
    info = solver.getInfo()
    found = None
    if info.primal_solution_status == 2:  # a feasible point
        found = tuple(program.starts(np.array(solver.getSolution().col_value)))
    verdict: Verdict = "optimal" if status == kind.kOptimal else "stopped"
    return Proof(verdict, float(info.mip_dual_bound), found, status == kind.kTimeLimit)


def _model(highspy: Any, program: Program) -> Any:
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(program.cost), len(program.rows)
    lp.col_cost_ = np.array(program.cost)
    lp.col_lower_ = np.zeros(len(program.cost))
    lp.col_upper_ = np.array(program.upper)
    lp.row_lower_ = np.array([row[0] for row in program.rows])
    lp.row_upper_ = np.array([row[1] for row in program.rows])
    lp.offset_ = program.constant
    kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
    lp.integrality_ = [kinds[each] for each in program.whole]
    matrix = lp.a_matrix_
    matrix.format_ = highspy.MatrixFormat.kRowwise
    matrix.num_col_, matrix.num_row_ = lp.num_col_, lp.num_row_
    matrix.start_ = np.cumsum([0, *(len(row[2]) for row in program.rows)])
    matrix.index_ = np.array([column for row in program.rows for column in row[2]], dtype=np.int32)
    matrix.value_ = np.array([value for row in program.rows for value in row[2].values()])
    return lp


def _solution(highspy: Any, program: Program, hint: Sequence[int]) -> Any:
    """The steps of a plan; the flow is left to the solver, which completes it."""
    index: list[int] = []
    value: list[float] = []
    for start, (slots, columns) in zip(hint, program.steps, strict=True):
        index += columns
        value += [float(start <= slot) for slot in slots[: len(columns)]]
    solution = highspy.HighsSolution()
    full: Floats = np.zeros(len(program.cost))
    full[index] = value
    solution.col_value = full
    return solution
