"""A side chooses one of several times: it becomes the session's, and the others are let go."""

from factories import World
from polls.asking import asked, poll_act, say


async def test_the_chosen_time_becomes_the_sessions_under_its_uid(world: World) -> None:
    poll = await asked(world)
    before = (await world.head_x.get(f"/api/v1/sessions/{poll['session']}")).json()
    assert (await say(world.agency_head, poll, "yes", "yes", "no")).status_code == 200
    chosen = poll["options"][1]
    answer = await poll_act(world.head_x, poll["id"], "choose", {"option": chosen["id"]})
    assert answer.status_code == 200, answer.text
    done = answer.json()
    assert (done["status"], done["session_status"], done["missing"]) == ("chosen", "confirmed", [])
    assert [one["status"] for one in done["options"]] == ["released", "chosen", "released"]
    after = (await world.head_x.get(f"/api/v1/sessions/{poll['session']}")).json()
    assert (after["uid"], after["status"]) == (before["uid"], "confirmed")
    assert after["starts_at"] == chosen["starts_at"]
    feed = (await world.nobody.get(world.feeds["delegate_x"])).text.replace("\r\n ", "")
    for option in poll["options"]:
        assert f"UID:{option['uid']}" in feed
    assert feed.count("STATUS:CANCELLED") == 3
