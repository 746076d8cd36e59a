"""What no field takes, wherever it stands: control characters, unsafe addresses, others' ids."""

import copy
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from beginnings import once_made
from bodies import full_bodies
from checksum import state
from factories import NEG, World, confirmed, in_days
from permissions.table import TABLE
from permissions.tries import UNKNOWN, Try, a_try
from problems import problem
from pydantic import BaseModel
from sharing import shape, share, whole

from negotiations.app import APIS

# NUL, DEL, NEL, LINE SEPARATOR, a lone surrogate, and what would begin a new header line
BAD = ("\x00", "\x7f", "\x85", "\u2028", "\ud800", "\r\nX-Injected: 1")
# Texts of several lines: a line break is no harm there, since every writer of lines escapes it.
PROSE = {
    "subject", "description", "scope", "access_note", "reason", "text", "evidence", "body",
    "statement",
}  # fmt: skip
ADDRESSES = (
    "javascript:alert(1)",
    "data:text/html,a",
    "vbscript:a",
    "JavaScript:a",
    "//evil.example",
    " https://a.example",
    "https://",
    "https://a b",
    "https:/\\evil.example",
    "file:///etc/passwd",
    'https://a.example/"onload=',
)


@dataclass(frozen=True)
class Place:
    """A field of a body: its path and JSON pointer."""

    path: tuple[str | int, ...]

    @property
    def pointer(self) -> str:
        return "".join(f"/{part}" for part in self.path)

    @property
    def name(self) -> str:
        return str(next(part for part in reversed(self.path) if isinstance(part, str)))

    def of(self, body: Any) -> Any:
        for part in self.path:
            body = body[part]
        return body

    def set(self, body: Any, value: Any) -> Any:
        changed = copy.deepcopy(body)
        inner = changed
        for part in self.path[:-1]:
            inner = inner[part]
        inner[self.path[-1]] = value
        return changed


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[Place, str]]:
    """Every text in a body."""
    pairs: Any = ()
    if isinstance(value, dict):
        pairs = value.items()
    elif isinstance(value, list):
        pairs = enumerate(value)
    elif isinstance(value, str):
        yield Place(path), value
    for part, inner in pairs:
        yield from leaves(inner, (*path, part))


def rows() -> Iterator[tuple[str, type[BaseModel]]]:
    """The row of each route with a body."""
    for api in APIS:
        for one in api.endpoints:
            if one.body is not None and one.body.model_fields:
                yield f"{one.method} {one.path}", one.body


def row_of(one: tuple[str, type[BaseModel]]) -> str:
    """The kind of route for sharing.share."""
    return shape(one[0])


async def send(world: World, trial: Try, *bodies: Any) -> list[Any]:
    """The answers to these bodies, each sent with the version that is there now."""
    client = world.administrator if trial.path.endswith("v1/negotiations") else world.coordinator
    client = world.head_x if "/caucus" in trial.path else client
    client = world.delegate_x if "/v1/feeds/" in trial.path else client
    client = world.head_x if re.search("/v1/(webhooks|deliveries)/", trial.path) else client
    of_a_side = ("/summary/decide", "/summary/comments")
    client = world.head_x if trial.path.endswith(of_a_side) else client
    is_act = trial.method == "POST" and UNKNOWN in trial.unknown
    is_act = is_act or trial.path.endswith("/purge")
    seen = await client.get(trial.path.rsplit("/", 1)[0] if is_act else trial.path)
    version = {"If-Match": seen.headers.get("etag", "")}
    headers = {"If-None-Match": "*"} if seen.status_code == 404 else version
    headers["Content-Type"] = "application/json"
    return [
        await client.request(trial.method, trial.path, content=json.dumps(body), headers=headers)
        for body in bodies
    ]


def placed(body: dict[str, Any], trial: Try) -> dict[str, Any]:
    """The body; what names its session names the one it is sent to."""
    session = trial.path.split("/")[-2]
    for part in ("commitments", "positions"):
        if part in body:
            body = Place((part, 0, "session")).set(body, session)
    return body


@once_made
async def start(world: World) -> dict[str, dict[str, Any]]:
    held = await confirmed(world, local_start=in_days(-1), agenda=[{"issue": "1"}])
    return await full_bodies(world, held["id"])


async def test_there_is_a_full_body_for_every_model(world: World) -> None:
    bodies = await start(world)
    fields = {model.__name__: set(model.model_fields) for _, model in rows()}
    assert {name: set(bodies[name]) for name in fields} == fields


@pytest.mark.walks
async def test_no_field_takes_control_characters(world: World) -> None:
    bodies, made = await start(world), dict[Any, str]()
    for row, model in share(world, rows(), 4, 0, row_of):
        trial = await a_try(world, row, made)
        body = placed(bodies[model.__name__], trial)
        before = await state(world)
        tries = [
            (place.set(body, f"a{bad}{text}"), place.pointer)
            for place, text in leaves(body)
            for bad in BAD
            if "\n" not in bad or place.name not in PROSE
        ]
        tries += [({**body, "\ud800": 1}, ""), ({**body, "no/field~": 1}, "/no~1field~0")]
        answers = await send(world, trial, *[changed for changed, _ in tries])
        for answer, (_, pointer) in zip(answers, tries, strict=True):
            problem(answer, 422, pointer)
        assert await state(world) == before, row


@pytest.mark.walks
async def test_every_address_is_one_that_can_be_opened_without_harm(world: World) -> None:
    bodies, made = await start(world), dict[Any, str]()
    seen = set()
    for row, model in share(world, rows(), 4, 1, row_of):
        trial = await a_try(world, row, made)
        body = placed(bodies[model.__name__], trial)
        for place, text in leaves(body):
            if text.startswith("https://"):
                seen.add(f"{model.__name__}{place.pointer}")
                tries = [place.set(body, address) for address in ADDRESSES]
                for answer in await send(world, trial, *tries):
                    problem(answer, 422, place.pointer)
    # A share of the routes takes fewer; see sharing.py.
    assert len(seen) == 16 or not whole(world), seen


@pytest.mark.walks
async def test_every_full_body_is_accepted_as_it_is(world: World) -> None:
    """Otherwise the refusals above would prove little."""
    bodies = await start(world)
    for row, model in share(world, rows(), 4, 2, row_of):
        trial = await a_try(world, row)
        [answer] = await send(world, trial, placed(bodies[model.__name__], trial))
        # A new track never succeeds: each jurisdiction has its own already.
        expected = (409,) if row == "POST /negotiations/{neg}/tracks" else (200, 201, 202)
        assert answer.status_code in expected, (row, answer.text)


async def elsewhere(world: World) -> dict[str, str]:
    """Ids of other talks, and of the other jurisdiction."""
    other = NEG.replace("water", "other")
    client = world.coordinator_elsewhere
    party = {"slug": "far", "name": "Far", "short_name": "Far", "kind": "jurisdiction", "tz": "UTC"}
    assert (await client.post(f"{other}/parties", json=party)).status_code == 201
    session = {
        "jurisdiction": "far",
        "local_start": in_days(5),
        "local_end": in_days(5, 11),
        "tz": "UTC",
    }
    answer = await client.post(f"{other}/sessions", json=session)
    assert answer.status_code == 201, answer.text
    teams = (await client.get(f"{other}/teams")).json()["items"]
    own = (await world.coordinator.get(f"{NEG}/teams")).json()["items"]
    return {
        "session": answer.json()["id"],
        "team": next(one["id"] for one in teams if one["party"] == "far"),
        "team_y": next(one["id"] for one in own if one["party"] == "y"),
        "person": world.people["coordinator_elsewhere"],
        "person_y": world.people["delegate_y"],
        "unknown": "f" * 20,
    }


OF_THE_TALKS = ("PersonToAdd", "NewTeam", "NewIssue", "NewMembership")
# What a field that names something may not name: ids by elsewhere(), slugs and codes as they are.
PERSON = ("person", "person_y", "unknown")
FOREIGN = {
    "person": PERSON, "chair": PERSON, "note_taker": PERSON, "indispensable": PERSON,
    "teams": ("team", "team_y", "unknown"), "session": ("session", "unknown"), "issue": ("99",),
    "instead_of": ("session", "unknown"),
    "party": ("far", "y", "nowhere"), "owner": ("far", "y"), "beneficiary": ("far", "y"),
    "decided_by": ("far", "y"), "raised_by": ("far", "nowhere"), "jurisdiction": ("far", "nowhere"),
    "negotiation": ("other-talks", "nowhere"), "requester": ("far", "nowhere"),
    "co_requesters": ("far", "nowhere"), "holder": ("far", "nowhere"),
    "needed_before": ("session", "unknown"),
}  # fmt: skip


def foreign(place: Place, model: str) -> list[str]:
    """The party Y and its people are strangers at a table, but not in the talks."""
    own = ("y", "person_y") if model in OF_THE_TALKS else ()
    return [name for name in FOREIGN.get(place.name, ()) if name not in own]


@pytest.mark.walks
async def test_no_field_names_what_belongs_to_others(world: World) -> None:
    bodies, made = await start(world), dict[Any, str]()
    ids = await elsewhere(world)
    tried = 0
    for row, model in share(world, rows(), 4, 3, row_of):
        trial = await a_try(world, row, made)
        body = placed(bodies[model.__name__], trial)
        before = await state(world)
        tries = [
            (place.set(body, ids.get(name, name)), place.pointer)
            for place, _ in leaves(body)
            for name in foreign(place, model.__name__)
        ]
        answers = await send(world, trial, *[changed for changed, _ in tries])
        for answer, (_, pointer) in zip(answers, tries, strict=True):
            if answer.status_code != 404:
                problem(answer, 422, pointer)
        tried += len(tries)
        assert await state(world) == before, row
    assert tried > (60 if whole(world) else 10)


async def test_an_id_of_other_talks_is_unknown_here(world: World) -> None:
    made: dict[Any, str] = {}
    for row in (row for row in TABLE if "{id}" in row and "{neg}" in row):
        trial = await a_try(world, row, made)
        path = trial.path.replace("water-talks", "other-talks")
        body = {} if trial.body is None else {"json": trial.body("coordinator")}
        for client in (world.coordinator, world.coordinator_elsewhere):
            headers = {"If-Match": '"a"'}
            problem(await client.request(trial.method, path, headers=headers, **body), 404)
