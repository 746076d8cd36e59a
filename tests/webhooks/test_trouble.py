"""One endpoint's trouble is its own, and so is one process's."""

import asyncio
from typing import Any

import pytest
from factories import World, propose
from problems import problem
from sqlalchemy import text
from sqlmodel import select
from webhooks.receiver import (
    API,
    change,
    dispatch,
    hook,
    look,
    receiving,
    told,
)
from webhooks.test_delivering import happen, statuses

from negotiations.cleaning import clean_up
from negotiations.models import WebhookDelivery
from negotiations.outgoing import crowd
from negotiations.webhooks import claiming, jobs
from negotiations.webhooks.claiming import claim, settle
from negotiations.webhooks.retries import Outcome


async def test_a_slow_endpoint_delays_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crowd, "PACE", 0.05)
    async with receiving() as slow, receiving() as quick:
        slow.delay = 2
        await hook(world, "head_x", slow.url("/slow"))
        well = await hook(world, "coordinator", quick.url("/quick"))
        await happen(world, 3)
        looking = asyncio.create_task(look(world))
        await quick.until(3, 1.5)
        await slow.until(1, 1.5)  # which of the two is asked first is chance's
        assert len(slow.taken) == 1
        # What happens meanwhile doesn't wait for it either.
        await happen(world)
        await quick.until(4, 1.5)
        assert len(slow.taken) == 1
        slow.delay = 0
        await looking
        assert (len(slow.taken), slow.most_at_once) == (4, 1)
        assert await statuses(world, "coordinator", well["id"]) == {"delivered": 4}


async def test_of_many_that_fail_some_places_are_left_for_the_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "MOST", 2)
    monkeypatch.setattr(jobs, "FOR_THE_WELL", 1)
    async with receiving() as slow, receiving() as quick:
        slow.answers = ["500 No"]
        for name in ("head_x", "agency_head"):
            await hook(world, name, slow.url(f"/{name}"))
        await happen(world)
        await look(world)
        slow.delay = 1
        well = await hook(world, "coordinator", quick.url("/quick"))
        world.clock.forward(seconds=6)
        await happen(world)
        looking = asyncio.create_task(look(world))
        await quick.until(1, 0.9)
        await looking
        assert slow.most_at_once <= 2
        assert await statuses(world, "coordinator", well["id"]) == {"delivered": 1}


async def test_what_one_process_holds_no_other_sends(world: World) -> None:
    async with receiving() as receiver:
        made = await hook(world, "head_x", receiver.url())
        await happen(world, 2)
        receiver.delay = 0.3
        await asyncio.gather(*(dispatch(world).send_due(world.database, world.clock)
                               for _ in range(3)))  # fmt: skip
        assert len(receiver.ids()) == len(set(receiver.ids())) == 2
        assert receiver.most_at_once == 1
        assert await statuses(world, "head_x", made["id"]) == {"delivered": 2}


async def test_a_process_that_ended_in_the_middle_leaves_it_to_another(world: World) -> None:
    async with receiving() as receiver:
        made = await hook(world, "head_x", receiver.url())
        await look(world)
        await happen(world)
        async with world.database.write() as db:
            await jobs.gather(db, now=world.clock.now())
        (held,) = await claim(world.database, world.clock.now(), most=2, well=False)
        assert await claim(world.database, world.clock.now(), most=2, well=False) == []
        world.clock.at += claiming.LEASE
        assert await look(world) == 1
        assert receiver.ids() == [held.delivery.id]
        # Whoever comes to itself after its lease writes nothing over it.
        late = await settle(
            world.database, held, Outcome(500), now=world.clock.now(), more=True
        )  # fmt: skip
        assert late is None
        [one] = await told(world, "head_x", made["id"])
        assert (one["status"], one["tries"]) == ("delivered", 2)


async def test_a_broken_row_and_a_lost_key_hold_up_no_other(world: World) -> None:
    async with receiving() as receiver:
        made = await hook(world, "head_x", receiver.url())
        well = await hook(world, "coordinator", receiver.url("/well"))
        async with world.database.write() as db:
            await db.exec(  # type: ignore[call-overload]
                text("UPDATE webhook_endpoint SET url = 'nonsense', types = '7' WHERE id = :id"),
                params={"id": made["id"]},
            )
        await happen(world)
        assert await look(world) == 2
        [one] = await told(world, "head_x", made["id"])
        assert (one["status"], one["failure"]) == ("waiting", "not reached")
        assert await statuses(world, "coordinator", well["id"]) == {"delivered": 1}
        without = world.settings.model_copy(update={"secret_key": ""})
        await happen(world)
        keyless = jobs.Dispatch(without, dispatch(world).open)
        assert await keyless.send_due(world.database, world.clock) == 1
        assert await statuses(world, "coordinator", well["id"]) == {"delivered": 1, "waiting": 1}


async def test_where_nobody_is_told_no_client_is_opened(world: World) -> None:
    opened: list[str] = []

    def opening() -> Any:
        opened.append("a client")
        return dispatch(world).open()

    looking = jobs.Dispatch(world.settings, opening)
    await happen(world)
    assert (await looking.send_due(world.database, world.clock), opened) == (0, [])
    async with receiving() as receiver:
        await hook(world, "head_x", receiver.url())
        await happen(world)
        assert (await looking.send_due(world.database, world.clock), opened) == (1, ["a client"])


async def test_what_another_process_gathers_is_left_to_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[str] = []

    async def gather(*_: object, **__: object) -> int:
        looks.append("a look")
        assert len(looks) < 10, "it looks again and again"
        return 0  # as where each is locked by another

    await happen(world)
    monkeypatch.setattr(jobs, "gather", gather)
    assert await look(world) == 0
    assert looks == ["a look"]


async def test_what_has_ended_is_kept_for_thirty_days(world: World) -> None:
    async with receiving() as receiver:
        await hook(world, "head_x", receiver.url())
        await happen(world)
        await look(world)
        for days, left in ((29, 1), (2, 0)):
            world.clock.forward(days=days)
            await clean_up(world.database, world.clock)
            async with world.database.read() as db:
                assert len((await db.exec(select(WebhookDelivery))).all()) == left


async def test_who_may_no_longer_learn_of_it_when_it_goes_is_not_told(world: World) -> None:
    async with receiving() as receiver:
        made = await hook(world, "head_x", receiver.url())
        receiver.answers = ["500 No", "200 OK"]
        await propose(world, local_start="2030-11-05T10:00")
        await look(world)
        async with world.database.write() as db:
            await db.exec(text("UPDATE outbox_event SET track_id = NULL, session_id = NULL,"  # type: ignore[call-overload]
                               " caucus_id = NULL, for_secretariat = true"))  # fmt: skip
        world.clock.forward(seconds=6)
        await look(world)
        assert await statuses(world, "head_x", made["id"]) == {"dropped": 1}
        assert len(receiver.taken) == 1


async def test_an_ended_webhook_is_sent_nothing_more(world: World) -> None:
    async with receiving() as receiver:
        made = await hook(world, "head_x", receiver.url())
        await happen(world)
        assert (
            await change(world, "head_x", f"/webhooks/{made['id']}", "DELETE")
        ).status_code == 200
        await happen(world)
        await look(world)
        assert receiver.taken == []
        problem(await change(world, "head_x", f"/webhooks/{made['id']}", "DELETE"), 409)
        problem(await change(world, "head_x", f"/webhooks/{made['id']}/rotate"), 409)
        assert (await world.head_x.get(f"{API}/webhooks")).json()["items"] == []


async def test_a_receiver_here_is_reached_only_where_the_setting_says_so(world: World) -> None:
    async with receiving() as receiver:
        made = await hook(world, "head_x", receiver.url())
        outside = world.settings.model_copy(update={"outgoing_inside": ""})
        strict = jobs.dispatch_of(outside)
        await happen(world)
        assert await strict.send_due(world.database, world.clock) == 1
        assert receiver.taken == []
        [one] = await told(world, "head_x", made["id"])
        assert (one["failure"], one["answer_status"], one["answer"]) == ("not reached", None, "")
