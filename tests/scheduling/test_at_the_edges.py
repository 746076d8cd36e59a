"""What a session keeps to when people leave, names are long, or others than the secretariat act."""

from typing import Any

import httpx2
from factories import NEG, World, act, caucus_body, confirmed, in_days, plenary_body, propose

TALKS = "/public/water-talks"


async def end_seat(world: World, name: str) -> None:
    listed = (await world.coordinator.get(f"{NEG}/memberships")).json()["items"]
    seat = next(one["id"] for one in listed if one["person"] == world.people[name])
    path = f"{NEG}/memberships/{seat}"
    tag = (await world.coordinator.get(path)).headers["etag"]
    assert (await world.coordinator.delete(path, headers={"If-Match": tag})).status_code == 200


async def put(client: httpx2.AsyncClient, path: str, items: list[Any]) -> httpx2.Response:
    tag = (await client.get(path)).headers["etag"]
    return await client.put(path, json={"items": items}, headers={"If-Match": tag})


async def with_more(client: httpx2.AsyncClient, session: str, title: str) -> httpx2.Response:
    """The agenda with one more item."""
    path = f"/api/v1/sessions/{session}/agenda"
    kept = [
        {"id": one["id"], "title": one["title"], "issue": one["issue"]}
        for one in (await client.get(path)).json()["items"]
    ]
    return await put(client, path, [*kept, {"title": title}])


async def public_words(world: World) -> str:
    pages = (TALKS, f"{TALKS}.ics", f"{TALKS}/x.ics")
    return "".join([(await world.nobody.get(page)).text for page in pages])


async def test_others_than_the_coordinator_write_an_agenda_and_the_public_does_not_see_it(
    world: World,
) -> None:
    chair = world.people["delegate_x"]
    session = (await confirmed(world, local_start=in_days(1), chair=chair))["id"]
    assert (await act(world.coordinator, session, "publish")).status_code == 200
    before = await public_words(world)
    assert (await with_more(world.note_taker, session, "WORDS OF A NOTE TAKER")).status_code == 200
    world.clock.forward(days=1, hours=20)
    assert (await act(world.delegate_x, session, "open")).status_code == 200
    assert (await with_more(world.delegate_x, session, "WORDS OF A CHAIR")).status_code == 200
    assert "WORDS" not in await public_words(world)
    assert "Water rights" in before
    assert (await with_more(world.coordinator, session, "One more")).status_code == 200
    told = await public_words(world)
    for words in ("WORDS OF A NOTE TAKER", "WORDS OF A CHAIR", "One more"):
        assert words in told


async def test_a_title_of_our_own_making_is_no_longer_than_one_may_be(world: World) -> None:
    made = await world.head_x.post(f"{NEG}/caucuses", json={"name": "C" * 200, "parties": []})
    body = caucus_body(made.json()["id"])
    session = await world.head_x.post(f"{NEG}/sessions", json=body)
    assert session.status_code == 201, session.text
    assert session.json()["title"] == "C" * 189 + ": session 1"


async def test_the_next_session_of_one_with_a_long_title_has_one_as_long(world: World) -> None:
    for place in range(8):
        await propose(world, local_start=in_days(20 + place))
    title = "session 9 " + "T" * 190
    session = await confirmed(world, local_start=in_days(1), title=title)
    world.clock.forward(days=1, hours=20)
    closing = {"close_kind": "adjourned_to_date", "next": {"local_start": in_days(15)}}
    closed = await act(world.note_taker, session["id"], "close", closing)
    assert closed.status_code == 200, closed.text
    listed = (await world.coordinator.get(f"{NEG}/sessions")).json()["items"]
    assert "session 10 " + "T" * 189 in {one["title"] for one in listed}


async def test_it_goes_on_after_it_ended_and_not_within_it(world: World) -> None:
    session = await confirmed(world, local_start=in_days(1))
    world.clock.forward(days=1, hours=20)
    for start, status in ((in_days(1, 11), 422), (in_days(1, 9), 422), (in_days(15), 200)):
        closing = {"close_kind": "adjourned_to_date", "next": {"local_start": start}}
        closed = await act(world.note_taker, session["id"], "close", closing)
        assert closed.status_code == status, (start, closed.text)
        if status == 422:
            assert closed.json()["errors"][0]["pointer"] == "/next/local_start"


async def test_who_was_there_stays_on_the_list_after_leaving_the_talks(world: World) -> None:
    needed = [world.people["delegate_x"]]
    session = (await confirmed(world, local_start=in_days(1), indispensable=needed))["id"]
    await end_seat(world, "delegate_x")
    world.clock.forward(days=1, hours=20)
    assert (await act(world.note_taker, session, "open")).status_code == 200
    path = f"/api/v1/sessions/{session}/attendance"
    left = {"person": world.people["delegate_x"], "actual": "absent"}
    there = {"person": world.people["head_x"], "actual": "present"}
    answer = await put(world.note_taker, path, [left, there])
    assert answer.status_code == 200, answer.text
    seen = {one["person"]: one["actual"] for one in answer.json()["items"]}
    assert seen == {left["person"]: "absent", there["person"]: "present"}
    stranger = {"person": world.people["former_delegate_x"], "actual": "present"}
    assert (await put(world.note_taker, path, [left, there, stranger])).status_code == 422


async def test_the_draft_tells_of_every_table_whoever_closes_the_session(world: World) -> None:
    chair = world.people["delegate_x"]
    consents = [{"party": one, "how": "by mail"} for one in ("agency", "x", "y")]
    body = plenary_body("agency", "x", "y", local_start=in_days(1), chair=chair,
                        agenda=[{"title": "All"}], consents=consents)  # fmt: skip
    made = await world.coordinator.post(f"{NEG}/sessions", json=body)
    assert made.status_code == 201, made.text
    session = made.json()["id"]
    assert (await act(world.coordinator, session, "confirm")).status_code == 200
    world.clock.forward(days=1, hours=20)
    for side in ("x", "y"):
        promise = {"jurisdiction": side, "owner": side, "text": f"PROMISE OF {side}"}
        told = await world.note_taker.post(
            f"{NEG}/commitments", json={**promise, "session": session}
        )
        assert told.status_code == 201, told.text
    closed = await act(world.delegate_x, session, "close", {"close_kind": "concluded"})
    assert closed.status_code == 200, closed.text
    text = (await world.note_taker.get(f"/api/v1/sessions/{session}/summary")).json()["body"]
    assert ("PROMISE OF x" in text, "PROMISE OF y" in text) == (True, True)


async def test_the_placeholder_of_the_zone_data_is_no_zone(world: World) -> None:
    body = {"name": "P", "role": "delegate", "party": "x", "tz": "Factory"}
    answer = await world.coordinator.post(f"{NEG}/people", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/tz")
