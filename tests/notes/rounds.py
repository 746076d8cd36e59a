"""A summary's way through the hands of all: what the tests of its life share."""

import hashlib
from typing import Any

import httpx2
from beginnings import once_made
from factories import NEG, World, confirmed, in_days

TEXT = "# What was said\n\nNothing was agreed."
API = "/api/v1/sessions"


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@once_made
async def set_rule(world: World, rule: str, **more: Any) -> None:
    tag = (await world.coordinator.get(NEG)).headers["etag"]
    answer = await world.coordinator.patch(
        NEG, json={"approval": rule, **more}, headers={"If-Match": tag}
    )
    assert answer.status_code == 200, answer.text


@once_made
async def held(world: World, text: str = TEXT, **more: Any) -> str:
    """The address of the summary of a session that was held, a draft."""
    session = await confirmed(world, local_start=in_days(-1), agenda=[{"title": "Talk"}], **more)
    path = f"{API}/{session['id']}/summary"
    answer = await world.note_taker.put(
        path, json={"body": text, "close": "concluded"}, headers={"If-None-Match": "*"}
    )
    assert answer.status_code == 201, answer.text
    return path


async def act(
    client: httpx2.AsyncClient, path: str, event: str, body: Any = None
) -> httpx2.Response:
    """An act on the summary as this client sees it now."""
    tag = (await client.get(path)).headers.get("etag", '"none"')
    return await client.post(f"{path}/{event}", json=body or {}, headers={"If-Match": tag})


@once_made
async def circulate(world: World, path: str) -> dict[str, Any]:
    answer = await act(world.coordinator, path, "circulate")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def decide(
    client: httpx2.AsyncClient, path: str, decision: str, text: str = TEXT, **more: Any
) -> httpx2.Response:
    return await act(client, path, "decide", {"sha256": sha(text), "decision": decision, **more})


async def rewrite(world: World, path: str, text: str) -> httpx2.Response:
    tag = (await world.note_taker.get(path)).headers["etag"]
    return await world.note_taker.put(path, json={"body": text}, headers={"If-Match": tag})


async def state(world: World, path: str) -> str:
    return str((await world.coordinator.get(path)).json()["state"])
