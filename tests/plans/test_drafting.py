"""Drafts beside the live schedule: what they take over, are told by hand, and say of themselves."""

from datetime import timedelta
from typing import Any

from factories import NEG, World, act, confirmed, propose
from plans.drafts import API, draft, items, monday, placed, put
from plans.drafts import act as act_on


def told(rows: list[dict[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in names) for row in rows]


async def test_a_draft_takes_over_what_stands_in_its_window(world: World) -> None:
    first = monday()
    moving = await propose(world, local_start=f"{first}T10:00", local_end=f"{first}T11:30")
    fixed = await confirmed(world, local_start=f"{first + timedelta(days=1)}T10:00")
    gone = (await propose(world, local_start=f"{first + timedelta(days=2)}T10:00"))["id"]
    assert (await act(world.coordinator, gone, "cancel", {"reason": "No"})).status_code == 200
    await propose(world, local_start=f"{first + timedelta(days=9)}T10:00")  # beside the window
    plan = await draft(world, first, sessions=3, minutes=45)
    rows = await items(world, plan["id"])
    assert told(rows, "jurisdiction", "number", "session", "pinned", "minutes", "doing") == [
        ("x", 1, moving["id"], False, 90, "kept"),
        ("x", 2, fixed["id"], True, 120, "kept"),
        ("x", 3, None, False, 45, "unplaced"),
        ("y", 1, None, False, 45, "unplaced"),
        ("y", 2, None, False, 45, "unplaced"),
        ("y", 3, None, False, 45, "unplaced"),
    ]
    assert told(rows, "local_start")[:3] == [
        (f"{first}T10:00",), (f"{first + timedelta(days=1)}T10:00",), (None,),
    ]  # fmt: skip
    check = (await world.coordinator.get(f"{API}/plans/{plan['id']}/check")).json()
    assert check == {
        "faults": [], "new": 0, "moved": 0, "kept": 2, "cancelled": 0, "unplaced": 4,
    }  # fmt: skip


async def test_by_hand_it_says_which_rule_is_broken_and_why_a_time_will_not_do(
    world: World,
) -> None:
    first = monday()
    plan = await draft(world, first, sessions=2, jurisdictions=["x"], most_a_day=1)
    one, two = await items(world, plan["id"])
    team = plan["teams"][0]
    assert (await put(world, one["id"], f"{first}T10:00", team=team)).status_code == 200
    late = await put(world, two["id"], f"{first}T12:00", team=team)
    assert late.status_code == 200 and late.json()["doing"] == "new"
    path = f"{API}/plans/{plan['id']}"
    faults = (await world.coordinator.get(f"{path}/check")).json()["faults"]
    assert len(faults) == 1 and "at most 1" in faults[0]
    # 06:00 in Los Angeles is before anybody is there.
    asked = f"{API}/plan-items/{two['id']}/why-not?at={first + timedelta(days=1)}T14:00:00Z"
    sentences = (await world.coordinator.get(asked)).json()["sentences"]
    assert len(sentences) == 1 and sentences[0].startswith("X")
    free = f"{API}/plan-items/{two['id']}/why-not?at={first + timedelta(days=1)}T19:00:00Z"
    assert (await world.coordinator.get(free)).json()["sentences"] != sentences
    bad = await world.coordinator.get(f"{API}/plan-items/{two['id']}/why-not?at=Tuesday")
    assert bad.status_code == 400
    assert bad.json()["detail"] == "at is an instant, as 2030-11-05T15:00:00Z."


async def test_what_cannot_be_is_refused_with_what_to_do(world: World) -> None:
    first = monday()
    plan = await draft(world, first, jurisdictions=["x"])
    (item,) = await items(world, plan["id"])
    for body, pointer in (
        ({"pinned": True}, "/pinned"),
        ({"withdrawn": True}, "/withdrawn"),
        ({"team": "f" * 20}, "/team"),
        ({"needs": ["f" * 20]}, "/needs/0"),
        ({"minutes": None}, "/minutes"),
        ({"minutes": 5}, "/minutes"),
    ):
        path = f"{API}/plan-items/{item['id']}"
        tag = (await world.coordinator.get(path)).headers["etag"]
        answer = await world.coordinator.patch(path, json=body, headers={"If-Match": tag})
        assert answer.status_code == 422, (body, answer.text)
        assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]
        assert (await world.coordinator.get(path)).headers["etag"] == tag
    for more, pointer in (
        ({"jurisdictions": ["nowhere"]}, "/jurisdictions/0"),
        ({"teams": ["f" * 20]}, "/teams/0"),
        ({"last_on": f"{first - timedelta(days=1)}"}, ""),
        ({"last_on": f"{first + timedelta(days=90)}"}, ""),
    ):
        days = {"first_on": f"{first}", "last_on": f"{first}"}
        body = {"title": "A", **days, **more}
        answer = await world.coordinator.post(f"{NEG}/plans", json=body)
        assert answer.status_code == 422, answer.text
        assert [one["pointer"] for one in answer.json()["errors"]] == [pointer], answer.text


async def test_a_released_or_dropped_plan_is_not_written_any_more(world: World) -> None:
    plan = await placed(world)
    assert (await act_on(world, plan, "drop")).json()["state"] == "dropped"
    answer = await act_on(world, plan, "release")
    assert answer.status_code == 409
    assert answer.json()["detail"] == "This plan is dropped. Make a new one."


async def test_a_window_is_changed_by_halves_only_where_it_stays_one(world: World) -> None:
    first = monday()
    plan = await draft(world, first)
    path = f"{API}/plans/{plan['id']}"
    tag = {"If-Match": (await world.coordinator.get(path)).headers["etag"]}
    for days, says in ((30, "lies before first_on"), (-90, "62 days at most")):
        body = {"first_on": f"{first + timedelta(days=days)}"}
        answer = await world.coordinator.patch(path, json=body, headers=tag)
        assert answer.status_code == 422, answer.text
        assert says in answer.json()["errors"][0]["detail"]
    earlier = {"first_on": f"{first - timedelta(days=3)}"}
    changed = await world.coordinator.patch(path, json=earlier, headers=tag)
    assert changed.status_code == 200
    assert changed.json() == {**plan, **earlier}
