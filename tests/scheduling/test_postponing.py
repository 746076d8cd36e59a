"""A session postponed and brought back: one UID, free people meanwhile, and everyone is told."""

from datetime import timedelta
from typing import Any

import pytest
from browsing import text_of
from checksum import state
from factories import NEG, World, act, confirmed, in_days, propose
from problems import problem
from readers import events
from scheduling.test_bookings import taken

PUBLIC = "/public/water-talks.ics"


async def event_of(world: World, uid: str, address: str) -> Any:
    return events((await world.nobody.get(address)).content)[uid]


async def told(world: World, uid: str, address: str) -> tuple[Any, ...]:
    event = await event_of(world, uid, address)
    names = ("SEQUENCE", "STATUS", "TRANSP", "SUMMARY")
    first = str(event["DESCRIPTION"]).split("\n")[0]
    return (*(str(event[name]) for name in names), f"{event['DTSTART'].dt:%Y-%m-%dT%H:%M}", first)


async def test_a_published_session_is_postponed_and_comes_back_under_its_uid(world: World) -> None:
    first, second = in_days(10), in_days(20, 14)
    session = await confirmed(world, local_start=first)
    uid, mine = session["uid"], world.feeds["delegate_x"]
    assert (await act(world.coordinator, session["id"], "publish")).status_code == 200
    off = await act(world.coordinator, session["id"], "postpone", {"reason": "A flood"})
    assert (off.status_code, off.json()["status"], off.json()["sequence"]) == (200, "postponed", 2)
    assert await taken(world, session["id"]) == 0
    name = "POSTPONED: X / Agency: session 1"
    gone = ("2", "CANCELLED", "TRANSPARENT", name, first)
    assert await told(world, uid, mine) == (*gone, "POSTPONED: A flood")
    assert await told(world, uid, PUBLIC) == (*gone, "POSTPONED.")
    page = (await world.nobody.get("/public/water-talks")).text
    assert '<span class="status postponed">postponed</span>' in page

    back = await act(world.coordinator, session["id"], "reinstate", {"local_start": second})
    assert back.status_code == 200, back.text
    shown = back.json()
    assert (shown["uid"], shown["sequence"], shown["status"]) == (uid, 3, "proposed")
    assert (shown["local_start"], shown["location"]) == (second, "City Hall")
    assert {one["answer"] for one in shown["answers"]} == {"waiting"}
    assert await taken(world, session["id"]) == 2
    seen = await told(world, uid, mine)
    assert seen[:5] == ("3", "TENTATIVE", "OPAQUE", "TENTATIVE: X / Agency: session 1", second)
    assert seen[5].startswith("Postponed from ")
    assert seen[5].endswith(": A flood")
    # Nothing is agreed: the public still sees that it is off.
    assert await told(world, uid, PUBLIC) == (*gone, "POSTPONED.")

    for head in (world.head_x, world.agency_head):
        assert (await act(head, session["id"], "accept")).status_code == 200
    assert (await act(world.coordinator, session["id"], "confirm")).status_code == 200
    seen = await told(world, uid, PUBLIC)
    assert seen[:5] == ("4", "CONFIRMED", "TRANSPARENT", "X / Agency: session 1", second)
    assert seen[5].startswith("Moved from ")


async def test_a_postponed_session_frees_its_people_and_comes_back_only_to_a_free_time(
    world: World,
) -> None:
    start = in_days(10)
    session = (await propose(world, local_start=start))["id"]
    await act(world.coordinator, session, "postpone", {"reason": "Flood"})
    await propose(world, local_start=start, jurisdiction="y")
    before = await state(world)
    answer = await act(world.coordinator, session, "reinstate", {"local_start": start})
    assert "Agency's team is not free" in problem(answer, 409)
    assert await state(world) == before
    body = {"local_start": in_days(12), "location": "Library", "consents": [
        {"party": "x", "how": "by mail"}, {"party": "agency", "how": "by mail"}
    ]}  # fmt: skip
    back = (await act(world.coordinator, session, "reinstate", body)).json()
    assert (back["status"], back["location"], back["room"]) == ("proposed", "Library", None)
    assert {one["answer"] for one in back["answers"]} == {"accepted"}
    assert (await act(world.coordinator, session, "confirm")).status_code == 200
    log = (await world.coordinator.get(f"/api/v1/sessions/{session}/changes")).json()["items"]
    assert [(one["kind"], one["from_place"], one["to_place"]) for one in log[1:3]] == [
        ("postponed", None, None),
        ("reinstated", "City Hall", "Library"),
    ]


async def test_what_is_postponed_can_be_cancelled_and_little_else(world: World) -> None:
    session = (await confirmed(world))["id"]
    refused = await act(world.coordinator, session, "postpone", {"reason": " "})
    assert problem(refused, 422, "/reason") == (
        "Say why it is postponed: everyone concerned reads it."
    )
    await act(world.coordinator, session, "postpone", {"reason": "Flood"})
    before = await state(world)
    for event, body in (
        ("postpone", {"reason": "Again"}),
        ("accept", {"party": "x", "how": "by mail"}),
        ("confirm", {}),
        ("open", {}),
        ("publish", {}),
        ("move", {"local_start": in_days(12), "reason": "Later"}),
    ):
        problem(await act(world.coordinator, session, event, body), 409)
    assert await state(world) == before
    off = (await act(world.coordinator, session, "cancel", {"reason": "Settled"})).json()
    assert (off["status"], off["sequence"]) == ("cancelled", 2)
    again = await act(world.coordinator, session, "reinstate", {"local_start": in_days(12)})
    assert problem(again, 409) == (
        "This session is cancelled; to reinstate it, it must be postponed."
    )


async def test_a_session_is_opened_from_an_hour_before_its_start(world: World) -> None:
    session = await confirmed(world)
    id_ = session["id"]
    move = {"local_start": in_days(11), "reason": "Rain", "consents": [
        {"party": "x", "how": "by mail"}, {"party": "agency", "how": "by mail"}
    ]}  # fmt: skip
    starts = (await act(world.coordinator, id_, "move", move)).json()["starts_at"]
    start = world.clock.at.fromisoformat(starts)
    world.clock.at = start.replace(minute=59, hour=start.hour - 2)
    early = await act(world.note_taker, id_, "open")
    assert problem(early, 409).startswith("This session can be opened from 09:00 P")
    world.clock.forward(minutes=1)
    uid, mine = session["uid"], world.feeds["delegate_x"]
    before = await event_of(world, uid, mine)
    opened = await act(world.note_taker, id_, "open")
    assert (opened.status_code, opened.json()["status"]) == (200, "in_progress")
    assert world.clock.at.fromisoformat(opened.json()["opened_at"]) == world.clock.at
    assert opened.json()["sequence"] == (await event_of(world, uid, mine))["SEQUENCE"]
    after = await event_of(world, uid, mine)
    assert "Moved from" in before["DESCRIPTION"]
    assert "Moved from" not in after["DESCRIPTION"]
    assert before["SEQUENCE"] == after["SEQUENCE"]
    items = (await world.delegate_x.get(f"/api/v1/sessions/{id_}/agenda")).json()["items"]
    assert [one["state"] for one in items] == ["adopted", "adopted"]
    again = await act(world.coordinator, id_, "open")
    assert problem(again, 409) == "This session is in progress; to open it, it must be confirmed."
    # Half an hour before the appointed time it is over: nobody has to wait for the clock.
    world.clock.forward(minutes=30)
    form = await text_of(world, "note_taker", f"/s/{id_}/close")
    assert ">Close it</button>" in form
    page = await text_of(world, "note_taker", f"/s/{id_}")
    assert f'href="/s/{id_}/close">Close</a>' in page
    assert f'href="/s/{id_}/summary">Post the result</a>' in page
    said = [{"issue": one, "value": "noted", "text": "Said."} for one in ("1", "2")]
    for one in said:
        recorded = await world.note_taker.post(f"/api/v1/sessions/{id_}/outcomes", json=one)
        assert recorded.status_code == 201
    closed = await act(world.note_taker, id_, "close", {"close_kind": "concluded"})
    assert (closed.status_code, closed.json()["status"]) == (200, "held")


async def test_what_is_said_in_a_session_opened_before_midnight_is_of_that_day(
    world: World,
) -> None:
    start = in_days(10, 21).replace(":00", ":20")  # by Pacific time: at home it is past midnight
    session = await confirmed(world, local_start=start)
    starts_at = world.clock.at.fromisoformat(session["starts_at"])
    world.clock.at = starts_at - timedelta(minutes=30)
    assert (await act(world.note_taker, session["id"], "open")).status_code == 200
    path = f"/api/v1/sessions/{session['id']}/outcomes"
    said = {"issue": "1", "value": "noted", "text": "Said."}
    recorded = await world.note_taker.post(path, json=said)
    assert (recorded.status_code, recorded.json()["effective_on"]) == (201, in_days(10)[:10])
    held = {"jurisdiction": "x", "party": "x", "issue": "1", "text": "Ours"}
    stated = await world.head_x.post(f"{NEG}/positions", json={**held, "session": session["id"]})
    assert (stated.status_code, stated.json()["stated_on"]) == (201, in_days(10)[:10])
    world.clock.at = starts_at + timedelta(minutes=1)
    recorded = await world.note_taker.post(path, json={**said, "issue": "2"})
    assert (recorded.status_code, recorded.json()["effective_on"]) == (201, in_days(11)[:10])


async def test_a_session_broken_off_after_it_was_opened_comes_back_and_is_opened_anew(
    world: World,
) -> None:
    session = (await confirmed(world, local_start=in_days(-1)))["id"]
    assert (await act(world.note_taker, session, "open")).status_code == 200
    off = await act(world.coordinator, session, "postpone", {"reason": "Fire alarm"})
    assert (off.json()["status"], off.json()["opened_at"]) == ("postponed", None)
    back = await act(world.coordinator, session, "reinstate", {"local_start": in_days(5)})
    assert back.json()["status"] == "proposed"


@pytest.mark.parametrize("by", ["deputy", "chair"])
async def test_deputies_act_like_heads_and_a_chair_opens_and_closes(world: World, by: str) -> None:
    deputy = world.people["party_note_taker_x"]
    seats = (await world.coordinator.get("/api/v1/negotiations/water-talks/memberships")).json()
    seat = next(one["id"] for one in seats["items"] if one["person"] == deputy)
    path = f"/api/v1/negotiations/water-talks/memberships/{seat}"
    tag = (await world.coordinator.get(path)).headers["etag"]
    if by == "deputy":
        body = {"role": "deputy"}
        changed = await world.coordinator.patch(path, json=body, headers={"If-Match": tag})
        assert changed.status_code == 200
    client = world.party_note_taker_x
    chair = deputy if by == "chair" else None
    future = (await propose(world))["id"]
    began = (await confirmed(world, local_start=in_days(-1), chair=chair, agenda=[
        {"title": "Any"}]))["id"]  # fmt: skip
    agenda = f"/api/v1/sessions/{future}/agenda"
    tag = (await client.get(agenda)).headers["etag"]
    items = {"json": {"items": [{"title": "Lunch"}]}, "headers": {"If-Match": tag}}
    got = {"agenda": (await client.put(agenda, **items)).status_code}
    for event, session, body in (
        ("accept", future, {}),
        ("decline", future, {"reason": "No"}),
        ("move", future, {"local_start": in_days(15), "reason": "Later"}),
        ("relocate", future, {"location": "Library", "reason": "Nearer"}),
        ("confirm", future, {}),
        ("postpone", future, {"reason": "Flood"}),
        ("cancel", future, {"reason": "No"}),
        ("open", began, {}),
        ("close", began, {"close_kind": "concluded"}),
    ):
        got[event] = (await act(client, session, event, body)).status_code
    allowed = {
        "deputy": {"agenda", "accept", "decline", "move", "relocate"},
        "chair": {"open", "close"},
    }[by]
    assert {name for name, code in got.items() if code == 200} == allowed
    assert {code for name, code in got.items() if name not in allowed} == {403}


async def test_the_same_acceptance_twice_is_entered_once(world: World) -> None:
    session = (await propose(world))["id"]
    path = f"/api/v1/sessions/{session}"
    heard = {"party": "x", "how": "by mail"}
    for _ in range(2):
        assert (await act(world.coordinator, session, "accept", heard)).status_code == 200
        assert (await act(world.agency_head, session, "accept")).status_code == 200
    # Their own word is worth more than what was heard of it.
    assert (await act(world.head_x, session, "accept")).status_code == 200
    log = (await world.coordinator.get(f"{path}/changes")).json()["items"]
    assert [(one["kind"], [given["how"] for given in one["consents"]]) for one in log] == [
        ("created", []),
        ("accepted", ["by mail"]),
        ("accepted", ["signed in"]),
        ("accepted", ["signed in"]),
    ]
    await act(world.head_x, session, "move", {"local_start": in_days(15), "reason": "Later"})
    assert (await act(world.agency_head, session, "accept")).status_code == 200
    answers = (await world.coordinator.get(path)).json()["answers"]
    assert [one["answer"] for one in answers] == ["accepted", "accepted"]


async def test_a_postponed_session_waits_on_the_coordinator(world: World) -> None:
    session = (await propose(world))["id"]
    await act(world.coordinator, session, "postpone", {"reason": "Flood"})
    told = {}
    for name in ("coordinator", "head_x", "delegate_x", "delegate_y"):
        items = (await world.clients[name].get("/api/v1/me/waiting")).json()["items"]
        told[name] = [(one["on_me"], one["what"]) for one in items]
    assert told == {
        "coordinator": [(True, "It is postponed: give it another time, or cancel it.")],
        "head_x": [(False, "It is postponed; the coordinator finds another time.")],
        "delegate_x": [],
        "delegate_y": [],
    }
