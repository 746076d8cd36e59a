"""Who learns of a poll: in calendars, by mail, among what waits, by webhooks; and who doesn't."""

from datetime import datetime, timedelta

from factories import NEG, World, act, in_days
from mail.post import Box, later
from notices.looking import after
from polls.asking import asked, poll_act, say
from sqlmodel import col, select

from negotiations.models import OutboxEvent
from negotiations.polls.jobs import expire

FOOT = """\
You get this because you take part in these talks. To get no more of them:
http://testserver/me
"""


async def feed(world: World, name: str, options: str = "") -> str:
    answer = await world.nobody.get(world.feeds[name] + options)
    assert answer.status_code == 200
    return answer.text.replace("\r\n ", "")


def event_of(body: str, uid: str) -> str:
    [found] = [one for one in body.split("BEGIN:VEVENT") if f"UID:{uid}\r\n" in one]
    return found


async def test_both_sides_calendars_show_each_time_as_tentative_and_no_others_do(
    world: World,
) -> None:
    before = await feed(world, "delegate_y")
    poll = await asked(world)
    uids = [one["uid"] for one in poll["options"]]
    for name in ("delegate_x", "agency_delegate", "coordinator"):
        body = await feed(world, name)
        for uid in uids:
            event = event_of(body, uid)
            assert "STATUS:TENTATIVE\r\n" in event
            assert "SEQUENCE:0\r\n" in event
            assert "SUMMARY:TENTATIVE: X / Agency: session 1\r\n" in event
            assert f"/s/{poll['session']}/poll\r\n" in event
            assert "TRANSP:" + ("TRANSPARENT" if name == "coordinator" else "OPAQUE") in event
    assert await feed(world, "delegate_y") == before
    public = (await world.nobody.get("/public/water-talks.ics")).text
    assert not [uid for uid in uids if uid in public]


async def test_what_is_let_go_stays_in_calendars_as_cancelled(world: World) -> None:
    poll = await asked(world)
    first, chosen, _ = poll["options"]
    answer = await poll_act(world.head_x, poll["id"], "choose", {"option": chosen["id"]})
    assert answer.status_code == 200, answer.text
    body = await feed(world, "delegate_x")
    for option, why in (
        (first, "CANCELLED: another time was chosen. This one is free again.\\n"),
        (chosen, "CANCELLED: this time was chosen. The session itself stands there now.\\n"),
    ):
        event = event_of(body, option["uid"])
        assert "STATUS:CANCELLED\r\n" in event
        assert "SEQUENCE:1\r\n" in event
        assert "TRANSP:TRANSPARENT\r\n" in event
        assert f"DESCRIPTION:{why}" in event
    hidden = await feed(world, "delegate_x", "?cancelled=hide")
    assert first["uid"] not in hidden


async def test_a_mail_names_the_times_by_both_clocks_and_the_day_to_answer_by(
    world: World,
) -> None:
    poll = await asked(
        world,
        local_start="2030-11-01T10:00",
        local_end="2030-11-01T12:00",
        times=["2030-11-05T10:00", "2030-11-06T09:00"],
        due="2030-10-25",
    )
    told = {one.to.partition("@")[0]: one.text for one in await later(world, Box())}
    text = told["agency_delegate"]
    assert text.subject == "[water-talks] Several times are asked about: X / Agency: session 1"
    assert (
        text.body
        == f"""\
Water Talks

X / Agency: session 1
  Several times are asked about
    Tue 5 Nov 2030, 10:00 PST · 13:00 EST your time
    Wed 6 Nov 2030, 09:00 PST · 12:00 EST your time
  To be answered by: Fri 25 Oct 2030, 23:59 EDT (New York)
  http://testserver/s/{poll["session"]}/poll

{FOOT}"""
    )
    assert "Say there which of them suit your side, or choose one." in told["head_x"].body
    assert "delegate_y" not in told
    await poll_act(world.coordinator, poll["id"], "close", {"reason": "We wait"})
    letters = await later(world, Box())
    text = next(one.text for one in letters if one.to.startswith("delegate_x@"))
    assert text.subject.endswith("Other times are no longer asked about: X / Agency: session 1")
    assert "    Reason: We wait\n" in text.body


async def test_who_hasnt_answered_is_waited_for_and_reminded(world: World) -> None:
    poll = await asked(world)
    key = f"poll:{poll['id']}"

    async def waits(name: str) -> tuple[bool, str]:
        items = (await world.clients[name].get("/api/v1/me/waiting")).json()["items"]
        return next((one["on_me"], one["what"]) for one in items if one["key"] == key)

    mine = (True, "Say which of several times suit your side.")
    assert await waits("head_x") == mine
    assert await waits("agency_head") == mine
    assert await waits("coordinator") == (False, "Agency and X haven’t said which times suit.")
    assert (await say(world.head_x, poll, "yes", "no", "no")).status_code == 200
    assert await waits("head_x") == (False, "Agency hasn’t said which times suit.")
    assert (await say(world.agency_head, poll, "no", "no", "yes")).status_code == 200
    assert await waits("coordinator") == (True, "Both sides said which times suit: choose one.")
    listed = (await world.delegate_y.get("/api/v1/me/waiting")).json()["items"]
    assert [one for one in listed if one["key"] == key] == []


async def test_the_heads_are_reminded_by_mail_before_its_day(world: World) -> None:
    poll = await asked(world)
    due = datetime.fromisoformat(poll["due_at"])
    while due.weekday() in (5, 6, 0):  # the day before has to be a working day
        due += timedelta(days=1)
    await after(world, world.clock.now() + timedelta(minutes=2))
    told: set[str] = set()
    for hours in range(-60, 1, 6):
        for letter in await after(world, due + timedelta(hours=hours), "chase"):
            if f"/s/{poll['session']}/poll" in letter.text.body:
                told.add(letter.to.partition("@")[0])
    assert {"agency_head", "head_x"} <= told
    assert "delegate_x" not in told


async def test_when_its_day_is_over_everything_is_let_go(world: World) -> None:
    poll = await asked(world)
    assert await expire(world.database, world.clock) == 0
    world.clock.at = datetime.fromisoformat(poll["due_at"]) - timedelta(minutes=1)
    assert await expire(world.database, world.clock) == 0
    world.clock.forward(minutes=2)
    assert await expire(world.database, world.clock) == 1
    assert await expire(world.database, world.clock) == 0
    told = (await world.head_x.get(f"/api/v1/polls/{poll['id']}")).json()
    assert (told["status"], told["ended_by"]) == ("expired", None)
    assert [one["status"] for one in told["options"]] == ["released"] * 3
    taken = await world.coordinator.post(
        f"{NEG}/sessions",
        json={
            "jurisdiction": "y", "local_start": in_days(11, 11), "local_end": in_days(11, 12),
            "tz": "America/Los_Angeles",
        },
    )  # fmt: skip
    assert taken.status_code == 201, taken.text


async def test_a_poll_of_talks_that_are_over_is_let_go_too(world: World) -> None:
    poll = await asked(world)
    tag = (await world.coordinator.get(NEG)).headers["etag"]
    over = await world.coordinator.patch(
        NEG, json={"status": "abandoned"}, headers={"If-Match": tag}
    )
    assert over.status_code == 200, over.text
    world.clock.at = datetime.fromisoformat(poll["due_at"]) + timedelta(minutes=1)
    assert await expire(world.database, world.clock) == 1


async def test_everything_is_announced_to_who_sits_there(world: World) -> None:
    poll = await asked(world)
    await say(world.agency_head, poll, "yes")
    added = {"local_start": in_days(15)}
    assert (await poll_act(world.coordinator, poll["id"], "offer", added)).is_success
    option = poll["options"][0]["id"]
    assert (await poll_act(world.head_x, poll["id"], "choose", {"option": option})).is_success
    async with world.database.read() as db:
        rows = await db.exec(
            select(OutboxEvent)
            .where(col(OutboxEvent.session_id) == poll["session"])
            .order_by(col(OutboxEvent.at), col(OutboxEvent.id))
        )
        events = rows.all()
    assert sorted(one.type for one in events) == [
        "poll.answered", "poll.changed", "poll.chosen", "poll.opened",
        "session.confirmed", "session.moved", "session.proposed",
    ]  # fmt: skip
    assert {one.track_id is not None for one in events} == {True}
    assert {one.object_id for one in events if one.type.startswith("poll.")} == {poll["id"]}


async def test_a_plenarys_times_are_asked_of_all_who_take_part(world: World) -> None:
    body = {
        "kind": "plenary", "participants": ["agency", "x", "y"], "local_start": in_days(10),
        "local_end": in_days(10, 12), "tz": "America/Los_Angeles", "location": "Hall",
        "agenda": [{"title": "All"}],
    }  # fmt: skip
    session = (await world.coordinator.post(f"{NEG}/sessions", json=body)).json()["id"]
    asking = {"due_on": in_days(5)[:10], "options": [{"local_start": in_days(12)}]}
    made = await world.coordinator.post(f"/api/v1/sessions/{session}/polls", json=asking)
    assert made.status_code == 201, made.text
    poll = made.json()
    uid = poll["options"][0]["uid"]
    for name in ("delegate_x", "delegate_y", "agency_delegate"):
        assert "STATUS:TENTATIVE\r\n" in event_of(await feed(world, name), uid)
    answer = await say(world.head_x, poll, "yes")
    assert [one["party"] for one in answer.json()["options"][0]["answers"]] == ["agency", "x", "y"]
    chosen = {"option": poll["options"][0]["id"]}
    done = (await poll_act(world.agency_head, poll["id"], "choose", chosen)).json()
    assert (done["session_status"], done["missing"]) == ("proposed", ["Y hasn't accepted it"])


async def test_a_caucus_session_needs_nobodys_answer(world: World) -> None:
    caucus = (await world.head_x.post(f"{NEG}/caucuses", json={"name": "Ours"})).json()["id"]
    body = {
        "kind": "caucus", "caucus": caucus, "local_start": in_days(10),
        "local_end": in_days(10, 12), "tz": "America/Los_Angeles",
    }  # fmt: skip
    session = (await world.head_x.post(f"{NEG}/sessions", json=body)).json()["id"]
    asking = {"due_on": in_days(5)[:10], "options": [{"local_start": in_days(12)}]}
    answer = await world.head_x.post(f"/api/v1/sessions/{session}/polls", json=asking)
    assert answer.status_code == 409
    assert (await act(world.head_x, session, "confirm")).status_code in (200, 409)


async def test_a_new_place_or_title_raises_the_sequence_of_what_shows_it(world: World) -> None:
    poll = await asked(world, 11, 12)
    gone, held = (one["uid"] for one in poll["options"])
    option = {"option": poll["options"][0]["id"]}
    assert (await poll_act(world.coordinator, poll["id"], "withdraw", option)).is_success

    async def sequences() -> list[str]:
        body = await feed(world, "delegate_x")
        events = [event_of(body, uid) for uid in (gone, held)]
        return [one.partition("SEQUENCE:")[2].partition("\r\n")[0] for one in events]

    assert await sequences() == ["1", "0"]
    place = {"location": "Elsewhere", "reason": "Rain"}
    assert (await act(world.coordinator, poll["session"], "relocate", place)).is_success
    assert await sequences() == ["1", "1"]
    path = f"/api/v1/sessions/{poll['session']}"
    for body in ({"title": "On water"}, {"title": "On water", "access_note": "Ring"}):
        tag = (await world.coordinator.get(path)).headers["etag"]
        answer = await world.coordinator.patch(path, json=body, headers={"If-Match": tag})
        assert answer.status_code == 200, answer.text
        assert await sequences() == ["2", "2"]
    shown = event_of(await feed(world, "delegate_x"), held)
    assert "LOCATION:Elsewhere\r\n" in shown
    assert "SUMMARY:TENTATIVE: X: On water\r\n" in shown
