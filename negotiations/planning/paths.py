"""PURE: what a team could earn at most on one day, if being in a city in a slot had a price.

The team's side of the Lagrangian bound: it is wherever the prices are, and takes `trip` slots from
one city to any other. Where trips differ the shortest is taken, so that a bound stays one. Imports
numpy.
"""

import numpy as np

from negotiations.planning.grid import Bools, Floats, Grid, Ints


def best_paths(grid: Grid, prices: Floats, free: Bools, trip: int) -> tuple[float, Floats]:
    """The best day's path of one team for each day: what all earn, and where they are.

    `prices` is (cities, slots), `free` (slots,); the second value is 1 where the team is present
    in a city in a slot and free, else 0.
    """
    cities = len(prices)
    if cities == 1:
        present = free.astype(float)[None, :]
        return float((prices * present).sum()), present
    gain = (prices * free).reshape(cities, grid.days, grid.places).transpose(2, 1, 0)
    value = np.empty_like(gain)
    moved = np.zeros(gain.shape, dtype=bool)
    origin = np.zeros((grid.places, grid.days), dtype=np.int64)
    best = np.empty((grid.places, grid.days))
    row = np.arange(grid.days)
    for place in range(grid.places):
        value[place] = gain[place]
        if place:
            stay = value[place - 1]
            left = place - 1 - trip
            if left >= 0:
                np.greater(best[left][:, None], stay, out=moved[place])
                value[place] += np.maximum(stay, best[left][:, None])
            else:
                value[place] += stay
        origin[place] = value[place].argmax(axis=1)
        best[place] = value[place][row, origin[place]]
    return float(best[-1].sum()), _present(grid, moved, origin, free, trip)


def _present(grid: Grid, moved: Bools, origin: Ints, free: Bools, trip: int) -> Floats:
    """Walk each day's path back from its end."""
    places, days, cities = moved.shape
    found = np.zeros((cities, days, places))
    for day in range(days):
        place, city = places - 1, int(origin[places - 1, day])
        while place >= 0:
            found[city, day, place] = 1.0
            if moved[place, day, city]:
                place -= 1 + trip
                city = int(origin[place, day])
            else:
                place -= 1
    return found.reshape(cities, grid.slots) * free
