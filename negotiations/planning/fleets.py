"""PURE: when teams are still free, and who takes which session. Imports numpy.

`Counted`: no travel and nobody booked singly, so teams need no names while searching; `Routed`:
each team's way from city to city. Both say where a session could start and take it or give it back.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Protocol

import numpy as np

from negotiations.planning.grid import Bools, Floats, Ints
from negotiations.planning.starts import Starts


class Fleet(Protocol):
    """What the search asks of the teams."""

    def free(self, session: int) -> Bools:
        """The slots from which on some team could take all of this session."""
        ...

    def add(self, session: int, start: int, team: int = -1) -> int:
        """Take it at a slot where it is free; the team that does (a given one is kept)."""
        ...

    def remove(self, session: int, start: int, team: int) -> None:
        """Give back what was taken."""
        ...

    def against(
        self, session: int, start: int, near: Iterable[tuple[int, int, int]]
    ) -> list[list[int]]:
        """Of sessions nearby (with start and team) those in its way, in rows by their team.

        One row of them gone, the session could be there.
        """
        ...


def runs(free: Bools, length: int) -> Bools:
    """Where so many slots in a row are free (across a day's end too: no allowed start is there)."""
    if length == 1:
        return free
    found = free.copy()
    for ahead in range(1, length):
        found[..., :-ahead] &= free[..., ahead:]
    return found


class Counted:
    """Teams as a number per slot."""

    def __init__(self, starts: Starts) -> None:
        self.length = starts.length.tolist()
        self.left = starts.teams_free.sum(axis=0).astype(np.int64)

    def free(self, session: int) -> Bools:
        return runs(self.left > 0, self.length[session])

    def add(self, session: int, start: int, team: int = -1) -> int:
        self.left[start : start + self.length[session]] -= 1
        return team

    def remove(self, session: int, start: int, team: int) -> None:
        self.left[start : start + self.length[session]] += 1

    def against(
        self, session: int, start: int, near: Iterable[tuple[int, int, int]]
    ) -> list[list[int]]:
        """Any of those that go on at the same time."""
        behind = start + self.length[session]
        return [[other] for other, at, _ in near if at < behind and start < at + self.length[other]]


class Routed:
    """Each team with the slots in which it could not be in each city, for what it has taken.

    `blocks` counts per team, city and slot the taken sessions that stand against it: a slot is free
    if the team gets there from all that it does before and on to all that it does after.
    """

    def __init__(self, starts: Starts, trips: Ints) -> None:
        """`trips` in slots, (cities, cities)."""
        self.starts = starts
        self.city = starts.city[starts.track_of].tolist()
        self.length = starts.length.tolist()
        self.trips = trips
        self.trip = trips.tolist()
        cities = len(starts.cities)
        closed = (~starts.teams_free).astype(np.int16)
        self.blocks = np.repeat(closed[:, None, :], cities, axis=1)
        self.shapes: dict[tuple[int, int, int], tuple[int, int, Bools]] = {}

    def free(self, session: int) -> Bools:
        there = self.blocks[:, self.city[session]] == 0
        found: Bools = np.any(runs(there, self.length[session]), axis=0)
        return found

    def shape(self, city: int, start: int, length: int) -> tuple[int, int, Bools]:
        """What a session blocks: from which slot to which, and (cities, slots) of these."""
        found = self.shapes.get((city, start, length))
        if found is None:
            places = self.starts.grid.places
            first = start - start % places
            slot = np.arange(first, first + places)[None, :]
            trip = self.trips[city][:, None]
            found = (
                first,
                first + places,
                (slot + 1 + trip > start) & (slot < start + length + trip),
            )
            self.shapes[city, start, length] = found
        return found

    def fits(self, session: int, start: int) -> Ints:
        """The teams that could take it."""
        run = self.blocks[:, self.city[session], start : start + self.length[session]]
        return np.flatnonzero(~run.any(axis=1))

    def loses(self, session: int, start: int, teams: Ints) -> Floats:
        """How many free slots in how many cities each team would lose with it."""
        first, behind, mask = self.shape(self.city[session], start, self.length[session])
        found: Floats = ((self.blocks[teams, :, first:behind] == 0) & mask).sum(axis=(1, 2))
        return found

    def add(self, session: int, start: int, team: int = -1) -> int:
        if team < 0:
            teams = self.fits(session, start)
            team = int(teams[self.loses(session, start, teams).argmin()])
        first, behind, mask = self.shape(self.city[session], start, self.length[session])
        self.blocks[team, :, first:behind] += mask
        return team

    def remove(self, session: int, start: int, team: int) -> None:
        first, behind, mask = self.shape(self.city[session], start, self.length[session])
        self.blocks[team, :, first:behind] -= mask

    def against(
        self, session: int, start: int, near: Iterable[tuple[int, int, int]]
    ) -> list[list[int]]:
        """What each team does that it could not do beside it."""
        trip, behind = self.trip[self.city[session]], start + self.length[session]
        teams: dict[int, list[int]] = defaultdict(list)
        for other, at, team in near:
            away = trip[self.city[other]]
            if at < behind + away and start < at + self.length[other] + away:
                teams[team].append(other)
        return list(teams.values())


def trips_of(starts: Starts) -> Ints:
    """Slots between each two cities, as (cities, cities); 0 within one."""
    problem = starts.problem
    grid, cities = starts.grid, starts.cities
    found = np.full((len(cities), len(cities)), grid.taken(problem.travel_minutes))
    for trip in problem.trips:
        if trip.origin in cities and trip.destination in cities:
            one, two = cities.index(trip.origin), cities.index(trip.destination)
            found[one, two] = found[two, one] = grid.taken(trip.minutes)
    np.fill_diagonal(found, 0)
    return found


def fleet_of(starts: Starts) -> Fleet:
    """The plainest fleet that is exact for this problem."""
    trips = trips_of(starts)
    alike = (starts.teams_free == starts.teams_free[:1]).all()
    return Routed(starts, trips) if trips.any() or not alike else Counted(starts)
