"""PURE: the window as a market: what tracks pay and teams earn if capacity has prices.

Rows of prices are cities (one for all where nobody travels) and resources; columns are slots. Any
prices prove a bound: the least that tracks pay less the most that teams earn. Imports numpy.
"""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from negotiations.planning.chains import Chain, chain_of
from negotiations.planning.cheapest import cheapest
from negotiations.planning.grid import Bools, Floats, Ints
from negotiations.planning.paths import best_paths
from negotiations.planning.starts import Starts


@dataclass(frozen=True, slots=True)
class Group:
    """Tracks that want as many sessions and as many a day."""

    tracks: tuple[int, ...]
    chain: Chain
    sessions: Ints


class Market:
    """What is priced: rows of capacity, and who takes how much of them."""

    def __init__(self, starts: Starts, trip: int) -> None:
        """`trip` in slots between any two cities; 0: the city makes no difference."""
        self.starts = starts
        self.trip = trip
        grid = starts.grid
        self.cities = len(starts.cities) if trip else 1
        self.rows = self.cities + len(starts.resource_free)
        where = starts.city if trip else np.zeros_like(starts.city)
        self.city = where[starts.track_of]
        self.lengths, self.length_at = np.unique(starts.length, return_inverse=True)
        pairs = [(i, self.cities + one) for i, each in enumerate(starts.needs) for one in each]
        self.needs = np.array(pairs, dtype=np.int64).reshape(-1, 2)
        self.base = np.where(starts.allowed, starts.cost, np.inf)
        masks, counts = np.unique(starts.teams_free, axis=0, return_counts=True)
        self.teams = list(zip(counts.tolist(), masks, strict=True))
        self.groups = self._groups()
        self.zero = np.zeros((self.rows, grid.slots))

    def _groups(self) -> list[Group]:
        alike: dict[tuple[int, int | None], list[int]] = defaultdict(list)
        for place, track in enumerate(self.starts.problem.tracks):
            if track.sessions:
                alike[len(track.sessions), track.most_a_day].append(place)
        return [
            Group(
                tuple(rows),
                chain_of(self.starts, rows),
                np.array([list(self.starts.of(row)) for row in rows]),
            )
            for rows in alike.values()
        ]

    def priced(self, prices: Floats) -> Floats:
        """Each session's cost of each start with what its slots cost, as (sessions, slots)."""
        slots = prices.shape[1]
        total = np.zeros((self.rows, slots + 1))
        np.cumsum(prices, axis=1, out=total[:, 1:])
        runs = np.empty((len(self.lengths), self.rows, slots))
        for place, length in enumerate(self.lengths.tolist()):
            ends = np.minimum(np.arange(slots) + length, slots)
            runs[place] = total[:, ends] - total[:, :slots]
        found: Floats = runs[self.length_at, self.city]
        found += self.base
        for session, row in self.needs.tolist():
            found[session] += runs[self.length_at[session], row]
        return found

    def used(self, chosen: Ints) -> Floats:
        """How much of each row and slot sessions take that start at these slots (-1: nowhere)."""
        slots = self.starts.grid.slots
        edges = np.zeros((self.rows, slots + 1))
        there = chosen >= 0
        begin, end = chosen[there], (chosen + self.starts.length)[there]
        np.add.at(edges, (self.city[there], begin), 1.0)
        np.add.at(edges, (self.city[there], end), -1.0)
        for session, row in self.needs.tolist():
            if chosen[session] >= 0:
                edges[row, chosen[session]] += 1.0
                edges[row, chosen[session] + self.starts.length[session]] -= 1.0
        found: Floats = np.cumsum(edges, axis=1)[:, :-1]
        return found

    def tracks(self, prices: Floats) -> tuple[float, Ints]:
        """The least that all tracks pay at these prices, and the starts that they choose."""
        costs = self.priced(prices)
        chosen = np.full(len(costs), -1, dtype=np.int64)
        total = 0.0
        for group in self.groups:
            value, found = cheapest(group.chain, [costs[each] for each in group.sessions.T])
            total += float(value.sum())
            chosen[group.sessions] = np.where(np.isfinite(value)[:, None], found, -1)
        return total, chosen

    def offered(self, prices: Floats) -> tuple[float, Floats]:
        """The most that teams and resources earn at these prices, and how much they offer where."""
        offer = self.zero.copy()
        earned = 0.0
        for count, free in self.teams:
            value, present = best_paths(self.starts.grid, prices[: self.cities], free, self.trip)
            earned += count * value
            offer[: self.cities] += count * present
        offer[self.cities :] = self.starts.resource_free
        earned += float((prices[self.cities :] * self.starts.resource_free).sum())
        return earned, offer

    def bound(self, prices: Floats) -> float:
        """What these prices prove: no plan that places every session costs less."""
        return self.tracks(prices)[0] - self.offered(prices)[0]


def trip_slots(starts: Starts) -> int:
    """Slots of the shortest trip between two of the problem's cities; 0 if one needs none."""
    problem = starts.problem
    if len(starts.cities) < 2:
        return 0
    pairs = len(starts.cities) * (len(starts.cities) - 1) // 2
    named = {
        frozenset((one.origin, one.destination)): one.minutes
        for one in problem.trips
        if {one.origin, one.destination} <= set(starts.cities) and one.origin != one.destination
    }
    shortest = [*named.values(), *([problem.travel_minutes] if len(named) < pairs else [])]
    return starts.grid.taken(min(shortest))


def unavailable(market: Market) -> Bools:
    """Which tracks have no starts at all that keep their own rules, were they alone."""
    lacking = np.zeros(len(market.starts.problem.tracks), dtype=bool)
    for group in market.groups:
        values, _ = cheapest(group.chain, [market.base[each] for each in group.sessions.T])
        lacking[list(group.tracks)] = ~np.isfinite(values)
    return lacking
