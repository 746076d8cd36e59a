"""A checker that can't find what is planted is worth nothing: each kind of fault is planted."""

from datetime import UTC, datetime

import pytest
from faults.checker import Booked, Found, State, check
from faults.history import SEEDED, Call, read, sha256


def call(op_id: str, at: float, outcome: str = "ok", **more: object) -> Call:
    """A save of a revision that took one second."""
    told = {"kind": "revision", "key": "summary:1", "parts": {"revision": sha256(op_id)}, **more}
    given = {"actor": "w1", "if_match": f'"{op_id}"', "body_sha256": sha256(op_id), **told}
    ended = None if outcome == "info" else at + 1
    return Call(op_id, t_invoke=at, t_return=ended, outcome=outcome, **given)  # type: ignore[arg-type]


def stored(*op_ids: str) -> list[Found]:
    return [Found(one, "revision", sha256(one)) for one in op_ids]


def line(*op_ids: str) -> dict[str, list[tuple[int, str]]]:
    return {"summary:1": list(enumerate(op_ids, start=1))}


def found(calls: list[Call], state: State, *, idempotent: bool = True) -> list[tuple[str, str]]:
    violations = check(calls, state, idempotent=idempotent)
    return [(one.condition, one.op_id) for one in violations]


GOOD = [call("a", 0), call("b", 2), call("c", 4, "info"), call("d", 5, "fail")]


@pytest.mark.parametrize("cut_off", [(), ("c",)], ids=["it didn't happen", "it happened"])
def test_a_good_history_has_no_violation(cut_off: tuple[str, ...]) -> None:
    there = ("a", "b", *cut_off)
    assert found(GOOD, State(stored(SEEDED, *there), line(SEEDED, *there))) == []


def test_a_lost_acknowledgement_is_found() -> None:
    assert found(GOOD, State(stored("b"), line("b"))) == [("C1", "a")]


def test_other_bytes_than_those_acknowledged_are_found() -> None:
    state = State([*stored("a"), Found("b", "revision", sha256("x"))], line("a", "b"))
    assert found(GOOD, state) == [("C1", "b")]


def test_what_nobody_wrote_or_was_refused_is_found() -> None:
    state = State(stored("a", "b", "d", "z", ""), line("a", "b"))
    assert sorted(found(GOOD, state)) == [("C2", ""), ("C2", "d"), ("C2", "z")]


def test_half_a_write_is_found() -> None:
    both = {"revision": sha256("c"), "outcome": sha256("o")}
    calls = [*GOOD[:2], call("c", 4, "info", parts=both)]
    assert found(calls, State(stored("a", "b", "c"), line("a", "b", "c"))) == [("C3", "c")]
    whole = [*stored("a", "b", "c"), Found("c", "outcome", sha256("o"))]
    assert found(calls, State(whole, line("a", "b", "c"))) == []


@pytest.mark.parametrize("lacking", ["audited", "announced"])
def test_a_write_without_its_audit_entry_or_announcement_is_found(lacking: str) -> None:
    half = Found("b", "revision", sha256("b"), **{lacking: False})
    assert found(GOOD, State([*stored("a"), half], line("a", "b"))) == [("C3", "b")]


def test_a_part_that_the_call_never_wrote_is_found() -> None:
    more = [*stored("a", "b"), Found("b", "outcome", sha256("o"))]
    assert found(GOOD, State(more, line("a", "b"))) == [("C2", "b")]


def test_a_gap_and_a_fork_in_a_line_are_found() -> None:
    for numbers in ([1, 3], [1, 1], [2, 3]):
        fork = {"summary:1": list(zip(numbers, ("a", "b"), strict=True))}
        assert found(GOOD, State(stored("a", "b"), fork)) == [("C4", "")]


def test_two_acknowledged_children_of_one_parent_are_found() -> None:
    calls = [call("a", 0, if_match='"p"'), call("b", 0.5, if_match='"p"')]
    assert found(calls, State(stored("a", "b"), line("a", "b"))) == [("C4", "b")]
    other_line = [calls[0], call("b", 0.5, if_match='"p"', key="summary:2")]
    assert found(other_line, State(stored("a", "b"))) == []


def test_an_order_against_real_time_is_found() -> None:
    assert found(GOOD, State(stored("a", "b"), line("b", "a"))) == [("C5", "a")]
    at_once = [call("a", 0), call("b", 0.5)]
    assert found(at_once, State(stored("a", "b"), line("b", "a"))) == []


def test_an_order_against_real_time_is_found_over_a_distance() -> None:
    calls = [call("a", 0), call("b", 0.5), call("c", 5), call("d", 0.7)]
    state = State(stored("a", "b", "c", "d"), line("a", "c", "b", "d"))
    assert found(calls, state) == [("C5", "b"), ("C5", "d")]


def test_an_overwritten_value_that_came_back_is_found() -> None:
    calls = [call("a", 0, key="agenda:1", parts={}), call("b", 2, key="agenda:1", parts={})]
    assert found(calls, State(registers={"agenda:1": "b"})) == []
    assert found(calls, State(registers={"agenda:1": "a"})) == [("C1", "b")]
    assert found(calls, State(registers={"agenda:1": SEEDED})) == [("C1", "a"), ("C1", "b")]
    assert ("C2", "z") in found(calls, State(registers={"agenda:1": "z"}))
    cut_off = [calls[0], call("b", 2, "info", key="agenda:1", parts={})]
    for last in ("a", "b"):
        assert found(cut_off, State(registers={"agenda:1": last})) == []
    refused = [calls[0], call("b", 2, "fail", key="agenda:1", parts={})]
    assert found(refused, State(registers={"agenda:1": "b"})) == [("C2", "b")]


def hours(session: str, start: int, end: int, resource: int = 1) -> Booked:
    return Booked(
        resource, session, datetime(2030, 1, 1, start, tzinfo=UTC),
        datetime(2030, 1, 1, end, tzinfo=UTC),
    )  # fmt: skip


def test_an_overlap_is_found_and_back_to_back_is_none() -> None:
    good = [hours("s", 10, 12), hours("t", 12, 13), hours("u", 10, 13, resource=2)]
    assert found([], State(bookings=good)) == []
    assert found([], State(bookings=[*good, hours("v", 11, 12)])) == [("C7", "")]
    # A long one hides a short one from its neighbour.
    around = [hours("s", 8, 18), hours("t", 9, 10), hours("u", 17, 19)]
    assert found([], State(bookings=around)) == [("C7", ""), ("C7", "")]


def test_a_second_effect_and_another_answer_are_found() -> None:
    tries = [
        call("a", 0, status=201, answer_sha256="x"),
        call("a", 5, status=200, answer_sha256="y", attempt=2),
    ]
    assert found(tries, State(stored("a", "a"), line("a"))) == [("C11", "a"), ("C11", "a")]
    assert found(tries, State(stored("a"), line("a")), idempotent=False) == []
    refused = [call("a", 0), call("a", 5, "fail", attempt=2)]
    assert found(refused, State(stored("a"), line("a"))) == [("C11", "a")]
    # What was refused may come again under its key, and then be done.
    later = [call("a", 0, "fail"), call("a", 5, attempt=2)]
    assert found(later, State(stored("a"), line("a"))) == []


def test_what_was_cut_off_and_done_when_resent_must_be_there() -> None:
    tries = [call("a", 0, "info"), call("a", 5, attempt=2)]
    assert found(tries, State()) == [("C1", "a")]
    assert found(tries, State(stored("a"), line("a"))) == []


def test_what_other_checks_found_is_told() -> None:
    assert found(GOOD, State(stored("a", "b"), faults={"C9": ["row 3 missing"]})) == [("C9", "")]


def test_a_log_is_read_back_and_what_was_cut_off_is_open() -> None:
    begun = call("a", 0, "info")
    done = begun.returned(t_return=1.0, outcome="ok", status=200)
    open_ = call("b", 2, "info")
    lines = [begun.line(), open_.line(), done.line(), call("c", 3).line()[:-9]]
    assert read(lines) == [done, open_]
