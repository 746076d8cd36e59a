"""The planner at a draft: taken up by one process, stored whole, thrown away when it is old."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from factories import World, confirmed
from plans.drafts import API, act, draft, items, monday, working
from sqlmodel import col, select

from negotiations.access.actor import operator
from negotiations.models import Plan
from negotiations.models.plans import MOST_SECONDS
from negotiations.planning.calling import Failed
from negotiations.plans import jobs, queries
from negotiations.plans.checking import checked
from negotiations.ticks import jobs_of


class Killed(BaseException):
    """As when a process ends: nothing catches it."""


async def seen(world: World, plan: str) -> dict[str, Any]:
    return dict((await world.coordinator.get(f"{API}/plans/{plan}")).json())


async def test_it_is_worked_out_and_the_same_seed_gives_the_same_plan(world: World) -> None:
    first = monday()
    plan = (await draft(world, first, sessions=2))["id"]
    found = []
    for _ in range(2):
        assert (await act(world, plan, "work-out", {"seed": 7})).json()["state"] == "working"
        assert await jobs.work(world.database, world.clock) == 1
        rows = await items(world, plan)
        found.append([(row["id"], row["starts_at"], row["team"]) for row in rows])
    assert found[0] == found[1]
    assert all(start and team for _, start, team in found[0])
    view = await seen(world, plan)
    assert (view["state"], view["failure"]) == ("draft", None)
    assert view["answer"]["gap_wishes"] == 0 and view["answer"]["least_unplaced"] == 0
    check = (await world.coordinator.get(f"{API}/plans/{plan}/check")).json()
    assert check == {
        "faults": [], "new": 4, "moved": 0, "kept": 0, "cancelled": 0, "unplaced": 0,
    }  # fmt: skip
    assert await jobs.work(world.database, world.clock) == 0


async def test_what_has_no_room_says_so(world: World) -> None:
    first = monday()
    one_day = {"last_on": f"{first}", "sessions": 9, "minutes": 120, "most_a_day": None}
    plan = (await draft(world, first, **one_day))["id"]
    # It ends by itself long before, but where others take the processor.
    await act(world, plan, "work-out", {"seconds": MOST_SECONDS})
    await jobs.work(world.database, world.clock)
    view = await seen(world, plan)
    assert view["answer"]["least_unplaced"] > 0 and view["answer"]["conflict"]["rules"]
    lost = [row for row in await items(world, plan) if row["starts_at"] is None]
    assert len(lost) >= view["answer"]["least_unplaced"] and all(row["why"] for row in lost)


async def test_an_answer_to_another_draft_is_thrown_away(world: World) -> None:
    plan = await working(world)
    answer = await act(world, plan, "stop")
    assert answer.json()["state"] == "draft"
    assert await jobs.work(world.database, world.clock) == 0
    assert [row["starts_at"] for row in await items(world, plan)] == [None, None]
    again = await act(world, plan, "stop")
    assert (again.status_code, again.json()["detail"]) == (409, "The planner isn't at it.")


async def test_what_nobody_waits_for_any_more_is_ended_and_keeps_no_other_waiting(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped, began, ended = await working(world), asyncio.Event(), asyncio.Event()

    async def endless(*_: object, **__: object) -> None:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    monkeypatch.setattr(jobs, "solve", endless)
    monkeypatch.setattr(jobs, "BETWEEN", 0.01)
    at_it = asyncio.create_task(jobs.work(world.database, world.clock))
    await began.wait()
    monkeypatch.undo()
    other = await working(world)
    await act(world, stopped, "stop")
    assert await asyncio.wait_for(at_it, 120) == 2
    assert ended.is_set()
    assert [row["starts_at"] for row in await items(world, stopped)] == [None, None]
    assert (await seen(world, stopped))["failure"] is None
    assert None not in [row["starts_at"] for row in await items(world, other)]


async def test_who_died_at_it_is_followed_by_another(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = await working(world)

    async def die(*_: object, **__: object) -> None:
        raise Killed

    monkeypatch.setattr(jobs, "solve", die)
    with pytest.raises(Killed):
        await jobs.work(world.database, world.clock)
    monkeypatch.undo()
    assert await jobs.work(world.database, world.clock) == 0  # it is still claimed
    world.clock.at += timedelta(minutes=3)
    assert await jobs.work(world.database, world.clock) == 1
    assert (await seen(world, plan))["state"] == "draft"


async def test_why_it_could_not_be_is_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = await working(world)

    async def fail(*_: object, **__: object) -> None:
        raise Failed("It took more memory than it may.")

    monkeypatch.setattr(jobs, "solve", fail)
    await jobs.work(world.database, world.clock)
    view = await seen(world, plan)
    assert (view["state"], view["failure"]) == ("draft", "It took more memory than it may.")


async def test_the_tick_knows_when_something_waits(world: World) -> None:
    async with world.database.read() as db:
        assert await jobs.next_due(db, world.clock.now()) is None
    await working(world)
    async with world.database.read() as db:
        assert await jobs.next_due(db, world.clock.now()) == world.clock.now()
    assert "plans" in [job.name for job in jobs_of(world.settings)]


async def test_what_was_agreed_stays_outside_of_office_hours_and_once_it_has_begun(
    world: World,
) -> None:
    first = monday()
    early = await confirmed(world, local_start=f"{first}T06:30", local_end=f"{first}T08:00")
    plan = (await draft(world, first, sessions=2, jurisdictions=["x"]))["id"]
    await act(world, plan, "work-out")
    await jobs.work(world.database, world.clock)
    one, two = await items(world, plan)
    assert (one["session"], one["doing"], one["local_start"]) == (
        early["id"], "kept", f"{first}T06:30",
    )  # fmt: skip
    assert two["starts_at"] is not None
    async with world.database.read() as db:
        row = (await db.exec(select(Plan).where(col(Plan.id) == plan))).one()
        drafted = await queries.plan(db, operator(row.negotiation_id), plan)
        over = row.first_on + timedelta(days=30)
        later = datetime(over.year, over.month, over.day, tzinfo=UTC)
        faults = (await checked(db, drafted, now=later)).faults
    # What hasn't been proposed by then has no time left; what was held is in order.
    assert faults and not [one for one in faults if "06:30" in one or "session 1" in one]
