"""A labour round of one company and two unions: the service runs it as it is, by its file alone."""

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from exchanging import LABOUR, NOW, one_file, take_in
from factories import Standing, World, act, client_of
from icalendar import Calendar
from sqlmodel import col, select

from negotiations.access.actor import load_actor
from negotiations.access.logins import make_link, make_token, open_link
from negotiations.app import create_app
from negotiations.exchange.exporting import Format
from negotiations.feeds import actions as feeds
from negotiations.models import Person
from negotiations.models.access import TokenScope
from negotiations.settings import Settings

SLUG = "mill-round-2024"
NEG = f"/api/v1/negotiations/{SLUG}"
PEOPLE = ("secretary", "personnel", "weavers", "machinists")


@pytest.fixture
async def round_(settings: Settings) -> AsyncIterator[World]:
    """The service with the round imported, and those who can sign in."""
    clock = Standing(NOW)
    world = World(create_app(settings, clock=clock), settings, clock)
    await take_in(world.database, LABOUR)
    async with world.database.write() as db:
        for name in PEOPLE:
            rows = await db.exec(select(Person).where(col(Person.email) == f"{name}@mill.example"))
            person = rows.one()
            token = await make_token(
                db, person, label="test", scope=TokenScope.write, days=3, now=NOW
            )
            world.clients[name] = client_of(world.app, token)
            actor = await load_actor(db, person)
            _, secret = await feeds.create(db, actor, label="Mine", negotiation=None, now=NOW)
            world.feeds[name] = f"/feeds/{secret}.ics"
            link = await make_link(db, person.id, now=NOW, minutes=9)
            world.clients[f"{name}'s browser"] = client_of(world.app)
            cookie = await open_link(db, link, now=NOW, days=9)
            world.clients[f"{name}'s browser"].cookies.set("login", cookie)
    world.clients["nobody"] = client_of(world.app)
    yield world
    await world.close()


def grid(matrix: dict[str, Any]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for one in matrix["cells"]:
        found.setdefault(one["issue"], {})[one["jurisdiction"]] = one["value"]
    return found


async def test_the_matrix_compares_the_articles_over_both_unions(round_: World) -> None:
    matrix = (await round_.secretary.get(f"{NEG}/outcomes")).json()
    assert grid(matrix) == {
        "12": {"machinists": "not_recorded", "weavers": "tentatively_agreed"},
        "12.3": {"machinists": "not_recorded", "weavers": "agreed"},
        "12.10": {"machinists": "agreed", "weavers": "not_recorded"},
        "20": {"machinists": "impasse", "weavers": "deferred"},
    }
    early = (await round_.secretary.get(f"{NEG}/outcomes?as_of=2024-03-06")).json()
    assert grid(early)["12"] == {"machinists": "not_recorded", "weavers": "noted"}
    own = (await round_.machinists.get(f"{NEG}/outcomes")).json()
    assert [one["slug"] for one in own["jurisdictions"]] == ["machinists"]


async def test_a_session_is_proposed_accepted_and_confirmed_in_it(round_: World) -> None:
    body = {
        "jurisdiction": "machinists", "local_start": "2027-01-11T10:00",
        "local_end": "2027-01-11T12:00", "tz": "Europe/Dublin", "location": "Liberty Hall",
        "agenda": [{"issue": "20"}, {"issue": "12.10"}],
    }  # fmt: skip
    made = await round_.secretary.post(f"{NEG}/sessions", json=body)
    assert made.status_code == 201, made.text
    assert made.json()["title"] == "Machinists / Hartwell: session 5"
    for name in ("machinists", "personnel"):
        answer = await act(round_.clients[name], made.json()["id"], "accept")
        assert answer.status_code == 200, answer.text
    answer = await act(round_.secretary, made.json()["id"], "confirm")
    assert (answer.status_code, answer.json()["status"]) == (200, "confirmed")
    assert (await round_.weavers.get(f"/api/v1/sessions/{made.json()['id']}")).status_code == 404
    told = await one_file(round_.database, SLUG)
    assert b'"machinists/2027-01-11T10:00"' in told


async def test_every_feed_answers_with_the_sessions_of_its_owner(round_: World) -> None:
    counts = {}
    for name in PEOPLE:
        answer = await round_.nobody.get(round_.feeds[name])
        assert answer.status_code == 200
        counts[name] = len(Calendar.from_ical(answer.content).walk("VEVENT"))
    # Each with its window; the plenary is everybody's.
    assert counts == {"secretary": 10, "personnel": 10, "weavers": 6, "machinists": 6}
    public = await round_.nobody.get(f"/public/{SLUG}.ics")
    assert len(Calendar.from_ical(public.content).walk("VEVENT")) == 1


def page_paths(session: str) -> list[str]:
    talks = f"/n/{SLUG}"
    return [
        "/", talks, f"{talks}/schedule", f"{talks}/matrix", f"{talks}/tracks/weavers",
        f"{talks}/people", f"{talks}/set-up", f"/s/{session}", "/feeds", f"{talks}/sessions/new",
    ]  # fmt: skip


async def test_its_pages_answer(round_: World) -> None:
    listed = (await round_.secretary.get(f"{NEG}/sessions?jurisdiction=weavers")).json()["items"]
    browser: httpx2.AsyncClient = round_.clients["secretary's browser"]
    for path in page_paths(listed[0]["id"]):
        page = await browser.get(path)
        assert page.status_code == 200, path
    matrix = (await browser.get(f"/n/{SLUG}/matrix")).text
    assert "Weavers&#39; Union, branch 12" in matrix or "Weavers' Union, branch 12" in matrix
    assert (await round_.nobody.get(f"/public/{SLUG}")).status_code == 200


async def test_it_is_handed_over_in_every_form(round_: World) -> None:
    told = {
        form: await one_file(round_.database, SLUG, form)
        for form in Format
        if form is not Format.csv
    }
    assert {form for form, content in told.items() if b"Guildhall" in content} == set(told)
