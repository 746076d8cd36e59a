"""Every route by every actor gives what the table says, and refused writes change nothing.

SQLite goes over all rows; PostgreSQL takes a quarter of each kind of route (see sharing.py), each
with all actors.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest
from checksum import state
from factories import ACTORS, NEG, World, client_of, person
from permissions.table import COLUMNS, TABLE
from permissions.tries import ASKING, Try, a_try
from sharing import share

from negotiations.access.logins import make_token
from negotiations.app import APIS
from negotiations.models.access import TokenScope

ROUTES = {f"{one.method} {one.path}" for api in APIS for one in api.endpoints}
OF_THE_TIME = {"date", "x-request-id"}


def route_of(row: str) -> str:
    return " ".join(row.split()[:2])


async def tag_of(world: World, trial: Try, actor: str) -> str:
    """The version the actor saw; who can't see it names the coordinator's."""
    path = (
        trial.path if trial.method in ("PATCH", "PUT", "DELETE") else trial.path.rsplit("/", 1)[0]
    )
    for name in (actor, "coordinator", "administrator", "delegate_x"):
        if name == actor or name not in trial.tags:
            trial.tags[name] = (await world.clients[name].get(path)).headers.get("etag")
        if tag := trial.tags[name]:
            return tag
    return '"none"'


async def send(world: World, trial: Try, actor: str, path: str | None = None) -> Any:
    headers = {}
    if trial.method != "GET":
        headers["If-Match"] = await tag_of(world, trial, actor)
    if trial.first:
        headers = {"If-None-Match": "*"}
    more = {} if trial.body is None else {"json": trial.body(actor)}
    address = path or trial.path
    return await world.clients[actor].request(trial.method, address, headers=headers, **more)


def told(answer: Any) -> tuple[int, bytes, dict[str, str]]:
    headers = {name: answer.headers[name] for name in answer.headers if name not in OF_THE_TIME}
    return answer.status_code, answer.content, headers


def test_every_route_has_a_row_and_every_row_a_route() -> None:
    assert {route_of(row) for row in TABLE} == ROUTES
    assert len(COLUMNS) == len(ACTORS)


Table = Mapping[str, tuple[int, ...]]
Make = Callable[[World, str], Awaitable[Try]]


async def answers(
    world: World, row: str, table: Table = TABLE, a_try: Make = a_try
) -> tuple[int, ...]:
    """Who is refused goes first, on one object; who isn't, each on a fresh one."""
    expected = dict(zip(ACTORS, table[row], strict=True))
    trial = await a_try(world, row)
    before, got = await state(world) if trial.method != "GET" else "", {}
    for actor in [name for name in ACTORS if expected[name] >= 400]:
        answer = await send(world, trial, actor)
        got[actor] = answer.status_code
        if answer.status_code == 404:
            assert told(answer) == told(await send(world, trial, actor, trial.unknown))
    if trial.method != "GET":
        assert await state(world) == before, f"a refused {row} left a trace"
    allowed = [name for name in ACTORS if expected[name] < 400]
    for actor in allowed if trial.method == "GET" else allowed[:1]:
        got[actor] = (await send(world, trial, actor)).status_code
    for actor in [name for name in allowed if name not in got]:
        async with world.beginnings.another() as fresh:
            got[actor] = (await send(fresh, await a_try(fresh, row), actor)).status_code
    return tuple(got[name] for name in ACTORS)


@pytest.mark.walks
async def test_what_each_actor_may_read_is_what_the_table_says(world: World) -> None:
    reads = [row for row in TABLE if row.startswith("GET ")]
    made: dict[Any, str] = {}

    async def again(world: World, row: str) -> Try:
        return await a_try(world, row, made)

    rows = share(world, reads, 4)
    assert {row: await answers(world, row, a_try=again) for row in rows} == {
        row: TABLE[row] for row in rows
    }


WRITES = [row for row in TABLE if not row.startswith("GET ")]


def kind_of(row: str) -> str:
    """What the row is about: `parties`, `feeds`, `sessions`, …"""
    words = [word for word in row.split()[1].split("/") if word[:1] not in ("", "{")]
    return words[0] if words[0] != "negotiations" else words[-1]


@pytest.mark.walks
@pytest.mark.parametrize("kind", sorted({kind_of(row) for row in WRITES}))
async def test_what_each_actor_may_write_is_what_the_table_says(world: World, kind: str) -> None:
    rows = [row for row in WRITES if kind_of(row) == kind]
    # Of each kind one at least, where the share of all has none of it.
    chosen = {*share(world, WRITES, 4)}
    got = {}
    for row in [row for row in rows if row in chosen] or rows[:1]:
        async with world.beginnings.another() as fresh:
            got[row] = await answers(fresh, row)
    assert got == {row: TABLE[row] for row in got}


LISTS = [
    row
    for row in TABLE
    if row.startswith("GET /negotiations/{neg}/") and row[-1] != "}" and "{id}" not in row
]
OF_COORDINATORS = ("people", "memberships")


async def test_the_administrator_sees_no_content_in_any_list(world: World) -> None:
    for row in (row for row in LISTS if TABLE[row][COLUMNS.index("am")] == 200):
        path = row.split()[1]
        asked = f"{NEG}{path.removeprefix('/negotiations/{neg}')}{ASKING.get(path, '')}"
        answer = (await world.administrator.get(asked)).json()
        found = next(answer[name] for name in ("items", "cells", "issues") if name in answer)
        seen = [one["role"] for one in found] if row.endswith(OF_COORDINATORS) else found
        assert seen in ([], ["coordinator"]), row


OF_COORDINATOR = [row for row in WRITES if TABLE[row][COLUMNS.index("co")] in (200, 201, 202)]


@pytest.mark.walks
async def test_a_token_that_only_reads_writes_nothing(world: World) -> None:
    got = {}
    for row in share(world, OF_COORDINATOR, 4, 1):
        async with world.beginnings.another() as fresh:
            trial = await a_try(fresh, row)
            async with fresh.database.write() as db:
                owner, now = await person(db, fresh, "coordinator"), fresh.clock.now()
                token = await make_token(
                    db, owner, label="reads", scope=TokenScope.read, days=1, now=now
                )
            before = await state(fresh)
            fresh.clients["reading"] = client_of(fresh.app, token)
            got[row] = (await send(fresh, trial, "reading")).status_code
            assert await state(fresh) == before, row
    assert got == dict.fromkeys(got, 403)
    assert len(got) > 10


async def test_mail_addresses_are_for_their_owner_their_heads_and_the_coordinator(
    world: World,
) -> None:
    names = {person_id: name for name, person_id in world.people.items()}
    seen = {}
    for actor in ACTORS:
        answer = (await world.clients[actor].get(f"{NEG}/people")).json()
        with_email = [names[one["id"]] for one in answer.get("items", ()) if "email" in one]
        seen[actor] = set(with_email)
    of_x = {"delegate_x", "head_x", "party_note_taker_x"}
    alone = ("delegate_x", "delegate_y", "agency_delegate", "party_note_taker_x", "note_taker")
    assert seen == {
        **{name: set() for name in ACTORS},
        **{name: {name} for name in alone},
        "head_x": of_x,
        "agency_head": {"agency_head", "agency_delegate"},
        "coordinator": of_x
        | {"coordinator", "note_taker", "agency_head", "agency_delegate", "delegate_y"},
    }
