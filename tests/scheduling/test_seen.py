"""Who confirms or publishes has seen the agenda as it is, and acts by a seat that still holds."""

import asyncio

from factories import NEG, World, act, confirmed, in_days, propose
from sqlmodel import select

from negotiations.locks import locked
from negotiations.models import NegotiationSession, Track


async def replace_agenda(world: World, session: str, title: str) -> None:
    path = f"/api/v1/sessions/{session}/agenda"
    tag = (await world.note_taker.get(path)).headers["etag"]
    items = {"items": [{"title": title}]}
    answer = await world.note_taker.put(path, json=items, headers={"If-Match": tag})
    assert answer.status_code == 200


async def test_an_agenda_nobody_saw_is_not_confirmed_or_published(world: World) -> None:
    for make, event in ((propose, "confirm"), (confirmed, "publish")):
        start = {"propose": in_days(20), "confirmed": in_days(25)}[make.__name__]
        session = (await make(world, local_start=start))["id"]
        if event == "confirm":
            for head in (world.head_x, world.agency_head):
                await act(head, session, "accept")
        path = f"/api/v1/sessions/{session}"
        seen = {"If-Match": (await world.coordinator.get(path)).headers["etag"]}
        await replace_agenda(world, session, "Unseen")
        answer = await world.coordinator.post(f"{path}/{event}", json={}, headers=seen)
        assert answer.status_code == 412, event
        assert (await act(world.coordinator, session, event)).status_code == 200


async def test_a_seat_that_ends_while_an_act_waits_ends_the_act(world: World) -> None:
    """The rights are those of now: on PostgreSQL the act waits for the track, on SQLite its turn.

    There the seat can't end before the act that came first; the next act finds it ended.
    """
    session = (await propose(world))["id"]
    seats = (await world.coordinator.get(f"{NEG}/memberships")).json()["items"]
    seat = next(one["id"] for one in seats if one["person"] == world.people["head_x"])
    path = f"{NEG}/memberships/{seat}"
    tag = (await world.coordinator.get(path)).headers["etag"]
    async with world.database.write() as db:
        row = await db.get(NegotiationSession, session)
        await db.get(Track, row.track_id, with_for_update={"key_share": True})
        waiting = asyncio.create_task(act(world.head_x, session, "decline", {"reason": "No"}))
        await asyncio.sleep(0.3)
        if not world.database.is_sqlite:
            ended = await world.coordinator.delete(path, headers={"If-Match": tag})
            assert ended.status_code == 200
    kinds = ["created"]
    if world.database.is_sqlite:
        assert (await waiting).status_code == 200
        kinds.append("declined")
        assert (await world.coordinator.delete(path, headers={"If-Match": tag})).status_code == 200
        waiting = asyncio.create_task(act(world.head_x, session, "decline", {"reason": "No"}))
    assert (await waiting).status_code == 401
    log = (await world.coordinator.get(f"/api/v1/sessions/{session}/changes")).json()["items"]
    assert [one["kind"] for one in log] == kinds


async def test_a_title_changed_while_a_session_waits_reaches_every_stored_text(
    world: World,
) -> None:
    """What was read before the lock is read again: no stored byte keeps the old title."""
    await propose(world)
    tag = (await world.coordinator.get(NEG)).headers["etag"]
    async with world.database.write() as db:
        await db.exec(locked(select(Track.id).order_by(Track.id)))
        patch = asyncio.create_task(
            world.coordinator.patch(NEG, json={"title": "Renamed"}, headers={"If-Match": tag})
        )
        await asyncio.sleep(0.3)
        new = asyncio.create_task(
            world.coordinator.post(
                f"{NEG}/commitments",
                json={"jurisdiction": "x", "owner": "agency", "text": "Write"},
            )
        )
        await asyncio.sleep(0.3)
    assert ((await patch).status_code, (await new).status_code) == (200, 201)
    for name, address in world.feeds.items():
        body = (await world.nobody.get(address)).text
        assert ("Renamed" in body, "Water Talks talks" in body) == (True, False), name
