"""PURE: a plan while it is made: sessions put somewhere, taken out, put back. Imports numpy."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from negotiations.planning.chains import Chain
from negotiations.planning.cheapest import cheapest, cheapest_one
from negotiations.planning.fleets import Fleet, runs, trips_of
from negotiations.planning.grid import Floats
from negotiations.planning.market import Market
from negotiations.planning.starts import Starts

Seat = tuple[int, int]  # a start's slot and a team
NOWHERE: Seat = (-1, -1)


@dataclass(frozen=True, slots=True)
class Kept:
    """What a draft was at some moment."""

    seats: tuple[Seat, ...]
    unplaced: int
    cost: int


def nothing(starts: Starts) -> Kept:
    """No session has a place."""
    return Kept((NOWHERE,) * len(starts.sessions), len(starts.sessions), 0)


def more_than_all(starts: Starts) -> float:
    """More than all wishes together cost, so that none keeps a session from being held."""
    worst = np.where(starts.allowed, starts.cost, 0).max(axis=1, initial=0).sum()
    return float(worst + starts.span.sum() * starts.grid.days + 1)


class Draft:
    """Where each session is (`seats`), what each track costs, and how many lack a place."""

    def __init__(self, market: Market, fleet: Fleet) -> None:
        starts = market.starts
        self.starts = starts
        self.fleet = fleet
        tracks = range(len(starts.problem.tracks))
        self.sessions = [list(starts.of(track)) for track in tracks]
        self.chains: list[Chain | None] = [None] * len(tracks)
        self.market = market
        for group in market.groups:
            for row, track in enumerate(group.tracks):
                self.chains[track] = group.chain.row(row)
        self.base = market.base
        self.plain = starts.cost.astype(np.int64).tolist()
        self.length = starts.length.tolist()
        self.day = starts.grid.day.tolist()
        self.span = starts.span.astype(np.int64).tolist()
        self.seats: list[Seat] = [NOWHERE] * len(starts.sessions)
        self.costs = [0] * len(tracks)
        self.lacking = [len(each) for each in self.sessions]
        self.unplaced = sum(self.lacking)
        self.cost = 0
        self.reach = int(trips_of(starts).max(initial=0)) if market.trip else 0
        self.reserved = starts.resource_free.copy()
        self.at: list[set[int]] = [set() for _ in range(starts.grid.slots)]
        self.penalty = more_than_all(starts)

    def alone(self) -> list[tuple[float, tuple[int, ...]]]:
        """What each track would pay, and where its sessions would be, were there no other."""
        found: list[tuple[float, tuple[int, ...]]] = [(0.0, ())] * len(self.sessions)
        for group in self.market.groups:
            values, starts = cheapest(group.chain, [self.base[each] for each in group.sessions.T])
            for row, track in enumerate(group.tracks):
                if np.isfinite(values[row]):
                    found[track] = float(values[row]), tuple(starts[row].tolist())
                else:
                    chain, costs = self.chains[track], self.base[group.sessions[row]]
                    assert chain is not None
                    found[track] = cheapest_one(chain, list(costs), self.penalty)
        return found

    def take_out(self, track: int) -> list[Seat]:
        """Its sessions have no place any more; where they were."""
        was = [self.seats[one] for one in self.sessions[track]]
        for one, (start, team) in zip(self.sessions[track], was, strict=True):
            if start >= 0:
                self.fleet.remove(one, start, team)
                self._occupy(one, start, taken=False)
                self.seats[one] = NOWHERE
        self._count(track)
        return was

    def put(self, track: int, seats: Iterable[Seat]) -> None:
        """Its sessions (from the first on) get these places, which have to be free."""
        for one, (start, team) in zip(self.sessions[track], seats, strict=False):
            if start >= 0:
                self.seats[one] = (start, self.fleet.add(one, start, team))
                self._occupy(one, start, taken=True)
        self._count(track)

    def place(self, track: int, guide: Floats | None = None) -> None:
        """Put its sessions where they cost least of what is free; `guide` is added per session."""
        chain = self.chains[track]
        if chain is None:
            return
        costs, free, length = [], np.zeros(0, dtype=bool), -1
        for one in self.sessions[track]:
            if self.length[one] != length:
                free, length = self.fleet.free(one), self.length[one]
            there = free
            for resource in self.starts.needs[one]:
                there = there & runs(self.reserved[resource], length)
            values = self.base[one] if guide is None else self.base[one] + guide[one]
            costs.append(np.where(there, values, np.inf))
        _, chosen = cheapest_one(chain, costs, self.penalty)
        self.put(track, [(start, -1) for start in chosen])

    def would(self, track: int, chance: Floats) -> tuple[int, ...]:
        """Where a track would be were there no other, and counted this beside the wishes."""
        chain = self.chains[track]
        if chain is None:
            return ()
        costs = [self.base[one] + chance for one in self.sessions[track]]
        return cheapest_one(chain, costs, self.penalty)[1]

    def in_the_way(self, session: int, start: int) -> list[list[int]]:
        """Rows of sessions: any one row gone, the session could start there (`Fleet.against`)."""
        places = self.starts.grid.places
        first = start - start % places
        begin = max(first, start - self.reach)
        behind = min(first + places, start + self.length[session] + self.reach)
        near = {one for slot in range(begin, behind) for one in self.at[slot]}
        there = [(one, *self.seats[one]) for one in sorted(near)]
        return self.fleet.against(session, start, there)

    def _occupy(self, session: int, start: int, *, taken: bool) -> None:
        behind = start + self.length[session]
        for slot in range(start, behind):
            (self.at[slot].add if taken else self.at[slot].discard)(session)
        for resource in self.starts.needs[session]:
            self.reserved[resource, start:behind] = not taken

    def _count(self, track: int) -> None:
        placed = [
            (one, start) for one in self.sessions[track] if (start := self.seats[one][0]) >= 0
        ]
        cost = sum(self.plain[one][start] for one, start in placed)
        if placed and self.span[track]:
            days = [self.day[start] for _, start in placed]
            cost += self.span[track] * (max(days) - min(days))
        lacking = len(self.sessions[track]) - len(placed)
        self.cost += cost - self.costs[track]
        self.unplaced += lacking - self.lacking[track]
        self.costs[track], self.lacking[track] = cost, lacking

    @property
    def total(self) -> float:
        """What the search makes less: sessions without a place first, then the cost."""
        return self.unplaced * self.penalty + self.cost

    def keep(self) -> Kept:
        return Kept(tuple(self.seats), self.unplaced, self.cost)

    def restore(self, kept: Kept) -> None:
        for track in range(len(self.sessions)):
            self.take_out(track)
        for track, sessions in enumerate(self.sessions):
            self.put(track, [kept.seats[one] for one in sessions])
