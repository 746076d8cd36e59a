"""PURE: a plan for a problem: a draft at once, made better, bounded, and proved where it can be.

The same problem, options and version give the same plan, unless the time cap strikes (it says so).
Imports numpy; with the solver (`proving.available`) optima are proved.
"""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from negotiations.planning.closing import close
from negotiations.planning.conflicts import NOTHING_PROVED, Judge, conflict
from negotiations.planning.draft import Draft, Kept
from negotiations.planning.fleets import fleet_of
from negotiations.planning.grid import Floats
from negotiations.planning.groupings import Grouping
from negotiations.planning.market import Market, trip_slots
from negotiations.planning.options import Options, Progress
from negotiations.planning.plan import Plan, StoppedBy
from negotiations.planning.prices import Priced, climb
from negotiations.planning.problem import Problem
from negotiations.planning.proving import available
from negotiations.planning.remedies import remedies
from negotiations.planning.search import Search, greedy
from negotiations.planning.standing import Standing
from negotiations.planning.starts import starts_of
from negotiations.planning.valid import demand_valid

ROUNDS, MORE_ROUNDS = 60, 200  # of prices: before the search, and when a plan's cost is known
SMALL = 40  # sessions: so few the solver has done before the search is warm
HOPELESS, HOPELESS_REPAIR = 1_000, 200  # where some sessions are known to have no place
BOUNDING = 0.05  # the share of a cap that is kept for the bound at the end
EVERY = 250  # iterations between two words on progress, if nothing better is found

Tell = Callable[[Progress, Callable[[], Plan]], None]


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


class Planning:
    """One problem while it is being planned; `now` is what is known of it."""

    def __init__(
        self, market: Market, options: Options, tell: Tell, left: Callable[[], float]
    ) -> None:
        self.market = market
        self.options = options
        self.tell = tell
        self.left = left
        self.now = Standing(market)
        self.iterations = self._usual() if options.iterations is None else options.iterations
        # What the search leaves of a cap, so that the bound is worth something when it strikes.
        self.kept = BOUNDING * left() if left() < math.inf else 0.0
        self.done = 0
        self.stopped: StoppedBy = "iterations"

    def _usual(self) -> int:
        """Iterations that this size deserves."""
        sessions = len(self.market.starts.sessions)
        if self.now.least:
            return HOPELESS
        if self.options.prove and available() and sessions <= SMALL:
            return 150
        return 300 + (60 if self.market.cities > 1 else 7) * sessions

    def first(self) -> None:
        """A draft at once, whatever it costs."""
        self._begin(np.zeros_like(self.market.base))
        self._say("first draft")

    def _begin(self, guide: Floats) -> Search:
        draft = Draft(self.market, fleet_of(self.market.starts))
        greedy(draft, guide)
        search = Search(draft, guide, self.options.seed)
        search.repair(HOPELESS_REPAIR if self.now.least else self._patience())
        self.now.found(search.best)
        return search

    def _patience(self) -> int:
        """Iterations to find a place for those who have none, before wishes count."""
        return min(2_000, 200 + 10 * len(self.market.starts.sessions))

    def improve(self) -> None:
        """Prices, a draft that goes by them, the search, and the solver."""
        priced = self._climb(ROUNDS)
        if not self._goes_on():
            return
        search = self._begin(self._guide(priced.prices))
        search.run(self.iterations, self._each)
        self.now.found(search.best)
        if not self.now.closed() and not self.now.best.unplaced:
            priced = self._climb(MORE_ROUNDS, priced.prices)
        self._say("search")
        if self._goes_on() and self.options.prove and not self.now.least:
            self._close(search.draft, priced)

    def _climb(self, rounds: int, prices: Floats | None = None) -> Priced:
        found = climb(
            self.market, rounds, known=self.now.known, prices=prices, on=lambda _: self.left() > 0
        )
        self.now.proved(found.bound)
        self._say("prices")
        return found

    def _guide(self, prices: Floats) -> Floats:
        with np.errstate(invalid="ignore"):
            found = self.market.priced(prices) - self.market.base
        return np.nan_to_num(found, nan=0.0, posinf=0.0)

    def _close(self, draft: Draft, priced: Priced) -> None:
        closed = close(self.market, priced, self.now.best, self.options, self.left())
        if closed.kept is not None:
            draft.restore(closed.kept)
            self.now.found(draft.keep())
        self.now.heard(closed)
        self.stopped = "cap" if closed.capped else self.stopped
        self._goes_on()

    def _each(self, iteration: int, best: Kept) -> bool:
        self.done = iteration
        if self.now.found(best) or iteration % EVERY == 0:
            self._say("search")
        return self._goes_on(self.kept)

    def _goes_on(self, kept: float = 0.0) -> bool:
        """Whether there is still time (but for seconds to keep), and something left to prove."""
        if self.stopped == "iterations" and self.now.closed():
            self.stopped = "proof"
        elif self.left() <= kept:
            self.stopped = "cap"
        return self.stopped == "iterations"

    def explain(self, grouping: Grouping) -> None:
        """Say which rules cannot hold together, and what would help."""
        if not self.now.best.unplaced or not self._goes_on():
            return
        self._say("conflict")
        problem, prove = self.market.starts.problem, self.options.prove
        found = conflict(problem, grouping, self.left, prove=prove)
        if found is None:
            self.now.notes.append("All sessions can be placed: look longer, or with another seed.")
            return
        if found.label != NOTHING_PROVED:
            self.now.nothing_fits()
        judge = Judge(1, self.left, self.options.seed, prove)
        self.now.conflict = replace(found, remedies=remedies(problem, judge))
        self._goes_on()

    def _say(self, phase: str) -> None:
        best = self.now.best
        progress = Progress(
            phase, self.done, self.iterations, best.unplaced, best.cost, self.now.bound
        )
        self.tell(progress, self.plan)

    def plan(self) -> Plan:
        """The best plan so far."""
        return self.now.plan(self.options.seed, self.done, self.stopped)
