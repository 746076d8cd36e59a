"""PURE: the plan as a mixed integer program in plain arrays, for a solver to prove things with.

Starts are step variables (1 if a session starts at this slot or before), identical teams a flow of
numbers from city to city; so no team has a name in it and most rows have two entries. Where trips
or teams differ the flow is a relaxation: it still proves bounds, and a plan has to be decoded.
"""

from collections import defaultdict
from itertools import pairwise

import numpy as np

from negotiations.planning.capacity import share
from negotiations.planning.grid import Bools
from negotiations.planning.market import Market
from negotiations.planning.starts import Starts
from negotiations.planning.steps import Program


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
    share(program, market)
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
