"""PURE: the starts that each session may have, and what the wishes broken there cost.

A start survives if the team hours, the track, what the session needs, its earliest, latest and pin
allow it. Order, gaps and the most a day are the chain's (`chains.py`). Imports numpy.
"""

from dataclasses import dataclass

import numpy as np

from negotiations.planning.grid import Bools, Floats, Grid, Ints, grid_of, minutes
from negotiations.planning.problem import Problem, Track, Wanted
from negotiations.planning.wishes import (
    DAY_AWAY,
    FRIDAY,
    FRIDAY_AFTERNOON,
    NOON,
    day_at,
    first_free,
)


@dataclass(frozen=True, slots=True)
class Starts:
    """Per session (all tracks' in one row, a track's one after another) and slot.

    `allowed` and `cost` are (sessions, slots); `length` is in slots, `lag` in minutes from the
    start of the session before it; `city` is per track, `span` what a day more costs it;
    `teams_free` is (teams, slots); `needs` lists resources by position.
    """

    problem: Problem
    grid: Grid
    sessions: tuple[Wanted, ...]
    track_of: Ints
    first: Ints
    length: Ints
    lag: Ints
    allowed: Bools
    cost: Floats
    span: Floats
    city: Ints
    cities: tuple[str, ...]
    teams_free: Bools
    resource_free: Bools
    needs: tuple[tuple[int, ...], ...]

    def of(self, track: int) -> range:
        """The positions of a track's sessions."""
        return range(int(self.first[track]), int(self.first[track + 1]))


def starts_of(problem: Problem) -> Starts:
    grid = grid_of(problem)
    sessions = tuple(one for track in problem.tracks for one in track.sessions)
    counts = [len(track.sessions) for track in problem.tracks]
    track_of = np.repeat(np.arange(len(counts)), counts)
    open_ = grid.inside([[one for day in problem.days for one in day.free]])[0]
    busy = np.array([_touched(grid, team.busy) for team in problem.teams])
    teams_free = open_ & ~busy.reshape(-1, grid.slots)
    resources = {one.id: place for place, one in enumerate(problem.resources)}
    needs = tuple(tuple(resources[one] for one in each.needs) for each in sessions)
    resource_free = grid.inside([one.free for one in problem.resources])
    length = np.array([grid.taken(one.minutes) for one in sessions], dtype=np.int64)
    free = grid.inside([track.free for track in problem.tracks]) & teams_free.any(axis=0)
    cities = tuple(dict.fromkeys(track.city for track in problem.tracks))
    return Starts(
        problem=problem,
        grid=grid,
        sessions=sessions,
        track_of=track_of,
        first=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        length=length,
        lag=_lags(problem),
        allowed=_allowed(grid, sessions, length, free[track_of], teams_free, resource_free, needs),
        cost=_costs(problem, grid, sessions, track_of),
        span=np.array(
            [problem.weights.span * track.wishes.compact for track in problem.tracks], dtype=float
        ),
        city=np.array([cities.index(track.city) for track in problem.tracks], dtype=np.int64),
        cities=cities,
        teams_free=teams_free,
        resource_free=resource_free,
        needs=needs,
    )


def _touched(grid: Grid, busy: tuple[object, ...]) -> Bools:
    """The slots of which any part is busy."""
    found = np.zeros(grid.slots, dtype=bool)
    for one in busy:
        found |= (grid.begins < minutes(one.ends)) & (grid.ends > minutes(one.starts))  # type: ignore[attr-defined]
    return found


def _lags(problem: Problem) -> Ints:
    """Minutes from the start of the session before to the earliest start of each."""
    found = []
    for track in problem.tracks:
        before = 0
        for one in track.sessions:
            found.append(before + one.gap_minutes)
            before = one.minutes
    return np.array(found, dtype=np.int64)


def _allowed(
    grid: Grid,
    sessions: tuple[Wanted, ...],
    length: Ints,
    free: Bools,
    teams_free: Bools,
    resource_free: Bools,
    needs: tuple[tuple[int, ...], ...],
) -> Bools:
    for place, each in enumerate(needs):
        for resource in each:
            free[place] &= resource_free[resource]
    found = np.zeros_like(free)
    for slots in set(length.tolist()):
        alike = length == slots
        team = grid.runs(teams_free, slots).any(axis=0)
        found[alike] = grid.runs(free[alike], slots) & team
    for place, one in enumerate(sessions):
        if one.pinned is not None:
            found[place] &= grid.begins == minutes(one.pinned)
        if one.earliest is not None:
            found[place] &= grid.begins >= one.earliest.timestamp() / 60
        if one.latest is not None:
            found[place] &= grid.begins + one.minutes <= minutes(one.latest)
    return found


def _costs(problem: Problem, grid: Grid, sessions: tuple[Wanted, ...], track_of: Ints) -> Floats:
    clocks = {zone: grid.clocks(zone) for zone in {track.zone for track in problem.tracks}}
    each = np.array(
        [_of_track(problem, grid, track, *clocks[track.zone]) for track in problem.tracks]
    )
    found: Floats = each.reshape(-1, grid.slots)[track_of]
    for place, one in enumerate(sessions):
        if one.current is not None:
            found[place] += problem.weights.moved * _moved(problem, grid, one)
    return found


def _of_track(problem: Problem, grid: Grid, track: Track, clock: Ints, weekday: Ints) -> Floats:
    wishes, weights = track.wishes, problem.weights
    found = np.zeros(grid.slots)
    if wishes.days:
        other = np.array([day.date not in wishes.days for day in problem.days])
        found += weights.other_day * np.repeat(other, grid.places)
    if wishes.half_day:
        found += weights.other_half_day * ((clock < NOON) != (wishes.half_day == "morning"))
    if wishes.no_friday_afternoon:
        late = (weekday == FRIDAY) & (clock >= FRIDAY_AFTERNOON)
        found += weights.friday_afternoon * late
    if wishes.early and weights.early:
        first = [minutes(first_free(day, track.free, problem.grid)) for day in problem.days]
        hours = (grid.begins - np.repeat(first, grid.places)) // 60
        found += weights.early * np.maximum(0, hours)
    return found


def _moved(problem: Problem, grid: Grid, session: Wanted) -> Floats:
    assert session.current is not None
    was = day_at(problem, session.current)
    if was is None:
        return np.full(grid.slots, float(DAY_AWAY * len(problem.days)))
    began = np.repeat([minutes(day.starts) for day in problem.days], grid.places)
    now = minutes(session.current)
    within = np.abs((grid.begins - began) - (now - began[was * grid.places]))
    away = DAY_AWAY * np.abs(grid.day - was) + within // 60
    found: Floats = np.maximum(1, away).astype(np.float64)
    found[grid.begins == now] = 0
    return found
