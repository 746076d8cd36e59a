"""A side chooses one of several times: it becomes the session's, and the others are let go."""

from factories import NEG, World, in_days
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


async def test_what_stands_instead_of_it_gives_way_to_what_was_chosen(world: World) -> None:
    poll = await asked(world, 11, 12)
    body = {
        "jurisdiction": "x", "local_start": in_days(14), "local_end": in_days(14, 12),
        "tz": "America/Los_Angeles", "instead_of": poll["session"],
    }  # fmt: skip
    counter = await world.head_x.post(f"{NEG}/sessions", json=body)
    assert counter.status_code == 201, counter.text
    assert (await say(world.agency_head, poll, "yes", "yes")).status_code == 200
    chosen = {"option": poll["options"][1]["id"]}
    done = await poll_act(world.head_x, poll["id"], "choose", chosen)
    assert (done.status_code, done.json()["session_status"]) == (200, "confirmed")
    other = (await world.head_x.get(f"/api/v1/sessions/{counter.json()['id']}")).json()
    assert other["status"] == "cancelled"


async def test_nothing_is_done_where_it_is_only_tried(world: World) -> None:
    poll = await asked(world)
    path = f"/api/v1/polls/{poll['id']}"
    seen = await world.head_x.get(path)
    tried = await world.head_x.post(
        f"{path}/choose?dry_run=true", json={"option": poll["options"][0]["id"]},
        headers={"If-Match": seen.headers["etag"]},
    )  # fmt: skip
    assert tried.json()["status"] == "chosen"
    assert (await world.head_x.get(path)).json() == seen.json()
