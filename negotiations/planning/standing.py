"""PURE: what is known of a problem so far: the best plan, the bound, and what is proved."""

import math
from dataclasses import replace

import numpy as np

from negotiations.planning.closing import Closed
from negotiations.planning.counting import least_unplaced
from negotiations.planning.draft import Kept, more_than_all, nothing
from negotiations.planning.market import Market
from negotiations.planning.plan import Conflict, Plan, StoppedBy
from negotiations.planning.telling import told

EPSILON = 1e-6


class Standing:
    """`bound` holds for plans for all, `least` sessions have no place in any plan."""

    def __init__(self, market: Market) -> None:
        self.market = market
        self.best = nothing(market.starts)
        self.penalty = more_than_all(market.starts)
        self.bound: float | None = None
        self.least = least_unplaced(market)
        self.notes: list[str] = []
        self.conflict: Conflict | None = None

    def found(self, kept: Kept) -> bool:
        """Take a plan if it is better; whether it was."""
        better = (kept.unplaced, kept.cost) < (self.best.unplaced, self.best.cost)
        if better:
            self.best = kept
        return better

    def proved(self, bound: float) -> None:
        """Costs are whole numbers and so are bounds; with no plan for all there is none."""
        if self.least:
            return
        if bound > self.penalty:
            # More than all wishes together: no plan places every session.
            self.nothing_fits()
        elif np.isfinite(bound):
            whole = float(math.ceil(bound - EPSILON))
            self.bound = whole if self.bound is None else max(self.bound, whole)

    def nothing_fits(self) -> None:
        self.bound, self.least = None, max(1, self.least)

    def heard(self, closed: Closed) -> None:
        """What came of asking the solver."""
        self.proved(closed.bound)
        self.notes += closed.notes

    @property
    def known(self) -> float | None:
        """What some plan for all costs."""
        return None if self.best.unplaced else float(self.best.cost)

    def closed(self) -> bool:
        """Whether the best plan is proved to be one."""
        return self.known is not None and self.bound is not None and self.known <= self.bound

    def plan(self, seed: int, iterations: int, stopped: StoppedBy) -> Plan:
        """The best plan so far."""
        return replace(
            told(self.market, self.best, self.bound, self.least, tuple(self.notes)),
            seed=seed,
            iterations=iterations,
            stopped_by=stopped,
            conflict=self.conflict,
        )
