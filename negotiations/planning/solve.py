"""PURE: a plan for a problem: a draft at once, made better, bounded, and proved where it can be.

The same problem, options and version give the same plan, unless the time cap strikes (it says so).
Imports numpy; with the solver (`proving.available`) optima are proved.
"""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from negotiations.planning.closing import Closed, close
from negotiations.planning.conflicts import NOTHING_PROVED, Judge, conflict
from negotiations.planning.counting import least_unplaced
from negotiations.planning.draft import Draft, Kept
from negotiations.planning.fleets import fleet_of
from negotiations.planning.grid import Floats
from negotiations.planning.groupings import Grouping
from negotiations.planning.options import Options, Progress
from negotiations.planning.plan import Conflict, Plan, StoppedBy
from negotiations.planning.prices import Market, trip_slots
from negotiations.planning.problem import Problem
from negotiations.planning.proving import available
from negotiations.planning.remedies import remedies
from negotiations.planning.search import Search, greedy
from negotiations.planning.starts import starts_of
from negotiations.planning.telling import told
from negotiations.planning.valid import demand_valid

FIRST_REPAIR = 2_000
ROUNDS = (60, 200)  # of prices: before the search, and once it is known what a plan costs
SMALL = 40  # sessions: so few the solver has done before the search is warm
HOPELESS = 1_000  # iterations where some sessions are known to have no place
EVERY = 250  # iterations between two words on progress
EPSILON = 1e-6


Tell = Callable[[Progress, Callable[[], Plan]], None]


class Planning:
    """One problem while it is being planned."""

    def __init__(
        self,
        market: Market,
        options: Options,
        tell: Tell,
        left: Callable[[], float],
    ) -> None:
        self.market = market
        self.options = options
        self.tell = tell
        self.left = left
        self.iterations = (
            _usual(market, options) if options.iterations is None else options.iterations
        )
        self.draft = Draft(market, fleet_of(market.starts))
        self.best = self.draft.keep()
        self.bound: float | None = None
        self.least = least_unplaced(market)
        self.done = 0
        self.stopped: StoppedBy = "iterations"
        self.notes: list[str] = []
        self.conflict: Conflict | None = None

    def first(self) -> None:
        """A draft at once, whatever it costs."""
        self._begin(np.zeros_like(self.market.base))
        self._say("first draft")

    def _begin(self, guide: Floats) -> Search:
        draft = self.draft = Draft(self.market, fleet_of(self.market.starts))
        greedy(draft, guide)
        search = Search(draft, guide, self.options.seed)
        search.repair(FIRST_REPAIR)
        self._note(search.best)
        return search

    def improve(self) -> None:
        """Prices, a draft that goes by them, and the search."""
        rounds, more = ROUNDS
        priced = self.market.climb(rounds, known=self._known(), on=self._goes_on)
        self._proved(priced.bound)
        self._say("prices")
        if self.closed():
            self.stopped = "proof"
        if self.stopped != "iterations":
            return
        search = self._begin(self._guide(priced.prices))
        search.run(min(self.iterations, HOPELESS) if self.least else self.iterations, self._each)
        self.done = search.done
        self._note(search.best)
        if self._goes_on() and not self.closed() and not self.best.unplaced:
            priced = self.market.climb(
                more, known=self._known(), prices=priced.prices, on=self._goes_on
            )
            self._proved(priced.bound)
        self._say("search")
        if self.options.prove and not self.closed() and not self.best.unplaced:
            self._close(close(self.market, priced, self.best, self.options, self.left()))

    def explain(self, grouping: Grouping) -> None:
        """Say which rules cannot hold together, and what would help."""
        if not self.best.unplaced or self.left() <= 0:
            return
        problem, prove = self.market.starts.problem, self.options.prove
        self._say("conflict")
        found = conflict(problem, grouping, self.left, prove=prove)
        if found is None:
            self.notes.append("All sessions can be placed: look longer, or with another seed.")
            return
        if found.label != NOTHING_PROVED:
            self.bound, self.least = None, max(1, self.least)
        judge = Judge(1, self.left, self.options.seed, prove)
        self.conflict = replace(found, remedies=remedies(problem, judge))
        if self.left() <= 0:
            self.stopped = "cap"

    def _guide(self, prices: Floats) -> Floats:
        with np.errstate(invalid="ignore"):
            found = self.market.priced(prices) - self.market.base
        return np.nan_to_num(found, nan=0.0, posinf=0.0)

    def _close(self, closed: Closed) -> None:
        if closed.kept is not None:
            self.draft.restore(closed.kept)
            self._note(self.draft.keep())
        self._proved(closed.bound)
        self.notes += closed.notes
        if closed.capped:
            self.stopped = "cap"
        elif self.closed():
            self.stopped = "proof"

    def _known(self) -> float | None:
        return None if self.best.unplaced else float(self.best.cost)

    def _proved(self, bound: float) -> None:
        """Costs are whole numbers, and so is what bounds them."""
        if bound > self.draft.penalty:
            # More than all wishes together: no plan places every session.
            self.bound, self.least = None, max(1, self.least)
        elif np.isfinite(bound):
            whole = float(math.ceil(bound - EPSILON))
            self.bound = whole if self.bound is None else max(self.bound, whole)

    def closed(self) -> bool:
        """Whether the best plan is proved to be one."""
        if self.best.unplaced:
            return False
        return self.bound is not None and self.best.cost <= self.bound

    def _note(self, kept: Kept) -> None:
        if (kept.unplaced, kept.cost) < (self.best.unplaced, self.best.cost) or not any(
            start >= 0 for start, _ in self.best.seats
        ):
            self.best = kept

    def _each(self, iteration: int, best: Kept) -> bool:
        self.done = iteration
        if best is not self.best:
            self._note(best)
        if iteration % EVERY == 0:
            self._say("search")
        if self.closed():
            self.stopped = "proof"
        return self._goes_on() and not self.closed()

    def _goes_on(self, *_: object) -> bool:
        if self.left() <= 0:
            self.stopped = "cap"
        return self.left() > 0

    def _say(self, phase: str) -> None:
        told_now = Progress(
            phase, self.done, self.iterations, self.best.unplaced, self.best.cost, self.bound
        )
        self.tell(told_now, self.plan)

    def plan(self) -> Plan:
        """The best plan so far."""
        found = told(self.market, self.best, self.bound, self.least, tuple(self.notes))
        return replace(
            found,
            seed=self.options.seed,
            iterations=self.done,
            stopped_by=self.stopped,
            conflict=self.conflict,
        )


def _usual(market: Market, options: Options) -> int:
    """Iterations that this size deserves: few where the solver does the rest in no time."""
    sessions = len(market.starts.sessions)
    if options.prove and available() and sessions <= SMALL:
        return 150
    return 300 + (40 if market.cities > 1 else 7) * sessions


def solve(
    problem: Problem,
    options: Options,
    tell: Tell = lambda _, __: None,
    left: Callable[[], float] = lambda: math.inf,
) -> Plan:
    """Plan the window; raise Invalid, with sentences, if the problem contradicts itself.

    `left` says how many seconds of the cap are left; `tell` is given progress, and how to get the
    best plan so far.
    """
    demand_valid(problem)
    starts = starts_of(problem)
    planning = Planning(Market(starts, trip_slots(starts)), options, tell, left)
    planning.first()
    planning.improve()
    if options.explain is not None:
        planning.explain(options.explain)
    return planning.plan()
