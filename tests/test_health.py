"""`/healthz`, `/readyz` and `/metrics`: for who runs the service, and for nobody else."""

import os
import re
import signal
import time
from pathlib import Path

import httpx2
import pytest
from factories import NEG, World, propose, session_body, signed_in
from running import ready, serving
from sqlalchemy import NullPool, create_engine, text

from negotiations.health import OFTEN
from negotiations.ticks import claim, jobs_of


async def readiness(world: World) -> tuple[int, dict[str, str]]:
    answer = await world.nobody.get("/readyz")
    return answer.status_code, answer.json()


async def run_sql(world: World, statement: str) -> None:
    async with world.database.write() as db:
        await (await db.connection()).execute(text(statement))


async def test_it_is_ready_with_the_right_tables_and_fresh_feeds(world: World) -> None:
    await propose(world)
    assert await readiness(world) == (200, {"status": "ready"})
    await run_sql(world, "UPDATE event_bytes SET stamp = 'another' WHERE audience = 'public'")
    assert await readiness(world) == (503, {"status": "not ready", "reason": "feeds"})
    async with world.app.router.lifespan_context(world.app):  # a start renders them anew
        assert await readiness(world) == (200, {"status": "ready"})


async def test_it_is_not_ready_on_tables_of_another_version_or_without_its_database(
    world: World,
) -> None:
    await run_sql(world, "UPDATE alembic_version SET version_num = '0001'")
    assert await readiness(world) == (503, {"status": "not ready", "reason": "tables"})
    await run_sql(world, "ALTER TABLE alembic_version RENAME TO gone")
    assert await readiness(world) == (503, {"status": "not ready", "reason": "database"})
    answer = await world.nobody.get("/readyz")
    assert (answer.headers["retry-after"], answer.headers["cache-control"]) == ("5", "no-store")
    assert (await world.nobody.get("/healthz")).json() == {"status": "ok"}


async def test_it_is_not_ready_while_nobody_does_what_is_due(world: World) -> None:
    jobs = {one.name: one for one in jobs_of(world.settings)}
    assert OFTEN in jobs
    assert await readiness(world) == (200, {"status": "ready"})
    assert await claim(world.database, jobs[OFTEN], world.clock.now())
    world.clock.forward(seconds=jobs[OFTEN].every.total_seconds() + 299)
    assert await readiness(world) == (200, {"status": "ready"})
    world.clock.forward(seconds=2)
    assert await readiness(world) == (503, {"status": "not ready", "reason": "ticks"})
    assert await claim(world.database, jobs[OFTEN], world.clock.now())
    assert await readiness(world) == (200, {"status": "ready"})


def value(exposition: str, name: str, **labels: str) -> float:
    """One sample, 0 where it isn't counted yet."""
    for line in exposition.splitlines():
        found = re.fullmatch(rf"negotiations_{name}(?:\{{(.*)\}})? (\S+)", line)
        if found and dict(re.findall(r'(\w+)="([^"]*)"', found[1] or "")) == labels:
            return float(found[2])
    return 0


async def test_what_was_answered_is_counted_by_route_and_never_by_side(world: World) -> None:
    path = f"{NEG}/sessions"
    session = (await world.coordinator.post(path, json=session_body())).json()
    clash = await world.coordinator.post(path, json=session_body(jurisdiction="y"))
    assert clash.status_code == 409
    feed = world.feeds["delegate_x"]
    tag = (await world.nobody.get(feed)).headers["etag"]
    await world.nobody.get(feed, headers={"If-None-Match": tag})
    await world.nobody.get("/feeds/none.ics")
    await world.nobody.get("/public/water-talks.ics")
    await world.delegate_x.get(f"/api/v1/sessions/{session['id']}")
    await world.nobody.request("BREW", "/healthz")
    told = await world.nobody.get("/metrics")
    assert told.headers["content-type"].startswith("text/plain; version=")
    sessions = {"route": "/api/v1/negotiations/{neg}/sessions", "method": "POST"}
    counted = {
        "made": value(told.text, "requests_total", **sessions, status="2xx"),
        "refused": value(told.text, "requests_total", **sessions, status="4xx"),
        "clashes": value(told.text, "bookings_refused_total"),
        "timed": value(told.text, "request_seconds_count", route=sessions["route"]),
        "odd": value(told.text, "requests_total", route="/healthz", method="other", status="4xx"),
        **{
            f"{kind} {status}": value(told.text, "feed_answers_total", kind=kind, status=status)
            for kind, status in (
                ("personal", "200"), ("personal", "304"), ("personal", "404"), ("public", "200"),
            )
        },
        "in flight": value(told.text, "requests_in_flight"),
        "reading": value(told.text, "database_connections_in_use", pool="readers"),
        "writing": value(told.text, "database_connections_in_use", pool="writers"),
    }  # fmt: skip
    assert counted == {
        "made": 1, "refused": 1, "clashes": 1, "timed": 2, "odd": 1,
        "personal 200": 1, "personal 304": 1, "personal 404": 1, "public 200": 1,
        "in flight": 1, "reading": 0, "writing": 0,
    }  # fmt: skip
    for word in (session["id"], "water-talks", "none.ics", *world.people.values()):
        assert word not in told.text
    names = set(re.findall(r"(\w+)=\"", told.text))
    assert names == {"route", "method", "status", "le", "kind", "pool", "state"}


async def test_the_counters_are_for_the_operators_addresses_only(world: World) -> None:
    unknown = await world.nobody.get("/api/v1/nothing")
    answers = {}
    for host in ("127.0.0.1", "::1", "::ffff:127.0.0.1", "203.0.113.7", "testclient"):
        transport = httpx2.ASGITransport(app=world.app, client=(host, 1))
        async with httpx2.AsyncClient(transport=transport, base_url="http://x") as client:
            answers[host] = await client.get("/metrics")
    assert [one.status_code for one in answers.values()] == [200, 200, 200, 404, 404]
    assert answers["203.0.113.7"].content == unknown.content
    browser = await signed_in(world, "coordinator")
    assert (await browser.get("/metrics")).status_code == 200  # it is the address that counts


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_several_processes_count_together_and_believe_the_proxy(database_url: str) -> None:
    with serving(
        database_url, "--workers", "2", FORWARDED_ALLOW_IPS="127.0.0.1", LOG_FORMAT="json"
    ) as (process, base):
        for _ in range(30):
            httpx2.get(f"{base}/robots.txt")  # each on a connection of its own
        told = httpx2.get(f"{base}/metrics").text
        assert value(told, "requests_total", route="/robots.txt", method="GET", status="2xx") == 30
        outside = httpx2.get(f"{base}/metrics", headers={"X-Forwarded-For": "203.0.113.7"})
        assert outside.status_code == 404
        killed = children(process.pid)
        os.kill(killed[0], signal.SIGKILL)
        until = time.monotonic() + 120
        while killed[0] in children(process.pid) or len(children(process.pid)) < 2:
            assert time.monotonic() < until, "nothing took its place"
            time.sleep(0.05)
        ready(process, base)
        told = httpx2.get(f"{base}/metrics").text
        assert value(told, "requests_total", route="/robots.txt", method="GET", status="2xx") == 30
        assert value(told, "requests_in_flight") == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_nobody_but_the_proxy_says_where_a_request_comes_from(database_url: str) -> None:
    claimed = {"X-Forwarded-For": "203.0.113.7"}  # else this address would be refused the counters
    with serving(database_url, FORWARDED_ALLOW_IPS="192.0.2.1") as (_, base):
        assert httpx2.get(f"{base}/metrics", headers=claimed).status_code == 200


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_it_ends_with_1_when_no_other_process_can_take_the_place_of_one(database_url: str) -> None:
    with serving(database_url, "--workers", "2", "--no-worker") as (process, _):
        with create_engine(database_url, poolclass=NullPool).begin() as connection:
            connection.exec_driver_sql("DROP TABLE event_bytes")
        os.kill(children(process.pid)[0], signal.SIGKILL)
        assert process.wait(60) == 1


def children(pid: int) -> list[int]:
    """The serving processes of a keeper."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    words = {int(one): Path(f"/proc/{one}/cmdline").read_bytes() for one in found}
    return [one for one, line in words.items() if b"spawn_main" in line]
