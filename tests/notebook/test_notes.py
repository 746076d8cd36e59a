"""A note is saved, found by whom it is for, and keeps every text it ever had."""

import hashlib
from typing import Any

from checksum import state
from exchanging import one_file
from factories import (
    NEG,
    World,
    act,
    caucus_body,
    confirmed,
    plenary_body,
    propose,
    signed_in,
    take_seat,
)
from notebook.jotting import FIRST, of, place, save, saved, texts
from problems import problem
from sqlmodel import col, select

from negotiations import audit
from negotiations.models import AuditEntry, KeptNote, Note, OutboxEvent
from negotiations.models.parties import Role

TEXTS = ("body", "suggestions")


async def listed(world: World, name: str, path: str) -> list[tuple[str, str | None]]:
    """Audience and item of each note of the session that this actor finds."""
    answer = await world.clients[name].get(path.rsplit("/", 2)[0])
    return [(one["audience"], one["item"]) for one in answer.json()["items"]]


async def test_a_note_is_found_as_it_was_saved(world: World) -> None:
    path = await place(world, "secretariat")
    answer = await world.note_taker.put(path, json={"body": "Öl\r\nmore"}, headers=FIRST)
    assert answer.status_code == 201
    found = await world.coordinator.get(path)
    assert found.json() == {
        "id": answer.json()["id"],
        "session": path.split("/")[4],
        "audience": "secretariat",
        "item": None,
        "revision": 1,
        "sha256": hashlib.sha256("Öl\nmore".encode()).hexdigest(),
        "author": world.people["note_taker"],
        "saved_at": found.json()["saved_at"],
        "body": "Öl\nmore",
        "suggestions": [],
    }
    assert (found.content, found.headers["etag"]) == (answer.content, answer.headers["etag"])
    without = {name: value for name, value in found.json().items() if name not in TEXTS}
    items = (await world.coordinator.get(path.rsplit("/", 2)[0])).json()["items"]
    assert items == [without]


async def test_a_note_on_an_item_and_the_general_one_are_two(world: World) -> None:
    session = await propose(world)
    agenda = (await world.head_x.get(f"/api/v1/sessions/{session['id']}/agenda")).json()["items"]
    first, second = (of(session["id"], "caucus", one["id"]) for one in agenda)
    general = of(session["id"], "caucus")
    for path, text in ((first, "On rights"), (general, "On all"), (second, "On meters")):
        world.clock.forward(seconds=1)
        await saved(world, "delegate_x", path, text)
    assert (await world.head_x.get(second)).json()["body"] == "On meters"
    found = [("caucus", agenda[0]["id"]), ("caucus", None), ("caucus", agenda[1]["id"])]
    assert await listed(world, "head_x", general) == found


async def test_what_is_no_item_of_the_session_takes_no_note(world: World) -> None:
    one, other = await propose(world), await propose(world, local_start="2031-05-06T10:00")
    agenda = (await world.head_x.get(f"/api/v1/sessions/{other['id']}/agenda")).json()["items"]
    before = await state(world)
    for item in (agenda[0]["id"], "f" * 20, "none", "General"):
        path = of(one["id"], "mine", item)
        problem(await world.head_x.put(path, json={"body": "Lost"}, headers=FIRST), 404)
        problem(await world.head_x.get(path), 404)
    problem(await world.head_x.get(of(one["id"], "public")), 404)
    assert await state(world) == before


async def test_the_same_text_makes_no_revision(world: World) -> None:
    path = await place(world, "mine")
    await saved(world, "head_x", path, "One", "Two")
    before, seen = await state(world), await world.head_x.get(path)
    again = await save(world, "head_x", path, "Two")
    assert (again.status_code, again.content) == (200, seen.content)
    assert await state(world) == before
    await saved(world, "head_x", path, "One")
    assert await texts(world, "head_x", path) == ["One", "Two", "One"]


async def test_a_revision_never_changes_and_cannot_be_deleted(world: World) -> None:
    path = await place(world, "caucus")
    await saved(world, "head_x", path, "One")
    first = await world.head_x.get(f"{path}/revisions/1")
    await saved(world, "delegate_x", path, "Two")
    assert (await world.head_x.get(f"{path}/revisions/1")).content == first.content
    authors = (await world.head_x.get(f"{path}/revisions")).json()["items"]
    assert [(one["number"], one["author"]) for one in authors] == [
        (2, world.people["delegate_x"]),
        (1, world.people["head_x"]),
    ]
    for address in (path, f"{path}/revisions/1"):
        problem(await world.head_x.delete(address), 405)
    for odd in ("0", "3", "01", "-1", "x", "9" * 40):
        problem(await world.head_x.get(f"{path}/revisions/{odd}"), 404)


async def test_an_older_text_stands_again_as_a_new_revision(world: World) -> None:
    path = await place(world, "caucus")
    note = await saved(world, "head_x", path, "One", "Two")
    tag = (await world.head_x.get(path)).headers["etag"]
    problem(await world.head_x.post(f"{path}/restore", json={"revision": 1}), 428)
    done = await world.head_x.post(
        f"{path}/restore", json={"revision": 1}, headers={"If-Match": tag}
    )
    assert (done.status_code, done.json()["revision"], done.json()["body"]) == (200, 3, "One")
    assert done.json()["id"] == note["id"]
    late = await world.delegate_x.post(
        f"{path}/restore", json={"revision": 2}, headers={"If-Match": tag}
    )
    problem(late, 412)
    gone = await world.head_x.post(
        f"{path}/restore", json={"revision": 9}, headers={"If-Match": done.headers["etag"]}
    )
    problem(gone, 404)
    assert await texts(world, "head_x", path) == ["One", "Two", "One"]


async def test_each_party_has_its_own_caucus_note_and_each_person_their_own(world: World) -> None:
    session = (await propose(world))["id"]
    for name in ("head_x", "agency_head"):
        await saved(world, name, of(session, "caucus"), f"Of {name}")
    everyone = ("head_x", "delegate_x", "agency_head", "note_taker", "coordinator")
    for name in everyone:
        await saved(world, name, of(session, "mine"), f"Of {name}")
    told = {
        "delegate_x": "Of head_x",
        "party_note_taker_x": "Of head_x",
        "agency_delegate": "Of agency_head",
    }
    for name, text in told.items():
        assert (await world.clients[name].get(of(session, "caucus"))).json()["body"] == text
    for name in everyone:
        found = await world.clients[name].get(of(session, "mine"))
        assert found.json()["body"] == f"Of {name}"
    for name in ("coordinator", "note_taker", "administrator", "delegate_y"):
        problem(await world.clients[name].get(of(session, "caucus")), 404)
    assert await listed(world, "coordinator", of(session, "mine")) == [("mine", None)]


async def test_an_observer_reads_the_sides_notes_and_writes_only_their_own(world: World) -> None:
    await take_seat(world, "observer_x", Role.observer, "x")
    session = (await propose(world))["id"]
    await saved(world, "head_x", of(session, "caucus"), "Ours")
    assert (await world.observer_x.get(of(session, "caucus"))).json()["body"] == "Ours"
    before = await state(world)
    problem(await save(world, "observer_x", of(session, "caucus"), "Theirs"), 403)
    tag = (await world.observer_x.get(of(session, "caucus"))).headers["etag"]
    restored = await world.observer_x.post(
        of(session, "caucus") + "/restore", json={"revision": 1}, headers={"If-Match": tag}
    )
    problem(restored, 403)
    late = {"If-Match": '"old"'}
    problem(
        await world.observer_x.put(of(session, "caucus"), json={"body": "T"}, headers=late), 403
    )
    assert await state(world) == before
    await saved(world, "observer_x", of(session, "mine"), "Mine")


async def test_a_caucus_session_has_one_note_of_its_members(world: World) -> None:
    caucus = (await world.head_x.post(f"{NEG}/caucuses", json={"name": "Ours"})).json()["id"]
    held = await world.head_x.post(f"{NEG}/sessions", json=caucus_body(caucus))
    session = held.json()["id"]
    await saved(world, "delegate_x", of(session, "caucus"), "Floor is ten")
    assert (await world.head_x.get(of(session, "caucus"))).json()["body"] == "Floor is ten"
    for name in ("coordinator", "note_taker", "agency_head", "delegate_y", "administrator"):
        problem(await world.clients[name].get(of(session, "caucus")), 404)
    problem(await world.head_x.get(of(session, "secretariat")), 404)
    async with world.database.read() as db:
        rows = await db.exec(
            select(AuditEntry.action).where(col(AuditEntry.chain) == f"caucus:{caucus}")
        )
        assert rows.all()[-1] == "note.saved"


async def test_at_a_plenary_each_party_keeps_to_itself(world: World) -> None:
    answer = await world.coordinator.post(f"{NEG}/sessions", json=plenary_body("x", "y"))
    session = answer.json()["id"]
    for name in ("delegate_x", "delegate_y"):
        await saved(world, name, of(session, "caucus"), f"Of {name}")
    assert (await world.head_x.get(of(session, "caucus"))).json()["body"] == "Of delegate_x"
    assert (await world.delegate_y.get(of(session, "caucus"))).json()["body"] == "Of delegate_y"
    problem(await world.agency_head.get(of(session, "caucus")), 404)


async def test_who_left_the_party_finds_nothing_of_it_any_more(world: World) -> None:
    session = (await propose(world))["id"]
    await saved(world, "delegate_x", of(session, "caucus"), "Ours")
    late = {"If-Match": '"old"'}
    kept = await world.delegate_x.put(of(session, "caucus"), json={"body": "L"}, headers=late)
    seats = (await world.coordinator.get(f"{NEG}/memberships")).json()["items"]
    seat = next(one["id"] for one in seats if one["person"] == world.people["delegate_x"])
    tag = (await world.coordinator.get(f"{NEG}/memberships/{seat}")).headers["etag"]
    await world.coordinator.delete(f"{NEG}/memberships/{seat}", headers={"If-Match": tag})
    assert (await world.delegate_x.get(of(session, "caucus"))).status_code == 401
    new = {"person": world.people["delegate_x"], "role": "delegate", "party": "y"}
    await world.coordinator.post(f"{NEG}/memberships", json=new)
    problem_or_out = await world.delegate_x.get(of(session, "caucus"))
    assert problem_or_out.status_code in (401, 404)
    draft = await world.delegate_x.get(f"/api/v1/note-drafts/{kept.json()['yours']}")
    assert draft.status_code in (401, 404)


async def test_an_item_taken_off_the_agenda_leaves_its_notes(world: World) -> None:
    """Whoever rewrites the agenda doesn't learn that there are any, and loses nobody's words."""
    session = (await propose(world))["id"]
    address = f"/api/v1/sessions/{session}/agenda"
    seen = await world.coordinator.get(address)
    item = seen.json()["items"][0]["id"]
    await saved(world, "head_x", of(session, "caucus", item), "One")
    body, headers = {"items": [{"title": "Other"}]}, {"If-Match": seen.headers["etag"]}
    assert (await world.coordinator.put(address, json=body, headers=headers)).status_code == 200
    assert (await world.head_x.get(of(session, "caucus", item))).json()["body"] == "One"
    await saved(world, "head_x", of(session, "caucus", item), "Two")
    assert await listed(world, "head_x", of(session, "caucus")) == [("caucus", item)]
    problem(await save(world, "head_x", of(session, "mine", item), "New"), 404)


async def test_over_talks_take_no_note_but_show_them(world: World) -> None:
    session = (await propose(world))["id"]
    for audience in ("mine", "secretariat"):
        await saved(world, "coordinator", of(session, audience), "Before")
    tag = (await world.coordinator.get(NEG)).headers["etag"]
    over = await world.coordinator.patch(
        NEG, json={"status": "concluded"}, headers={"If-Match": tag}
    )
    assert over.status_code == 200
    for name, audience in (("head_x", "caucus"), ("head_x", "mine"), ("coordinator", "mine")):
        problem(await save(world, name, of(session, audience), "After"), 409)
    problem(await save(world, "head_x", of(session, "secretariat"), "After"), 404)
    assert (await world.coordinator.get(of(session, "mine"))).json()["body"] == "Before"


async def entries(world: World) -> list[tuple[str, str]]:
    async with world.database.read() as db:
        rows = await db.exec(
            select(AuditEntry.chain, AuditEntry.action)
            .where(col(AuditEntry.object_type) == "note")
            .order_by(col(AuditEntry.chain), col(AuditEntry.number))
        )
        return [(chain.partition(":")[0], action) for chain, action in rows]


async def test_each_is_entered_in_the_chain_of_who_may_read_it(world: World) -> None:
    session = (await propose(world))["id"]
    for name, audience in (("head_x", "caucus"), ("head_x", "mine"), ("note_taker", "secretariat")):
        await saved(world, name, of(session, audience), "One", "Two")
    tag = (await world.head_x.get(of(session, "caucus"))).headers["etag"]
    await world.head_x.post(
        of(session, "caucus") + "/restore", json={"revision": 1}, headers={"If-Match": tag}
    )
    assert await entries(world) == [
        ("party", "note.saved"),
        ("party", "note.saved"),
        ("party", "note.restored"),
        ("track", "note.saved"),
        ("track", "note.saved"),
    ]
    async with world.database.read() as db:
        report = await audit.verify(db)
        chains = set(await db.exec(select(AuditEntry.chain)))
        x = await db.exec(select(Note.owner_id).where(col(Note.audience) == "caucus"))
    assert {chain: told["faults"] for chain, told in report.items()} == {one: [] for one in chains}
    assert f"party:{x.one()}" in chains


ASKED = ("", "/agenda", "/changes", "/attendance", "/outcomes", "/notes")


async def seen(world: World, session: str) -> dict[tuple[str, str], Any]:
    """All that others are told of a session, their lists, feeds and drafts: status, tag, bytes."""
    found = {}
    others = ("coordinator", "note_taker", "agency_head", "agency_delegate", "delegate_y", "nobody")
    for name in (*others, "administrator"):
        paths = [f"/api/v1/sessions/{session}{end}" for end in ASKED]
        paths += ["/api/v1/note-drafts", "/api/v1/me/waiting", f"{NEG}/sessions"]
        for path in (*paths, *world.feeds.values()):
            answer = await world.clients[name].get(path)
            tag = answer.headers.get("etag")
            found[name, path] = (answer.status_code, tag, answer.content)
    for name, audience in (("coordinator", "secretariat"), ("agency_head", "caucus")):
        browser = await signed_in(world, name)
        for path in ("", "/notes", f"/notes?audience={audience}"):
            answer = await browser.get(f"/s/{session}{path}")
            found[name, f"page {path}"] = (answer.status_code, None, answer.content)
    exported = await one_file(world.database, "water-talks")
    return {**found, ("", "export"): (200, None, exported)}


async def test_notes_of_one_side_change_no_byte_that_others_get(world: World) -> None:
    session = (await confirmed(world))["id"]
    before = await seen(world, session)
    async with world.database.read() as db:
        told = len((await db.exec(select(OutboxEvent))).all())
    for number in range(5):
        await saved(world, "head_x", of(session, "caucus"), f"Secret {number}")
        await saved(world, "delegate_x", of(session, "mine"), f"Secret {number}")
    late = {"If-Match": '"old"'}
    for audience in ("caucus", "mine"):
        body = {"body": "Late secret"}
        answer = await world.delegate_x.put(of(session, audience), json=body, headers=late)
        assert answer.status_code == 412
    assert await seen(world, session) == before
    async with world.database.read() as db:
        assert len((await db.exec(select(OutboxEvent))).all()) == told
        assert len((await db.exec(select(KeptNote))).all()) == 2


async def test_a_session_goes_on_as_if_there_were_no_notes(world: World) -> None:
    session = (await propose(world))["id"]
    await saved(world, "head_x", of(session, "caucus"), "Ours")
    for name in ("head_x", "agency_head"):
        assert (await act(world.clients[name], session, "accept")).status_code == 200
    done = await act(world.coordinator, session, "cancel", {"reason": "Over"})
    assert done.status_code == 200
    assert (await world.delegate_x.get(of(session, "caucus"))).json()["body"] == "Ours"
