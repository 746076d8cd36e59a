"""Who reads what of the audit: as the table of audiences says, and nothing can be counted."""

from typing import Any

from beginnings import once_made
from factories import NEG, World, caucus_body
from notebook.jotting import saved
from sqlmodel import col, select
from test_audit import a_life

from negotiations.chains import head_of
from negotiations.models import Membership, Party
from negotiations.models.parties import Role

AUDIT = f"{NEG}/audit"
HIDDEN = ("number", "content_sha256", "previous_sha256", "sha256")


async def read(world: World, who: str, path: str = AUDIT) -> list[dict[str, Any]]:
    """The whole list, two at a time."""
    found, after = [], ""
    while True:
        answer = (await world.clients[who].get(f"{path}?limit=2{after}")).json()
        found += answer["items"]
        if answer["next"] is None:
            return found
        after = f"&after={answer['next']}"


@once_made
async def in_private(world: World) -> None:
    """Acts of X that nobody else may know of: a caucus, and notes of its own."""
    made = await world.head_x.post(f"{NEG}/caucuses", json={"name": "Ours", "parties": []})
    assert made.status_code == 201, made.text
    body = caucus_body(made.json()["id"])
    session = await world.head_x.post(f"{NEG}/sessions", json=body)
    assert session.status_code == 201, session.text
    note = f"/api/v1/sessions/{session.json()['id']}/notes/caucus/general"
    for client, first in ((world.delegate_x, {"If-None-Match": "*"}),):
        answer = await client.put(note, json={"body": "Hush"}, headers=first)
        assert answer.status_code == 201, answer.text


async def test_each_reads_their_own_heads_their_sides_the_secretariat_what_is_shared(
    world: World,
) -> None:
    people = world.people
    readers = ("coordinator", "note_taker", "agency_head", "delegate_y", "agency_delegate")
    before = {who: await read(world, who) for who in readers}
    await a_life(world)
    shared = await read(world, "coordinator")
    assert await read(world, "note_taker") == shared
    assert {one["chain"] for one in shared} == {"negotiation", "track"}
    acts = [one["action"] for one in shared if one["jurisdiction"] == "x"]
    assert sorted(acts) == sorted(
        ["session.proposed", "session.accepted", "session.accepted", "session.confirmed",
         "summary.saved", "outcome.recorded", "outcome.recorded", "commitment.created",
         "session.held", "outcome.recorded", "session.published"]
        + [one["action"] for one in before["coordinator"] if one["jurisdiction"] == "x"]
    )  # fmt: skip
    assert all(one[name] is not None for one in shared for name in HIDDEN)
    assert [one["at"] for one in shared] == sorted((one["at"] for one in shared), reverse=True)
    [accepted] = [one for one in await read(world, "head_x") if one["action"] == "session.accepted"]
    assert (accepted["by"], accepted["chain"]) == (people["head_x"], "track")
    assert [accepted[name] for name in HIDDEN] == [None] * 4
    assert await read(world, "delegate_y") == before["delegate_y"]
    assert await read(world, "agency_delegate") == before["agency_delegate"]
    assert [one["action"] for one in await read(world, "agency_head")
            if one not in before["agency_head"]] == ["session.accepted"]  # fmt: skip
    for who in ("administrator", "coordinator_elsewhere"):
        answer = await world.clients[who].get(AUDIT)
        if who == "administrator":
            assert answer.json() == {"items": [], "next": None}
        else:
            assert answer.status_code == 404


async def test_what_one_side_does_in_private_changes_no_byte_for_others(world: World) -> None:
    await a_life(world)
    others = ("coordinator", "note_taker", "agency_head", "delegate_y", "agency_delegate")
    paths = (AUDIT, f"{AUDIT}/heads")

    async def seen() -> list[Any]:
        return [
            (answer.content, answer.headers["etag"])
            for who in others
            for path in paths
            for answer in [await world.clients[who].get(f"{path}?limit=5")]
        ]

    before = await seen()
    await in_private(world)
    assert await seen() == before
    own = await read(world, "delegate_x")
    assert {one["chain"] for one in own} >= {"caucus"} or {"party"} & {one["chain"] for one in own}
    assert {one["by"] for one in own} <= {world.people["delegate_x"]}
    side = await read(world, "head_x")
    assert {one["by"] for one in side} >= {world.people["head_x"], world.people["delegate_x"]}
    assert all(one["number"] is None for one in side if one["chain"] != "party")


async def test_heads_of_chains_go_to_who_may_read_them(world: World) -> None:
    await a_life(world)
    heads = await read(world, "coordinator", f"{AUDIT}/heads")
    assert {(one["chain"], one["jurisdiction"]) for one in heads} >= {
        ("negotiation", None), ("track", "x"),
    }  # fmt: skip
    for one in heads:
        anchor = head_of(one["anchor"])
        assert anchor is not None
        assert (anchor.number, anchor.sha256) == (one["number"], one["sha256"])
    assert {one["chain"] for one in heads} == {"negotiation", "track"}
    for who in ("delegate_x", "agency_delegate", "delegate_y"):
        assert await read(world, who, f"{AUDIT}/heads") == []
    for who in ("head_x", "agency_head"):
        kinds = {one["chain"] for one in await read(world, who, f"{AUDIT}/heads")}
        assert kinds <= {"party"}


async def test_what_somebody_did_on_another_side_is_not_their_new_sides_to_read(
    world: World,
) -> None:
    """A note-taker who goes over to X takes along what they know, not what the chain has of it."""
    path = f"/api/v1/sessions/{await a_life(world)}/notes/secretariat/general"
    await saved(world, "note_taker", path, "They want more", "They want less")
    before = await read(world, "head_x")
    await seat_of_x(world, "note_taker")
    assert [
        seat["party"] for seat in (await world.note_taker.get("/api/v1/me")).json()["seats"]
    ] == ["x"]
    assert await read(world, "head_x") == before
    await saved(world, "note_taker", path.replace("/secretariat/", "/caucus/"), "Ours")
    new = [one for one in await read(world, "head_x") if one not in before]
    assert [(one["action"], one["by"]) for one in new] == [
        ("note.saved", world.people["note_taker"])
    ]


async def seat_of_x(world: World, name: str) -> None:
    """Their seat ends, and a moment later they get one of X."""
    world.clock.forward(seconds=1)
    async with world.database.write() as db:
        mine = col(Membership.person_id) == world.people[name]
        row = (await db.exec(select(Membership).where(mine))).one()
        row.ended_at = world.clock.now()
        x = (await db.exec(select(Party).where(col(Party.slug) == "x"))).first()
        db.add(row)
        await db.flush()
        db.add(
            Membership(
                created_at=world.clock.now(), negotiation_id=row.negotiation_id,
                person_id=row.person_id, party_id=x.id, role=Role.delegate,
            )
        )  # fmt: skip
