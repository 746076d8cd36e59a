"""Concrete teams for known starts: never more than are needed, and each gets where it has to be."""

from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st
from planning.drawing import small

from negotiations.planning.check import faults
from negotiations.planning.decoding import matching, teams_of
from negotiations.planning.fleets import fleet_of
from negotiations.planning.options import Options
from negotiations.planning.plan import Placed
from negotiations.planning.solve import solve
from negotiations.planning.starts import starts_of

EDGES = st.lists(st.lists(st.integers(0, 4), max_size=5, unique=True), min_size=1, max_size=5)


@settings(max_examples=200)
@given(EDGES)
def test_a_matching_is_one_and_none_is_larger(edges: list[list[int]]) -> None:
    found = matching(edges, 5)
    matched = [one for one in found if one >= 0]
    assert len(set(matched)) == len(matched)
    assert all(one < 0 or one in edges[place] for place, one in enumerate(found))
    largest = max(
        sum(one in edges[place] for place, one in enumerate(way[: len(edges)]))
        for way in permutations(range(5))
    )
    assert len(matched) == largest


@settings(max_examples=60)
@given(st.integers(0, 10**6))
def test_the_starts_of_a_plan_are_enough_to_find_teams_for_it_again(seed: int) -> None:
    problem = small(seed, plain=True)
    plan = solve(problem, Options(iterations=10, explain=None, prove=False))
    starts = starts_of(problem)
    at = {one.session: one.starts for one in plan.placed}
    slot = {starts.grid.instant(n): n for n in range(starts.grid.slots)[::-1]}
    chosen = [slot[at[one.id]] if one.id in at else -1 for one in starts.sessions]
    teams = teams_of(starts, chosen, fleet_of(starts))
    assert teams is not None
    assert max(teams, default=-1) < len(problem.teams)
    again = [
        Placed(one.id, problem.tracks[starts.track_of[place]].id, at[one.id], teams[place])
        for place, one in enumerate(starts.sessions)
        if one.id in at
    ]
    assert faults(problem, again) == []
