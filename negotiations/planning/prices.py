"""PURE: a bound without any solver: what a plan for all must cost at least, by prices on capacity.

Lagrangian relaxation: each track takes its cheapest starts if a team's slot in a city (and a slot
of each room or person needed) has a price, each team earns what it can; any prices prove a bound
(Geoffrion 1974). Steps after Polyak with smoothed directions. Imports numpy.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from negotiations.planning.grid import Floats
from negotiations.planning.market import Market

PATIENCE = 6  # iterations without a better bound, after which steps become shorter
SHORTER = 0.6
SMOOTH = 0.6  # how much of the direction before is kept
LEAST = 0.1  # wishes that a step aims above where it is, even where the target is reached
EPSILON = 1e-9
OVER = 1.15  # where nothing better is known, the optimum is taken for this much above the bound


@dataclass(frozen=True, slots=True)
class Priced:
    """`bound` is proved by `prices`, as of a `Market`.

    A bound of minus infinity is none; of infinity: some track fits nowhere.
    """

    bound: float
    prices: Floats


def climb(
    market: Market,
    rounds: int,
    *,
    known: float | None = None,
    prices: Floats | None = None,
    on: Callable[[float], bool] = lambda _: True,
) -> Priced:
    """Better prices round by round; `known` is what some plan costs.

    `on(bound)` is asked each round whether to go on.
    """
    now = market.zero if prices is None else prices
    best = Priced(-np.inf, now)
    direction: Floats | None = None
    step, stalled = 1.0, 0
    for _ in range(rounds):
        paid, chosen = market.tracks(now)
        if not np.isfinite(paid):
            return Priced(np.inf, now)
        earned, offer = market.offered(now)
        value = paid - earned
        stalled += 1
        if value > best.bound + EPSILON:
            best, stalled = Priced(value, now), 0
        elif stalled >= PATIENCE:
            step, stalled = step * SHORTER, 0
        over = market.used(chosen) - offer
        settled = not np.where(now > 0, over, np.maximum(over, 0)).any()
        if settled or not on(best.bound):
            break
        direction = over if direction is None else over + SMOOTH * (direction - over)
        target = max(best.bound * OVER, best.bound + 1.0) if known is None else known
        size = step * max(target - value, LEAST) / max(float((direction**2).sum()), EPSILON)
        now = np.maximum(0.0, now + size * direction)
    return best
