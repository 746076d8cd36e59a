"""Drafts as the tests of plans need them: made, with sessions put somewhere, being worked out."""

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx2
from beginnings import once_made
from factories import NEG, World

API = "/api/v1"
_weeks = itertools.count(60)


def monday() -> date:
    """The Monday of a week that nothing else of the tests is in."""
    day = (datetime.now(UTC) + timedelta(weeks=next(_weeks))).date()
    return day - timedelta(days=day.weekday())


async def draft(world: World, first: date | None = None, **more: Any) -> dict[str, Any]:
    """A plan of X and Y for a week; `more` are fields of its body."""
    first = first or monday()
    days = {"first_on": f"{first}", "last_on": f"{first + timedelta(days=4)}"}
    body = {"title": "The week", **days, **more}
    answer = await world.coordinator.post(f"{NEG}/plans", json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def items(world: World, plan: str) -> list[dict[str, Any]]:
    answer = await world.coordinator.get(f"{API}/plans/{plan}/items?limit=200")
    return list(answer.json()["items"])


async def put(world: World, item: str, at: str | None, **more: Any) -> httpx2.Response:
    """A session of a plan by hand to this time on the jurisdiction's clock."""
    path = f"{API}/plan-items/{item}"
    tag = (await world.coordinator.get(path)).headers["etag"]
    body = {"local_start": at, **more}
    return await world.coordinator.patch(path, json=body, headers={"If-Match": tag})


async def act(
    world: World, plan: str, event: str, body: Any = None, who: str = "coordinator"
) -> httpx2.Response:
    path, client = f"{API}/plans/{plan}", world.clients[who]
    tag = (await world.coordinator.get(path)).headers["etag"]
    return await client.post(f"{path}/{event}", json=body or {}, headers={"If-Match": tag})


@once_made
async def placed(world: World, **more: Any) -> str:
    """The id of a plan whose one session, of X, stands on Monday at 10:00."""
    first = monday()
    plan = await draft(world, first, jurisdictions=["x"], **more)
    one, *_ = await items(world, plan["id"])
    answer = await put(world, one["id"], f"{first}T10:00", team=plan["teams"][0])
    assert answer.status_code == 200, answer.text
    return str(plan["id"])


@once_made
async def working(world: World) -> str:
    """The id of a plan that waits for the planner."""
    plan = await draft(world)
    answer = await act(world, plan["id"], "work-out")
    assert answer.status_code == 200, answer.text
    return str(plan["id"])


@once_made
async def an_item(world: World) -> str:
    """The id of a session of a plan, with its place."""
    return str((await items(world, await placed(world)))[0]["id"])
