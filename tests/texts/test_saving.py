"""What a save of a text must have seen: the same for notes and for summaries."""

from typing import Any

import pytest
from factories import World, confirmed, in_days
from problems import problem


async def texts(world: World) -> dict[str, tuple[Any, str]]:
    """A note and a summary that nobody wrote yet, by what it is called, with who may."""
    session = await confirmed(world, local_start=in_days(-1), agenda=[{"title": "Any"}])
    path = f"/api/v1/sessions/{session['id']}"
    return {
        "note": (world.head_x, f"{path}/notes/mine/general"),
        "summary": (world.note_taker, f"{path}/summary"),
    }


@pytest.mark.parametrize("what", ["note", "summary"])
async def test_what_is_asked_of_a_first_text_and_of_a_later_one(world: World, what: str) -> None:
    client, path = (await texts(world))[what]
    extra = {"close": "concluded"} if what == "summary" else {}

    async def put(body: str, headers: dict[str, str]) -> Any:
        return await client.put(path, json={"body": body, **extra}, headers=headers)

    assert problem(await put("One", {}), 428) == f"Send If-None-Match: * with the first {what}."
    problem(await put("One", {"If-Match": "unquoted"}), 400)
    none = await put("One", {"If-Match": '"old"'})
    assert problem(none, 412) == (
        f"There is no {what} here yet. Send If-None-Match: * for the first one."
    )
    assert none.json()["current"] is None
    assert (await put("Two", {"If-None-Match": "*"})).status_code == 201
    extra.clear()
    problem(await put("Three", {}), 428)
    again = await put("Three", {"If-None-Match": "*"})
    assert problem(again, 412) == f"There is a {what} already. Read it, then send If-Match."
    assert (again.json()["current"]["body"], again.json()["current"]["etag"]) == (
        "Two",
        again.headers["etag"],
    )
    drafts = "/api/v1/note-drafts" if what == "note" else f"{path}/drafts"
    listed = (await client.get(drafts)).json()["items"]
    assert {one["id"] for one in listed} == {again.json()["yours"], none.json()["yours"]}
    gone = await client.put(path, json={"body": "x"}, headers={"If-Match": "unquoted"})
    problem(gone, 400)
