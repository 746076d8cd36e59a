"""Schemathesis over the document: whatever is sent, never a 5xx and never an untold answer.

`SCHEMATHESIS_EXAMPLES=300` sends more to each operation, other ones each time.
"""

import asyncio
import os
import pickle
import sqlite3
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from beginnings import settings_for
from factories import NEG, Standing, World, in_days, make_world, propose
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from permissions.tries import BUSY, CALENDAR, WEBHOOK, a_try
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.python import asgi
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.applications import Starlette
from templates import Templates

from negotiations.app import APIS, create_app
from negotiations.settings import Settings
from negotiations.web.openapi import document

EXAMPLES = os.environ.get("SCHEMATHESIS_EXAMPLES")
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
OPERATIONS = [(one.method, one.path) for api in APIS for one in api.endpoints]


@dataclass(frozen=True)
class Filled:
    """A database with talks in it, a coordinator's token, and what paths and bodies may name."""

    file: Path
    token: str
    paths: dict[str, list[str]]
    bodies: dict[str, list[Any]]


@pytest.fixture(scope="module")
def filled(templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Filled:
    file = tmp_path_factory.mktemp("fuzz") / "filled.db"
    templates.copy("sqlite", "empty", str(file))
    found = asyncio.run(_fill(file))
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    connection.close()
    return found


async def _fill(file: Path) -> Filled:
    clock = Standing()
    world = await make_world(_settings(file), clock)
    sessions = [(await propose(world, local_start=in_days(10 + day)))["id"] for day in range(2)]
    rows = ("/sessions/{id}/confirm", "/sessions/{id}/publish", "/sessions/{id}/close")
    sessions += [await _id_of(world, f"POST {row}") for row in rows]
    sessions += [await _id_of(world, "GET /sessions/{id}/outcomes")]
    mine = (await world.coordinator.get("/api/v1/feeds")).json()["items"]
    ids = {"sessions": sessions, "feeds": [mine[0]["id"]]}
    for name in ("commitments", "positions", "document-requests"):
        ids[name] = [await _id_of(world, f"GET /negotiations/{{neg}}/{name}/{{id}}")]
    ids["polls"] = [await _id_of(world, "GET /polls/{id}")]
    poll = (await world.coordinator.get(f"/api/v1/polls/{ids['polls'][0]}")).json()
    ids["options"] = [one["id"] for one in poll["options"]]
    late = f"/api/v1/sessions/{sessions[-1]}/summary"
    answer = await world.coordinator.put(late, json={"body": "Late"}, headers={"If-Match": '"0"'})
    ids["plans"] = [await _id_of(world, "GET /plans/{id}")]
    ids["plan-items"] = [await _id_of(world, "GET /plan-items/{id}")]
    ids["drafts"] = [answer.json()["yours"]]
    hook = (await world.coordinator.post("/api/v1/webhooks", json=WEBHOOK)).json()["id"]
    tried = await world.coordinator.post(f"/api/v1/webhooks/{hook}/test", json={})
    ids |= {"webhooks": [hook], "deliveries": [tried.json()["id"]]}
    for name, body in (("busy-blocks", BUSY), ("busy-calendars", CALENDAR)):
        made = await world.coordinator.post(f"/api/v1/{name}", json=body)
        ids[name] = [made.json()["id"]]
    for name in ("parties", "teams", "issues", "people", "memberships"):
        listed = (await world.coordinator.get(f"{NEG}/{name}")).json()["items"]
        own = world.people["coordinator"]  # who ended their own seat would see nothing more
        ids[name] = [one["id"] for one in listed if own not in (one["id"], one.get("person"))]
    token = world.coordinator.headers["authorization"]
    people = [*world.people.values()]
    await world.close()
    return Filled(file, token, ids, _named(people, sessions, ids))


async def _id_of(world: World, row: str) -> str:
    place = row.split("/").index("{id}") + 2  # behind /api/v1
    return (await a_try(world, row)).path.split("/")[place]


def _named(people: list[str], sessions: list[str], ids: dict[str, list[str]]) -> dict[str, Any]:
    """What fields of these names often hold, so that more than their form is tried."""
    slugs = ["x", "y", "agency", "nowhere"]
    times = [in_days(day, hour) for day in (-3, 0, 10, 30) for hour in (9, 10, 12)]
    return {
        **dict.fromkeys(("party", "jurisdiction", "owner", "beneficiary", "decided_by"), slugs),
        **dict.fromkeys(("person", "chair", "note_taker"), people),
        **dict.fromkeys(("local_start", "local_end"), times),
        "raised_by": slugs,
        "issue": ["1", "2", "10", "99"],
        "session": sessions,
        "participants": slugs,
        "instead_of": [*sessions, None],
        "negotiation": ["water-talks", "other-talks"],
        "tz": ["America/Los_Angeles", "America/New_York", "Mars/Olympus"],
        "teams": ids["teams"],
        "option": ids["options"],
        "indispensable": people,
    }


def _settings(file: Path) -> Settings:
    return settings_for(f"sqlite:///{file}").model_copy(update={"requests_per_minute": 0})


@cache
def _document() -> bytes:
    return pickle.dumps(document(APIS))


@schemathesis.python.constants
def service() -> Starlette:
    """Where the words stand that are tried besides: looked for once, and not for each app."""
    return create_app(_settings(Path("none.db")), ticking=False)


def _narrowed(method: str, path: str, filled: Filled) -> dict[str, Any]:
    """The document with this operation alone, its names often those of what is there."""
    doc: dict[str, Any] = pickle.loads(_document())  # a copy is made in a fifth of the time
    operation = doc["paths"][path][method.lower()]
    doc["paths"] = {path: {method.lower(): operation}}
    kind = next((one for one in reversed(path.split("/")) if one in filled.paths), "")
    values = {"neg": ["water-talks", "other-talks"], "jurisdiction": ["x", "y", "nowhere"],
              "n": ["1", "2", "0"], "item": ["general", "f" * 20], "code": ["1", "2", "99"],
              "audience": ["mine", "caucus", "secretariat", "everybody"],
              "id": [*filled.paths.get(kind, ()), "f" * 20]}  # fmt: skip
    for one in operation["parameters"]:
        if one.get("in") == "path":
            one["schema"] = {"type": "string", "enum": values[one["name"]]}
            one.pop("example", None)
    for schema in doc["components"]["schemas"].values():
        if schema.get("additionalProperties") is False:  # a body; answers are left as they are
            _narrow(schema, filled.bodies)
    return doc


def _narrow(schema: dict[str, Any], values: dict[str, list[Any]]) -> None:
    for name, field in schema.get("properties", {}).items():
        if name not in values:
            continue
        if field.get("type") == "array":
            field["items"] = {"enum": values[name]}
        elif "anyOf" in field:
            field["anyOf"] = [{"enum": values[name]}, {"type": "null"}]
        else:
            schema["properties"][name] = {"enum": values[name]}


@pytest.fixture
def app(filled: Filled, tmp_path: Path) -> Any:
    """A service on a copy of the filled database."""
    file = tmp_path / "copy.db"
    file.write_bytes(filled.file.read_bytes())
    # Without ticks: no webhook goes out, wherever it is told to.
    yield create_app(_settings(file), clock=Standing(), ticking=False)
    asgi.shutdown_lifespans()


def _version(client: Any, method: str, address: str, token: str) -> dict[str, str]:
    """The headers that name the version that is there."""
    seen = address.rpartition("/")[0] if method == "POST" else address
    tag = client.get(seen, headers={"Authorization": token}).headers.get("etag")
    return {"If-Match": tag} if tag else {"If-None-Match": "*"}


@pytest.mark.parametrize(("method", "path"), OPERATIONS, ids=[" ".join(one) for one in OPERATIONS])
def test_whatever_is_sent_is_answered_as_the_document_says(
    method: str, path: str, filled: Filled, app: Starlette
) -> None:
    config = schemathesis.Config()
    config.projects.default.request_timeout = 60
    api = schemathesis.openapi.from_dict(_narrowed(method, path, filled), config=config)
    operation = api[path][method]
    modes = [operation.as_strategy(mode) for mode in GenerationMode]
    api.app = app  # from here on: before, it would be searched for words again
    endpoint = next(
        one for one in (e for a in APIS for e in a.endpoints)
        if (one.method, one.path) == (method, path)
    )  # fmt: skip

    with asgi.get_client(app) as client:

        @settings(
            max_examples=int(EXAMPLES or 10),
            derandomize=EXAMPLES is None,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=st.one_of(*modes), knows=st.booleans())
        def answers(case: Any, knows: bool) -> None:
            if knows and endpoint.versioned:
                headers = _version(client, method, f"/api/v1{case.formatted_path}", filled.token)
                case.headers = {**(case.headers or {}), **headers}
            case.call_and_validate(
                session=client, headers={"Authorization": filled.token}, checks=CHECKS
            )

        answers()
