"""SIGTERM: what is being answered is answered, nothing acknowledged is lost, the end is 0."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from factories import make_talks
from running import free_port, running, serving
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.engine import make_url
from sqlmodel import col, select
from templates import Templates

from negotiations.access.actor import operator
from negotiations.access.logins import make_token
from negotiations.app import open_database
from negotiations.cli.around import unhurried
from negotiations.clock import Clock
from negotiations.models import Person
from negotiations.models.access import TokenScope
from negotiations.models.parties import Role
from negotiations.parties import seats
from negotiations.parties.bodies import NewPerson
from negotiations.settings import Settings
from negotiations.ticks import jobs_of

ISSUES = "/api/v1/negotiations/water-talks/issues"
SQLITE = pytest.param("sqlite", (), id="sqlite")
POSTGRESQL = pytest.param("postgresql", (), id="postgresql")
FOUR = pytest.param("postgresql", ("--workers", "4", "--no-worker"), id="postgresql, four")
EITHER = pytest.mark.parametrize(
    ("database_url", "more"), [SQLITE, POSTGRESQL, FOUR], indirect=["database_url"]
)


def founded(settings: Settings) -> dict[str, str]:
    """Talks in the database; the headers of their coordinator."""

    async def found() -> str:
        database = open_database(settings, Clock())
        async with database.write() as db:
            now = database.clock.now()
            talks = await make_talks(db, "water-talks", now)
            body = NewPerson(name="Co", email="co@example.org", role=Role.coordinator)
            seat = await seats.add_person(db, operator(talks.id), talks, body, now=now)
            owner = (await db.exec(select(Person).where(col(Person.id) == seat.person_id))).one()
            token = await make_token(
                db, owner, label="load", scope=TokenScope.write, days=1, now=now
            )
        await database.close()
        return token

    return {"Authorization": f"Bearer {asyncio.run(found())}"}


def engine_of(database_url: str) -> Any:
    url = make_url(database_url)
    plain = url.set(drivername="sqlite") if url.get_backend_name() == "sqlite" else url
    return create_engine(plain, poolclass=NullPool)


def codes(database_url: str) -> set[str]:
    with engine_of(database_url).connect() as connection:
        return set(connection.execute(text("SELECT code FROM issue")).scalars())


@contextmanager
def writers_wait(database_url: str) -> Iterator[None]:
    """Nobody else can write these talks meanwhile."""
    with engine_of(database_url).connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.connection.driver_connection.isolation_level = None
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(text("SELECT id FROM negotiation FOR UPDATE"))
        yield
        connection.exec_driver_sql("ROLLBACK")


class Load(threading.Thread):
    """Posts issues one after the other until the service is gone."""

    def __init__(self, base: str, headers: dict[str, str], number: int) -> None:
        super().__init__(daemon=True)
        self.base, self.headers, self.number = base, headers, number
        self.kept: set[str] = set()
        self.other: list[int] = []

    def run(self) -> None:
        with httpx2.Client(base_url=self.base, headers=self.headers, timeout=20) as client:
            for place in range(10_000):
                code = f"{self.number}.{place}"
                try:
                    answer = client.post(ISSUES, json={"code": code, "title": "Kept"})
                except httpx2.TransportError:
                    return
                if answer.status_code == 201:
                    self.kept.add(code)
                else:
                    self.other.append(answer.status_code)


def ended(process: subprocess.Popen[str], sent: float) -> None:
    """It ends by itself with 0, within ten seconds of the signal on a machine with time for it."""
    busy = os.getloadavg()[0] > 4 * (os.cpu_count() or 1)
    assert (process.wait(60), time.monotonic() - sent < (60 if busy else 10)) == (0, True)


@EITHER
def test_no_acknowledged_write_is_lost_when_it_is_stopped_under_load(
    settings: Settings, database_url: str, more: tuple[str, ...]
) -> None:
    headers = founded(settings)
    with serving(database_url, *more) as (process, base):
        loads = [Load(base, headers, 1 + place) for place in range(4)]
        for load in loads:
            load.start()
        until = time.monotonic() + 60
        while sum(len(load.kept) for load in loads) < 20 and time.monotonic() < until:
            time.sleep(0.01)
        sent = time.monotonic()
        process.send_signal(signal.SIGTERM)
        ended(process, sent)
        for load in loads:
            load.join(20)
    kept = set().union(*(load.kept for load in loads))
    assert (len(kept) >= 20, [load.other for load in loads]) == (True, [[], [], [], []])
    assert kept - codes(database_url) == set()


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
def test_what_is_being_answered_is_answered_and_new_requests_are_refused(
    settings: Settings, database_url: str
) -> None:
    headers = founded(settings)
    answers: list[int] = []

    def post(base: str) -> None:
        body = {"code": "1", "title": "Under way"}
        answer = httpx2.post(base + ISSUES, json=body, headers=headers, timeout=20)
        answers.append(answer.status_code)

    with serving(database_url) as (process, base):
        caller = threading.Thread(target=post, args=[base], daemon=True)
        with writers_wait(database_url):
            caller.start()
            under_way(base)
            sent = time.monotonic()
            process.send_signal(signal.SIGTERM)
            refusing(base)
            assert answers == []
        ended(process, sent)
        caller.join(20)
    assert answers == [201]
    assert codes(database_url) == {"1"}


def under_way(base: str) -> None:
    """Wait until a writer has the connection that it can't go on with."""
    until = time.monotonic() + 20
    while True:
        counted = httpx2.get(f"{base}/metrics").text
        if 'negotiations_database_connections_in_use{pool="writers"} 1.0' in counted:
            return
        assert time.monotonic() < until, counted
        time.sleep(0.02)


def refusing(base: str) -> None:
    """Wait until no connection is taken any more."""
    address = (urlsplit(base).hostname, urlsplit(base).port)
    until = time.monotonic() + 5
    while time.monotonic() < until:
        try:
            socket.create_connection(address, 1).close()  # type: ignore[arg-type]
        except OSError:
            return
        time.sleep(0.02)
    pytest.fail("connections are still taken")


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
def test_what_cannot_be_answered_in_time_is_undone(settings: Settings, database_url: str) -> None:
    headers = founded(settings)

    answers: list[int] = []

    def post(base: str) -> None:
        body = {"code": "1", "title": "No"}
        answer = httpx2.post(base + ISSUES, json=body, headers=headers, timeout=20)
        answers.append(answer.status_code)

    with serving(database_url) as (process, base), writers_wait(database_url):
        caller = threading.Thread(target=post, args=[base], daemon=True)
        caller.start()
        under_way(base)
        sent = time.monotonic()
        process.send_signal(signal.SIGTERM)
        ended(process, sent)
        caller.join(20)
    assert answers == [503]
    assert codes(database_url) == set()


@pytest.mark.parametrize("when", ["while it starts", "once it says that it serves"])
def test_what_is_stopped_before_it_answers_ends_as_well(
    templates: Templates, tmp_path: Path, when: str
) -> None:
    """Such a signal was lost, and the service went on."""
    lock = tmp_path / "some.db.lock"
    url = templates.copy("sqlite", "empty", str(tmp_path / "some.db"))
    with running(url, "serve", "--port", str(free_port())) as process:
        if when == "while it starts":
            while not lock.exists():
                time.sleep(0.01)
            time.sleep(0.1)
        else:
            assert process.stdout is not None
            assert process.stdout.readline().startswith("Serving ")
        process.terminate()
        assert process.wait(10) == 0


def test_a_signal_in_the_middle_of_a_destructor_is_obeyed_before_anything_is_served(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What its handler raises is lost there."""

    class Ending:
        def __del__(self) -> None:
            os.kill(os.getpid(), signal.SIGTERM)

    lost: list[type[BaseException]] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda told: lost.append(told.exc_type))
    with unhurried() as serving:
        Ending()
        assert lost == [SystemExit]
        with pytest.raises(SystemExit):
            serving.set()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_the_worker_ends_with_0(database_url: str) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        with running(database_url, "worker") as process:
            assert process.stdout is not None
            told = ", ".join(job.name for job in jobs_of(Settings(database_url=database_url)))
            assert process.stdout.readline() == f"Working: {told}. Stop with Ctrl-C.\n"
            sent = time.monotonic()
            process.send_signal(number)
            ended(process, sent)
