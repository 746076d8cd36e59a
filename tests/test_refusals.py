"""What a session, an outcome or a commitment may not say, told so that one can mend it."""

from typing import Any

import pytest
from checksum import state
from factories import NEG, World, act, confirmed, in_days, propose, session_body, weekday
from problems import problem

SESSIONS = f"{NEG}/sessions"


async def post(world: World, **more: Any) -> Any:
    return await world.coordinator.post(SESSIONS, json=session_body(**more))


async def test_a_session_needs_a_time_that_can_be(world: World) -> None:
    before = await state(world)
    detail = problem(await post(world, tz="Mars/Olympus"), 422, "/tz")
    assert "'Mars/Olympus' is not an IANA time zone" in detail
    for tz in ("EST5EDT4", "../etc/passwd", "", "localtime"):
        problem(await post(world, tz=tz), 422, "/tz")
    for end in (in_days(10, 10), in_days(10, 9), in_days(12, 12)):
        problem(await post(world, local_end=end), 422, "/local_end")
    for start in ("2030-02-30T10:00", "10:00", "2030-01-01T10:00Z", "2030-01-01T10:00:30", 5, None):
        answer = await world.coordinator.post(
            SESSIONS, json={**session_body(), "local_start": start}
        )
        problem(answer, 422, "/local_start")
    assert await state(world) == before


@pytest.mark.parametrize("tz", ["America/Los_Angeles", "Pacific/Kiritimati"])
async def test_the_ends_of_the_calendar_are_no_error_of_ours(world: World, tz: str) -> None:
    for start, end in (
        ("0001-01-01T00:00", "0001-01-01T02:00"),
        ("9999-12-31T20:00", "9999-12-31T23:59"),
    ):
        answer = await post(world, local_start=start, local_end=end, tz=tz)
        problem(answer, 422, "/local_start", "/local_end")
    session = (await propose(world))["id"]
    for start in ("0001-01-01T00:00", "9999-12-31T23:00"):
        body = {"local_start": start, "tz": tz, "reason": "Later"}
        answer = await act(world.coordinator, session, "move", body)
        problem(answer, 422, "/local_start")
    tag = (await world.coordinator.get(NEG)).headers["etag"]
    for name, day in (("opens_on", "0001-01-01"), ("closes_on", "9999-12-31")):
        answer = await world.coordinator.patch(NEG, json={name: day}, headers={"If-Match": tag})
        problem(answer, 422, f"/{name}")
    body = {"jurisdiction": "x", "owner": "x", "text": "Wait", "due_on": "9999-12-31"}
    problem(await world.coordinator.post(f"{NEG}/commitments", json=body), 422, "/due_on")
    body = {"expires_at": "9999-12-31T23:59:59-10:00"}
    problem(await world.coordinator.post("/api/v1/feeds", json=body), 422, "/expires_at")
    assert (await world.nobody.get(world.feeds["delegate_x"])).status_code == 200


async def test_what_is_outside_the_window_is_made_with_a_warning(world: World) -> None:
    answer = await post(world, local_start=weekday(200))
    assert answer.status_code == 201
    talks = (await world.coordinator.get(NEG)).json()
    window = f"{talks['opens_on']} to {talks['closes_on']}"
    assert answer.json()["warnings"] == [f"It lies outside the talks' window ({window})."]
    listed = (await world.coordinator.get(SESSIONS)).json()["items"]
    assert [one["id"] for one in listed] == [answer.json()["id"]]


async def test_who_declines_says_why(world: World) -> None:
    session = (await propose(world))["id"]
    before = await state(world)
    problem(await act(world.head_x, session, "decline"), 422, "/reason")
    problem(await act(world.head_x, session, "decline", {"reason": "  "}), 422, "/reason")
    for event in ("cancel", "move", "relocate"):
        body = {"reason": " ", **({"local_start": in_days(11)} if event == "move" else {})}
        body |= {"location": "Elsewhere"} if event == "relocate" else {}
        problem(await act(world.coordinator, session, event, body), 422, "/reason")
    assert await state(world) == before


async def test_all_that_is_missing_is_told_at_once(world: World) -> None:
    session = (await propose(world, location=None, agenda=[]))["id"]
    assert problem(await act(world.coordinator, session, "confirm"), 409) == (
        "This session can't be confirmed yet: Agency hasn't accepted it; X hasn't accepted it; "
        "it has neither a place nor a link to join; its agenda is empty."
    )
    body = {"tz": "X", "color": "red", "kind": "party"}
    pointers = ("/kind", "/jurisdiction", "/local_start", "/local_end", "/tz", "/color")
    problem(await world.coordinator.post(SESSIONS, json=body), 422, *pointers)


async def test_an_outcome_is_one_of_the_values_and_declined_is_explained(world: World) -> None:
    session = (await confirmed(world, local_start=in_days(-1)))["id"]
    path = f"/api/v1/sessions/{session}/outcomes"
    before = await state(world)
    told = {"issue": "1", "text": "No"}
    for value in ("refused", "not_recorded", "no_session", "", None):
        problem(await world.note_taker.post(path, json={**told, "value": value}), 422, "/value")
    for more in (
        {},
        {"reason": "The law"},
        {"decided_by": "agency"},
        {"reason": " ", "decided_by": "agency"},
    ):
        answer = await world.note_taker.post(path, json={**told, "value": "declined", **more})
        assert "Declined needs a reason and decided_by" in problem(answer, 422)
    answer = await world.note_taker.post(path, json={**told, "value": "noted"})
    assert "Record outcomes once it is held" in problem(answer, 409)
    assert await state(world) == before


async def test_a_person_is_named_once_in_a_list(world: World) -> None:
    session = (await propose(world))["id"]
    path = f"/api/v1/sessions/{session}/attendance"
    tag = (await world.note_taker.get(path)).headers["etag"]
    attendee = {"person": world.people["head_x"]}
    answer = await world.note_taker.put(
        path, json={"items": [attendee, attendee]}, headers={"If-Match": tag}
    )
    problem(answer, 422, "/items/1/person")


async def test_only_one_side_speaks_for_itself(world: World) -> None:
    session = (await propose(world))["id"]
    before = await state(world)
    problem(await act(world.head_x, session, "accept", {"party": "agency"}), 422, "/party")
    problem(await act(world.coordinator, session, "accept", {"party": "x"}), 422, "/how")
    problem(await act(world.coordinator, session, "accept", {"how": "by mail"}), 422, "/party")
    consents = [{"party": "agency", "how": "by mail"}]
    body = {"local_start": in_days(11), "reason": "Later", "consents": consents}
    problem(await act(world.head_x, session, "move", body), 422, "/consents")
    assert await state(world) == before


async def test_a_token_of_another_side_finds_nothing(world: World) -> None:
    session = (await propose(world))["id"]
    for event in ("accept", "decline", "move"):
        answer = await world.delegate_y.post(
            f"/api/v1/sessions/{session}/{event}",
            json={"reason": "No", "local_start": in_days(11)} if event != "accept" else {},
            headers={"If-Match": '"a"'},
        )
        assert answer.status_code in (404, 422)
    assert (await world.delegate_y.get(SESSIONS)).json()["items"] == []
    assert (await world.delegate_y.get(f"{SESSIONS}?jurisdiction=x")).status_code == 404


async def test_a_confirmed_session_keeps_what_it_was_confirmed_with(world: World) -> None:
    session = (await confirmed(world))["id"]
    path = f"/api/v1/sessions/{session}"
    tag = (await world.coordinator.get(f"{path}/agenda")).headers["etag"]
    emptied = await world.coordinator.put(
        f"{path}/agenda", json={"items": []}, headers={"If-Match": tag}
    )
    assert "confirmed, and with this change its agenda is empty" in problem(emptied, 409)
    both = [{"party": "x", "how": "by mail"}, {"party": "agency", "how": "by mail"}]
    body = {"location": "", "reason": "Fire", "consents": both}
    nowhere = await act(world.coordinator, session, "relocate", body)
    assert "neither a place nor a link to join" in problem(nowhere, 409)
