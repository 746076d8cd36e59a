"""Writing notes in tests: the places of a session, and a save on the version that is there."""

from typing import Any

from factories import World, propose

FIRST = {"If-None-Match": "*"}


async def place(world: World, audience: str, item: str = "general", **more: Any) -> str:
    """The address of a place in the notebook of a new session of X."""
    return of((await propose(world, **more))["id"], audience, item)


def of(session: str, audience: str, item: str = "general") -> str:
    return f"/api/v1/sessions/{session}/notes/{audience}/{item}"


async def save(world: World, name: str, path: str, text: str) -> Any:
    """The answer to a save on what this actor sees now."""
    client = world.clients[name]
    seen = await client.get(path)
    headers = {"If-Match": seen.headers["etag"]} if seen.status_code == 200 else FIRST
    return await client.put(path, json={"body": text}, headers=headers)


async def saved(world: World, name: str, path: str, *texts: str) -> dict[str, Any]:
    """The note after these texts were saved one after another."""
    for text in texts:
        answer = await save(world, name, path, text)
        assert answer.status_code in (200, 201), answer.text
    return answer.json()


async def texts(world: World, name: str, path: str) -> list[str]:
    """Every revision's text, the oldest first."""
    client = world.clients[name]
    listed = (await client.get(f"{path}/revisions")).json()["items"]
    numbers = sorted(one["number"] for one in listed)
    return [(await client.get(f"{path}/revisions/{number}")).json()["body"] for number in numbers]
