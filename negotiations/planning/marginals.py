"""PURE: what a track pays at least if one of its sessions starts at a given slot.

The forward pass of `chains.py` with its mirror: the rest of the sessions from behind. Imports
numpy.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from negotiations.planning.chains import Chain, States, flat, infinite
from negotiations.planning.grid import Floats, Grid, Ints


@dataclass(frozen=True, slots=True)
class Follow:
    """From one session to the next: where the next may start at the earliest, per start.

    `later` on a day behind, `same` on the same day; as in `chains.Link`.
    """

    later: Ints
    no_later: Floats
    same: Ints
    no_same: Floats


def marginals(chain: Chain, lags: Ints, costs: Sequence[Floats]) -> list[Floats]:
    """For each session and slot the least cost of the whole track, as (tracks, slots) each.

    `lags` are (tracks, sessions): minutes from the start of the session before.
    """
    ahead, behind = chain.forward(costs), _backward(chain, lags, costs)
    return [
        np.minimum.reduce([one + two for one, two in zip(*each, strict=False)])
        for each in zip(ahead, behind, strict=True)
    ]


def _backward(chain: Chain, lags: Ints, costs: Sequence[Floats]) -> list[States]:
    """The least cost of the sessions behind each one, if it starts at each slot."""
    last = len(costs) - 1
    found = [[chain.span] * min(last + 1, chain.most)]
    for k in range(last - 1, -1, -1):
        follow = _follow(chain.grid, lags[:, k + 1])
        found.append(_step(chain, follow, costs[k + 1], found[-1], k))
    return found[::-1]


def _step(chain: Chain, follow: Follow, cost: Floats, behind: States, k: int) -> States:
    over = np.minimum.accumulate((cost + behind[0])[:, ::-1], axis=1)[:, ::-1]
    later = np.ascontiguousarray(over).take(follow.later) + follow.no_later
    states = []
    for r in range(min(k + 1, chain.most)):
        best = later
        if r + 1 < len(behind):
            rest = _within(chain.grid, cost + behind[r + 1]).take(follow.same) + follow.no_same
            best = np.minimum(best, rest)
        states.append(best)
    return states


def _within(grid: Grid, values: Floats) -> Floats:
    """The least value from each slot on to the end of its day."""
    rows = values.reshape(len(values), grid.days, grid.places)
    back = np.minimum.accumulate(rows[..., ::-1], axis=-1)[..., ::-1]
    return np.ascontiguousarray(back).reshape(values.shape)


def _follow(grid: Grid, lags: Ints) -> Follow:
    after = np.searchsorted(grid.begins, grid.begins + lags[:, None], side="left")
    closes = (grid.day + 1) * grid.places
    later = np.maximum(after, closes)
    return Follow(
        flat(grid, later),
        infinite(later >= grid.slots),
        flat(grid, after),
        infinite(after >= closes),
    )
