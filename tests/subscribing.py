"""What tests of calendar subscriptions do: make, change, fetch, and change sides."""

from datetime import datetime
from typing import Any

from factories import NEG, World
from readers import blocks

FEEDS = "/api/v1/feeds"
ENDED = "This calendar subscription has ended. Make a new one under /feeds.\n"


async def feed_of(world: World, name: str) -> str:
    """The id of that person's newest subscription."""
    listed = (await world.clients[name].get(FEEDS)).json()["items"]
    return str(listed[0]["id"])


async def on_version(client: Any, method: str, path: str, body: Any = None, at: str = "") -> Any:
    """A request that names the version of `at`, or of its own address."""
    tag = (await client.get(at or path)).headers["etag"]
    return await client.request(method, path, json=body, headers={"If-Match": tag})


async def rotated(world: World, name: str, **body: int) -> Any:
    path = f"{FEEDS}/{await feed_of(world, name)}"
    return await on_version(world.clients[name], "POST", f"{path}/rotate", body, path)


def path_of(answer: Any) -> str:
    return str(answer.json()["url"]).removeprefix("http://testserver")


async def status(world: World, address: str) -> int:
    answer = await world.nobody.get(address)
    assert answer.status_code != 410 or answer.text == ENDED
    return int(answer.status_code)


def told(moment: datetime) -> str:
    return moment.replace(microsecond=0, tzinfo=None).isoformat() + "Z"


async def end_seat(world: World, name: str) -> None:
    listed = (await world.coordinator.get(f"{NEG}/memberships")).json()["items"]
    of_person = [one for one in listed if one["person"] == world.people[name]]
    seat = next(one for one in of_person if one["ended_at"] is None)
    answer = await on_version(world.coordinator, "DELETE", f"{NEG}/memberships/{seat['id']}")
    assert answer.status_code == 200, answer.text


async def give_seat(world: World, name: str, role: str, party: str | None) -> None:
    body = {"person": world.people[name], "role": role, "party": party}
    answer = await world.coordinator.post(f"{NEG}/memberships", json=body)
    assert answer.status_code == 201, answer.text


async def give_other_seat(world: World, name: str) -> None:
    """A seat in other talks, so that nothing ends with that in these."""
    people = "/api/v1/negotiations/other-talks/people"
    body = {"name": name, "email": f"{name}@example.org", "role": "delegate", "party": "agency"}
    answer = await world.coordinator_elsewhere.post(people, json=body)
    assert answer.status_code == 201, answer.text


async def shown(world: World, address: str, *sessions: dict[str, Any]) -> list[int]:
    """Which of the sessions the address shows, by their place; nothing at all is 410."""
    answer = await world.nobody.get(address)
    if answer.status_code == 410:
        return []
    assert answer.status_code == 200, answer.text
    found = blocks(answer.content)
    return [place for place, one in enumerate(sessions) if one["uid"] in found]
