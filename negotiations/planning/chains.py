"""PURE: the cheapest starts for a track's sessions in their order, with gaps and the most a day.

A dynamic program over slots by prefix minima: the state is which session starts, when, and as
which of its day. One `Chain` is for one track (arrays of slots) or for many alike (tracks, slots).
Imports numpy.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from negotiations.planning.grid import Bools, Floats, Grid, Ints
from negotiations.planning.starts import Starts

States = list[Floats]  # [r]: the session is the (r+1)th of its track on its day


@dataclass(frozen=True, slots=True)
class Link:
    """From one session to the next: where the one before may start at the latest, per start.

    `earlier` on a day before, `same` on the same day (flat positions); `no_...` is infinite where
    there is no such start, else 0.
    """

    earlier: Ints
    no_earlier: Floats
    same: Ints
    no_same: Floats


@dataclass(frozen=True, slots=True)
class Chain:
    """`most` sessions a day; `span` is what each day between first and last costs, per slot."""

    grid: Grid
    most: int
    span: Floats
    links: tuple[Link, ...]

    def forward(self, costs: Sequence[Floats]) -> list[States]:
        """The least cost of the sessions up to each one, if it starts at each slot."""
        found: list[States] = [[costs[0] - self.span]]
        for link, cost in zip(self.links, costs[1:], strict=True):
            found.append(self._step(link, cost, found[-1]))
        return found

    def _step(self, link: Link, cost: Floats, before: States) -> States:
        best = before[0] if len(before) == 1 else np.minimum.reduce(before)
        over = np.minimum.accumulate(best, axis=-1)
        states = [cost + (over.take(link.earlier) + link.no_earlier)]
        return states + [
            cost + (self.within(each).take(link.same) + link.no_same)
            for each in before[: self.most - 1]
        ]

    def within(self, values: Floats) -> Floats:
        """The least value up to each slot on its day."""
        rows = values.reshape(*values.shape[:-1], self.grid.days, self.grid.places)
        return np.minimum.accumulate(rows, axis=-1).reshape(values.shape)

    def row(self, place: int) -> "Chain":
        """The chain of one of its tracks."""
        start = place * self.grid.slots
        links = tuple(
            Link(
                link.earlier[place] - start,
                link.no_earlier[place],
                link.same[place] - start,
                link.no_same[place],
            )
            for link in self.links
        )
        return Chain(self.grid, self.most, self.span[place], links)


def chain_of(starts: Starts, rows: Sequence[int]) -> Chain:
    """The chain of tracks that want as many sessions and as many a day."""
    grid = starts.grid
    count = len(starts.of(rows[0]))
    most = starts.problem.tracks[rows[0]].most_a_day
    sessions = np.array([list(starts.of(row)) for row in rows]).reshape(len(rows), count)
    span = starts.span[list(rows)][:, None] * grid.day[None, :]
    lags = [starts.lag[sessions[:, k]] for k in range(1, count)]
    links = tuple(_link(grid, each) for each in lags)
    # No limit at all is a limit that no day reaches.
    most = count if most is None else min(most, count)
    return Chain(grid, most, span, links)


def _link(grid: Grid, lags: Ints) -> Link:
    before = np.searchsorted(grid.begins, grid.begins - lags[:, None], side="right") - 1
    opens = grid.day * grid.places
    earlier = np.minimum(before, opens - 1)
    return Link(
        flat(grid, earlier),
        infinite(earlier < 0),
        flat(grid, before),
        infinite(before < opens),
    )


def flat(grid: Grid, positions: Ints) -> Ints:
    """Slots of rows as positions in all rows after one another."""
    offsets = np.arange(len(positions))[:, None] * grid.slots
    return np.clip(positions, 0, grid.slots - 1) + offsets


def infinite(where: Bools) -> Floats:
    """What to add so that nobody chooses these."""
    return np.where(where, np.inf, 0.0)
