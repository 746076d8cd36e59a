"""A note's text whose save came too late is kept for who typed it, and for nobody else."""

import asyncio
import hashlib
from typing import Any

import pytest
from factories import World, leaves
from notebook.jotting import FIRST, of, place, save, saved, texts
from problems import problem
from sqlmodel import col, select

from negotiations.models import Membership, Negotiation
from negotiations.models.parties import Role
from negotiations.texts import keeping

OLD = {"If-Match": '"old"'}


async def late(world: World, name: str, path: str, text: str) -> dict[str, Any]:
    """What is answered to a save on an old version."""
    answer = await world.clients[name].put(path, json={"body": text}, headers=OLD)
    problem(answer, 412)
    return answer.json()


async def kept(world: World, name: str) -> list[str]:
    """The texts of this actor's drafts, the newest first."""
    client = world.clients[name]
    items = (await client.get("/api/v1/note-drafts")).json()["items"]
    return [(await client.get(f"/api/v1/note-drafts/{one['id']}")).json()["body"] for one in items]


async def test_the_answer_to_a_stale_save_carries_both_texts(world: World) -> None:
    path = await place(world, "caucus")
    await saved(world, "head_x", path, "As saved")
    current = await world.delegate_x.get(path)
    told = await late(world, "delegate_x", path, "Mine")
    assert told["current"] == {
        "etag": current.headers["etag"],
        "revision": 1,
        "sha256": hashlib.sha256(b"As saved").hexdigest(),
        "body": "As saved",
    }
    draft = await world.delegate_x.get(f"/api/v1/note-drafts/{told['yours']}")
    assert draft.json() == {
        "id": told["yours"],
        "session": path.split("/")[4],
        "audience": "caucus",
        "item": None,
        "sha256": hashlib.sha256(b"Mine").hexdigest(),
        "base": '"old"',
        "kept_at": draft.json()["kept_at"],
        "body": "Mine",
    }
    problem(await world.head_x.get(f"/api/v1/note-drafts/{told['yours']}"), 404)
    assert await kept(world, "head_x") == []
    gone = await world.delegate_x.delete(
        f"/api/v1/note-drafts/{told['yours']}", headers={"If-Match": draft.headers["etag"]}
    )
    assert (gone.status_code, gone.json()["body"]) == (200, "Mine")
    assert await kept(world, "delegate_x") == []


async def test_a_save_must_name_what_it_was_made_from(world: World) -> None:
    path = await place(world, "secretariat")
    body = {"json": {"body": "One"}}
    problem(await world.note_taker.put(path, **body), 428)
    problem(await world.note_taker.put(path, **body, headers={"If-None-Match": '"a"'}), 428)
    problem(await world.note_taker.put(path, **body, headers={"If-Match": "a"}), 400)
    told = await late(world, "note_taker", path, "Too soon")
    assert told["current"] is None
    assert await kept(world, "note_taker") == ["Too soon"]
    await saved(world, "note_taker", path, "One")
    problem(await world.note_taker.put(path, **body), 428)
    problem(await world.note_taker.put(path, **body, headers={"If-Match": "*"}), 428)
    problem(await world.note_taker.put(path, **body, headers={"If-Match": "a"}), 400)
    second = await world.coordinator.put(path, json={"body": "Two"}, headers=FIRST)
    problem(second, 412)
    assert second.json()["current"]["body"] == "One"
    assert await kept(world, "coordinator") == ["Two"]
    assert await texts(world, "note_taker", path) == ["One"]


async def test_a_text_that_is_a_revision_already_needs_no_keeping(world: World) -> None:
    path = await place(world, "mine")
    await saved(world, "head_x", path, "First", "Second")
    for text in ("First", "Second"):
        assert (await late(world, "head_x", path, text))["yours"] is None
    assert await kept(world, "head_x") == []


async def test_the_same_text_is_kept_once_and_a_saved_one_no_longer(world: World) -> None:
    path = await place(world, "caucus")
    await saved(world, "head_x", path, "One")
    first = await late(world, "head_x", path, "Again")
    assert (await late(world, "head_x", path, "Again"))["yours"] == first["yours"]
    await late(world, "delegate_x", path, "Again")
    other = path.replace("caucus", "mine")
    await late(world, "head_x", other, "Again")
    await saved(world, "head_x", path, "Again")
    assert await kept(world, "delegate_x") == ["Again"]
    left = (await world.head_x.get("/api/v1/note-drafts")).json()["items"]
    assert [one["audience"] for one in left] == ["mine"]


async def test_none_of_many_gives_way_and_one_too_many_is_refused_aloud(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "MOST", 3)
    path = await place(world, "mine")
    for number in range(3):
        world.clock.forward(seconds=1)
        await late(world, "head_x", path, f"Text {number}")
    refused = await world.head_x.put(path, json={"body": "Text 3"}, headers=OLD)
    assert problem(refused, 409) == keeping.FULL
    world.clock.forward(seconds=1)
    await late(world, "head_x", path, "Text 1")  # kept already
    world.clock.forward(seconds=1)
    await late(world, "head_x", path.replace("mine", "caucus"), "Text 3")  # room of its own
    assert await kept(world, "head_x") == ["Text 3", "Text 1", "Text 2", "Text 0"]


@pytest.mark.parametrize("first", [True, False], ids=["first text", "later text"])
async def test_of_many_savers_at_once_one_wins_and_every_other_text_is_kept(
    world: World, first: bool
) -> None:
    path = await place(world, "caucus")
    headers = FIRST
    if not first:
        await saved(world, "head_x", path, "Before")
        headers = {"If-Match": (await world.head_x.get(path)).headers["etag"]}
    names = ("head_x", "delegate_x", "party_note_taker_x")

    async def one(number: int) -> Any:
        client, body = world.clients[names[number % 3]], {"body": f"Text {number}"}
        return await client.put(path, json=body, headers=headers)

    answers = await asyncio.gather(*map(one, range(9)))
    won = [n for n, answer in enumerate(answers) if answer.status_code in (200, 201)]
    assert [answer.status_code for answer in answers].count(412) == 8
    assert len(won) == 1
    assert (await texts(world, "head_x", path))[-1] == f"Text {won[0]}"
    for place_, name in enumerate(names):
        lost = {f"Text {number}" for number in range(9) if number % 3 == place_}
        assert set(await kept(world, name)) == lost - {f"Text {won[0]}"}
    for number, answer in enumerate(answers):
        if number != won[0]:
            assert answer.json()["current"]["body"] == f"Text {won[0]}"


async def test_a_place_that_is_not_ones_own_keeps_nothing(world: World) -> None:
    path = await place(world, "secretariat")
    for name in ("delegate_x", "head_x", "agency_head", "administrator", "delegate_y"):
        problem(await world.clients[name].put(path, json={"body": "M"}, headers=OLD), 404)
        assert await kept(world, name) == []
    other = of(path.split("/")[4], "caucus")
    problem(await world.coordinator.put(other, json={"body": "M"}, headers=OLD), 404)
    assert (await save(world, "coordinator", path, "Ours")).status_code == 201


async def test_who_has_left_the_talks_finds_none_of_theirs_there(world: World) -> None:
    """Also where they go on signing in, for they sit in other talks."""
    path = await place(world, "caucus")
    told = await late(world, "delegate_x", path, "Our limit")
    await late(world, "delegate_x", path.replace("/caucus/", "/mine/"), "My doubts")
    one = f"/api/v1/note-drafts/{told['yours']}"
    assert sorted(await kept(world, "delegate_x")) == ["My doubts", "Our limit"]
    await sits_elsewhere(world, "delegate_x")
    await leaves(world, "delegate_x")
    assert [
        seat["negotiation"] for seat in (await world.delegate_x.get("/api/v1/me")).json()["seats"]
    ] == ["other-talks"]
    assert await kept(world, "delegate_x") == []
    unknown = await world.delegate_x.get(f"/api/v1/note-drafts/{'f' * 20}")
    for answer in (
        await world.delegate_x.get(one),
        await world.delegate_x.delete(one, headers=OLD),
    ):
        assert (answer.status_code, answer.content) == (404, unknown.content)


async def sits_elsewhere(world: World, name: str) -> None:
    """In the other talks, for the secretariat."""
    async with world.database.write() as db:
        talks = (
            await db.exec(select(Negotiation).where(col(Negotiation.slug) == "other-talks"))
        ).one()
        db.add(
            Membership(
                created_at=world.clock.now(),
                negotiation_id=talks.id,
                person_id=world.people[name],
                role=Role.note_taker,
            )
        )
