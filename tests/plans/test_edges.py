"""At the edges of plans: sessions off their place, counter-proposals, clocks that change."""

from datetime import UTC, datetime

from factories import NEG, World, act, propose
from plans import drafts
from plans.drafts import API, draft, items, monday, put

LA = "America/Los_Angeles"


async def test_a_live_session_off_its_place_in_a_plan_keeps_its_room_and_team(
    world: World,
) -> None:
    first = monday()
    answer = await world.coordinator.post(f"{NEG}/teams", json={"party": "agency", "name": "Two"})
    two = answer.json()["id"]
    await propose(world, local_start=f"{first}T10:00", local_end=f"{first}T11:00", room="Hall")
    plan = await draft(world, first, jurisdictions=["x", "y"])
    live, new = await items(world, plan["id"])
    await put(world, live["id"], None)  # "stays where it is"
    await put(world, new["id"], f"{first}T13:00", team=two, room="Hall")  # the very same hour
    faults = (await world.coordinator.get(f"{API}/plans/{plan['id']}/check")).json()["faults"]
    answer = await drafts.act(world, plan["id"], "release")
    assert (bool(faults), answer.status_code) == (True, 409)


async def test_the_check_tells_of_the_team_of_a_session_off_its_place(world: World) -> None:
    first = monday()
    await propose(world, local_start=f"{first}T10:00", local_end=f"{first}T11:00")
    plan = await draft(world, first, jurisdictions=["x", "y"])
    live, new = await items(world, plan["id"])
    await put(world, live["id"], None)
    await put(world, new["id"], f"{first}T13:00", team=plan["teams"][0])
    assert (await world.coordinator.get(f"{API}/plans/{plan['id']}/check")).json()["faults"]


async def test_a_counter_proposal_that_was_confirmed_counts_in_a_plan(world: World) -> None:
    first = monday()
    live = await propose(world, local_start=f"{first}T10:00", local_end=f"{first}T11:00")
    body = {
        "jurisdiction": "x", "instead_of": live["id"], "tz": LA,
        "local_start": f"{first}T14:00", "local_end": f"{first}T15:00",
    }  # fmt: skip
    other = (await world.head_x.post(f"{NEG}/sessions", json=body)).json()["id"]
    await act(world.agency_head, other, "accept")
    assert (await act(world.coordinator, other, "confirm")).status_code == 200
    plan = await draft(world, first, jurisdictions=["x"])  # one session is wanted
    assert [one["session"] for one in await items(world, plan["id"])] == [other]


async def test_a_plan_is_released_whose_session_ends_in_the_hour_that_comes_twice(
    world: World,
) -> None:
    sunday = datetime(2028, 11, 5, tzinfo=UTC).date()
    for party in (await world.coordinator.get(f"{NEG}/parties")).json()["items"]:
        path = f"{NEG}/parties/{party['id']}/availability"
        tag = (await world.coordinator.get(path)).headers["etag"]
        hours = {"tz": LA, "weekly": ["00:00-24:00"] * 7}
        await world.coordinator.put(path, json=hours, headers={"If-Match": tag})
    plan = await draft(world, sunday, jurisdictions=["x"])
    [one] = await items(world, plan["id"])
    answer = await put(world, one["id"], f"{sunday}T00:30", team=plan["teams"][0], fold=0)
    assert answer.status_code == 200
    faults = (await world.coordinator.get(f"{API}/plans/{plan['id']}/check")).json()["faults"]
    answer = await drafts.act(world, plan["id"], "release")
    assert (faults, answer.status_code) == ([], 200), answer.text
