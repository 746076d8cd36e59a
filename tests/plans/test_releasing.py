"""A release: all of it or nothing, as proposals, and one mail for each person."""

from datetime import timedelta
from typing import Any

import pytest
from factories import NEG, World, confirmed, in_days, propose
from factories import act as session_act
from mail.post import Box, later
from plans.drafts import API, act, draft, items, monday, placed, put
from sqlmodel import col, select

from negotiations.models import AuditEntry, Booking, NegotiationSession, OutboxEvent, SessionChange


async def sessions(world: World) -> dict[str, tuple[str, str]]:
    listed = (await world.coordinator.get(f"{NEG}/sessions?limit=200")).json()["items"]
    return {one["id"]: (one["status"], one["local_start"][:16]) for one in listed}


async def rows(world: World) -> tuple[Any, ...]:
    """What a release writes, as it is."""
    async with world.database.read() as db:
        found = []
        for table in (NegotiationSession, SessionChange, Booking, OutboxEvent, AuditEntry):
            every = await db.exec(select(table).order_by(col(table.id)))
            found.append([row.model_dump() for row in every])
        return tuple(found)


async def test_new_moved_and_cancelled_come_in_one_transaction(world: World) -> None:
    first = monday()
    later = first + timedelta(days=1)
    moving = await propose(world, local_start=f"{first}T10:00", local_end=f"{first}T11:00")
    dropped = await propose(world, local_start=f"{later}T14:00", local_end=f"{later}T15:00")
    kept = await confirmed(world, local_start=f"{later}T10:00", local_end=f"{later}T11:00")
    before = await sessions(world)
    plan = await draft(world, first, sessions=4, jurisdictions=["x"], most_a_day=None)
    one, two, three, four = await items(world, plan["id"])
    assert [row["session"] for row in (one, two, three, four)] == [
        moving["id"], kept["id"], dropped["id"], None,
    ]  # fmt: skip
    team = plan["teams"][0]
    await put(world, one["id"], f"{first}T13:00", team=team)
    path = f"{API}/plan-items/{three['id']}"
    tag = (await world.coordinator.get(path)).headers["etag"]
    cancel = {"withdrawn": True}
    await world.coordinator.patch(path, json=cancel, headers={"If-Match": tag})
    await put(world, four["id"], f"{first + timedelta(days=2)}T09:00", team=team, room="4")
    check = (await world.coordinator.get(f"{API}/plans/{plan['id']}/check")).json()
    assert check == {
        "faults": [], "new": 1, "moved": 1, "kept": 1, "cancelled": 1, "unplaced": 0,
    }  # fmt: skip
    answer = await act(world, plan["id"], "release", {"reason": "The hall is free"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["state"] == "released"
    after = await sessions(world)
    (new,) = after.keys() - before.keys()
    assert after == {
        **before,
        moving["id"]: ("proposed", f"{first}T13:00"),
        dropped["id"]: ("cancelled", f"{later}T14:00"),
        new: ("proposed", f"{first + timedelta(days=2)}T09:00"),
    }
    made = (await world.coordinator.get(f"{API}/sessions/{new}")).json()
    assert (made["tz"], made["room"], made["jurisdiction"]) == ("America/Los_Angeles", "4", "x")
    log = (await world.head_x.get(f"{API}/sessions/{moving['id']}/changes")).json()["items"]
    assert (log[-1]["kind"], log[-1]["reason"]) == ("moved", "The hall is free")
    async with world.database.read() as db:
        acts = await db.exec(select(AuditEntry).where(col(AuditEntry.action) == "plan.released"))
        assert [entry.object_id for entry in acts] == [plan["id"]]


async def test_a_draft_that_breaks_a_rule_is_not_released(world: World) -> None:
    first = monday()
    plan = await draft(world, first, jurisdictions=["x", "y"])
    one, two = await items(world, plan["id"])
    for item, at in ((one, "10:00"), (two, "13:00")):  # both at 13:00 in New York
        await put(world, item["id"], f"{first}T{at}", team=plan["teams"][0])
    before = await rows(world)
    answer = await act(world, plan["id"], "release")
    assert answer.status_code == 409
    assert answer.json()["detail"].startswith("The draft breaks rules: ")
    assert await rows(world) == before
    nothing = await draft(world, monday())
    answer = await act(world, nothing["id"], "release")
    assert answer.status_code == 409
    assert answer.json()["detail"].startswith("The draft changes nothing")


async def test_whoever_was_booked_meanwhile_stops_all_of_it(world: World) -> None:
    """The draft is checked against what stands at the release, not against what it was made of."""
    plan = await placed(world)
    (item,) = await items(world, plan)
    await propose(
        world, jurisdiction="y", local_start=item["local_start"], tz="America/Los_Angeles",
        local_end=f"{item['local_start'][:11]}12:00",
    )  # fmt: skip
    before = await rows(world)
    answer = await act(world, plan, "release")
    assert answer.status_code == 409, answer.text
    assert await rows(world) == before


async def refused(world: World, plan: str) -> str:
    """What the check says first; the release says the same, and does nothing."""
    faults = (await world.coordinator.get(f"{API}/plans/{plan}/check")).json()["faults"]
    before = await rows(world)
    answer = await act(world, plan, "release", {"reason": "The hall is free"})
    assert answer.status_code == 409, answer.text
    assert faults and faults[0] in answer.json()["detail"]
    assert await rows(world) == before
    return str(faults[0])


@pytest.mark.parametrize("off", ["cancel", "postpone"])
async def test_what_was_called_off_meanwhile_is_told_before_the_release(
    world: World, off: str
) -> None:
    first = monday()
    gone = await confirmed(world, local_start=f"{first}T10:00", local_end=f"{first}T11:00")
    plan = await draft(world, first, jurisdictions=["x"], sessions=2, most_a_day=None)
    _, new = await items(world, plan["id"])
    await put(world, new["id"], f"{first}T13:00", team=plan["teams"][0])
    answer = await session_act(world.coordinator, gone["id"], off, {"reason": "Snow"})
    assert answer.status_code == 200
    status = answer.json()["status"]
    told = await refused(world, plan["id"])
    assert told == f"{gone['title']} is {status} by now. Take it out of the plan."


async def test_who_left_meanwhile_and_has_to_be_there_is_told_before_the_release(
    world: World,
) -> None:
    plan = await placed(world)
    (item,) = await items(world, plan)
    needs = [world.people["delegate_x"]]
    assert (await put(world, item["id"], item["local_start"], needs=needs)).status_code == 200
    listed = (await world.coordinator.get(f"{NEG}/memberships")).json()["items"]
    seat = next(one for one in listed if one["person"] == needs[0])
    path = f"{NEG}/memberships/{seat['id']}"
    tag = (await world.coordinator.get(path)).headers["etag"]
    ended = await world.coordinator.delete(path, headers={"If-Match": tag})
    assert ended.status_code == 200, ended.text
    assert await refused(world, plan) == (
        "X, session 1, needs The delegate_x, who has no place at that table. Take them out."
    )


async def test_a_time_that_is_asked_about_for_what_stays_is_taken(world: World) -> None:
    first = monday()
    kept = await propose(world, local_start=f"{first}T10:00", local_end=f"{first}T11:00")
    path = f"{API}/sessions/{kept['id']}/polls"
    asked = {"due_on": in_days(5)[:10], "options": [{"local_start": f"{first}T13:00"}]}
    assert (await world.coordinator.post(path, json=asked)).status_code == 201
    plan = await draft(world, first, jurisdictions=["x"], sessions=2, most_a_day=None)
    old, new = await items(world, plan["id"])
    await put(world, new["id"], f"{first}T13:00", team=plan["teams"][0])
    assert "13:00" in await refused(world, plan["id"])
    # With a move of the session its poll ends.
    assert (await put(world, old["id"], f"{first}T11:00")).status_code == 200
    assert (await act(world, plan["id"], "release", {"reason": "So"})).status_code == 200


async def test_two_that_change_places_do_so_at_once(world: World) -> None:
    first = monday()
    ten, noon = f"{first}T10:00", f"{first}T12:00"
    hour = {"tz": "America/Los_Angeles"}
    x = await propose(world, local_start=ten, local_end=f"{first}T11:00", **hour)
    y = await propose(world, jurisdiction="y", local_start=noon, local_end=f"{first}T13:00", **hour)
    plan = await draft(world, first, jurisdictions=["x", "y"], travel_minutes=0)
    found = {row["session"]: row["id"] for row in await items(world, plan["id"])}
    assert (await put(world, found[x["id"]], noon)).status_code == 200
    # Y's own clock shows three hours more.
    assert (await put(world, found[y["id"]], f"{first}T13:00")).status_code == 200
    assert (await act(world, plan["id"], "release")).status_code == 200
    after = await sessions(world)
    assert (after[x["id"]], after[y["id"]]) == (("proposed", noon), ("proposed", ten))


async def test_each_person_is_told_of_all_of_it_in_one_mail(world: World) -> None:
    first, box = monday(), Box()
    plan = await draft(world, first, sessions=2, jurisdictions=["x"], most_a_day=None)
    for item, at in zip(await items(world, plan["id"]), ("10:00", "12:00"), strict=True):
        await put(world, item["id"], f"{first}T{at}", team=plan["teams"][0])
    assert await later(world, box) == []  # nothing of the draft
    assert (await act(world, plan["id"], "release")).status_code == 200
    letters = await later(world, box)
    assert sorted(one.to.partition("@")[0] for one in letters) == ["agency_head", "head_x"]
    told = letters[0].text.body
    assert told.count("Proposed\n") == 2 and "10:00" in told and "12:00" in told
