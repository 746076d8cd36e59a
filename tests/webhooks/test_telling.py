"""Who is told of what: the sides at the table, by thin bodies that the library of others checks."""

import json
from datetime import timedelta

import pytest
from factories import (
    NEG,
    World,
    act,
    caucus_body,
    confirmed,
    in_days,
    plenary_body,
    propose,
    take_seat,
)
from problems import problem
from sqlmodel import select
from webhooks.receiver import API, Receiver, checked, hook, look, receiving, told

from negotiations.civil import end_of_day, local_date
from negotiations.models import OutboxEvent, WebhookDelivery
from negotiations.models.parties import Role
from negotiations.outcomes.jobs import RECENT, announce_overdue

WHEN = "2030-11-05T10:00"
SIDES = ("coordinator", "agency_head", "head_x", "head_y")


async def hooks(world: World, receiver: Receiver) -> dict[str, dict[str, str]]:
    """One of each side, each at a path of its own."""
    await take_seat(world, "head_y", Role.head, "y")
    return {name: await hook(world, name, receiver.url(f"/{name}")) for name in SIDES}


def types(receiver: Receiver, name: str) -> list[str]:
    return [json.loads(body)["type"] for _, body in receiver.of(f"/{name}")]


async def test_the_body_holds_ids_and_a_link_and_every_signature_holds(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with receiving() as receiver:
        made = await hook(world, "head_x", receiver.url())
        session = await propose(world, local_start=WHEN)
        assert await look(world) == 1
        [(headers, body)] = receiver.of()
        at = world.clock.now().replace(tzinfo=None).isoformat(timespec="seconds")
        assert json.loads(body) == {
            "type": "session.proposed",
            "timestamp": f"{at}Z",
            "data": {
                "negotiation": "water-talks",
                "id": session["id"],
                "link": f"http://testserver/api/v1/sessions/{session['id']}",
                "session": session["id"],
            },
        }
        now = world.clock.now()
        assert checked(monkeypatch, now, made["secret"], headers, body) == json.loads(body)
        with pytest.raises(Exception, match="No matching signature found"):
            checked(monkeypatch, now, made["secret"], headers, body + b" ")
        [delivery] = await told(world, "head_x", made["id"])
        assert headers["webhook-id"] == delivery.pop("id")
        assert headers["content-type"] == "application/json"
        moment = f"{at}Z"
        assert delivery == {
            "webhook": made["id"], "type": "session.proposed", "at": moment,
            "status": "delivered", "tries": 1, "tried_at": moment, "due_at": None,
            "answer_status": 200, "answer": "thank you", "failure": None, "ended_at": moment,
        }  # fmt: skip
        # The link leads to what the receiver may see, with a token of its own.
        link = json.loads(body)["data"]["link"]
        assert (await world.delegate_x.get(link)).json()["id"] == session["id"]
        assert await look(world) == 0


async def test_the_sides_at_the_table_are_told_and_nobody_else(world: World) -> None:
    async with receiving() as receiver:
        await hooks(world, receiver)
        await confirmed(world, local_start=WHEN)
        await look(world)
        of_x = ["session.proposed", "session.accepted", "session.accepted", "session.confirmed"]
        assert {name: sorted(types(receiver, name)) for name in SIDES} == {
            "coordinator": sorted(of_x), "agency_head": sorted(of_x), "head_x": sorted(of_x),
            "head_y": [],
        }  # fmt: skip
        receiver.empty()
        answer = await world.coordinator.post(
            f"{NEG}/sessions", json=plenary_body("agency", "y", local_start="2030-11-06T10:00")
        )
        assert answer.status_code == 201, answer.text
        await look(world)
        proposed = ["session.proposed"]
        assert {name: types(receiver, name) for name in SIDES} == {
            "coordinator": proposed, "agency_head": proposed, "head_x": [], "head_y": proposed,
        }  # fmt: skip
        receiver.empty()
        request = {
            "title": "Letters", "requester": "x", "holder": "agency", "legal_basis": "voluntary",
            "events": [{"kind": "state", "state": "drafted", "happened_on": "2020-01-01"}],
        }  # fmt: skip
        made = await world.coordinator.post(f"{NEG}/document-requests", json=request)
        assert made.status_code == 201, made.text
        await look(world)
        for name in SIDES:
            [(_, body)] = receiver.of(f"/{name}")
            assert json.loads(body)["type"] == "document_request.changed"
            link = json.loads(body)["data"]["link"]
            assert (await world.clients[name].get(link)).status_code == 200


async def test_of_a_caucus_its_own_parties_alone_are_told(world: World) -> None:
    async with receiving() as receiver:
        await hooks(world, receiver)
        caucus = await world.head_x.post(f"{NEG}/caucuses", json={"name": "Ours", "parties": []})
        body = caucus_body(caucus.json()["id"], local_start=WHEN)
        answer = await world.head_x.post(f"{NEG}/sessions", json=body)
        assert answer.status_code == 201, answer.text
        reason = {"reason": "They must not know why"}
        postponed = await act(world.head_x, answer.json()["id"], "postpone", reason)
        assert postponed.status_code == 200
        await look(world)
        told_of = ["session.postponed", "session.proposed"]
        assert {name: sorted(types(receiver, name)) for name in SIDES} == {
            "coordinator": [], "agency_head": [], "head_x": told_of, "head_y": [],
        }  # fmt: skip
        assert b"know why" not in b"".join(body for _, _, body in receiver.taken)
        async with world.database.read() as db:
            rows = (await db.exec(select(WebhookDelivery))).all()
        assert sorted(row.type for row in rows) == told_of


async def test_a_secretariat_draft_is_told_to_nobody_and_what_it_becomes_is(world: World) -> None:
    async with receiving() as receiver:
        await hooks(world, receiver)
        session = await confirmed(world, local_start=in_days(-1), agenda=[{"issue": "1"}])
        await look(world)
        receiver.empty()
        path = f"{API}/sessions/{session['id']}/summary"
        result = {"body": "Said", "close": "concluded",
                  "outcomes": [{"issue": "1", "value": "noted", "text": "So"}]}  # fmt: skip
        done = await world.note_taker.put(path, json=result, headers={"If-None-Match": "*"})
        assert done.status_code == 201, done.text
        await look(world)
        for name in ("coordinator", "agency_head", "head_x"):
            assert sorted(types(receiver, name)) == ["outcome.recorded", "session.held"]
        tag = (await world.coordinator.get(path)).headers["etag"]
        sent = await world.coordinator.post(f"{path}/circulate", json={}, headers={"If-Match": tag})
        assert sent.status_code == 200, sent.text
        receiver.empty()
        await look(world)
        [(_, body)] = receiver.of("/head_x")
        assert json.loads(body)["data"]["link"] == f"http://testserver{path}"
        assert (await world.head_x.get(path)).status_code == 200
        assert types(receiver, "head_y") == []


async def test_a_commitment_that_is_done_has_a_type_of_its_own(world: World) -> None:
    async with receiving() as receiver:
        await hook(world, "head_x", receiver.url(), "commitment.done", "commitment.changed")
        made = await world.coordinator.post(
            f"{NEG}/commitments", json={"jurisdiction": "x", "owner": "x", "text": "Write"}
        )
        path = f"{NEG}/commitments/{made.json()['id']}"
        for body in ({"text": "Write soon"}, {"status": "done"}, {"evidence": "Sent"}):
            tag = (await world.coordinator.get(path)).headers["etag"]
            answer = await world.coordinator.patch(path, json=body, headers={"If-Match": tag})
            assert answer.status_code == 200, answer.text
            await look(world)
        assert [json.loads(body)["type"] for _, body in receiver.of()] == [
            "commitment.changed", "commitment.done", "commitment.changed",
        ]  # fmt: skip


async def test_what_is_not_done_in_time_is_told_once_for_its_day(world: World) -> None:
    """In the home zone, New York, and not for what was late long ago."""
    now = world.clock.now()
    today = local_date(now, "America/New_York")
    await take_seat(world, "head_y", Role.head, "y")
    async with receiving() as receiver:
        for name in ("head_x", "agency_head", "coordinator", "head_y"):
            await hook(world, name, receiver.url(f"/{name}"), "commitment.overdue")
        due = {"Write": today, "Later": today + timedelta(days=1), "Past": today - RECENT * 2}
        made = {}
        for text, day in due.items():
            body = {"jurisdiction": "x", "owner": "x", "text": text, "due_on": str(day)}
            made[text] = (await world.coordinator.post(f"{NEG}/commitments", json=body)).json()[
                "id"
            ]
        counts = [await announce_overdue(world.database, world.clock)]
        world.clock.at = end_of_day(today, "America/New_York") + timedelta(seconds=1)
        counts += [await announce_overdue(world.database, world.clock) for _ in range(2)]
        path = f"{NEG}/commitments/{made['Write']}"
        tag = (await world.coordinator.get(path)).headers["etag"]
        later = {"due_on": str(today + timedelta(days=1))}
        assert (
            await world.coordinator.patch(path, json=later, headers={"If-Match": tag})
        ).status_code == 200
        counts.append(await announce_overdue(world.database, world.clock))
        world.clock.forward(seconds=24 * 3600)
        counts += [await announce_overdue(world.database, world.clock) for _ in range(2)]
        assert counts == [0, 1, 0, 0, 2, 0]
        await look(world)
        for name in ("head_x", "agency_head", "coordinator"):
            told = [json.loads(body) for _, body in receiver.of(f"/{name}")]
            assert [one["type"] for one in told] == ["commitment.overdue"] * 3
            ids = [one["data"]["id"] for one in told]
            assert ids[0] == made["Write"]
            assert sorted(ids[1:]) == sorted([made["Write"], made["Later"]])
        assert receiver.of("/head_y") == []
        path = f"{NEG}/commitments/{made['Later']}"
        tag = (await world.coordinator.get(path)).headers["etag"]
        await world.coordinator.patch(path, json={"status": "done"}, headers={"If-Match": tag})
        world.clock.forward(seconds=24 * 3600)
        assert await announce_overdue(world.database, world.clock) == 0


async def test_of_types_those_that_were_chosen(world: World) -> None:
    async with receiving() as receiver:
        chosen = ("session.confirmed", "session.accepted", "session.confirmed")
        made = await hook(world, "head_x", receiver.url(), *chosen)
        assert made["types"] == ["session.accepted", "session.confirmed"]
        await confirmed(world, local_start=WHEN)
        await look(world)
        assert sorted(json.loads(body)["type"] for _, body in receiver.of()) == [
            "session.accepted", "session.accepted", "session.confirmed",
        ]  # fmt: skip


async def test_whose_it_is_follows_from_who_asks_and_from_no_field(world: World) -> None:
    """T5: a webhook can't be planted on another side."""
    await take_seat(world, "head_y", Role.head, "y")
    parties = (await world.coordinator.get(f"{NEG}/parties")).json()["items"]
    party_x = next(one["id"] for one in parties if one["slug"] == "x")
    async with receiving() as receiver:
        body = {"negotiation": "water-talks", "url": receiver.url("/plant")}
        for field in ("party_id", "party", "owner_id", "owner", "negotiation_id"):
            planted = {**body, field: party_x}
            answer = await world.head_y.post(f"{API}/webhooks", json=planted)
            problem(answer, 422, f"/{field}")
        other = {**body, "negotiation": "other-talks"}
        problem(await world.head_y.post(f"{API}/webhooks", json=other), 422, "/negotiation")
        made = await world.head_y.post(f"{API}/webhooks", json=body)
        assert made.json()["party"] == "y"
        for field in ("party_id", "owner_id"):
            headers = {"If-Match": made.headers["etag"]}
            answer = await world.head_y.patch(
                f"{API}/webhooks/{made.json()['id']}", json={field: party_x}, headers=headers
            )
            problem(answer, 422, f"/{field}")
        await confirmed(world, local_start=WHEN)
        assert await look(world) == 0
        assert receiver.taken == []
        async with world.database.read() as db:
            assert (await db.exec(select(WebhookDelivery))).all() == []
            rows = (await db.exec(select(OutboxEvent))).all()
        assert {row.to_webhooks for row in rows} == {False}


async def test_one_that_came_too_late_or_from_a_record_is_not_told(world: World) -> None:
    async with receiving() as receiver:
        await confirmed(world, local_start=WHEN)
        await look(world)
        await hook(world, "head_x", receiver.url())
        await look(world)
        assert receiver.taken == []
