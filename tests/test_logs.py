"""The log: one line for each request, nothing in it that a person wrote or that opens a door."""

import io
import json
import logging
import re
import secrets
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import httpx2
import pytest
import structlog
from browsing import base_of
from factories import (
    NEG,
    Standing,
    World,
    confirmed,
    make_world,
    propose,
    send_form,
    signed_in,
)
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import delete
from subscribing import feed_of, on_version, path_of, rotated

from negotiations import logs
from negotiations.access.logins import make_link
from negotiations.access.secrets import fingerprint
from negotiations.models import EventBytes
from negotiations.settings import Settings

CANARY = "canary" + secrets.token_hex(8)


@contextmanager
def logging_to(stream: io.StringIO, kind: Literal["json", "console"]) -> Iterator[None]:
    root, ours = logging.getLogger(), logging.getLogger("negotiations")
    before, levels, structure = root.handlers[:], (root.level, ours.level), structlog.get_config()
    logs.set_up(kind, stream)
    yield
    root.handlers[:] = before
    root.setLevel(levels[0])
    ours.setLevel(levels[1])
    structlog.configure(**structure)


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What is logged as JSON meanwhile."""
    stream = io.StringIO()
    with logging_to(stream, "json"):
        yield stream


def told(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


async def test_a_request_leaves_one_line_with_its_route_and_no_path(
    world: World, log: io.StringIO
) -> None:
    answer = await world.coordinator.get(f"{NEG}/issues?nope={CANARY}")
    feed = await world.nobody.get(world.feeds["delegate_x"])
    page = await (await signed_in(world, "head_x")).get("/feeds")
    lost = await world.nobody.get(f"/{CANARY}")
    lines = [one for one in told(log) if one["event"] == "request"]
    for one in lines:
        assert set(one) == {
            "time", "level", "event", "id", "method", "route", "status", "ms", "bytes", "via",
        }  # fmt: skip
        assert (one.pop("level"), one.pop("event")) == ("info", "request")
        assert one.pop("time").endswith("Z") and one.pop("ms") >= 0
    asked = [(answer, "/api/v1/negotiations/{neg}/issues", "nobody"),
             (feed, "/feeds/{token}.ics", "feed"), (page, "/feeds", "login"),
             (lost, "none", "nobody")]  # fmt: skip
    assert lines == [
        {
            "id": one.headers["x-request-id"], "method": "GET", "route": route,
            "status": one.status_code, "bytes": int(one.headers["content-length"]), "via": via,
        }
        for one, route, via in asked
    ]  # fmt: skip


async def break_commitments(world: World) -> None:
    """The database itself refuses what holds the canary, and PostgreSQL repeats the row."""
    statement = "ALTER TABLE commitment ADD CONSTRAINT no CHECK (text NOT LIKE 'canary%')"
    if world.database.is_sqlite:
        statement = (
            "CREATE TRIGGER no BEFORE INSERT ON commitment WHEN NEW.text LIKE 'canary%' "
            "BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
    async with world.database.write() as db:
        await (await db.connection()).execute(text(statement))


async def poison(world: World, session: str) -> None:
    """An end before its start, which can't be rendered, and then a change that renders it."""
    async with world.database.write() as db:
        connection = await db.connection()
        await connection.execute(
            text(
                "UPDATE session SET title = :title, local_end = '2000-01-01 00:00:00.000000' "
                "WHERE id = :id"
            ),
            {"title": CANARY, "id": session},
        )
    path = f"/api/v1/sessions/{session}"
    tag = (await world.coordinator.get(path)).headers["etag"]
    body = {"location": CANARY, "reason": CANARY}
    await world.coordinator.post(f"{path}/relocate", json=body, headers={"If-Match": tag})


async def test_no_secret_and_no_word_comes_into_the_log(world: World, log: io.StringIO) -> None:
    told_secrets = [client.headers.get("authorization", "") for client in world.clients.values()]
    words = [one.removeprefix("Bearer ") for one in told_secrets if one]
    words += [path.removeprefix("/feeds/").removesuffix(".ics") for path in world.feeds.values()]
    async with world.database.write() as db:
        link = await make_link(db, world.people["head_x"], now=world.clock.now(), minutes=60)
    browser = await signed_in(world, "coordinator")
    words += [CANARY, link, browser.cookies["login"], "@example.org", "Water", "City Hall"]
    session = (await confirmed(world))["id"]
    await break_commitments(world)
    world.coordinator._transport.raise_app_exceptions = False  # as a server does
    body = {"jurisdiction": "x", "owner": "x", "text": CANARY}
    told_500 = await world.coordinator.post(f"{NEG}/commitments", json=body)
    assert told_500.status_code == 500 and CANARY not in told_500.text
    for client in (world.coordinator, world.nobody, world.delegate_y, browser):
        for path in (
            f"/{CANARY}", f"/feeds/{CANARY}.ics", f"/sign-in/{link}", f"/s/{session}",
            f"{NEG}/issues?x={CANARY}", f"/api/v1/sessions/{CANARY}", f"{NEG}/people",
            f"/public/{CANARY}.ics", *world.feeds.values(), f"/n/water-talks/{CANARY}",
        ):  # fmt: skip
            await client.get(path)
    raw = f'{{"title": "{CANARY}'.encode()
    for kind in ("application/json", CANARY):
        await world.coordinator.post(f"{NEG}/issues", content=raw, headers={"Content-Type": kind})
    await world.coordinator.post(f"{NEG}/people", json={"name": CANARY, "email": f"{CANARY}@x"})
    await world.nobody.get(f"{NEG}/issues", headers={"Authorization": f"Bearer neg_{CANARY}"})
    await send_form(browser, "/feeds", label=CANARY, extra=CANARY)
    await send_form(browser, f"/sign-in/{CANARY}")
    await world.coordinator.request(CANARY.upper(), "/healthz")
    await poison(world, session)
    logging.getLogger("asyncio").error(f"Task failed\nfuture: {CANARY}")
    lines = told(log)
    kinds = {one["event"] for one in lines}
    assert any(one.startswith("event ") for one in kinds), kinds
    assert [one["status"] for one in lines if one.get("status") == 500] == [500]
    [failure] = [one for one in lines if "failed" in one["event"] and one["event"][0] == "r"]
    assert failure["event"] == f"request {told_500.headers['x-request-id']} failed"
    assert "IntegrityError" in failure["stack"] and "outcomes/api.py" in failure["stack"]
    shown = log.getvalue().lower()
    assert [word for word in words if word.lower() in shown] == []
    assert len(lines) > 60


def words_of(*paths: str) -> set[str]:
    """The secret of each address, and what is stored of it."""
    secrets_ = {path.removeprefix("/feeds/").partition(".ics")[0] for path in paths}
    return secrets_ | {fingerprint(one) for one in secrets_}


async def test_no_calendar_address_comes_into_log_metrics_or_another_answer(
    settings: Settings, log: io.StringIO
) -> None:
    """calendar.md 51: whatever is answered, an address of now, a former one, or none at all."""
    limits = {"feed_fetches_per_hour": 60, "wrong_secrets_per_hour": 2}
    world = await make_world(settings.model_copy(update=limits), Standing())
    transport = httpx2.ASGITransport(app=world.app, client=("::1", 1))
    client = httpx2.AsyncClient(transport=transport, base_url="http://testserver")
    try:
        old = world.feeds["delegate_x"]
        path = f"/api/v1/feeds/{await feed_of(world, 'delegate_x')}"
        new = path_of(await rotated(world, "delegate_x", grace_days=1))
        browser = await signed_in(world, "delegate_x")
        page = await browser.get(path.replace("/api/v1", "") + "/change")
        form = {"base": base_of(page), "grace_days": "1"}
        made = await send_form(browser, path.replace("/api/v1", "") + "/rotate", **form)
        [address] = re.findall(r'<code class="address">http://testserver([^<]+)</code>', made.text)
        wrong = f"/feeds/{CANARY}.ics"
        got: list[httpx2.Response] = []

        async def ask(address: str, status: int, **headers: str) -> None:
            got.append(await client.get(address, headers=headers))
            assert got[-1].status_code == status, got[-1].text

        await ask(address, 200, Referer=f"http://testserver{address}")
        await ask(address, 304, **{"If-None-Match": got[0].headers["etag"]})
        await ask(new, 200)  # the one before, which goes on for a day
        await ask(old, 410)  # the oldest, which ended at once
        await ask(f"{address}?alarms=soon", 400)
        for status in (404, 404, 429):
            await ask(wrong, status)
        for _ in range(58):  # a wrong option is counted for nobody
            await ask(address, 200)
        await ask(address, 429)
        got.append(await client.post(new))
        gone = await on_version(world.coordinator, "DELETE", path)
        assert (gone.status_code, gone.json()["ended_by"]) == (200, "secretariat")
        await ask(new, 410)
        async with world.database.write() as db:
            await db.exec(delete(EventBytes))
        await ask(world.feeds["delegate_y"], 503)
        metrics = await client.get("/metrics")
        assert metrics.status_code == 200 and 'route="/feeds/{token}.ics"' in metrics.text
        words = words_of(old, new, address, wrong, *world.feeds.values())
        told_elsewhere = [metrics.text, log.getvalue(), gone.text]
        told_elsewhere += [one.text + str(one.headers) for one in got]
        listed = await world.delegate_x.get("/api/v1/feeds"), await browser.get("/feeds")
        told_elsewhere += [one.text for one in listed]
        assert {word for word in words for text_ in told_elsewhere if word in text_} == set()
        lines = [one for one in told(log) if one.get("route") == "/feeds/{token}.ics"]
        assert {one["status"] for one in lines} == {200, 304, 400, 404, 405, 410, 429, 503}
        whole = [one for one in got if one.status_code != 304]  # which says what changed only
        assert {one.headers.get("referrer-policy") for one in whole} == {"no-referrer"}
    finally:
        await client.aclose()
        await world.close()


async def test_an_error_of_the_database_does_not_repeat_what_it_was_given(world: World) -> None:
    for engine in world.database.engines.values():
        assert engine.sync_engine.hide_parameters
    session = (await propose(world))["id"]
    async with world.database.write(dry_run=True) as db:
        connection = await db.connection()
        statement = text("UPDATE session SET created_at = NULL, title = :title WHERE id = :id")
        with pytest.raises(IntegrityError, match="SQL parameters hidden") as caught:
            await connection.execute(statement, {"title": CANARY, "id": session})
    told_all = "".join(traceback.format_exception(caught.value))
    if world.database.is_sqlite:  # PostgreSQL's own words hold the row: see the stack's test
        assert CANARY not in told_all
    assert CANARY not in logs.stack_of(caught.value)


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(TEXTS)
def test_a_control_character_never_makes_a_line_or_moves_the_cursor(word: str) -> None:
    kinds: tuple[Literal["json"], Literal["console"]] = ("json", "console")
    for kind in kinds:
        stream = io.StringIO()
        with logging_to(stream, kind):
            structlog.get_logger().info("request", method=word)
            logging.getLogger("negotiations").info("%s", word)
        shown = stream.getvalue()
        assert len(shown.splitlines()) == shown.count("\n") == 2
        assert all(line.isprintable() for line in shown.split("\n"))
        if kind == "json":
            assert json.loads(shown.split("\n")[0])["method"] == word
