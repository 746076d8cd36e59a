"""F26: whatever id of others one puts into an address or a body, it is as if it weren't there.

One world with something of everything for each side and for other talks; every address and every
field that takes an id is tried with each that the asker may not know. The answer has to be that to
an unknown id, byte for byte, and no row may change.
"""

import re
from collections.abc import Awaitable, Callable, Iterator
from itertools import product
from typing import Any

import pytest
from bodies import ITEM, full_bodies
from checksum import state
from conftest import ENGINES
from factories import ACTORS, World, caucus_body, confirmed, in_days, session_body
from permissions.others import STRANGERS, Theirs, everything
from permissions.table import TABLE
from permissions.test_table import route_of, tag_of, told
from permissions.tries import API, BODIES, UNKNOWN, Try, a_try, noted
from sharing import engine_of, thinned, whole
from test_fields import Place, placed, rows

ROUTES = sorted({route_of(row) for row in TABLE if "{id}" in row})
# What a field names, by its name.
KINDS = {
    "person": "people", "chair": "people", "note_taker": "people", "indispensable": "people",
    "teams": "teams", "session": "sessions", "instead_of": "sessions",
    "needed_before": "sessions", "caucus": "caucuses", "id": "agenda", "carried_over": "agenda",
}  # fmt: skip
SUPERSEDED = {"NewOutcome": "outcomes", "Result": "outcomes", "NewPosition": "positions"}
SUPERSEDED |= {"NewRequestEvent": "events", "NewDocumentRequest": "events"}


def unknown_to(name: str, kind: str, theirs: list[Theirs]) -> list[str]:
    """Those of this kind; and some of others, which must not be mistaken for it."""
    hidden = [one for one in theirs if name in one.hidden_from]
    others = [one.id for one in hidden if one.kind != kind]
    return [one.id for one in hidden if one.kind == kind] + others[::8]


Ask = Callable[[str], Awaitable[Any]]


async def reached(ask: Ask, ids: list[str]) -> list[str]:
    """Those whose answer isn't the one to an unknown id, which has to be a refusal."""
    unknown = await ask(UNKNOWN)
    return [one for one in ids if await ask(one) != unknown or unknown[0] < 400]


def asking(world: World, route: str, audience: str, name: str) -> Ask:
    """What this one is told at the route's address with an id."""
    method, path = route.split()
    body = BODIES.get(route, lambda _: {"items": []})(name)
    more: dict[str, Any] = {} if method in ("GET", "DELETE") else {"json": body}
    # Those of other talks ask in their own.
    talks = "other-talks" if name == "coordinator_elsewhere" else "water-talks"
    at = noted(API + path, audience).replace("{neg}", talks).replace("{n}", "1")
    at += "?a=1&b=1" if path.endswith("/diff") else ""

    async def ask(id_: str) -> Any:
        address = at.replace("{id}", id_)
        client = world.clients[name]
        return told(await client.request(method, address, headers={"If-Match": '"a"'}, **more))

    return ask


def pairs() -> Iterator[tuple[str, str, str]]:
    """Every route with every audience by every stranger."""
    for route in ROUTES:
        for audience in ("secretariat", "caucus", "mine") if "{audience}" in route else ("",):
            yield from ((route, audience, name) for name in STRANGERS)


async def by_addresses(world: World, theirs: list[Theirs]) -> tuple[int, list[Any]]:
    """How many were tried, and what was reached.

    Of who asks where SQLite takes one half, and PostgreSQL a quarter of the other.
    """
    tried, found = 0, []
    engine = ENGINES.index(engine_of(world))
    for route, audience, name in thinned(world, list(pairs())[engine::2], 4):
        ids = unknown_to(name, re.findall(r"/([a-z-]+)/{id}", route)[0], theirs)
        tried += len(ids)
        if seen := await reached(asking(world, route, audience, name), ids):
            found.append((route, audience, name, seen))
    return tried, found


def fields(body: Any, model: str, path: tuple[str | int, ...] = ()) -> Iterator[tuple[Place, str]]:
    """Every field that takes an id, filled or not, with the kind of what it names."""
    pairs: Any = body.items() if isinstance(body, dict) else enumerate(body)
    for part, value in pairs:
        kind = SUPERSEDED.get(model) if part == "supersedes" else KINDS.get(part)
        if model == "Result" and path[:1] == ("positions",) and part == "supersedes":
            kind = "positions"
        if kind is not None:
            yield Place((*path, part)), kind
        elif isinstance(value, dict | list):
            yield from fields(value, model, (*path, part))


Sent = tuple[str, str, dict[str, Any], list[str]]


async def bodies_of(world: World) -> list[Sent]:
    """Row, model, a body that would be stored, and who may send it."""
    held = await confirmed(world, local_start=in_days(-1), agenda=[{"issue": "1"}])
    full = await full_bodies(world, held["id"])
    full["Agenda"] = {"items": [{**ITEM, "id": None}]}
    found = [(row, one.__name__, full[one.__name__], able(row)) for row, one in rows()]
    sessions, people = "POST /negotiations/{neg}/sessions", {"chair": None, "indispensable": []}
    another = session_body(local_start=in_days(5400), teams=[], instead_of=None, **people)
    ours = caucus_body("", local_start=in_days(5410), teams=[], **people)
    return [
        *found,
        (f"{sessions} +instead", "NewSession", another, ["head_x"]),
        (sessions, "NewSession", ours, ["head_x"]),
    ]


def able(row: str) -> list[str]:
    """Of the coordinator and the head of X those who may."""
    allowed = dict(zip(ACTORS, TABLE[row], strict=True))
    return [name for name in ("coordinator", "head_x") if allowed[name] < 300]


def sending(world: World, trial: Try, name: str, body: Any, place: Place) -> Ask:
    """What this one is told to a body with an id in this place."""
    many = isinstance(place.of(body), list)

    async def ask(id_: str) -> Any:
        headers = {"If-Match": await tag_of(world, trial, name)}
        if trial.first:
            headers = {"If-None-Match": "*"}
        named = place.set(body, [id_] if many else id_)
        client = world.clients[name]
        answer = await client.request(trial.method, trial.path, json=named, headers=headers)
        return answer.status_code, answer.text.replace(id_, UNKNOWN)

    return ask


Tries = list[tuple[str, list[str], Try, dict[str, Any], list[tuple[Place, str]]]]


async def by_bodies(world: World, theirs: list[Theirs], tries: Tries) -> tuple[int, list[Any]]:
    """How many were tried, and what was reached."""
    tried, found = 0, []
    for row, names, trial, full, places in tries:
        body = placed(full, trial)
        for name, (place, kind) in product(names, places):
            ids = unknown_to(name, kind, theirs)
            tried += len(ids)
            if seen := await reached(sending(world, trial, name, body, place), ids):
                found.append((row, name, place.pointer, seen))
    return tried, found


@pytest.mark.walks
async def test_no_address_and_no_body_reaches_what_belongs_to_others(world: World) -> None:
    theirs, made = await everything(world), dict[Any, str]()
    tries = [
        (row, names, await a_try(world, row, made), full, places)
        for row, model, full, names in await bodies_of(world)
        if names and (places := list(fields(full, model)))
    ]
    before = await state(world)
    tried, found = await by_addresses(world, theirs)
    assert found == []
    assert tried > (1000 if whole(world) else 250), tried
    tried, found = await by_bodies(world, theirs, thinned(world, tries, 3))
    assert found == []
    assert tried > (180 if whole(world) else 40), tried
    assert await state(world) == before
