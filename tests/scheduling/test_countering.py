"""Counter-proposals: a head proposes another time, and of the two one takes place."""

import asyncio
from collections import Counter
from typing import Any

import httpx2
import pytest
from checksum import state
from factories import NEG, World, act, confirmed, in_days, propose
from problems import problem
from readers import events
from scheduling.test_bookings import interval, overlaps, taken
from sqlalchemy import text


async def counter(
    world: World, client: httpx2.AsyncClient, session: str, **more: Any
) -> httpx2.Response:
    start = more.pop("local_start", in_days(10, 11))
    body = {
        "jurisdiction": "x",
        "instead_of": session,
        "local_start": start,
        "local_end": f"{start[:11]}{int(start[11:13]) + 2:02}:00",
        "tz": "America/Los_Angeles",
        **more,
    }
    return await client.post(f"{NEG}/sessions", json=body)


async def made(world: World, client: httpx2.AsyncClient, session: str, **more: Any) -> Any:
    answer = await counter(world, client, session, **more)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def show(world: World, session: str) -> Any:
    return (await world.coordinator.get(f"/api/v1/sessions/{session}")).json()


async def test_a_heads_counter_proposal_replaces_the_session_once_it_is_confirmed(
    world: World,
) -> None:
    people = world.people
    first = await propose(
        world,
        local_start=in_days(10, 10),
        chair=people["agency_delegate"],
        indispensable=[people["head_x"]],
        conference_url="https://meet.example/1",
        agenda=[{"issue": "1", "minutes": 20}, {"title": "Old", "state": "dropped"}],
    )
    # It overlaps the one it stands instead of, and takes nobody's time.
    second = await made(world, world.head_x, first["id"])
    names = ("title", "status", "location", "conference_url", "indispensable", "instead_of")
    assert [second[name] for name in names] == [
        "X / Agency: session 2", "proposed", "City Hall", "https://meet.example/1",
        [people["head_x"]], first["id"],
    ]  # fmt: skip
    assert second["chair"]["id"] == people["agency_delegate"]
    assert [(one["party"], one["answer"]) for one in second["answers"]] == [
        ("agency", "waiting"), ("x", "accepted"),
    ]  # fmt: skip
    path = f"/api/v1/sessions/{second['id']}/agenda"
    agenda = (await world.head_x.get(path)).json()["items"]
    assert [(one["issue"], one["minutes"], one["state"]) for one in agenda] == [
        ("1", 20, "proposed")
    ]
    assert (await taken(world, first["id"]), await taken(world, second["id"])) == (4, 0)

    assert (await act(world.agency_head, second["id"], "accept")).status_code == 200
    agreed = await act(world.coordinator, second["id"], "confirm")
    assert (agreed.status_code, agreed.json()["status"]) == (200, "confirmed")
    gone = await show(world, first["id"])
    time = interval(in_days(10, 11)).partition(" to ")[0]
    assert gone["status"] == "cancelled"
    assert gone["cancel_reason"].startswith(
        f"“X / Agency: session 2” takes place instead, {time} P"
    )
    assert (await taken(world, first["id"]), await taken(world, second["id"])) == (0, 4)
    assert await overlaps(world) == []
    seen = events((await world.nobody.get(world.feeds["delegate_x"])).content)
    assert str(seen[first["uid"]]["STATUS"]) == "CANCELLED"
    assert str(seen[second["uid"]]["STATUS"]) == "CONFIRMED"


async def test_what_is_agreed_is_moved_and_not_countered(world: World) -> None:
    session = (await confirmed(world))["id"]
    before = await state(world)
    assert problem(await counter(world, world.head_x, session), 409) == (
        "This session is agreed already: another time is no longer an alternative to it. "
        "Move it instead."
    )
    await act(world.coordinator, session, "cancel", {"reason": "No"})
    before = await state(world)
    assert problem(await counter(world, world.coordinator, session), 409) == (
        "This session is cancelled; to counter it, it must be proposed or postponed."
    )
    assert await state(world) == before


async def test_a_head_says_when_and_where_and_no_more(world: World) -> None:
    session = (await propose(world))["id"]
    before = await state(world)
    for field, value in (
        ("chair", world.people["head_x"]),
        ("indispensable", [world.people["agency_head"]]),
        ("teams", []),
        ("title", "Ours"),
        ("conference_url", "https://evil.example"),
        ("consents", [{"party": "agency", "how": "by mail"}]),
        ("basis", "live"),
    ):
        answer = await counter(world, world.head_x, session, **{field: value})
        assert problem(answer, 422, f"/{field}") == (
            "Only the coordinator sets this. Leave it out."
        )
    wrong = await counter(world, world.coordinator, session, jurisdiction="y")
    assert problem(wrong, 422, "/jurisdiction") == "It stays with x. Name it."
    unknown = await counter(world, world.delegate_y, session)
    assert unknown.content == (await counter(world, world.delegate_y, "f" * 20)).content
    assert await state(world) == before
    consents = [{"party": "x", "how": "by mail"}, {"party": "agency", "how": "by mail"}]
    heard = await made(
        world, world.coordinator, session, title="Ours", consents=consents, location="Library"
    )
    assert (heard["title"], heard["location"], heard["room"]) == ("Ours", "Library", None)
    assert (await act(world.coordinator, heard["id"], "confirm")).status_code == 200


async def test_a_counter_proposal_needs_a_time_that_no_third_session_has(world: World) -> None:
    session = (await propose(world, local_start=in_days(10)))["id"]
    third = await propose(world, local_start=in_days(12), jurisdiction="y")
    before = await state(world)
    clash = await counter(world, world.head_x, session, local_start=in_days(12, 11))
    detail = problem(clash, 409)
    assert detail.startswith("Agency's team is not free")
    assert third["title"] not in detail
    assert await state(world) == before
    second = (await made(world, world.head_x, session, local_start=in_days(11)))["id"]
    move = {"local_start": in_days(12, 11), "reason": "Later"}
    problem(await act(world.head_x, second, "move", move), 409)
    # Its time isn't held: who comes first has it, and confirming it is refused then.
    await propose(world, local_start=in_days(11), jurisdiction="y")
    for head in (world.head_x, world.agency_head):
        assert (await act(head, second, "accept")).status_code == 200
    before = await state(world)
    assert "Agency's team is not free" in problem(
        await act(world.coordinator, second, "confirm"), 409
    )
    assert await state(world) == before


async def test_confirming_one_of_several_alternatives_ends_all_others(world: World) -> None:
    first = (await propose(world, local_start=in_days(10)))["id"]
    await act(world.coordinator, first, "postpone", {"reason": "Flood"})
    second = (await made(world, world.head_x, first, local_start=in_days(11)))["id"]
    third = (await made(world, world.agency_head, second, local_start=in_days(11, 9)))["id"]
    fourth = (await made(world, world.coordinator, first, local_start=in_days(13)))["id"]
    elsewhere = (await propose(world, local_start=in_days(15)))["id"]
    assert (await act(world.head_x, third, "accept")).status_code == 200
    assert (await act(world.coordinator, third, "confirm")).status_code == 200
    stands = [(await show(world, one))["status"] for one in (first, second, third, fourth)]
    assert stands == ["cancelled", "cancelled", "confirmed", "cancelled"]
    assert (await show(world, elsewhere))["status"] == "proposed"
    # Proposed again it keeps its time, as every session does.
    move = {"local_start": in_days(11, 14), "reason": "Later"}
    moved = await act(world.head_x, third, "move", move)
    assert (moved.status_code, moved.json()["status"]) == (200, "proposed")
    assert await taken(world, third) == 2


@pytest.mark.parametrize("status", ["in_progress", "held"])
async def test_what_has_begun_is_not_replaced_any_more(world: World, status: str) -> None:
    first = (await propose(world, local_start=in_days(-1), agenda=[{"title": "Any"}]))["id"]
    second = (await made(world, world.head_x, first, local_start=in_days(11)))["id"]
    consents = [{"party": "x", "how": "by mail"}, {"party": "agency", "how": "by mail"}]
    for one in consents:
        await act(world.coordinator, first, "accept", one)
        await act(world.coordinator, second, "accept", one)
    async with world.database.write() as db:  # as if it had begun before there was an alternative
        kind = ", close_kind = 'concluded'" if status == "held" else ""
        await db.exec(text(f"UPDATE session SET status = '{status}'{kind} WHERE id = '{first}'"))
    refused = await act(world.coordinator, second, "confirm")
    assert problem(refused, 409) == (
        f"“X / Agency: session 1” is {status.replace('_', ' ')}, and this session stands for the "
        "same meeting. Cancel this one, and propose a new one."
    )


async def test_of_two_alternatives_confirmed_at_once_one_takes_place(world: World) -> None:
    first = (await propose(world, local_start=in_days(10)))["id"]
    second = (await made(world, world.head_x, first))["id"]
    tags = {}
    for session in (first, second):
        for party in ("x", "agency"):
            consent = {"party": party, "how": "by mail"}
            assert (await act(world.coordinator, session, "accept", consent)).status_code == 200
        path = f"/api/v1/sessions/{session}"
        tags[path] = (await world.coordinator.get(path)).headers["etag"]
    answers = await asyncio.gather(
        *(
            world.coordinator.post(f"{path}/confirm", headers={"If-Match": tag})
            for path, tag in list(tags.items()) * 4
        )
    )
    assert Counter(one.status_code for one in answers) == {200: 1, 412: 7}
    stands = [(await show(world, one))["status"] for one in (first, second)]
    assert sorted(stands) == ["cancelled", "confirmed"]
    assert await overlaps(world) == []
