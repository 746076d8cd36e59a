"""Plenaries and caucus sessions by the 13 actors, as table.py has it for those of a track.

The plenary is of X and Y, without the agency; the caucus is X's own. PostgreSQL takes a third of
each kind of route (see sharing.py).
"""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from beginnings import once_made
from factories import NEG, World, act, caucus_body, in_days, plenary_body, propose
from permissions.table import read
from permissions.test_table import answers, told
from permissions.tries import API, BODIES, FIRST, UNKNOWN, Make, Try, _days
from sharing import share
from sqlalchemy import event

TABLE = read("""
#                                           no  dx  dy  ad  hx  ah  px  nt  co  am  ft  fx  ce
GET /sessions/{id} +plenary                401 200 200 404 200 404 200 200 200 404 401 401 404
PATCH /sessions/{id} +plenary              401 403 403 404 403 404 403 403 200 404 401 401 404
POST /sessions/{id}/accept +plenary        401 403 403 404 200 404 403 403 200 404 401 401 404
POST /sessions/{id}/decline +plenary       401 403 403 404 200 404 403 403 200 404 401 401 404
POST /sessions/{id}/confirm +plenary       401 403 403 404 403 404 403 403 200 404 401 401 404
POST /sessions/{id}/move +plenary          401 403 403 404 200 404 403 403 200 404 401 401 404
POST /sessions/{id}/cancel +plenary        401 403 403 404 403 404 403 403 200 404 401 401 404
POST /sessions/{id}/publish +plenary       401 403 403 404 403 404 403 403 200 404 401 401 404
GET /sessions/{id}/agenda +plenary         401 200 200 404 200 404 200 200 200 404 401 401 404
PUT /sessions/{id}/agenda +plenary         401 403 403 404 200 404 403 200 200 404 401 401 404
GET /sessions/{id}/attendance +plenary     401 200 200 404 200 404 200 200 200 404 401 401 404
PUT /sessions/{id}/attendance +plenary     401 403 403 404 403 404 403 200 200 404 401 401 404
GET /sessions/{id}/changes +plenary        401 200 200 404 200 404 200 200 200 404 401 401 404
GET /sessions/{id}/warnings +plenary       401 404 404 404 404 404 404 200 200 404 401 401 404
GET /sessions/{id}/polls +plenary          401 200 200 404 200 404 200 200 200 404 401 401 404
POST /sessions/{id}/polls +plenary         401 403 403 404 403 404 403 403 201 404 401 401 404
PUT /sessions/{id}/summary +plenary        401 403 403 404 403 404 403 201 201 404 401 401 404
GET /sessions/{id}/summary/compiled +plenary 401 404 404 404 404 404 404 200 200 404 401 401 404
GET /sessions/{id}/summary +plenary-round  401 200 200 404 200 404 200 200 200 404 401 401 404
GET /sessions/{id}/summary/revisions +plenary-round 401 200 200 404 200 404 200 200 200 404 401 401 404
GET /sessions/{id}/summary/decisions +plenary-round 401 200 200 404 200 404 200 200 200 404 401 401 404
GET /sessions/{id}/summary/circulations +plenary-round 401 200 200 404 200 404 200 200 200 404 401 401 404
GET /sessions/{id}/summary/comments +plenary-round 401 200 200 404 200 404 200 200 200 404 401 401 404
GET /sessions/{id}/summary/diff +plenary-round 401 200 200 404 200 404 200 200 200 404 401 401 404
POST /sessions/{id}/summary/circulate +plenary-round 401 403 403 404 403 404 403 403 200 404 401 401 404
POST /sessions/{id}/summary/decide +plenary-round 401 403 403 404 200 404 403 403 403 404 401 401 404
POST /sessions/{id}/summary/comments +plenary-round 401 201 201 404 201 404 201 403 403 404 401 401 404
POST /sessions/{id}/summary/agree +plenary-round 401 403 403 404 403 404 403 403 409 404 401 401 404
POST /sessions/{id}/summary/publish +plenary-round 401 403 403 404 403 404 403 403 409 404 401 401 404
POST /sessions/{id}/summary/corrigendum +plenary-round 401 403 403 404 403 404 403 403 409 404 401 401 404
GET /sessions/{id}/notes +plenary          401 200 200 404 200 404 200 200 200 404 401 401 404
PUT /sessions/{id}/notes/mine/general +plenary 401 201 201 404 201 404 201 201 201 404 401 401 404
PUT /sessions/{id}/notes/caucus/general +plenary 401 201 201 404 201 404 201 404 404 404 401 401 404
PUT /sessions/{id}/notes/secretariat/general +plenary 401 404 404 404 404 404 404 201 201 404 401 401 404
GET /sessions/{id}/outcomes +plenary       401 200 200 404 200 404 200 200 200 404 401 401 404

POST /negotiations/{neg}/sessions +caucus  401 403 403 403 201 422 403 403 403 403 401 401 404
GET /sessions/{id} +caucus                 401 200 404 404 200 404 200 404 404 404 401 401 404
PATCH /sessions/{id} +caucus               401 403 404 404 200 404 403 404 404 404 401 401 404
POST /sessions/{id}/accept +caucus         401 409 404 404 409 404 409 404 404 404 401 401 404
POST /sessions/{id}/decline +caucus        401 409 404 404 409 404 409 404 404 404 401 401 404
POST /sessions/{id}/confirm +caucus        401 403 404 404 200 404 403 404 404 404 401 401 404
POST /sessions/{id}/move +caucus           401 403 404 404 200 404 403 404 404 404 401 401 404
POST /sessions/{id}/relocate +caucus       401 403 404 404 200 404 403 404 404 404 401 401 404
POST /sessions/{id}/postpone +caucus       401 403 404 404 200 404 403 404 404 404 401 401 404
POST /sessions/{id}/reinstate +caucus      401 403 404 404 200 404 403 404 404 404 401 401 404
POST /sessions/{id}/cancel +caucus         401 403 404 404 200 404 403 404 404 404 401 401 404
POST /sessions/{id}/publish +caucus        401 409 404 404 409 404 409 404 404 404 401 401 404
POST /sessions/{id}/open +caucus           401 403 404 404 200 404 403 404 404 404 401 401 404
POST /sessions/{id}/close +caucus          401 403 404 404 200 404 403 404 404 404 401 401 404
GET /sessions/{id}/agenda +caucus          401 200 404 404 200 404 200 404 404 404 401 401 404
PUT /sessions/{id}/agenda +caucus          401 403 404 404 200 404 403 404 404 404 401 401 404
GET /sessions/{id}/attendance +caucus      401 200 404 404 200 404 200 404 404 404 401 401 404
PUT /sessions/{id}/attendance +caucus      401 403 404 404 200 404 403 404 404 404 401 401 404
GET /sessions/{id}/changes +caucus         401 200 404 404 200 404 200 404 404 404 401 401 404
GET /sessions/{id}/warnings +caucus        401 404 404 404 404 404 404 404 404 404 401 401 404
GET /sessions/{id}/polls +caucus           401 200 404 404 200 404 200 404 404 404 401 401 404
POST /sessions/{id}/polls +caucus          401 409 404 404 409 404 409 404 404 404 401 401 404
GET /sessions/{id}/summary +caucus         401 404 404 404 404 404 404 404 404 404 401 401 404
PUT /sessions/{id}/summary +caucus         401 409 404 404 409 404 409 404 404 404 401 401 404
GET /sessions/{id}/summary/revisions +caucus 401 404 404 404 404 404 404 404 404 404 401 401 404
GET /sessions/{id}/summary/compiled +caucus 401 404 404 404 404 404 404 404 404 404 401 401 404
GET /sessions/{id}/summary/decisions +caucus 401 404 404 404 404 404 404 404 404 404 401 401 404
GET /sessions/{id}/summary/circulations +caucus 401 404 404 404 404 404 404 404 404 404 401 401 404
GET /sessions/{id}/summary/comments +caucus 401 404 404 404 404 404 404 404 404 404 401 401 404
GET /sessions/{id}/summary/diff +caucus    401 404 404 404 404 404 404 404 404 404 401 401 404
POST /sessions/{id}/summary/circulate +caucus 401 409 404 404 409 404 409 404 404 404 401 401 404
POST /sessions/{id}/summary/decide +caucus 401 409 404 404 409 404 409 404 404 404 401 401 404
POST /sessions/{id}/summary/comments +caucus 401 404 404 404 404 404 404 404 404 404 401 401 404
POST /sessions/{id}/summary/agree +caucus  401 409 404 404 409 404 409 404 404 404 401 401 404
POST /sessions/{id}/summary/publish +caucus 401 409 404 404 409 404 409 404 404 404 401 401 404
POST /sessions/{id}/summary/corrigendum +caucus 401 409 404 404 409 404 409 404 404 404 401 401 404
GET /sessions/{id}/summary/drafts +caucus  401 404 404 404 404 404 404 404 404 404 401 401 404
GET /sessions/{id}/notes +caucus           401 200 404 404 200 404 200 404 404 404 401 401 404
PUT /sessions/{id}/notes/mine/general +caucus 401 201 404 404 201 404 201 404 404 404 401 401 404
PUT /sessions/{id}/notes/caucus/general +caucus 401 201 404 404 201 404 201 404 404 404 401 401 404
PUT /sessions/{id}/notes/secretariat/general +caucus 401 404 404 404 404 404 404 404 404 404 401 401 404
GET /sessions/{id}/outcomes +caucus        401 200 404 404 200 404 200 404 404 404 401 401 404
POST /sessions/{id}/outcomes +caucus       401 409 404 404 409 404 409 404 404 404 401 401 404
""")  # noqa: E501  (a row is a line)


async def a_caucus(world: World) -> str:
    answer = await world.head_x.post(f"{NEG}/caucuses", json={"name": f"Ours {next(_days)}"})
    return str(answer.json()["id"])


async def _held_in_caucus(world: World, days: float, *events: str) -> str:
    body = caucus_body(await a_caucus(world), local_start=in_days(days))
    answer = await world.head_x.post(f"{NEG}/sessions", json=body)
    assert answer.status_code == 201, answer.text
    for one in events:
        more = {"reason": "Flood"} if one == "postpone" else {}
        done = await act(world.head_x, answer.json()["id"], one, more)
        assert done.status_code == 200, done.text
    return str(answer.json()["id"])


async def _held_in_plenary(world: World, days: float, *, agreed: bool) -> str:
    body = plenary_body("x", "y", local_start=in_days(days), agenda=[{"title": "All"}])
    session = str((await world.coordinator.post(f"{NEG}/sessions", json=body)).json()["id"])
    for side in ("x", "y"):
        heard = {"party": side, "how": "by mail"}
        assert (await act(world.coordinator, session, "accept", heard)).status_code == 200
    if agreed:
        assert (await act(world.coordinator, session, "confirm")).status_code == 200
    return session


async def _round_in_plenary(world: World) -> str:
    """Held, and its summary sent round and there."""
    session = await _held_in_plenary(world, -1 - next(_days), agreed=True)
    path, first = f"{API}/sessions/{session}/summary", {"If-None-Match": "*"}
    result = {"body": "A draft", "close": "concluded"}
    answer = await world.note_taker.put(path, json=result, headers=first)
    assert answer.status_code == 201, answer.text
    seen = {"If-Match": answer.headers["etag"]}
    sent_round = await world.coordinator.post(f"{path}/circulate", json={}, headers=seen)
    assert sent_round.status_code == 200, sent_round.text
    assert (await world.head_x.get(path)).status_code == 200
    return session


Given = Callable[[World], Awaitable[str]]
GIVEN: dict[str, Given] = {
    "+plenary": lambda world: _held_in_plenary(world, 20 + next(_days), agreed=False),
    "/publish +plenary": lambda world: _held_in_plenary(world, 20 + next(_days), agreed=True),
    "/summary +plenary": lambda world: _held_in_plenary(world, -1 - next(_days), agreed=True),
    "/summary/compiled +plenary": lambda world: _held_in_plenary(
        world, -1 - next(_days), agreed=True
    ),
    "+plenary-round": _round_in_plenary,
    "+caucus": lambda world: _held_in_caucus(world, 20 + next(_days)),
    "/reinstate +caucus": lambda world: _held_in_caucus(world, 20 + next(_days), "postpone"),
    "/open +caucus": lambda world: _held_in_caucus(world, -1 - next(_days), "confirm"),
    "/close +caucus": lambda world: _held_in_caucus(world, -1 - next(_days), "confirm"),
}


def body_of(world: World, row: str) -> Make | None:
    plain = row.rpartition(" +")[0]
    if plain == "PUT /sessions/{id}/attendance":
        return lambda _: {"items": [{"person": world.people["head_x"]}]}
    if plain == "PUT /sessions/{id}/agenda":
        return lambda actor: {"items": [{"title": actor}]}
    if plain.startswith("PUT /sessions/{id}/notes/"):
        return lambda actor: {"body": actor}
    return BODIES.get(plain)


@once_made
async def _given(world: World, key: str) -> str:
    return await GIVEN[key](world)


async def a_try(world: World, row: str) -> Try:
    method, path = row.split()[:2]
    first = row.startswith(FIRST)
    if row.startswith("POST /negotiations/"):
        caucus = await a_caucus(world)
        path = path.replace("{neg}", "water-talks")
        body = caucus_body(caucus, local_start=in_days(20 + next(_days)))
        return Try(method, API + path, API + path.replace("water", "no"), lambda _: body)
    id_ = await _given(world, max((key for key in GIVEN if row.endswith(key)), key=len))
    path += "?a=1&b=1" if path.endswith("/diff") else ""
    known, unknown = (API + path.replace("{id}", one) for one in (id_, UNKNOWN))
    return Try(method, known, unknown, body_of(world, row), first)


@pytest.mark.walks
@pytest.mark.parametrize("kind", ["plenary", "plenary-round", "caucus"])
@pytest.mark.parametrize("verb", ["reads", "writes"])
async def test_what_each_actor_may_is_what_the_table_says(
    world: World, kind: str, verb: str
) -> None:
    rows = [
        row
        for row in TABLE
        if row.endswith(f"+{kind}") and row.startswith("GET ") == (verb == "reads")
    ]
    got = {}
    for row in share(world, rows, 3):
        async with world.beginnings.another() as fresh:
            got[row] = await answers(fresh, row, TABLE, a_try)
    assert got == {row: TABLE[row] for row in got}


@contextmanager
def sent(world: World) -> Iterator[list[str]]:
    """Every statement meanwhile, without its values."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    engines = [
        world.database.requests._readers.sync_engine,
        world.database.requests._writers.sync_engine,
    ]
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    yield statements
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)


async def test_notes_of_others_are_asked_for_like_those_of_an_unknown_session(
    world: World,
) -> None:
    """The same bytes by the same statements, read or written, whether there are any or not."""
    session = str((await propose(world))["id"])
    for client, audience in (
        (world.coordinator, "secretariat"),
        (world.head_x, "caucus"),
        (world.agency_head, "caucus"),
    ):
        path = f"{API}/sessions/{session}/notes/{audience}/general"
        headers = {"If-None-Match": "*"}
        done = await client.put(path, json={"body": "Secret"}, headers=headers)
        assert done.status_code == 201
    tries = [
        (name, method, f"{audience}/general{rest}")
        for name, audience in (
            ("delegate_x", "secretariat"),
            ("agency_head", "secretariat"),
            ("coordinator", "caucus"),
            ("note_taker", "caucus"),
        )
        for method, rest in (
            ("GET", ""), ("PUT", ""), ("GET", "/revisions"), ("GET", "/revisions/1"),
            ("GET", "/diff"), ("POST", "/restore"),
        )
    ]  # fmt: skip
    bodies: dict[str, Any] = {"PUT": {"body": "M"}, "POST": {"revision": 1}}
    for name, method, rest in tries:
        more = {"json": bodies[method], "headers": {"If-Match": '"a"'}} if method in bodies else {}
        seen = []
        for id_ in (session, UNKNOWN):
            address = f"{API}/sessions/{id_}/notes/{rest}"
            with sent(world) as statements:
                answer = await world.clients[name].request(method, address, **more)
            seen.append((told(answer), statements))
        assert seen[0] == seen[1], (name, method, rest)
        assert seen[0][0][0] == 404


async def test_a_caucus_of_others_is_asked_for_like_an_unknown_one(world: World) -> None:
    """The same bytes by the same statements: neither tells that it is there."""
    session = await _held_in_caucus(world, 20)
    caucus = (await world.head_x.get(f"{API}/sessions/{session}")).json()["caucus"]
    tries: list[tuple[str, str, str, Any]] = [
        ("GET", f"{NEG}/caucuses/{{}}", caucus, None),
        ("POST", f"{NEG}/caucuses/{{}}/join", caucus, {}),
    ]
    tries += [
        ("GET", f"{API}/sessions/{{}}{rest}", session, None)
        for rest in (
            "",
            "/agenda",
            "/attendance",
            "/changes",
            "/outcomes",
            "/summary",
            "/notes",
            "/notes/caucus/general",
            "/notes/mine/general",
            "/notes/secretariat/general/revisions",
        )
    ]
    for one in ("confirm", "move", "cancel", "open", "close"):
        body = BODIES[f"POST /sessions/{{id}}/{one}"]("")
        tries.append(("POST", f"{API}/sessions/{{}}/{one}", session, body))
    for name in ("coordinator", "note_taker", "agency_head", "delegate_y", "administrator"):
        client = world.clients[name]
        for method, path, id_, body in tries:
            seen = []
            for one in (id_, UNKNOWN):
                address = path.format(one)
                more = {} if body is None else {"json": body, "headers": {"If-Match": '"a"'}}
                with sent(world) as statements:
                    answer = await client.request(method, address, **more)
                seen.append((told(answer), statements))
            assert seen[0] == seen[1], (name, method, path)
            assert seen[0][0][0] == 404
