"""Caucuses: founded, joined, and met in, behind a wall that nobody outside can look over."""

import asyncio
import json
from typing import Any

import httpx2
import pytest
from checksum import state
from factories import (
    NEG,
    World,
    act,
    caucus_body,
    confirmed,
    in_days,
    plenary_body,
    session_body,
    take_seat,
)
from problems import problem
from readers import events
from sqlmodel import col, select
from typer.testing import CliRunner

from negotiations import audit
from negotiations.cli.commands import app
from negotiations.models import AuditEntry, EventBytes, OutboxEvent
from negotiations.models.feeds import EventAudience
from negotiations.models.parties import Role

CAUCUSES, SESSIONS, API = f"{NEG}/caucuses", f"{NEG}/sessions", "/api/v1/sessions"


async def found(
    client: httpx2.AsyncClient, *parties: str, name: str = "Our side"
) -> dict[str, Any]:
    answer = await client.post(CAUCUSES, json={"name": name, "parties": parties})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def say(client: httpx2.AsyncClient, caucus: str, what: str) -> httpx2.Response:
    """Join or decline, as the caucus is now."""
    path = f"{CAUCUSES}/{caucus}"
    tag = (await client.get(path)).headers.get("etag", '"none"')
    return await client.post(f"{path}/{what}", json={}, headers={"If-Match": tag})


async def meet(client: httpx2.AsyncClient, caucus: str, **more: Any) -> dict[str, Any]:
    answer = await client.post(SESSIONS, json=caucus_body(caucus, **more))
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def seen_by(world: World, session: str) -> set[str]:
    """Whose clients see the session; a list says the same as the session itself."""
    seen = set()
    for name, client in world.clients.items():
        if name in ("nobody", "feed_token", "former_delegate_x") or "browser" in name:
            continue
        shown = (await client.get(f"{API}/{session}")).status_code == 200
        listed = (await client.get(SESSIONS)).json().get("items", [])
        assert shown == (session in {one["id"] for one in listed}), name
        coming = (await client.get("/api/v1/me/next")).json()["items"]
        assert shown == (session in {one["id"] for one in coming}), name
        if shown:
            seen.add(name)
    return seen


OF_X = {"delegate_x", "head_x", "party_note_taker_x"}


async def test_a_party_confers_by_itself_and_nobody_else_learns_of_it(world: World) -> None:
    caucus = await found(world.head_x)
    assert {name: caucus[name] for name in caucus if name != "id"} == {
        "name": "Our side", "founded_by": "x", "asked": ["x"], "joined": ["x"], "declined": [],
        "member": True,
    }  # fmt: skip
    session = await meet(world.head_x, caucus["id"])
    told = ("kind", "title", "number", "jurisdiction", "participants", "caucus", "answers")
    assert {name: session[name] for name in told} == {
        "kind": "caucus", "title": "Our side: session 1", "number": 1, "jurisdiction": None,
        "participants": ["x"], "caucus": caucus["id"], "answers": [],
    }  # fmt: skip
    assert await seen_by(world, session["id"]) == OF_X
    for name, client in world.clients.items():
        listed = (await client.get(CAUCUSES)).json().get("items", [])
        assert [one["name"] for one in listed] == (["Our side"] if name in OF_X else []), name
    agencys = await found(world.agency_head, name="Agency only")
    theirs = await meet(world.agency_head, agencys["id"])
    assert await seen_by(world, theirs["id"]) == {"agency_head", "agency_delegate"}
    matrix = (await world.delegate_x.get(f"{NEG}/outcomes")).json()
    assert {one["value"] for one in matrix["cells"]} == {"no_session"}


async def test_jurisdictions_join_a_caucus_by_their_heads(world: World) -> None:
    head_y = await take_seat(world, "head_y", Role.deputy, "y")
    caucus = await found(world.head_x, "y", "x")
    first = await meet(world.head_x, caucus["id"])
    invitation = (await world.delegate_y.get(f"{CAUCUSES}/{caucus['id']}")).json()
    assert invitation == {
        "id": caucus["id"], "name": "Our side", "founded_by": "x", "asked": ["x", "y"],
        "joined": ["x"], "declined": [], "member": False,
    }  # fmt: skip
    early = await head_y.post(SESSIONS, json=caucus_body(caucus["id"], local_start=in_days(11)))
    assert "hasn't joined" in problem(early, 422, "/caucus")
    assert (await say(world.delegate_y, caucus["id"], "join")).status_code == 403
    declined = await say(head_y, caucus["id"], "decline")
    assert (declined.status_code, declined.json()["declined"]) == (200, ["y"])
    assert "declined already" in problem(await say(head_y, caucus["id"], "decline"), 409)
    mine = (await world.head_x.get(f"{CAUCUSES}/{caucus['id']}")).json()
    assert (mine["joined"], mine["declined"]) == (["x"], ["y"])
    joined = await say(head_y, caucus["id"], "join")
    assert (joined.json()["joined"], joined.json()["member"]) == (["x", "y"], True)
    assert "joined this caucus already" in problem(await say(head_y, caucus["id"], "join"), 409)
    assert (await say(world.agency_head, caucus["id"], "join")).status_code == 404
    later = await meet(head_y, caucus["id"], local_start=in_days(12))
    assert (later["number"], later["participants"]) == (2, ["x", "y"])
    assert await seen_by(world, first["id"]) == OF_X
    assert await seen_by(world, later["id"]) == OF_X | {"delegate_y", "head_y"}


async def test_who_may_be_asked_is_of_ones_own_side(world: World) -> None:
    before = await state(world)
    for client, parties, pointer in (
        (world.head_x, ["agency"], "/parties/0"),
        (world.head_x, ["y", "nowhere"], "/parties/1"),
        (world.agency_head, ["agency", "x"], "/parties/1"),
    ):
        answer = await client.post(CAUCUSES, json={"name": "Ours", "parties": parties})
        problem(answer, 422, pointer)
    for client in (world.delegate_x, world.coordinator, world.note_taker, world.administrator):
        answer = await client.post(CAUCUSES, json={"name": "Ours"})
        assert answer.status_code == 403
    assert await state(world) == before


async def test_its_heads_do_there_what_the_coordinator_does_elsewhere(world: World) -> None:
    caucus = await found(world.head_x)
    session = (await meet(world.head_x, caucus["id"], agenda=[{"issue": "1"}]))["id"]
    waiting = (await world.head_x.get("/api/v1/me/waiting")).json()["items"]
    assert [(one["on_me"], one["what"]) for one in waiting] == [(True, "Confirm it, or cancel it.")]
    assert (await world.delegate_x.get("/api/v1/me/waiting")).json()["items"] == []
    assert (await act(world.head_x, session, "confirm")).status_code == 200
    moved = await act(world.head_x, session, "move", {"local_start": in_days(11), "reason": "Rain"})
    assert (moved.json()["status"], moved.json()["sequence"]) == ("confirmed", 2)
    consents = [{"party": "x", "how": "by mail"}]
    body = {"local_start": in_days(12), "reason": "Rain", "consents": consents}
    problem(await act(world.head_x, session, "move", body), 422, "/consents")
    place = {"location": "Library", "reason": "Quiet"}
    assert (await act(world.head_x, session, "relocate", place)).json()["status"] == "confirmed"
    for event, body in (
        ("accept", {}),
        ("decline", {"reason": "No"}),
        ("publish", {}),
    ):
        assert "no summary, no outcomes" in problem(
            await act(world.head_x, session, event, body), 409
        )
    world.clock.forward(days=12)
    assert (await act(world.head_x, session, "open")).status_code == 200
    path = f"{API}/{session}"
    first = {"If-None-Match": "*"}
    posted = await world.head_x.put(f"{path}/summary", json={"body": "Ours"}, headers=first)
    assert "no summary" in problem(posted, 409)
    outcome = {"issue": "1", "value": "noted", "text": "Heard"}
    problem(await world.head_x.post(f"{path}/outcomes", json=outcome), 409)
    promise = {"session": session, "owner": "x", "text": "Write", "jurisdiction": "x"}
    problem(await world.head_x.post(f"{NEG}/commitments", json=promise), 422, "/jurisdiction")
    people = {"items": [{"person": world.people["delegate_x"], "actual": "present"}]}
    tag = (await world.head_x.get(f"{path}/attendance")).headers["etag"]
    there = await world.head_x.put(f"{path}/attendance", json=people, headers={"If-Match": tag})
    assert there.status_code == 200
    following = {"local_start": in_days(20), "local_end": in_days(20, 12)}
    body = {"close_kind": "adjourned_to_date", "next": following}
    closed = await act(world.head_x, session, "close", body)
    assert (closed.status_code, closed.json()["status"]) == (200, "held")
    listed = (await world.delegate_x.get(SESSIONS)).json()["items"]
    assert [(one["title"], one["participants"], one["status"]) for one in listed] == [
        ("Our side: session 1", ["x"], "held"),
        ("Our side: session 2", ["x"], "proposed"),
    ]
    carried = (await world.delegate_x.get(f"{API}/{listed[1]['id']}/agenda")).json()["items"]
    assert [one["issue"] for one in carried] == ["1"]
    assert (await world.head_x.get(f"{path}/summary")).status_code == 404
    matrix = (await world.delegate_x.get(f"{NEG}/outcomes")).json()
    assert {one["value"] for one in matrix["cells"]} == {"no_session"}


async def test_the_secretariat_has_no_place_in_a_caucus(world: World) -> None:
    caucus = (await found(world.head_x))["id"]
    before = await state(world)
    for name, pointer in (("chair", "/chair"), ("note_taker", "/note_taker")):
        body = caucus_body(caucus, **{name: world.people["coordinator"]})
        problem(await world.head_x.post(SESSIONS, json=body), 422, pointer)
    body = caucus_body(caucus, indispensable=[world.people["agency_head"]])
    problem(await world.head_x.post(SESSIONS, json=body), 422, "/indispensable/0")
    body = {**caucus_body(caucus), "participants": ["x", "y"]}
    problem(await world.head_x.post(SESSIONS, json=body), 422, "/participants")
    body = {**session_body(kind="caucus"), "caucus": caucus}
    problem(await world.head_x.post(SESSIONS, json=body), 422, "/jurisdiction")
    unknown = await world.agency_head.post(SESSIONS, json=caucus_body(caucus))
    never = await world.agency_head.post(SESSIONS, json=caucus_body("f" * 20))
    assert problem(unknown, 422, "/caucus") == problem(never, 422, "/caucus")
    assert await state(world) == before


async def test_a_clash_names_the_caucus_session_to_its_members_only(world: World) -> None:
    caucus = (await found(world.head_x))["id"]
    await meet(world.head_x, caucus)
    outside = await world.coordinator.post(SESSIONS, json=session_body())
    inside = await world.head_x.post(SESSIONS, json=caucus_body(caucus))
    start = in_days(10)[:10]
    day = outside.json()["detail"].partition(" not free ")[2]
    assert day.endswith("Choose another time, or another team.")
    assert "Our side" not in outside.text
    assert problem(inside, 409).startswith("X's team is not free")
    assert "Our side: session 1" in problem(inside, 409)
    plenary = await world.coordinator.post(SESSIONS, json=plenary_body())
    assert "Our side" not in problem(plenary, 409), start


async def test_a_caucus_session_stands_in_its_members_calendars_only(world: World) -> None:
    caucus = await found(world.head_x)
    session = await meet(world.head_x, caucus["id"], conference_url="https://meet.example/x")
    assert (await act(world.head_x, session["id"], "confirm")).status_code == 200
    feeds = {**world.feeds, "public": "/public/water-talks.ics", "x": "/public/water-talks/x.ics"}
    found_in = {
        name: event
        for name, path in feeds.items()
        if (event := events((await world.nobody.get(path)).content).get(session["uid"]))
    }
    assert set(found_in) == {"delegate_x"}
    event = found_in["delegate_x"]
    assert (event["SUMMARY"], event["STATUS"], event["CLASS"], event["TRANSP"]) == (
        "Our side: session 1", "CONFIRMED", "CONFIDENTIAL", "OPAQUE"
    )  # fmt: skip
    assert "https://meet.example/x" in event["DESCRIPTION"]
    first = event["LAST-MODIFIED"].dt
    headers = (await world.nobody.get(world.feeds["delegate_x"])).headers
    world.clock.forward(minutes=5)
    assert (await act(world.head_x, session["id"], "cancel", {"reason": "Done"})).is_success
    answer = await world.nobody.get(world.feeds["delegate_x"])
    last = events(answer.content)[session["uid"]]
    assert (last["STATUS"], last["TRANSP"]) == ("CANCELLED", "TRANSPARENT")
    assert last["LAST-MODIFIED"].dt > first
    assert answer.headers["last-modified"] > headers["last-modified"]


async def test_its_heads_are_told_of_its_calendar_texts_that_are_stuck(world: World) -> None:
    caucus = await found(world.head_x, "x")
    session = await meet(world.head_x, caucus["id"])
    async with world.database.write() as db:
        rows = await db.exec(select(EventBytes).where(col(EventBytes.object_id) == session["id"]))
        for row in rows:
            row.defect = "ValueError: a line"
            db.add(row)
    told = set()
    for name in ("head_x", "delegate_x", "delegate_y", "coordinator", "agency_head", "note_taker"):
        items = (await world.clients[name].get("/api/v1/me/waiting")).json()["items"]
        if f"calendar:{session['id']}" in {item["key"] for item in items}:
            told.add(name)
    assert told == {"head_x"}


async def test_what_happens_in_a_caucus_is_entered_in_its_own_chain(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def rows() -> dict[str, list[Any]]:
        async with world.database.read() as db:
            entries = (await db.exec(select(AuditEntry))).all()
            bytes_ = (await db.exec(select(EventBytes))).all()
            told = (await db.exec(select(OutboxEvent))).all()
        return {
            "chains": sorted((one.chain, one.number, one.sha256) for one in entries
                             if not one.chain.startswith("caucus:")),
            "bytes": sorted((one.object_id, one.audience, one.sha256, one.revised_at)
                            for one in bytes_ if one.audience is not EventAudience.caucus),
            "told": sorted(one.id for one in told if one.caucus_id is None),
        }  # fmt: skip

    async def verified() -> dict[str, Any]:
        monkeypatch.setenv("NEGOTIATIONS_DATABASE_URL", world.settings.database_url)
        run = await asyncio.to_thread(CliRunner().invoke, app, ["audit", "verify", "--json"])
        return dict(json.loads(run.stdout))

    await confirmed(world, local_start=in_days(20))
    before, shown = await rows(), await verified()
    caucus = await found(world.head_x, "y")
    session = await meet(world.head_x, caucus["id"])
    assert (await act(world.head_x, session["id"], "confirm")).status_code == 200
    assert await rows() == before
    assert await verified() == shown
    async with world.database.read() as db:
        chain = f"caucus:{caucus['id']}"
        report = await audit.verify(db)
        entries = await db.exec(
            select(AuditEntry).where(col(AuditEntry.chain) == chain).order_by(AuditEntry.number)
        )
        actions = [one.action for one in entries]
        told = await db.exec(select(OutboxEvent).where(col(OutboxEvent.caucus_id) == caucus["id"]))
        assert {(one.type, one.track_id) for one in told} == {
            ("caucus.founded", None), ("session.proposed", None), ("session.confirmed", None)
        }  # fmt: skip
    assert actions == ["caucus.founded", "session.proposed", "session.confirmed"]
    assert (report[chain]["entries"], report[chain]["faults"]) == (3, [])
    async with world.database.write() as db:
        row = (await db.exec(select(AuditEntry).where(col(AuditEntry.chain) == chain))).first()
        assert row is not None
        row.actor = "somebody"
        db.add(row)
    assert (await verified())["caucuses"] == {
        "faults": [f"a caucus: entry {row.number} was altered"]
    }


async def test_talks_that_are_over_take_no_word_of_a_caucus_either(world: World) -> None:
    caucus = (await found(world.head_x))["id"]
    tag = (await world.coordinator.get(NEG)).headers["etag"]
    over = {"status": "concluded"}
    await world.coordinator.patch(NEG, json=over, headers={"If-Match": tag})
    for answer in (
        await world.head_x.post(CAUCUSES, json={"name": "Late"}),
        await world.head_x.post(SESSIONS, json=caucus_body(caucus)),
        await world.head_x.patch(
            f"{CAUCUSES}/{caucus}",
            json={"name": "Late"},
            headers={"If-Match": (await world.head_x.get(f"{CAUCUSES}/{caucus}")).headers["etag"]},
        ),
    ):
        assert "nothing is written any more" in problem(answer, 409)
