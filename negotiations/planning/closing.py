"""PURE: the last step to an optimum: what could still be better, asked of the solver.

Starts that no better plan can have (their least cost at the prices is too high) are left out first.
Imports numpy, and highspy only if it is there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from negotiations.planning.decoding import teams_of
from negotiations.planning.draft import Kept
from negotiations.planning.fleets import fleet_of
from negotiations.planning.grid import Bools
from negotiations.planning.marginals import marginals
from negotiations.planning.market import Market
from negotiations.planning.prices import Priced
from negotiations.planning.program import program_of
from negotiations.planning.proving import available, prove

# More starts than this the solver does not finish; a flow between cities is much harder.
MOST_STARTS, MOST_TRAVELLING = 9_000, 2_000
EPSILON = 1e-6


class Effort(Protocol):
    """How much is asked of the solver."""

    @property
    def nodes(self) -> int: ...

    @property
    def seed(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Closed:
    """`bound` on plans for all; `kept` a better plan; `notes` what people should know of it."""

    bound: float
    kept: Kept | None = None
    notes: tuple[str, ...] = ()
    capped: bool = False


def close(market: Market, priced: Priced, best: Kept, effort: Effort, seconds: float) -> Closed:
    """Prove the best plan optimal, find a better one, or at least a better bound.

    A bound of infinity: there is no plan for all.
    """
    if not available():
        return Closed(
            -np.inf,
            notes=("Install the extra `planner` to have the optimum looked for and proved.",),
        )
    # Where some session has no place, any plan for all is better.
    cost = np.inf if best.unplaced else float(best.cost)
    allowed = worth(market, priced, cost)
    if allowed.sum() > (MOST_STARTS if market.cities == 1 else MOST_TRAVELLING):
        return Closed(
            -np.inf, notes=("There are too many starts left to look for a proof of the optimum.",)
        )
    hint = [start for start, _ in best.seats]
    program = program_of(market, allowed)
    fits = all(start >= 0 and allowed[one, start] for one, start in enumerate(hint))
    proof = prove(
        program, nodes=effort.nodes, seconds=seconds, seed=effort.seed, hint=hint if fits else None
    )
    # Left out were only starts of plans that are no better than the best one.
    bound = min(proof.bound, cost)
    kept = None if proof.starts is None else _seated(market, proof.starts)
    notes: tuple[str, ...] = ()
    if proof.starts is not None and kept is None:
        notes = ("The solver's plan needs more teams than there are: trips or teams differ.",)
    return Closed(bound, kept, notes, proof.capped)


def worth(market: Market, priced: Priced, cost: float) -> Bools:
    """The starts (sessions, slots) that a plan which costs at least one less could have."""
    costs = market.priced(priced.prices)
    found = np.zeros_like(market.starts.allowed)
    for group in market.groups:
        lags = market.starts.lag[group.sessions]
        each = [costs[one] for one in group.sessions.T]
        for k, least in enumerate(marginals(group.chain, lags, each)):
            more = least - least.min(axis=1, keepdims=True)
            good = priced.bound + more <= cost - 1 + EPSILON
            found[group.sessions[:, k]] = good & np.isfinite(least)
    return found


def _seated(market: Market, chosen: Sequence[int]) -> Kept | None:
    teams = teams_of(market.starts, chosen, fleet_of(market.starts))
    return None if teams is None else Kept(tuple(zip(chosen, teams, strict=True)), 0, 0)
