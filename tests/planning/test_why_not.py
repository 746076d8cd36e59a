"""Why a session is not at some other time."""

from hypothesis import given, settings
from hypothesis import strategies as st
from planning.drafts import TWO_DAYS, at, placed
from planning.drawing import small

from negotiations.planning.check import faults
from negotiations.planning.options import Options
from negotiations.planning.solve import solve
from negotiations.planning.why_not import WhyNot, why_not

DRAFT = (placed("la1", 8, 9), placed("sf1", 9, 9, 1), placed("la2", 9, 10))


def test_a_hard_rule_is_said_and_nothing_else() -> None:
    words = ("San Francisco is not free from Tue 9 Nov 15:00 PST for 60 minutes.",)
    assert why_not(TWO_DAYS, DRAFT, "sf1", at(9, 15)) == WhyNot(
        words, (), None, None, None, None, words
    )


def test_a_free_start_is_said_to_be_free_with_what_it_costs() -> None:
    found = why_not(TWO_DAYS, DRAFT, "sf2", at(8, 12))
    assert (found.rules, found.movers, found.team, found.costs_more) == ((), ("sf1",), 1, 1)
    found = why_not(TWO_DAYS, DRAFT[:1], "sf2", at(8, 12))
    assert found.sentences == (
        "Nothing stands against Mon 8 Nov 12:00 PST: Team 2 is free.",
        "San Francisco would lose 1 wish by it.",
        "San Francisco would rather meet in the morning, not at 12:00. (1)",
    )
    assert why_not(TWO_DAYS, DRAFT, "sf1", at(9, 9)).sentences == ("It is at Tue 9 Nov 09:00 PST.",)


def test_who_would_have_to_move_is_named_and_where_to() -> None:
    found = why_not(TWO_DAYS, (placed("sf1", 9, 9, 0), placed("la2", 9, 14, 0)), "sf2", at(9, 11))
    assert found.movers == ("sf1",)
    assert found.sentences == (
        "San Francisco's session 1 at Tue 9 Nov 09:00 PST would have to move.",
        "San Francisco would lose no wish by it.",
        "San Francisco's session 1 could be at Mon 8 Nov 09:00 PST instead.",
        "All in all the draft would lose no wish by it.",
    )
    assert found.moved is not None
    assert faults(TWO_DAYS, found.moved) == []


@settings(max_examples=40)
@given(st.integers(0, 10**6), st.integers(0, 8))
def test_a_start_said_to_be_free_is_free_and_one_that_is_not_breaks_a_rule(
    seed: int, slot: int
) -> None:
    problem = small(seed)
    plan = solve(problem, Options(iterations=5, explain=None, prove=False))
    starts = [day.starts + n * problem.grid for day in problem.days for n in range(day.slots)]
    for one in plan.placed:
        found = why_not(problem, plan.placed, one.session, starts[slot])
        there = [each for each in plan.placed if each.session != one.session]
        tried = [
            faults(problem, [*there, type(one)(one.session, one.track, starts[slot], team)])
            for team in range(len(problem.teams))
        ]
        free = any(not each for each in tried)
        assert free == (not found.rules and not found.movers)
        if found.moved is not None:
            assert faults(problem, found.moved) == []
