"""PURE: the rows of a program by which sessions share teams, rooms and persons. Imports numpy.

Teams are numbers that flow from city to city. A team that is booked at some time may be anywhere
then: only how many sessions go on at once is held below the teams that are free.
"""

from collections import defaultdict

import numpy as np

from negotiations.planning.grid import Ints
from negotiations.planning.market import Market
from negotiations.planning.starts import Starts
from negotiations.planning.steps import Program


def share(program: Program, market: Market) -> None:
    """Rows of what sessions take of each city's teams, and of each resource, slot by slot."""
    starts, grid = market.starts, market.starts.grid
    takers: list[list[int]] = [[] for _ in range(market.rows)]
    for session, city in enumerate(market.city.tolist()):
        takers[city].append(session)
    for session, row in market.needs.tolist():
        takers[row].append(session)
    there = _flow(program, market) if market.cities > 1 else None
    teams = starts.teams_free.sum(axis=0)
    for slot in np.flatnonzero(grid.real).tolist():
        everywhere: dict[int, float] = defaultdict(float)
        constants = 0.0
        for row, sessions in enumerate(takers):
            entries, constant = _running(program, starts, sessions, slot)
            if row >= market.cities:
                program.row(-np.inf, 1.0, entries, constant)
                continue
            constants += constant
            for column, value in entries.items():
                everywhere[column] += value
            if there is not None:
                program.row(-np.inf, 0.0, entries | {int(there[row, slot]): -1.0}, constant)
        if there is None or teams[slot] < len(starts.teams_free):
            program.row(-np.inf, float(teams[slot]), everywhere, constants)


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


def _flow(program: Program, market: Market) -> Ints:
    """Teams present per city and slot, leaving and arriving by one hub; the columns of presence."""
    grid, cities = market.starts.grid, range(market.cities)
    there = np.full((market.cities, grid.slots), -1, dtype=np.int64)
    most = float(len(market.starts.teams_free))
    for day in range(grid.days):
        leave: list[list[int]] = []
        for place in range(grid.places):
            slot = day * grid.places + place
            there[:, slot] = [program.column(most, whole=False) for _ in cities]
            leave.append([program.column(most, whole=False) for _ in cities])
            if not place:
                program.row(-np.inf, most, dict.fromkeys(there[:, slot].tolist(), 1.0))
                continue
            into = [program.column(most, whole=False) for _ in cities]
            for city in cities:
                now, before = int(there[city, slot]), int(there[city, slot - 1])
                program.row(0, 0, {now: 1, before: -1, leave[place][city]: 1, into[city]: -1})
            left = leave[place - market.trip] if place > market.trip else []
            program.row(0, 0, dict.fromkeys(into, 1.0) | dict.fromkeys(left, -1.0))
    return there
