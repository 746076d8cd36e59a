"""Lists in parts: whole, in a stable order, without gaps, telling only of what one sees."""

import base64
import json
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from beginnings import once_made
from factories import NEG, World, in_days, propose
from permissions.tries import ASKING, REQUEST, a_try, noted
from problems import problem
from sharing import WHOLE, thinned
from test_queries import fill, first_plan, first_webhook

from negotiations.app import APIS
from negotiations.web.cursors import _check

# A search has to be asked for something; its parts are tried with it.
LISTS = [one.path for api in APIS for one in api.endpoints if one.listed and one.path not in ASKING]


@once_made
async def addresses(world: World) -> dict[str, str]:
    """The address of every list, each with several items."""
    held = (await a_try(world, "GET /sessions/{id}/summary")).path.split("/")[4]
    proposal = (await propose(world))["id"]
    request = (await world.coordinator.post(f"{NEG}/document-requests", json=REQUEST)).json()["id"]
    await fill(world, held, proposal, request, range(5))
    found = {}
    for path in LISTS:
        id_ = proposal if path.endswith(("/changes", "/notes", "/polls")) else held
        id_ = await first_webhook(world) if path.startswith("/webhooks/") else id_
        id_ = await first_plan(world) if path.startswith("/plans/") else id_
        id_ = request if "document-requests" in path else id_
        found[path] = "/api/v1" + noted(path).replace("{neg}", "water-talks").replace("{id}", id_)
    return found


def reader(world: World, path: str) -> httpx2.AsyncClient:
    if path.endswith("/caucuses"):
        return world.head_x
    return world.administrator if path == "/negotiations" else world.coordinator


async def pages(client: httpx2.AsyncClient, address: str, limit: int) -> list[list[Any]]:
    """The list part by part, along the links."""
    found, answer = [], await client.get(f"{address}?limit={limit}")
    while True:
        assert answer.status_code == 200, answer.text
        found.append(answer.json()["items"])
        link, after = answer.headers.get("link"), answer.json()["next"]
        assert set(answer.json()) == {"items", "next"}
        assert (link is None) == (after is None)
        if link is None:
            return found
        here = link.removeprefix("<").removesuffix('>; rel="next"')
        assert urlsplit(here).path == address
        answer = await client.get(here)
        same = await client.get(address, params={"limit": limit, "after": after})
        assert same.content == answer.content


@pytest.mark.walks
async def test_every_list_comes_whole_in_parts_of_any_size(world: World) -> None:
    """On PostgreSQL every third list."""
    for path, address in thinned(world, (await addresses(world)).items(), 3):
        client = reader(world, path)
        whole = (await client.get(address, params={"limit": 200})).json()
        assert whole["next"] is None
        assert len(whole["items"]) >= 5, path
        small = (1, 2, 3) if len(whole["items"]) < 20 else (7,)
        for limit in (*small, len(whole["items"]), 200):
            parts = await pages(client, address, limit)
            assert [one for part in parts for one in part] == whole["items"], (path, limit)
            assert all(len(part) == limit for part in parts[:-1])
            assert len(parts[-1]) > 0


async def test_what_comes_or_goes_meanwhile_shifts_nothing(world: World) -> None:
    for place in range(6):
        await propose(world, local_start=in_days(20 + place), title=f"{place}")
    path = f"{NEG}/sessions"
    first = (await world.coordinator.get(path, params={"limit": 3})).json()
    assert [one["title"] for one in first["items"]] == ["0", "1", "2"]
    await propose(world, local_start=in_days(19), title="earlier")
    await propose(world, local_start=in_days(22, 14), title="between")
    last = first["items"][-1]
    seen = await world.coordinator.get(f"/api/v1/sessions/{last['id']}")
    moved = await world.coordinator.post(
        f"/api/v1/sessions/{last['id']}/move",
        json={"local_start": in_days(40), "reason": "Later"},
        headers={"If-Match": seen.headers["etag"]},
    )
    assert moved.status_code == 200
    rest = await world.coordinator.get(path, params={"limit": 200, "after": first["next"]})
    assert [one["title"] for one in rest.json()["items"]] == ["between", "3", "4", "5", "2"]


async def test_a_part_keeps_what_the_list_was_narrowed_to(world: World) -> None:
    for place in range(4):
        await propose(world, local_start=in_days(20 + place), jurisdiction="xy"[place % 2])
    address = f"{NEG}/sessions?jurisdiction=x&limit=1"
    answer = await world.coordinator.get(address)
    link = answer.headers["link"].removeprefix("<").partition(">")[0]
    assert "jurisdiction=x" in link
    second = (await world.coordinator.get(link)).json()
    assert [one["jurisdiction"] for one in second["items"]] == ["x"]
    assert second["next"] is None
    after = answer.json()["next"]
    for other in ("jurisdiction=y&", "", "jurisdiction=x&status=proposed&"):
        problem(await world.coordinator.get(f"{NEG}/sessions?{other}after={after}"), 400)


@pytest.mark.parametrize("limit", ["0", "-1", "201", "1.5", "", "ten", "٣", "9" * 5000, " 5"])
async def test_a_limit_that_is_none_is_400(world: World, limit: str) -> None:
    answer = await world.coordinator.get(f"{NEG}/issues", params={"limit": limit})
    assert problem(answer, 400) == "limit is a whole number from 1 to 200."


def forged(name: str, *values: Any) -> str:
    """A cursor with the right check, as only somebody who read our code would make it."""
    raw = json.dumps([_check(name, list(values)), *values]).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


@pytest.mark.walks
async def test_a_cursor_that_is_none_is_400(world: World) -> None:
    """Of other lists' cursors each list gets a quarter; on PostgreSQL every third list."""
    found = dict(thinned(world, (await addresses(world)).items(), 3))
    cursors = {}
    for path, address in found.items():
        answer = await reader(world, path).get(address, params={"limit": 1})
        cursors[path] = answer.json()["next"]
    assert [path for path, one in cursors.items() if not one] == []
    for place, (path, address) in enumerate(found.items()):
        client, own = reader(world, path), cursors[path]
        others = [cursor for other, cursor in cursors.items() if other != path]
        others = others if WHOLE else others[place % 4 :: 4]
        odd = ["", "a", "%00", "é", "a" * 5000, own[:-2], own[1:], own + "AAAA", own.swapcase()]
        for after in [*others, *odd]:
            problem(await client.get(address, params={"after": after}), 400)


@pytest.mark.walks
async def test_a_forged_cursor_is_never_our_error(world: World) -> None:
    values: list[Any] = [None, True, 1, 2**70, -1.5, "", "a\x00", "\ud800", [], {}, "0001-01-01"]
    values += ["9999-12-31T23:59:59-14:00", "2010-11-05T10:00", "9" * 3000, float("nan")]
    for path, address in thinned(world, (await addresses(world)).items(), 3):
        own = (await reader(world, path).get(address, params={"limit": 1})).json()["next"]
        right = len(json.loads(base64.urlsafe_b64decode(own + "=" * (-len(own) % 4)))) - 1
        for value in values:
            for count in (right - 1, right, right + 1) if value == 1 else (right,):
                after = forged(f"{address}?", *([value] * count))
                answer = await reader(world, path).get(address, params={"after": after})
                assert answer.status_code in (200, 400), (path, value, count)


async def test_a_cursor_tells_only_of_the_row_that_was_given(world: World) -> None:
    """A delegate of Y sees no session of X: theirs comes next in time, and nothing tells of it."""
    for place, side in enumerate("yxyx"):
        await propose(world, local_start=in_days(20 + place), jurisdiction=side, title=f"of {side}")
    seen = await world.delegate_y.get(f"{NEG}/sessions", params={"limit": 1})
    given = seen.json()["items"][0]
    raw = seen.json()["next"]
    _, *values = json.loads(base64.urlsafe_b64decode(raw + "=" * (-len(raw) % 4)))
    assert values == [given["starts_at"].replace("Z", "+00:00"), given["id"]]
    second = await world.delegate_y.get(
        f"{NEG}/sessions", params={"limit": 1, "after": seen.json()["next"]}
    )
    assert (second.json()["items"][0]["jurisdiction"], second.json()["next"]) == ("y", None)
