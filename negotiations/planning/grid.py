"""PURE: the window as one row of numbered slots, day after day, and intervals as slots of it.

Every day has as many places as the longest one has slots; the places behind a day's end (`real` is
False there) take no session. Instants are whole minutes since 1970, UTC. Imports numpy.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from negotiations.planning.intervals import joined
from negotiations.planning.problem import Interval, Problem

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def minutes(instant: datetime) -> int:
    """Whole minutes since 1970; a part of a minute is left out."""
    return int(instant.timestamp() // 60)


@dataclass(frozen=True, slots=True)
class Grid:
    """`begins` and `ends` per slot in minutes, `day` its day's position; slots = days * places."""

    days: int
    places: int
    step: int
    begins: Ints
    ends: Ints
    day: Ints
    real: Bools

    @property
    def slots(self) -> int:
        return self.days * self.places

    def taken(self, length: int) -> int:
        """How many slots a session of so many minutes takes."""
        return -(-length // self.step)

    def instant(self, slot: int) -> datetime:
        return datetime.fromtimestamp(int(self.begins[slot]) * 60, UTC)

    def inside(self, intervals: Sequence[Iterable[Interval]]) -> Bools:
        """Which slots lie wholly inside each of these rows of intervals, as (rows, slots)."""
        row, starts, ends = [], [], []
        for number, each in enumerate(intervals):
            for one in joined(each):
                row.append(number)
                starts.append(-(-one.starts.timestamp() // 60))
                ends.append(one.ends.timestamp() // 60)
        edges = np.zeros((len(intervals), self.slots + 1), dtype=np.int64)
        first = np.searchsorted(self.begins, starts, side="left")
        behind = np.maximum(first, np.searchsorted(self.ends, ends, side="right"))
        rows = np.array(row, dtype=np.int64)
        np.add.at(edges, (rows, first), 1)
        np.add.at(edges, (rows, behind), -1)
        found: Bools = (np.cumsum(edges, axis=1)[:, :-1] > 0) & self.real
        return found

    def runs(self, free: Bools, length: int) -> Bools:
        """Where `length` slots in a row are free on one day; the last axis is slots."""
        shape = (*free.shape[:-1], self.days, self.places)
        rows = free.reshape(shape)
        found = rows.copy()
        for ahead in range(1, length):
            found[..., : self.places - ahead] &= rows[..., ahead:]
            found[..., self.places - ahead :] = False
        return found.reshape(free.shape)

    def clocks(self, zone: str) -> tuple[Ints, Ints]:
        """Per slot the minute of the day and the day of the week (Monday 0) on a zone's clocks."""
        there = ZoneInfo(zone)
        local = [self.instant(slot).astimezone(there) for slot in range(self.slots)]
        return (
            np.array([one.hour * 60 + one.minute for one in local]),
            np.array([one.weekday() for one in local]),
        )


def grid_of(problem: Problem) -> Grid:
    step = problem.grid_minutes
    places = max((day.slots for day in problem.days), default=0)
    first = np.array([minutes(day.starts) for day in problem.days], dtype=np.int64)[:, None]
    count = np.array([day.slots for day in problem.days], dtype=np.int64)[:, None]
    place = np.arange(places)[None, :]
    begins = first + np.minimum(place, count) * step
    ends = first + np.minimum(place + 1, count) * step
    return Grid(
        days=len(problem.days),
        places=places,
        step=step,
        begins=begins.ravel(),
        ends=ends.ravel(),
        day=np.repeat(np.arange(len(problem.days)), places),
        real=(place < count).ravel(),
    )
