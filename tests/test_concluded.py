"""Talks that are over: nothing is written any more, reading goes on, and they can be reopened."""

from factories import NEG, World, act, propose, session_body


async def set_status(world: World, status: str) -> int:
    tag = (await world.coordinator.get(NEG)).headers["etag"]
    body = {"status": status}
    return (await world.coordinator.patch(NEG, json=body, headers={"If-Match": tag})).status_code


async def waits(world: World) -> list[str]:
    """What waits for X's head, of whom a session asks for an answer."""
    found = (await world.head_x.get("/api/v1/me/waiting")).json()["items"]
    return [one["path"] for one in found if one["on_me"]]


async def test_concluded_talks_are_read_only_until_they_are_opened_again(world: World) -> None:
    session = await propose(world)
    assert await waits(world) == [f"/s/{session['id']}"]
    assert await set_status(world, "concluded") == 200
    new = {"jurisdiction": "x", "owner": "agency", "text": "Write"}
    writes = [
        await world.coordinator.post(f"{NEG}/sessions", json=session_body()),
        await world.coordinator.post(f"{NEG}/issues", json={"code": "9", "title": "Late"}),
        await world.coordinator.post(f"{NEG}/commitments", json=new),
        await act(world.head_x, session["id"], "accept"),
        await act(world.coordinator, session["id"], "cancel", {"reason": "Over"}),
    ]
    refusal = (
        "These talks are concluded: nothing is written any more. "
        "The coordinator can open them again."
    )
    assert [(one.status_code, one.json()["detail"]) for one in writes] == [(409, refusal)] * 5
    assert await waits(world) == []
    assert (await world.nobody.get(world.feeds["delegate_x"])).status_code == 200
    assert (await world.coordinator.get(f"{NEG}/outcomes")).status_code == 200
    assert await set_status(world, "open") == 200
    assert (await act(world.head_x, session["id"], "accept")).status_code == 200
