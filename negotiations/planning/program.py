"""PURE: the plan as a mixed integer program in plain arrays, for a solver to prove things with.

Starts are step variables (1 if a session starts at this slot or before), identical teams a flow of
numbers from city to city; so no team has a name in it and most rows have two entries. Where trips
or teams differ the flow is a relaxation: it still proves bounds, and a plan has to be decoded.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from negotiations.planning.grid import Bools, Floats, Ints
from negotiations.planning.prices import Market
from negotiations.planning.starts import Starts

Row = tuple[float, float, dict[int, float]]  # at least, at most, coefficient per column


@dataclass(slots=True)
class Program:
    """Columns 0 to 1 (`whole` ones are integers) or from 0 on; make `cost` . x + `constant` least.

    `steps` says of each session which slots it may start at and the column of each but the last.
    """

    cost: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    constant: float = 0.0
    steps: list[tuple[list[int], list[int]]] = field(default_factory=list)
    possible: bool = True

    def column(self, upper: float, *, whole: bool) -> int:
        self.cost.append(0.0)
        self.upper.append(upper)
        self.whole.append(whole)
        return len(self.cost) - 1

    def row(
        self, least: float, most: float, entries: dict[int, float], constant: float = 0
    ) -> None:
        """least <= entries . x + constant <= most."""
        if entries:
            self.rows.append((least - constant, most - constant, entries))
        elif not least <= constant <= most:
            self.possible = False

    def until(self, session: int, slot: int) -> tuple[int | None, float]:
        """The column that says whether a session starts at a slot or before, or else its value."""
        slots, columns = self.steps[session]
        place = int(np.searchsorted(slots, slot, side="right")) - 1
        if place < 0:
            return None, 0.0
        return (columns[place], 0.0) if place < len(columns) else (None, 1.0)

    def starts(self, values: Floats) -> list[int]:
        """The start of each session in a solution."""
        return [
            slots[sum(values[column] < 0.5 for column in columns)] for slots, columns in self.steps
        ]


def program_of(market: Market, allowed: Bools, *, costs: bool = True) -> Program:
    """The program with only these starts (sessions, slots); without `costs` any plan is as good."""
    starts = market.starts
    program = Program()
    for session in range(len(starts.sessions)):
        slots = np.flatnonzero(allowed[session]).tolist()
        if not slots:
            program.possible = False
            return program
        columns = [program.column(1, whole=True) for _ in slots[:-1]]
        program.steps.append((slots, columns))
        for one, two in pairwise(columns):
            program.row(-np.inf, 0, {one: 1, two: -1})
    if costs:
        _price(program, starts)
    _chain(program, starts)
    _share(program, market)
    return program


def _price(program: Program, starts: Starts) -> None:
    for session, (slots, columns) in enumerate(program.steps):
        track = int(starts.track_of[session])
        day = starts.grid.day[slots] * starts.span[track]
        values = starts.cost[session, slots].copy()
        rows = starts.of(track)
        values += day * ((session == rows[-1]) - (session == rows[0]))
        # Step variables: the last start's cost, and what each earlier one saves.
        program.constant += float(values[-1])
        for column, saved in zip(columns, values[:-1] - values[1:], strict=True):
            program.cost[column] += float(saved)


def _follows(program: Program, one: tuple[int, int], two: tuple[int, int]) -> None:
    """If session two[0] starts by slot two[1], session one[0] has started by slot one[1]."""
    entries: dict[int, float] = defaultdict(float)
    constant = 0.0
    for sign, (session, slot) in ((1, two), (-1, one)):
        column, value = program.until(session, slot)
        constant += sign * value
        if column is not None:
            entries[column] += sign
    program.row(-np.inf, 0, entries, constant)


def _chain(program: Program, starts: Starts) -> None:
    grid = starts.grid
    for place, track in enumerate(starts.problem.tracks):
        sessions = starts.of(place)
        for one, two in pairwise(sessions):
            for slot in program.steps[two][0]:
                at = grid.begins[slot] - starts.lag[two]
                before = int(np.searchsorted(grid.begins, at, side="right")) - 1
                _follows(program, (one, before), (two, slot))
        most = track.most_a_day or len(sessions)
        for one, two in zip(sessions, sessions[most:], strict=False):
            for day in range(grid.days):
                _follows(program, (one, day * grid.places - 1), (two, (day + 1) * grid.places - 1))


def _share(program: Program, market: Market) -> None:
    """Rows of what sessions take of each city's teams, and of each resource, slot by slot."""
    starts, grid = market.starts, market.starts.grid
    takers: list[list[int]] = [[] for _ in range(market.rows)]
    for session, city in enumerate(market.city.tolist()):
        takers[city].append(session)
    for session, row in market.needs.tolist():
        takers[row].append(session)
    teams = starts.teams_free.sum(axis=0)
    there = _flow(program, market, teams) if market.cities > 1 else None
    for row, sessions in enumerate(takers):
        for slot in np.flatnonzero(grid.real).tolist():
            entries, constant = _running(program, starts, sessions, slot)
            if there is not None and row < market.cities:
                entries[int(there[row, slot])] = -1.0
                most = 0.0
            else:
                most = float(teams[slot]) if row < market.cities else 1.0
            program.row(-np.inf, most, entries, constant)


def _running(
    program: Program, starts: Starts, sessions: list[int], slot: int
) -> tuple[dict[int, float], float]:
    """How many of these sessions go on in a slot: entries and a constant."""
    entries: dict[int, float] = defaultdict(float)
    constant = 0.0
    first = slot - slot % starts.grid.places
    for session in sessions:
        slots = program.steps[session][0]
        earliest = max(slot - int(starts.length[session]) + 1, first)
        place = np.searchsorted(slots, earliest)
        if place == len(slots) or slots[place] > slot:
            continue
        for sign, until in ((1, slot), (-1, earliest - 1)):
            column, value = program.until(session, until)
            constant += sign * value
            if column is not None:
                entries[column] += sign
    return {column: value for column, value in entries.items() if value}, constant


def _flow(program: Program, market: Market, teams: Ints) -> Ints:
    """Teams present per city and slot, leaving and arriving by one hub; the columns of presence."""
    grid, cities = market.starts.grid, range(market.cities)
    there = np.full((market.cities, grid.slots), -1, dtype=np.int64)
    most = float(len(market.starts.teams_free))
    for day in range(grid.days):
        first = day * grid.places
        leave: list[list[int]] = []
        for place in range(grid.places):
            slot = first + place
            out = [program.column(most, whole=False) for _ in cities]
            into = [program.column(most, whole=False) for _ in cities]
            leave.append(out)
            for city in cities:
                there[city, slot] = now = program.column(most, whole=False)
                if place:
                    before = int(there[city, slot - 1])
                    program.row(0, 0, {now: 1, before: -1, out[city]: 1, into[city]: -1})
            if place:
                left = leave[place - market.trip] if place - market.trip > 0 else []
                entries = dict.fromkeys(into, 1.0) | dict.fromkeys(left, -1.0)
                program.row(0, 0, entries)
            if not place or (teams[slot] < most).any():
                program.row(-np.inf, float(teams[slot]) if teams[slot] or not place else most,
                            {int(there[city, slot]): 1.0 for city in cities})  # fmt: skip
    return there
