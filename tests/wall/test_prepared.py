"""A statement is made once for those whose rights are the same, and for nobody else."""

import pytest

from negotiations.access import prepared
from negotiations.access.actor import Actor, operator

Asked = list[tuple[Actor, tuple[str, ...]]]


def test_what_is_made_is_given_to_the_same_rights_and_shape_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(prepared, "_made", {})
    made: Asked = []

    @prepared.prepared
    def statement(actor: Actor, *names: str) -> int:
        made.append((actor, names))
        return len(made)

    here, there = operator("here"), operator("there")
    assert statement(here) == statement(operator("here")) == 1
    assert [statement(here, "id"), statement(there), statement(there, "id")] == [2, 3, 4]
    assert [statement(here), statement(here, "id"), statement(there)] == [1, 2, 3]
    assert [(one.seats, *names) for one, names in made] == [
        (here.seats,), (here.seats, "id"), (there.seats,), (there.seats, "id"),
    ]  # fmt: skip


def test_the_one_made_first_gives_way_where_there_are_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(prepared, "_made", {})
    monkeypatch.setattr(prepared, "MOST_MADE", 2)
    made: list[str] = []

    @prepared.prepared
    def statement(actor: Actor) -> None:
        made.append(actor.seats[0].negotiation_id)

    for one in ("a", "b", "a", "c", "b", "a"):
        statement(operator(one))
    assert made == ["a", "b", "c", "a"]
    assert len(prepared._made) == 2


def test_nothing_is_kept_for_those_whom_a_tick_looks_for_one_after_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(prepared, "_made", {})
    made: list[str] = []

    @prepared.prepared
    def statement(actor: Actor) -> None:
        made.append(actor.seats[0].negotiation_id)

    for one in ("a", "b", "a"):
        statement(operator(one, via="tick"))
    assert (made, prepared._made) == (["a", "b", "a"], {})
