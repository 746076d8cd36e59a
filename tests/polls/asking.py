"""Polls as tests ask them, through JSON."""

from collections.abc import Sequence
from typing import Any

import httpx2
from factories import World, in_days, propose

LOCAL = "America/Los_Angeles"


def times(*days: int, hour: int = 10) -> list[dict[str, Any]]:
    """One time on each of these days from now on."""
    return [{"local_start": in_days(day, hour)} for day in days]


async def ask(
    world: World, session: str, *days: int, due: int = 5, client: Any = None, **more: Any
) -> httpx2.Response:
    """Ask about a time on each of these days."""
    client = client or world.coordinator
    path = f"/api/v1/sessions/{session}"
    body = {"due_on": in_days(due)[:10], "options": times(*days), **more}
    return await client.post(f"{path}/polls", json=body)


async def asked(
    world: World, *days: int, times: Sequence[str] = (), due: str = "", **more: Any
) -> dict[str, Any]:
    """A poll about a session with x, which is proposed in ten days."""
    session = await propose(world, **more)
    given: dict[str, Any] = {"due_on": due} if due else {}
    given |= {"options": [{"local_start": one} for one in times]} if times else {}
    answer = await ask(world, session["id"], *(days or (11, 12, 13)), **given)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def poll_act(
    client: httpx2.AsyncClient, poll: str, act: str, body: dict[str, Any]
) -> httpx2.Response:
    """An act on a poll as it is now."""
    path = f"/api/v1/polls/{poll}"
    tag = (await client.get(path)).headers.get("etag", '"none"')
    return await client.post(f"{path}/{act}", json=body, headers={"If-Match": tag})


async def say(
    client: httpx2.AsyncClient, poll: dict[str, Any], *answers: str, **more: Any
) -> httpx2.Response:
    """Answer to each of the times in their order."""
    said = [
        {"option": option["id"], "answer": answer}
        for option, answer in zip(poll["options"], answers, strict=False)
    ]
    return await poll_act(client, poll["id"], "answer", {"answers": said, **more})
