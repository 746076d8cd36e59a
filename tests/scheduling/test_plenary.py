"""Plenaries: sessions of whoever is named, agreed by all of them and seen by nobody else."""

import asyncio
from typing import Any

import httpx2
from beginnings import once_made
from checksum import state
from factories import NEG, World, act, in_days, plenary_body, propose, session_body, take_seat
from problems import problem
from readers import events

from negotiations.models.parties import Role

SESSIONS = f"{NEG}/sessions"
API = "/api/v1/sessions"


@once_made
async def plenary(world: World, *participants: str, **more: Any) -> dict[str, Any]:
    answer = await world.coordinator.post(SESSIONS, json=plenary_body(*participants, **more))
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def heads(world: World) -> dict[str, httpx2.AsyncClient]:
    head_y = await take_seat(world, "head_y", Role.head, "y")
    return {"agency": world.agency_head, "x": world.head_x, "y": head_y}


@once_made
async def agreed(world: World, *participants: str, **more: Any) -> dict[str, Any]:
    """A plenary that all who take part accepted and the coordinator confirmed."""
    session = await plenary(world, *participants, **more)
    speakers = {"agency": world.agency_head, "x": world.head_x, "y": world.clients.get("head_y")}
    for side in session["participants"]:
        assert (await act(speakers[side], session["id"], "accept")).status_code == 200
    answer = await act(world.coordinator, session["id"], "confirm")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_a_plenary_takes_place_once_all_who_take_part_accepted(world: World) -> None:
    speakers = await heads(world)
    session = await plenary(world)
    told = ("title", "number", "jurisdiction", "participants", "caucus", "kind", "status")
    assert {name: session[name] for name in told} == {
        "title": "Plenary: session 1", "number": 1, "jurisdiction": None, "caucus": None,
        "participants": ["agency", "x", "y"], "kind": "plenary", "status": "proposed",
    }  # fmt: skip
    assert [one["answer"] for one in session["answers"]] == ["waiting"] * 3
    for side in ("agency", "x"):
        assert (await act(speakers[side], session["id"], "accept")).status_code == 200
    early = await act(world.coordinator, session["id"], "confirm")
    assert problem(early, 409) == ("This session can't be confirmed yet: Y hasn't accepted it.")
    waiting = (await world.coordinator.get("/api/v1/me/waiting")).json()["items"]
    assert [one["what"] for one in waiting] == ["Y hasn’t answered."]
    assert (await act(speakers["y"], session["id"], "accept")).status_code == 200
    done = await act(world.coordinator, session["id"], "confirm")
    assert (done.json()["status"], done.json()["sequence"]) == ("confirmed", 1)
    consents = [{"party": side, "how": "by mail"} for side in ("agency", "x")]
    body = {"local_start": in_days(11), "reason": "Rain", "consents": consents}
    moved = (await act(world.coordinator, session["id"], "move", body)).json()
    assert moved["status"] == "proposed"
    body = {**body, "local_start": in_days(12), "consents": [*consents,
            {"party": "y", "how": "by mail"}]}  # fmt: skip
    again = (await act(world.coordinator, session["id"], "move", body)).json()
    assert [one["answer"] for one in again["answers"]] == ["accepted"] * 3
    other = await plenary(world, "agency", "x", local_start=in_days(15))
    assert (other["number"], other["title"]) == (2, "Plenary: session 2")


async def test_only_who_takes_part_and_the_secretariat_see_a_plenary(world: World) -> None:
    made = {
        "all": await plenary(world, local_start=in_days(3)),
        "without y": await plenary(world, "agency", "x", local_start=in_days(4)),
        "without the agency": await plenary(world, "x", "y", local_start=in_days(5)),
    }
    ids = {name: session["id"] for name, session in made.items()}
    seen = {}
    for name in ("delegate_x", "delegate_y", "agency_delegate", "note_taker", "coordinator",
                 "administrator", "coordinator_elsewhere"):  # fmt: skip
        client = world.clients[name]
        listed = (await client.get(SESSIONS)).json().get("items", [])
        shown = {id_ for id_ in ids.values() if (await client.get(f"{API}/{id_}")).is_success}
        assert {one["id"] for one in listed} == shown, name
        seen[name] = {key for key, id_ in ids.items() if id_ in shown}
        if name in world.feeds:
            feed = events((await world.nobody.get(world.feeds[name])).content)
            assert {key for key, one in made.items() if one["uid"] in feed} == seen[name], name
    everything = set(ids)
    assert seen == {
        "delegate_x": everything,
        "delegate_y": {"all", "without the agency"},
        "agency_delegate": {"all", "without y"},
        "note_taker": everything,
        "coordinator": everything,
        "administrator": set(),
        "coordinator_elsewhere": set(),
    }
    narrowed = await world.coordinator.get(f"{SESSIONS}?jurisdiction=y")
    assert {one["id"] for one in narrowed.json()["items"]} == {
        ids["all"], ids["without the agency"]
    }  # fmt: skip
    refused = await act(world.agency_head, ids["without the agency"], "accept")
    unknown = await act(world.agency_head, "f" * 20, "accept")
    assert (refused.status_code, refused.content) == (unknown.status_code, unknown.content)


async def test_a_plenary_names_at_least_two_who_sit_at_the_table(world: World) -> None:
    before = await state(world)
    for participants, pointer in (
        ([], "/participants"),
        (["x"], "/participants"),
        (["x", "x"], "/participants"),
        (["x", "nowhere"], "/participants/1"),
    ):
        body = {**plenary_body(), "participants": participants}
        problem(await world.coordinator.post(SESSIONS, json=body), 422, pointer)
    body = {**plenary_body(), "jurisdiction": "x"}
    problem(await world.coordinator.post(SESSIONS, json=body), 422, "/jurisdiction")
    body = session_body(participants=["x", "y"])
    problem(await world.coordinator.post(SESSIONS, json=body), 422, "/participants")
    body = session_body(caucus="f" * 20)
    problem(await world.coordinator.post(SESSIONS, json=body), 422, "/caucus")
    assert (await world.head_x.post(SESSIONS, json=plenary_body())).status_code == 403
    assert await state(world) == before
    session = await propose(world)
    path = f"{API}/{session['id']}"
    tag = (await world.coordinator.get(path)).headers["etag"]
    changed = await world.coordinator.patch(
        path, json={"kind": "plenary"}, headers={"If-Match": tag}
    )
    assert "stays at its table" in problem(changed, 422, "/kind")


async def test_a_plenary_books_the_team_of_everyone_who_takes_part(world: World) -> None:
    await propose(world, local_start=in_days(10))
    clash = await world.coordinator.post(SESSIONS, json=plenary_body("x", "y"))
    assert problem(clash, 409).startswith("X's team is not free")
    await plenary(world, "x", "y", local_start=in_days(11))
    clash = await world.coordinator.post(
        SESSIONS, json=session_body(jurisdiction="y", local_start=in_days(11))
    )
    assert problem(clash, 409).startswith("Y's team is not free")
    assert "Plenary: session 1" in problem(clash, 409)


async def result(world: World, session: str, **more: Any) -> httpx2.Response:
    body = {
        "body": "Held",
        "close": "concluded",
        "outcomes": [
            {"issue": "1", "value": "agreed", "text": "All agree."},
            {"issue": "2", "value": "declined", "text": "No.", "reason": "Cost", "decided_by": "y"},
        ],
        **more,
    }
    path = f"{API}/{session}/summary"
    return await world.note_taker.put(path, json=body, headers={"If-None-Match": "*"})


async def test_the_result_of_a_plenary_counts_for_every_jurisdiction_there(world: World) -> None:
    await heads(world)
    session = await agreed(world, local_start=in_days(-2))
    promise = {"owner": "agency", "text": "Write"}
    refused = await result(world, session["id"], commitments=[promise])
    assert problem(refused, 422, "/commitments/0/jurisdiction") == (
        "Say in whose talks with the agency: x or y."
    )
    posted = await result(world, session["id"], commitments=[{**promise, "jurisdiction": "y"}])
    assert posted.status_code == 201, posted.text
    assert posted.json()["symbol"] == "WT-PL/S1/SUM"
    matrix = (await world.coordinator.get(f"{NEG}/outcomes")).json()["cells"]
    values = {(one["issue"], one["jurisdiction"]): one["value"] for one in matrix}
    assert values == {
        ("1", "x"): "agreed", ("1", "y"): "agreed", ("2", "x"): "declined",
        ("2", "y"): "declined", ("10", "x"): "not_recorded", ("10", "y"): "not_recorded",
    }  # fmt: skip
    for name, column in (("delegate_x", {"x"}), ("delegate_y", {"y"})):
        cells = (await world.clients[name].get(f"{NEG}/outcomes")).json()["cells"]
        assert {one["jurisdiction"] for one in cells} == column
        assert {one["session"] for one in cells if one["value"] == "agreed"} == {session["id"]}
    promised = {}
    for name in ("delegate_x", "delegate_y", "agency_delegate"):
        items = (await world.clients[name].get(f"{NEG}/commitments")).json()["items"]
        promised[name] = [(one["jurisdiction"], one["session"]) for one in items]
    assert promised == {
        "delegate_x": [],
        "delegate_y": [("y", session["id"])],
        "agency_delegate": [("y", session["id"])],
    }
    later = await plenary(world, local_start=in_days(8))
    seen = await world.delegate_y.get(f"{API}/{later['id']}?expand=last,outstanding")
    assert [one["issue"] for one in seen.json()["last"]["outcomes"]] == ["1", "2"]
    assert [one["text"] for one in seen.json()["outstanding"]] == ["Write"]
    text = events((await world.nobody.get(world.feeds["delegate_x"])).content)[later["uid"]]
    assert "Water rights: agreed" in text["DESCRIPTION"]
    assert "Write" not in text["DESCRIPTION"]


async def test_what_the_agency_did_not_hear_is_no_commitment_of_its_talks(world: World) -> None:
    await heads(world)
    session = await agreed(world, "x", "y", local_start=in_days(-2))
    promise = {"owner": "x", "text": "Write", "jurisdiction": "x"}
    refused = await result(world, session["id"], commitments=[promise])
    problem(refused, 422, "/commitments/0/jurisdiction")
    body = {**promise, "session": session["id"]}
    problem(await world.coordinator.post(f"{NEG}/commitments", json=body), 422, "/jurisdiction")
    assert (await result(world, session["id"])).status_code == 201
    cells = (await world.agency_delegate.get(f"{NEG}/outcomes")).json()["cells"]
    assert {one["value"] for one in cells} == {"no_session"}


async def test_a_plenary_stands_in_the_calendars_of_who_takes_part(world: World) -> None:
    await heads(world)
    session = await agreed(world, "agency", "x", local_start=in_days(9))
    uid = session["uid"]
    event = events((await world.nobody.get(world.feeds["delegate_x"])).content)[uid]
    assert (event["SUMMARY"], event["STATUS"], event["CLASS"], event["TRANSP"]) == (
        "Plenary: session 1", "CONFIRMED", "PRIVATE", "OPAQUE"
    )  # fmt: skip
    assert [str(one) for one in event["CATEGORIES"].cats] == ["X County"]
    whole = await world.nobody.get(world.feeds["coordinator"])
    assert events(whole.content)[uid]["TRANSP"] == "TRANSPARENT"
    public = {"all": "water-talks.ics", "x": "water-talks/x.ics", "y": "water-talks/y.ics"}

    async def in_public() -> set[str]:
        bodies = {name: await world.nobody.get(f"/public/{path}") for name, path in public.items()}
        return {name for name, answer in bodies.items() if uid in events(answer.content)}

    assert await in_public() == set()
    y_before = (await world.nobody.get("/public/water-talks/y.ics")).headers
    world.clock.forward(minutes=5)
    assert (await act(world.coordinator, session["id"], "publish")).status_code == 200
    assert await in_public() == {"all", "x"}
    body = (await world.nobody.get("/public/water-talks/x.ics")).content
    shown = events(body)[uid]
    assert (shown["CLASS"], "No session recorded" in body.decode()) == ("PUBLIC", False)
    y_after = (await world.nobody.get("/public/water-talks/y.ics")).headers
    assert y_before["etag"] == y_after["etag"]
    assert y_before["last-modified"] == y_after["last-modified"]
    page = (await world.nobody.get("/public/water-talks")).text
    assert "Plenary: session 1" in page
    assert "X County" in page


async def test_plenaries_and_changes_of_the_talks_at_once_wait_for_each_other_in_one_order(
    world: World,
) -> None:
    """Numbers are given once, and nobody waits in a circle."""
    tag = (await world.coordinator.get(NEG)).headers["etag"]
    pairs = (("agency", "x"), ("agency", "y"), ("x", "y"), ("agency", "x"))
    answers = await asyncio.gather(
        *(
            world.coordinator.post(
                SESSIONS, json=plenary_body(*pair, local_start=in_days(20 + place))
            )
            for place, pair in enumerate(pairs)
        ),
        world.coordinator.post(SESSIONS, json=session_body(local_start=in_days(30))),
        world.coordinator.post(
            SESSIONS, json=session_body(jurisdiction="y", local_start=in_days(31))
        ),
        world.coordinator.patch(NEG, json={"subject": "Water"}, headers={"If-Match": tag}),
    )
    assert [one.status_code for one in answers] == [201] * 6 + [200]
    assert sorted(one.json()["number"] for one in answers[:4]) == [1, 2, 3, 4]
