"""PURE: when nothing fits: rules that cannot hold together, and what would help most.

Deletion filter (Chinneck 1991) over rules in groups: a rule goes if the rest still cannot hold.
What cannot hold is proved by counting hours, by prices, or by the solver; what can, by a plan.
Imports numpy.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Literal

import numpy as np

from negotiations.planning.counting import hours_of, least_unplaced
from negotiations.planning.decoding import teams_of
from negotiations.planning.draft import Draft
from negotiations.planning.fleets import fleet_of
from negotiations.planning.groupings import Grouping, Rule, rules_by
from negotiations.planning.market import Market, trip_slots
from negotiations.planning.plan import Conflict
from negotiations.planning.prices import climb
from negotiations.planning.problem import Problem
from negotiations.planning.program import program_of
from negotiations.planning.proving import available, prove
from negotiations.planning.search import Search, greedy
from negotiations.planning.starts import starts_of

Verdict = Literal["fits", "cannot", "unknown"]
PROVED = "proved minimal conflict"
HALF_PROVED = "proved conflict, minimality not proved"
NOTHING_PROVED = "no plan was found, and no conflict proved"
REPAIR = 400
ROUNDS = 40
FEW = 12  # rules: of more, the solver is asked for less each time
NODES, FEWER_NODES = 500, 1
EPSILON = 1e-6


@dataclass(frozen=True, slots=True)
class Judge:
    """Says whether all sessions of a problem can be placed; `left` are the cap's seconds."""

    nodes: int
    left: Callable[[], float]
    seed: int = 1
    prove: bool = True

    def __call__(self, problem: Problem) -> Verdict:
        starts = starts_of(problem)
        market = Market(starts, trip_slots(starts))
        if least_unplaced(market):
            return "cannot"
        if not self.lacking(market):
            return "fits"
        # Without wishes, that of days close together among them, every plan for all is free: what
        # must cost something cannot be.
        starts = replace(starts, span=np.zeros_like(starts.span))
        market = Market(starts, market.trip)
        market.base = np.where(starts.allowed, 0.0, np.inf)
        plain = climb(market, ROUNDS, known=1.0, on=lambda bound: bound < EPSILON)
        if plain.bound > EPSILON:
            return "cannot"
        return self._solved(market) if self.prove and available() else "unknown"

    def lacking(self, market: Market) -> int:
        """How many sessions find no place in a short search."""
        draft = Draft(market, fleet_of(market.starts))
        none = np.zeros_like(market.base)
        greedy(draft, none)
        search = Search(draft, none, self.seed)
        search.repair(REPAIR)
        return search.best.unplaced

    def _solved(self, market: Market) -> Verdict:
        if self.left() <= 0:
            return "unknown"
        program = program_of(market, market.starts.allowed, costs=False)
        proof = prove(program, nodes=self.nodes, seconds=self.left(), seed=self.seed)
        if proof.verdict == "infeasible":
            return "cannot"
        if proof.starts is None:
            return "unknown"
        teams = teams_of(market.starts, proof.starts, fleet_of(market.starts))
        return "unknown" if teams is None else "fits"


def conflict(
    problem: Problem,
    grouping: Grouping,
    left: Callable[[], float] = lambda: math.inf,
    *,
    prove: bool = True,
) -> Conflict | None:
    """Rules that cannot hold together, or None if all sessions can be placed."""
    rules = rules_by(problem, grouping)
    judge = Judge(NODES if len(rules) <= FEW else FEWER_NODES, left, prove=prove)
    verdict = judge(problem)
    if verdict == "fits":
        return None
    hours = hours_of(starts_of(problem)).sentence
    counted = (hours,) if hours else ()
    if verdict == "unknown":
        return Conflict(NOTHING_PROVED, (), minimal=False, counted=counted)
    kept, sure = _filtered(problem, rules, judge)
    label = PROVED if sure else HALF_PROVED
    return Conflict(label, tuple(rule.sentence for rule in kept), minimal=sure, counted=counted)


def _filtered(problem: Problem, rules: Sequence[Rule], judge: Judge) -> tuple[list[Rule], bool]:
    """The rules that remain, and whether each of them was proved to be needed.

    Light ones are tried first, many at once while that goes well.
    """
    kept = sorted(rules, key=lambda rule: rule.weight)
    sure: set[str] = set()
    size = max(1, len(kept) // 2)
    while True:
        place = 0
        while place < len(kept):
            some = kept[place : place + size]
            rest = kept[:place] + kept[place + size :]
            verdict = judge(_without(problem, rules, rest)) if judge.left() > 0 else "unknown"
            if verdict == "cannot":
                kept = rest
                continue
            if size == 1 and verdict == "fits":
                sure.add(some[0].sentence)
            place += size
        if size == 1:
            return kept, all(rule.sentence in sure for rule in kept)
        size = max(1, size // 2)


def _without(problem: Problem, rules: Sequence[Rule], kept: Sequence[Rule]) -> Problem:
    """The problem with no rules but these of all that there are."""
    gone = [rule for rule in rules if rule not in kept]
    return reduce(lambda now, rule: rule.without(now), gone, problem)
