"""Notes are found by those whose eyes they are for, and by nobody else."""

import pytest
from factories import ACTORS, NEG, World, caucus_body
from notebook.jotting import of, place, saved
from searching import find, found

from negotiations.search import shelves
from negotiations.search.words import SHELF

MINE, SIDE, OURS = "mine", "caucus", "secretariat"


async def finders(world: World, q: str) -> set[str]:
    """Who finds anything by it."""
    answers = {
        name: await world.clients[name].get(f"{NEG}/search", params={"q": q})
        for name in ACTORS
        if name in world.clients
    }
    return {name for name, one in answers.items() if one.status_code == 200 and one.json()["items"]}


async def test_each_note_is_found_by_who_may_read_it(world: World) -> None:
    path = await place(world, MINE)
    session = path.split("/")[4]
    await saved(world, "delegate_x", path, "Ask for larkspur first")
    await saved(world, "delegate_x", of(session, SIDE), "Our limit is foxglove")
    await saved(world, "note_taker", of(session, OURS), "They want hellebore")
    assert await finders(world, "larkspur") == {"delegate_x"}
    assert await finders(world, "foxglove") == {"delegate_x", "head_x", "party_note_taker_x"}
    assert await finders(world, "hellebore") == {"coordinator", "note_taker"}
    [result] = await find(world.delegate_x, "foxglove")
    assert (result["kind"], result["session"], result["path"]) == (
        "note", session, f"/s/{session}/live",
    )  # fmt: skip


async def test_rights_alone_decide_where_all_stand_on_the_same_shelf(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two parties may get the same shelf by chance; here everybody has."""
    monkeypatch.setattr(shelves, "_named", lambda _letter, _id: "a" * SHELF)
    path = await place(world, SIDE)
    session = path.split("/")[4]
    for writer, audience in (
        ("head_x", SIDE), ("agency_head", SIDE), ("delegate_x", MINE), ("note_taker", OURS),
    ):  # fmt: skip
        text = f"Larkspur by{writer.replace('_', '')}"
        await saved(world, writer, of(session, audience), text)
    of_x = {"delegate_x", "head_x", "party_note_taker_x"}
    assert await finders(world, "byheadx") == of_x
    assert await finders(world, "byagencyhead") == {"agency_head", "agency_delegate"}
    assert await finders(world, "bydelegatex") == {"delegate_x"}
    assert await finders(world, "bynotetaker") == {"coordinator", "note_taker"}
    assert await finders(world, "larkspur") == {
        *of_x, "agency_head", "agency_delegate", "coordinator", "note_taker",
    }  # fmt: skip


async def test_what_a_note_said_before_is_not_found(world: World) -> None:
    path = await place(world, OURS)
    await saved(world, "note_taker", path, "They want hellebore", "They want nothing")
    assert await found(world.note_taker, "hellebore") == []
    assert [kind for kind, _ in await found(world.note_taker, "nothing")] == ["note"]


async def test_a_caucus_sessions_note_is_found_by_all_who_confer(world: World) -> None:
    made = await world.head_x.post(f"{NEG}/caucuses", json={"name": "Ours", "parties": []})
    assert made.status_code == 201, made.text
    answer = await world.head_x.post(f"{NEG}/sessions", json=caucus_body(made.json()["id"]))
    await saved(world, "head_x", of(answer.json()["id"], SIDE), "Together for monkshood")
    assert await finders(world, "monkshood") == {"delegate_x", "head_x", "party_note_taker_x"}
