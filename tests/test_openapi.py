"""The OpenAPI document: checked in, valid, whole, and true to what is really answered."""

import json
from pathlib import Path
from typing import Any

import pytest
from factories import Demonstration, World
from openapi import faults, fits, strict
from openapi_spec_validator import validate
from permissions.table import TABLE
from permissions.test_table import route_of, send
from permissions.tries import a_try, noted
from test_contract import permitted

from negotiations.app import APIS
from negotiations.web.openapi import document
from negotiations.web.openapi_examples import example

GOLDEN = Path(__file__).parent / "golden" / "openapi.json"
ENDPOINTS = [one for api in APIS for one in api.endpoints]
TALKS = ("secure-communities-2010", "practice-talks")


def test_the_document_is_the_one_checked_in() -> None:
    """After a change that is meant: delete the file, run this test, read the difference."""
    text = json.dumps(document(APIS), ensure_ascii=False, indent=1) + "\n"
    if not GOLDEN.exists():
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_text(text)
    assert GOLDEN.read_text() == text, f"delete {GOLDEN.name} and run this test to write it anew"


def test_the_document_is_valid() -> None:
    validate(document(APIS))


def test_every_endpoint_says_what_it_does_and_what_it_answers() -> None:
    short = []
    for one in ENDPOINTS:
        name = f"{one.method} {one.path}"
        summary = (one.handler.__doc__ or "").partition("\n")[0]
        if not summary.endswith("."):
            short.append(f"{name}: its handler has no docstring that begins with a sentence")
        if one.answers is None:
            short.append(f"{name}: its record has no answers=")
        short += [
            f"{name}: {option.name} says nothing" for option in one.options if not option.says
        ]
        if one.method == "POST" and 201 in one.gives and "{id}" in one.path.rpartition("/")[2]:
            short.append(f"{name}: makes something new under an address that is there already")
    assert short == []


async def test_it_is_served_to_anybody_with_its_version(world: World) -> None:
    answer = await world.nobody.get("/api/v1/openapi.json")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.json() == document(APIS)
    tag = {"If-None-Match": answer.headers["etag"]}
    again = await world.nobody.get("/api/v1/openapi.json", headers=tag)
    assert (again.status_code, again.content, again.headers["etag"]) == (
        304,
        b"",
        tag["If-None-Match"],
    )
    head = await world.nobody.head("/api/v1/openapi.json")
    assert (head.status_code, head.content) == (200, b"")
    assert (await world.nobody.post("/api/v1/openapi.json")).status_code == 405


def test_every_example_of_a_body_is_one_that_is_read() -> None:
    doc = document(APIS)
    for one in ENDPOINTS:
        if one.body is not None:
            body = doc["paths"][one.path][one.method.lower()]["requestBody"]
            schema = body["content"]["application/json"]["schema"]
            made = example(doc, schema)
            one.body.model_validate(made)
            assert fits(schema, made) == [], one.path


ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@ON_SQLITE
async def test_what_is_really_answered_is_what_the_document_says(world: World) -> None:
    """Who may do it goes last, since then it is done."""
    found, made = {}, dict[Any, str]()

    async def ask(here: World, row: str, made: dict[Any, str] | None = None) -> None:
        method, path = route_of(row).split()
        trial = await a_try(here, row, made)
        for actor in ("nobody", "delegate_y", "administrator", permitted(row)):
            answer: Any = await send(here, trial, actor)
            if wrong := faults(method, path, answer):
                found[f"{row} by {actor}: {answer.status_code}"] = wrong

    for row in TABLE:
        if row.startswith("GET "):
            await ask(world, row, made)
            continue
        async with world.beginnings.another() as fresh:
            await ask(fresh, row)
    assert found == {}


@ON_SQLITE
async def test_the_demonstration_answers_as_the_document_says(demonstration: Demonstration) -> None:
    client = demonstration.coordinator
    ids = {}
    for talks in TALKS:
        listed = (await client.get(f"/api/v1/negotiations/{talks}/sessions")).json()["items"]
        ids[talks] = [one["id"] for one in listed]
    found = {}
    for path, verbs in strict()["paths"].items():
        if "get" not in verbs or (path.endswith("/{id}") and path != "/sessions/{id}"):
            continue
        for talks in TALKS:
            for session in ids[talks] if "{id}" in path else [""]:
                address = noted(path).replace("{neg}", talks).replace("{id}", session)
                address = (
                    address.replace("{jurisdiction}", "arlington")
                    .replace("{n}", "1")
                    .replace("{code}", "1")
                )
                more = "?expand=agenda,last,outstanding" if path == "/sessions/{id}" else ""
                answer = await client.get(f"/api/v1{address}{more}")
                if wrong := faults("GET", path, answer):
                    found[address] = wrong
    assert found == {}
