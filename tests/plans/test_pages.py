"""The coordinators' pages of plans: nobody else's; each says what it would do before it does."""

import re
from datetime import datetime, timedelta

import httpx2
from factories import NEG, World, signed_in
from plans.drafts import draft, items, monday, placed, put

from negotiations.plans import jobs

TALKS = "/n/water-talks/plans"


async def browser(world: World, name: str = "coordinator") -> httpx2.AsyncClient:
    await signed_in(world, name)
    return world.clients[f"{name}'s browser"]


async def post(client: httpx2.AsyncClient, page: str, to: str, **fields: object) -> httpx2.Response:
    """A form of a page, with its hidden fields."""
    seen = (await client.get(page)).text
    hidden = dict(re.findall(r'type="hidden" name="(csrf|base)" value="([^"]+)"', seen))
    return await client.post(to, data={**hidden, **fields})


async def test_a_draft_from_the_form_to_the_release(world: World) -> None:
    client, first = await browser(world), monday()
    usual = {"sessions": "2", "minutes": "60", "gap_minutes": "60", "most_a_day": "",
             "travel_minutes": "60", "grid_minutes": "30"}  # fmt: skip
    days = {"first_on": f"{first}", "last_on": f"{first}"}
    made = await post(client, TALKS, TALKS, title="One day", jurisdiction="x", **usual, **days)
    assert made.status_code == 303, made.text
    at = made.headers["location"]
    asked = await post(client, at, f"{at}/work-out", seed="3")
    assert asked.status_code == 303
    working = (await client.get(at)).text
    assert "The planner is at it" in working and ">Look again</a>" in working
    await jobs.work(world.database, world.clock)
    shown = (await client.get(at)).text
    assert "Everything has its place. The broken wishes cost <strong>0</strong>" in shown
    assert "Look again" not in shown
    compared = (await client.get(f"{at}/release")).text
    assert "New, as proposals: 2" in compared and "Moved" not in compared
    released = await post(client, f"{at}/release", f"{at}/release", reason="The hall")
    assert released.status_code == 303, released.text
    listed = (await world.head_x.get(f"{NEG}/sessions?status=proposed")).json()["items"]
    assert [one["local_start"][:10] for one in listed] == [f"{first}"] * 2


async def test_a_session_of_it_by_hand_and_why_not(world: World) -> None:
    client, first = await browser(world), monday()
    plan = (await draft(world, first, jurisdictions=["x"]))["id"]
    (item,) = await items(world, plan)
    at = f"{TALKS}/{plan}/items/{item['id']}"
    early = (await client.get(f"{at}?date={first}&start=06:00")).text
    assert "06:00 PST" in early or "06:00 PDT" in early
    assert "Nothing stands against it" not in early
    wrong = await client.get(f"{at}?date=someday&start=06:00")
    assert wrong.status_code == 422
    team = {"team": item["team"] or "", "minutes": "60", "gap_minutes": "0"}
    bad = await post(client, at, at, date=f"{first}", start="25:00", **team)
    assert bad.status_code == 422 and "Give the date as 2010-11-09" in bad.text
    more = {"kind": "call", "not_before": f"{first}T09:00", "ends_by": f"{first}T12:00"}
    wrong = await post(client, at, at, **{**team, "not_before": "soon"})
    assert wrong.status_code == 422 and 'id="e-not_before"' in wrong.text
    there = {"date": f"{first}", "start": "9:30", "pinned": "1", **more}
    put_there = await post(client, at, at, **there, **team)
    assert put_there.status_code == 303, put_there.text
    (row,) = await items(world, plan)
    assert (row["local_start"], row["pinned"], row["doing"]) == (f"{first}T09:30", True, "new")
    bounds = [datetime.fromisoformat(row[name]) for name in ("not_before", "ends_by")]
    assert row["kind"] == "call" and bounds[1] - bounds[0] == timedelta(hours=3)
    shown = (await client.get(at)).text
    assert f'value="{first}T09:00"' in shown and f'value="{first}T12:00"' in shown
    off = await post(client, at, at, date="", start="", **team)
    assert off.status_code == 303
    assert [one["local_start"] for one in await items(world, plan)] == [None]
    gone = await post(client, at, f"{at}/remove")
    assert gone.status_code == 303 and await items(world, plan) == []


async def test_the_form_that_was_refused_lies_open_and_no_other(world: World) -> None:
    client, plan = await browser(world), await placed(world)
    at = f"{TALKS}/{plan}"
    for path, fields, title in (
        ("/work-out", {"seconds": "600"}, "How long, how often"),
        ("/items", {"jurisdiction": "x", "minutes": "0"}, "One session more"),
        ("", {"title": ""}, "Window, teams and what broken wishes cost"),
    ):
        answer = await post(client, at, at + path, **fields)
        assert answer.status_code == 422, (path, answer.text)
        opened = re.findall(r'<details class="fold" open><summary>([^<]+)', answer.text)
        assert opened == [title], path


async def test_what_a_track_wants(world: World) -> None:
    client, first = await browser(world), monday()
    plan = (await draft(world, first, jurisdictions=["x"]))["id"]
    at = f"{TALKS}/{plan}/tracks/x"
    fields = {"day": [f"{first}"], "half_day": "morning", "wish": ["early"], "most_a_day": "1"}
    saved = await post(client, at, at, place="Town Hall", **fields)
    assert saved.status_code == 303, saved.text
    seen = (await world.coordinator.get(f"/api/v1/plans/{plan}/tracks/x")).json()
    assert seen == {
        "jurisdiction": "x", "most_a_day": 1, "place": "Town Hall", "days": [f"{first}"],
        "half_day": "morning", "no_friday_afternoon": False, "early": True, "compact": False,
    }  # fmt: skip


async def test_an_old_form_changes_nothing(world: World) -> None:
    client = await browser(world)
    plan = await placed(world)
    at = f"{TALKS}/{plan}"
    seen = (await client.get(f"{at}/release")).text
    hidden = dict(re.findall(r'type="hidden" name="(csrf|base)" value="([^"]+)"', seen))
    wishes = {"place": "Hall"}
    path = f"/api/v1/plans/{plan}/tracks/x"
    tag = (await world.coordinator.get(path)).headers["etag"]
    await world.coordinator.put(path, json=wishes, headers={"If-Match": tag})
    stale = await client.post(f"{at}/release", data={**hidden, "reason": "Now"})
    assert stale.status_code == 412
    assert [one["doing"] for one in await items(world, plan)] == ["new"]


async def test_for_anybody_else_there_is_nothing(world: World) -> None:
    plan = await placed(world)
    (item,) = await items(world, plan)
    for name in ("head_x", "agency_head", "note_taker"):
        client = await browser(world, name)
        for path in ("", f"/{plan}", f"/{plan}/release", f"/{plan}/items/{item['id']}"):
            assert (await client.get(TALKS + path)).status_code == 404
        assert "plans" not in (await client.get("/n/water-talks/schedule")).text
    assert (await put(world, item["id"], None)).status_code == 200
