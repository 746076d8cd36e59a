"""PURE: the cheapest starts themselves, read back from a chain's forward pass. Imports numpy."""

from collections.abc import Sequence

import numpy as np

from negotiations.planning.chains import Chain, States
from negotiations.planning.grid import Floats, Ints


def cheapest(chain: Chain, costs: Sequence[Floats]) -> tuple[Floats, Ints]:
    """For many tracks: the least cost of each (infinite where there is none) and its starts.

    Shapes (tracks,) and (tracks, sessions). Of equal ones the earliest last session wins.
    """
    ahead = chain.forward(costs)
    ends = np.stack([state + chain.span for state in ahead[-1]])
    tracks, slots = ends.shape[1:]
    row = np.arange(tracks)
    flat = ends.transpose(1, 0, 2).reshape(tracks, -1)
    place = flat.argmin(axis=1)
    value = flat[row, place]
    rank, start = np.divmod(place, slots)
    found = np.empty((tracks, len(costs)), dtype=np.int64)
    found[:, -1] = start
    for k in range(len(costs) - 1, 0, -1):
        start, rank = _before_many(chain, k, ahead[k - 1], start, rank)
        found[:, k - 1] = start
    return value, found


def _before_many(
    chain: Chain, k: int, before: States, start: Ints, rank: Ints
) -> tuple[Ints, Ints]:
    link, slots = chain.links[k - 1], chain.grid.slots
    row = np.arange(len(start))
    base = row * slots
    place = np.arange(slots)
    last = np.where(rank == 0, link.earlier[row, start], link.same[row, start]) - base
    first = np.where(rank == 0, 0, start - start % chain.grid.places)
    stack = np.stack(before)
    same = np.take_along_axis(stack, np.maximum(rank - 1, 0)[None, :, None], axis=0)[0]
    values = np.where((rank == 0)[:, None], stack.min(axis=0), same)
    inside = (place >= first[:, None]) & (place <= last[:, None])
    found = np.where(inside, values, np.inf).argmin(axis=1)
    ranks = np.where(rank == 0, stack[:, row, found].argmin(axis=0), rank - 1)
    return found, ranks


def cheapest_one(
    chain: Chain, costs: Sequence[Floats], unplaced: float
) -> tuple[float, tuple[int, ...]]:
    """For one track: the least cost and its starts; as many of the first ones as find a place.

    Each session left out costs `unplaced` and is not among the starts.
    """
    ahead = chain.forward(costs)
    for k in range(len(costs) - 1, -1, -1):
        value, starts = _back(chain, ahead[: k + 1])
        if value < np.inf:
            return value + unplaced * (len(costs) - 1 - k), starts
    return unplaced * len(costs), ()


def _back(chain: Chain, ahead: list[States]) -> tuple[float, tuple[int, ...]]:
    value, rank, start = np.inf, 0, 0
    for r, state in enumerate(ahead[-1]):
        whole = state + chain.span
        place = int(whole.argmin())
        if whole[place] < value:
            value, rank, start = float(whole[place]), r, place
    if value == np.inf:
        return value, ()
    found = [start]
    for k in range(len(ahead) - 1, 0, -1):
        link, before = chain.links[k - 1], ahead[k - 1]
        if rank == 0:
            last = int(link.earlier[start])
            values = before[0] if len(before) == 1 else np.minimum.reduce(before)
            start = int(values[: last + 1].argmin())
            rank = min(range(len(before)), key=lambda r: float(before[r][start]))
        else:
            first = start - start % chain.grid.places
            rank -= 1
            start = first + int(before[rank][first : int(link.same[start]) + 1].argmin())
        found.append(start)
    return value, tuple(found[::-1])
