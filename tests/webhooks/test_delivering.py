"""F15: what isn't taken is tried again, kept, and sent again when it is asked for."""

import json
from collections import Counter
from datetime import timedelta

import pytest
from factories import NEG, World
from problems import problem
from sqlmodel import select
from webhooks.receiver import (
    API,
    change,
    checked,
    hook,
    look,
    receiving,
    told,
)

from negotiations.models import WebhookDelivery, WebhookEndpoint


async def happen(world: World, many: int = 1) -> None:
    """So many events at the table of x."""
    for number in range(many):
        body = {"jurisdiction": "x", "owner": "x", "text": f"Write {number}"}
        answer = await world.coordinator.post(f"{NEG}/commitments", json=body)
        assert answer.status_code == 201, answer.text


async def statuses(world: World, name: str, webhook: str) -> Counter[str]:
    return Counter(one["status"] for one in await told(world, name, webhook))


async def through(world: World, hours: float) -> None:
    """Look whenever something is due, for so long."""
    end = world.clock.now() + timedelta(hours=hours)
    while True:
        await look(world)
        async with world.database.read() as db:
            waiting = select(WebhookDelivery.due_at, WebhookEndpoint.paused_until).join(
                WebhookEndpoint
            )
            rows = await db.exec(waiting.where(WebhookDelivery.ended_as.is_(None)))  # type: ignore[union-attr]
            due = min((max(at, paused or at) for at, paused in rows.all()), default=end)
        if due >= end:
            world.clock.at = end
            return
        world.clock.at = max(due, world.clock.now())


async def test_a_receiver_that_is_cut_off_for_76_hours_loses_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with receiving() as receiver, receiving() as lost:
        well = await hook(world, "coordinator", receiver.url("/well"))
        dead = await hook(world, "head_x", lost.url("/dead"))
        lost.answers = ["500 Cut off"]
        await happen(world, 5)
        began = world.clock.now()
        await look(world)
        assert len(receiver.of("/well")) == 5
        await through(world, 2)
        await happen(world, 2)
        await through(world, 74)
        assert world.clock.now() - began == timedelta(hours=76)
        assert await statuses(world, "coordinator", well["id"]) == {"delivered": 7}
        found = await statuses(world, "head_x", dead["id"])
        assert found["waiting"] + found["given_up"] == 7  # nothing is dropped
        lost.empty()
        lost.answers = ["200 OK"]
        world.clock.forward(minutes=5)  # the longest for which it is left alone
        await happen(world)
        await look(world)  # once it is seen to be there again, what waits doesn't wait longer
        found = await statuses(world, "head_x", dead["id"])
        assert found["delivered"] == 8 - found["given_up"]
        answer = await change(world, "head_x", f"/webhooks/{dead['id']}/redeliver")
        assert answer.json()["again"] == found["given_up"]
        await look(world)
        assert await statuses(world, "head_x", dead["id"]) == {"delivered": 8}
        ids = [one["id"] for one in await told(world, "head_x", dead["id"])]
        assert sorted(lost.ids("/dead")) == sorted(ids)
        for headers, body in lost.of("/dead"):
            assert checked(monkeypatch, world.clock.now(), dead["secret"], headers, body)


async def test_what_nobody_took_ten_times_is_kept_and_can_be_sent_again(world: World) -> None:
    async with receiving() as receiver:
        made = await hook(world, "head_x", receiver.url())
        receiver.answers = ["500 Cut off"]
        await happen(world)
        await through(world, 75)
        [one] = await told(world, "head_x", made["id"], status="waiting")
        assert one["tries"] == 9
        await through(world, 0.6)
        [one] = await told(world, "head_x", made["id"], status="given_up")
        assert (one["tries"], one["failure"]) == (10, "answered 500")
        assert len(receiver.taken) == 10
        await through(world, 40)
        assert len(receiver.taken) == 10
        receiver.answers = ["200 OK"]
        answer = await change(world, "head_x", f"/webhooks/{made['id']}/redeliver")
        assert (answer.status_code, answer.json()["again"]) == (200, 1)
        await look(world)
        assert await statuses(world, "head_x", made["id"]) == {"delivered": 1}
        assert receiver.ids() == [one["id"]] * 11


async def test_each_try_has_the_same_id_and_a_time_of_its_own(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with receiving() as receiver:
        made = await hook(world, "head_x", receiver.url())
        receiver.answers = [
            "500 No",
            "302 Found\r\nLocation: http://127.0.0.1/",
            "404 No",
            "200 OK",
        ]
        await happen(world)
        waits = []
        for _ in range(4):
            before = world.clock.now()
            assert await look(world) == 1
            [one] = await told(world, "head_x", made["id"])
            if one["due_at"]:
                async with world.database.read() as db:
                    [row] = (await db.exec(select(WebhookDelivery))).all()
                waits.append((row.due_at - before).total_seconds())
                world.clock.at = max(row.due_at, before + timedelta(seconds=5))
        for waited, nominal in zip(waits, (5, 300, 1800), strict=True):
            assert nominal * 0.9 <= waited <= nominal
        assert (one["status"], one["tries"]) == ("delivered", 4)
        assert len(set(receiver.ids())) == 1
        bodies = {body for _, body in receiver.of()}
        assert len(bodies) == 1
        stamps = [int(headers["webhook-timestamp"]) for headers, _ in receiver.of()]
        assert stamps == sorted(set(stamps))
        # T27: the first try, sent once more by somebody else, is too old by now.
        headers, body = receiver.of()[0]
        with pytest.raises(Exception, match="too old"):
            checked(monkeypatch, world.clock.now(), made["secret"], headers, body)


async def test_while_a_secret_changes_each_delivery_is_signed_by_both(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with receiving() as receiver:
        made = await hook(world, "head_x", receiver.url())
        secrets = [made["secret"]]
        for hours in (24, 24, 0):
            answer = await change(
                world, "head_x", f"/webhooks/{made['id']}/rotate", grace_hours=hours
            )
            assert answer.status_code == 200, answer.text
            secrets.append(answer.json()["secret"])
        assert len(set(secrets)) == 4

        async def good() -> list[int]:
            """Which of the secrets are good for what is sent now."""
            receiver.empty()
            await happen(world)
            await look(world)
            [(headers, body)] = receiver.of()
            found = []
            for number, secret in enumerate(secrets):
                try:
                    checked(monkeypatch, world.clock.now(), secret, headers, body)
                except Exception:
                    continue
                found.append(number)
            return found

        assert await good() == [3]  # a grace of no hours
        last = await change(world, "head_x", f"/webhooks/{made['id']}/rotate", grace_hours=24)
        secrets.append(last.json()["secret"])
        assert await good() == [3, 4]
        world.clock.forward(hours=23.9)
        assert await good() == [3, 4]
        world.clock.forward(hours=0.1)
        assert await good() == [4]


async def test_410_stops_it_keeps_what_happens_and_lets_it_go_on(world: World) -> None:
    async with receiving() as receiver:
        made = await hook(world, "head_x", receiver.url())
        path = f"/webhooks/{made['id']}"
        receiver.answers = ["410 Gone"]
        await happen(world, 3)
        assert await look(world) == 1
        await happen(world)
        assert await look(world) == 0
        assert await statuses(world, "head_x", made["id"]) == {"given_up": 4}
        seen = (await world.head_x.get(f"{API}{path}")).json()
        assert seen["stopped_as"] == "gone"
        [new] = [one for one in await told(world, "head_x", made["id"]) if not one["tries"]][:1]
        assert new["failure"] == "the endpoint was stopped"
        for act in ("redeliver", "test"):
            problem(await change(world, "head_x", f"{path}/{act}"), 409)
        problem(await change(world, "head_x", f"/deliveries/{new['id']}/redeliver"), 409)
        receiver.empty()
        receiver.answers = ["200 OK"]
        assert (await change(world, "head_x", path, "PATCH", stopped=False)).status_code == 200
        assert await look(world) == 0
        assert (await change(world, "head_x", f"{path}/redeliver")).json()["again"] == 4
        assert await look(world) == 4
        assert await statuses(world, "head_x", made["id"]) == {"delivered": 4}


async def test_whoever_asks_for_time_gets_it(world: World) -> None:
    async with receiving() as receiver:
        made = await hook(world, "head_x", receiver.url())
        receiver.answers = ["429 Slow\r\nRetry-After: 600", "200 OK"]
        await happen(world, 2)
        assert await look(world) == 1
        world.clock.forward(seconds=599)
        assert await look(world) == 0
        world.clock.forward(seconds=1)
        assert await look(world) == 2
        assert await statuses(world, "head_x", made["id"]) == {"delivered": 2}


async def test_sent_again_it_has_the_same_id(world: World) -> None:
    async with receiving() as receiver:
        made = await hook(world, "head_x", receiver.url())
        await happen(world)
        await look(world)
        [one] = await told(world, "head_x", made["id"])
        answer = await change(world, "head_x", f"/deliveries/{one['id']}/redeliver")
        assert (answer.status_code, answer.json()["status"]) == (200, "waiting")
        assert await look(world) == 1
        assert receiver.ids() == [one["id"]] * 2
        test = await change(world, "head_x", f"/webhooks/{made['id']}/test")
        assert test.status_code == 201
        assert test.headers["location"] == f"{API}/deliveries/{test.json()['id']}"
        assert await look(world) == 1
        assert json.loads(receiver.of()[-1][1])["type"] == "webhook.test"
        assert (await world.head_x.get(test.headers["location"])).json()["status"] == "delivered"
