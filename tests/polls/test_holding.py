"""What a poll asks about is held for its session by the database, and let go with it."""

from collections import Counter
from typing import Any

from factories import World, act, in_days, propose, signed_in
from polls.asking import ask, asked, poll_act, say, times
from sqlmodel import col, select

from negotiations.models import Booking, NegotiationSession, SessionTeam


async def held(world: World, session: str) -> Counter[str]:
    """How many bookings a session has at each start, as the day and hour in UTC."""
    async with world.database.read() as db:
        rows = await db.exec(select(Booking.starts_at).where(col(Booking.session_id) == session))
        return Counter(f"{one:%Y-%m-%dT%H:%M:%SZ}" for one in rows)


async def bookings_of(world: World, poll: dict[str, Any]) -> list[int]:
    """How many bookings each of the poll's times has."""
    counted = await held(world, poll["session"])
    return [counted[one["starts_at"]] for one in poll["options"]]


async def test_each_time_is_held_for_both_teams(world: World) -> None:
    poll = await asked(world)
    assert await bookings_of(world, poll) == [2, 2, 2]
    other = await world.coordinator.post(
        "/api/v1/negotiations/water-talks/sessions",
        json={
            "jurisdiction": "y", "local_start": in_days(11, 11), "local_end": in_days(11, 12),
            "tz": "America/Los_Angeles",
        },
    )  # fmt: skip
    assert other.status_code == 409
    assert other.json()["detail"].startswith("Agency's team is not free ")


async def test_a_time_that_another_session_has_is_refused_and_nothing_is_held(world: World) -> None:
    session = await propose(world)
    await propose(world, jurisdiction="y", local_start=in_days(12))
    answer = await ask(world, session["id"], 11, 12)
    assert answer.status_code == 409
    assert (await world.coordinator.get(f"/api/v1/sessions/{session['id']}/polls")).json() == {
        "items": [], "next": None,
    }  # fmt: skip
    assert sum((await held(world, session["id"])).values()) == 2


async def test_choosing_holds_the_session_there_and_nothing_else(world: World) -> None:
    poll = await asked(world)
    chosen = poll["options"][1]
    answer = await poll_act(world.head_x, poll["id"], "choose", {"option": chosen["id"]})
    assert answer.status_code == 200, answer.text
    assert await held(world, poll["session"]) == {chosen["starts_at"]: 2}


async def test_closing_lets_everything_go_and_the_session_stays(world: World) -> None:
    poll = await asked(world)
    seen = (await world.head_x.get(f"/api/v1/sessions/{poll['session']}")).json()
    closed = await poll_act(world.coordinator, poll["id"], "close", {"reason": "We wait"})
    assert closed.status_code == 200
    told = closed.json()
    assert (told["status"], told["reason"], told["ended_by"]) == (
        "closed", "We wait", "The coordinator",
    )  # fmt: skip
    assert await held(world, poll["session"]) == {seen["starts_at"]: 2}
    assert (await world.head_x.get(f"/api/v1/sessions/{poll['session']}")).json() == seen


async def test_a_time_may_be_added_and_withdrawn_while_it_is_open(world: World) -> None:
    poll = await asked(world, 11, 12)
    added = await poll_act(world.coordinator, poll["id"], "offer", times(13)[0])
    assert added.status_code == 200, added.text
    assert await bookings_of(world, added.json()) == [2, 2, 2]
    gone = added.json()["options"][0]
    less = await poll_act(world.coordinator, poll["id"], "withdraw", {"option": gone["id"]})
    assert less.status_code == 200
    assert await bookings_of(world, less.json()) == [0, 2, 2]
    first = less.json()["options"][0]
    assert (first["status"], first["sequence"]) == ("released", 1)
    again = await poll_act(world.coordinator, poll["id"], "withdraw", {"option": gone["id"]})
    assert again.status_code == 422
    late = await say(world.head_x, {**poll, "options": [gone]}, "yes")
    assert late.status_code == 422


async def test_the_last_time_is_not_withdrawn_but_the_poll_is_closed(world: World) -> None:
    poll = await asked(world, 11)
    option = poll["options"][0]["id"]
    answer = await poll_act(world.coordinator, poll["id"], "withdraw", {"option": option})
    assert answer.status_code == 409
    assert "Close the poll instead" in answer.json()["detail"]


async def test_times_overlap_neither_each_other_nor_the_sessions_own(world: World) -> None:
    session = await propose(world)
    for options, pointer in (
        (times(10, hour=11), "/options/0/local_start"),
        ([*times(11), *times(11, hour=11)], "/options/1/local_start"),
        (times(-1), "/options/0/local_start"),
    ):
        answer = await ask(world, session["id"], options=options)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == pointer
    late = await ask(world, session["id"], 20, due=-2)  # yesterday may still be today in New York
    assert late.json()["errors"][0]["pointer"] == "/due_on"


async def test_a_session_has_one_open_poll_at_most(world: World) -> None:
    poll = await asked(world)
    again = await ask(world, poll["session"], 20)
    assert again.status_code == 409
    assert "are asked about already" in again.json()["detail"]


async def test_whatever_settles_the_session_otherwise_ends_its_poll(world: World) -> None:
    for day, (event, body) in enumerate(
        [
            ("move", {"local_start": in_days(45), "reason": "A call"}),
            ("postpone", {"reason": "Flood"}),
            ("cancel", {"reason": "No need"}),
        ]
    ):
        poll = await asked(world, *(100 + 9 * day + one for one in range(3)))
        answer = await act(world.coordinator, poll["session"], event, body)
        assert answer.status_code == 200, answer.text
        told = (await world.head_x.get(f"/api/v1/polls/{poll['id']}")).json()
        assert told["status"] == "overtaken"
        assert await bookings_of(world, poll) == [0, 0, 0]
        if event == "move":
            await act(world.coordinator, poll["session"], "cancel", body)


async def test_confirming_it_where_it_stands_ends_its_poll(world: World) -> None:
    poll = await asked(world)
    for client in (world.head_x, world.agency_head):
        assert (await act(client, poll["session"], "accept")).status_code == 200
    assert (await act(world.coordinator, poll["session"], "confirm")).status_code == 200
    told = (await world.head_x.get(f"/api/v1/polls/{poll['id']}")).json()
    assert (told["status"], told["reason"]) == (
        "overtaken", "The session was confirmed for the time it had.",
    )  # fmt: skip
    assert await bookings_of(world, poll) == [0, 0, 0]
    again = await ask(world, poll["session"], 20)
    assert again.status_code == 409
    assert "Move it instead" in again.json()["detail"]


async def test_it_may_be_moved_onto_a_time_that_is_asked_about(world: World) -> None:
    poll = await asked(world)
    body = {"local_start": in_days(12, 11), "reason": "A call"}
    assert (await act(world.coordinator, poll["session"], "move", body)).status_code == 200


async def test_a_postponed_session_is_brought_back_by_a_choice(world: World) -> None:
    session = await propose(world)
    assert (await act(world.coordinator, session["id"], "postpone", {"reason": "Flood"})).is_success
    poll = (await ask(world, session["id"], 10, 11)).json()
    assert await bookings_of(world, poll) == [2, 2]
    assert (await say(world.agency_head, poll, "yes")).status_code == 200
    chosen = poll["options"][0]
    answer = await poll_act(world.head_x, poll["id"], "choose", {"option": chosen["id"]})
    assert answer.json()["session_status"] == "confirmed"
    after = (await world.head_x.get(f"/api/v1/sessions/{session['id']}")).json()
    assert (after["uid"], after["starts_at"]) == (session["uid"], chosen["starts_at"])


async def countered(world: World) -> str:
    """The id of a counter-proposal to a session."""
    session = await propose(world)
    body = {
        "jurisdiction": "x", "local_start": in_days(14), "local_end": in_days(14, 12),
        "tz": "America/Los_Angeles", "instead_of": session["id"],
    }  # fmt: skip
    counter = await world.head_x.post("/api/v1/negotiations/water-talks/sessions", json=body)
    assert counter.status_code == 201, counter.text
    return str(counter.json()["id"])


async def test_a_counter_proposal_asks_for_nothing_more(world: World) -> None:
    answer = await ask(world, await countered(world), 20)
    assert answer.status_code == 409


async def test_a_counter_proposal_that_was_agreed_is_a_session_like_any_other(world: World) -> None:
    """What it stood instead of is cancelled: nothing else could be asked about."""
    id_ = await countered(world)
    for name, event in (("agency_head", "accept"), ("coordinator", "confirm")):
        assert (await act(world.clients[name], id_, event)).status_code == 200
    assert (await act(world.coordinator, id_, "postpone", {"reason": "Snow"})).status_code == 200
    browser = await signed_in(world, "coordinator")
    assert "Ask about several times" in (await browser.get(f"/s/{id_}")).text
    assert "Ask about these times" in (await browser.get(f"/s/{id_}/poll")).text
    asked = await ask(world, id_, 20, 21)
    assert asked.status_code == 201, asked.text
    poll = asked.json()
    assert await bookings_of(world, poll) == [2, 2]
    assert (await say(world.agency_head, poll, "yes")).status_code == 200
    chosen = {"option": poll["options"][0]["id"]}
    done = await poll_act(world.head_x, poll["id"], "choose", chosen)
    assert (done.status_code, done.json()["session_status"]) == (200, "confirmed")


async def test_who_sits_there_besides_is_held_too(world: World) -> None:
    poll = await asked(world)
    path = f"/api/v1/sessions/{poll['session']}"
    tag = (await world.coordinator.get(path)).headers["etag"]
    answer = await world.coordinator.patch(
        path, json={"chair": world.people["agency_head"]}, headers={"If-Match": tag}
    )
    assert answer.status_code == 200, answer.text
    assert await bookings_of(world, poll) == [3, 3, 3]
    async with world.database.read() as db:
        session = (
            await db.exec(
                select(NegotiationSession).where(col(NegotiationSession.id) == poll["session"])
            )
        ).one()
        seated = await db.exec(select(SessionTeam).where(col(SessionTeam.session_id) == session.id))
        assert len(seated.all()) == 2


async def test_a_clock_time_that_comes_twice_is_asked_for(world: World) -> None:
    session = await propose(world)
    twice = {"local_start": "2030-11-03T01:30", "local_end": "2030-11-03T02:30"}
    answer = await ask(world, session["id"], options=[*times(20), twice])
    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == ["/options/1/fold"]
    answer = await ask(world, session["id"], options=[{**twice, "fold": 1}])
    assert answer.status_code == 201
    [option] = answer.json()["options"]
    assert (option["starts_at"], option["fold"]) == ("2030-11-03T09:30:00Z", 1)
    never = {"local_start": "2031-03-09T02:30", "local_end": "2031-03-09T03:30"}
    refused = await poll_act(world.coordinator, answer.json()["id"], "offer", never)
    assert [one["pointer"] for one in refused.json()["errors"]] == ["/local_start"]
