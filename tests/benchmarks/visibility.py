"""How long until a commit of another process is seen in a feed.

    python tests/benchmarks/visibility.py

SQLite: one serving process and this one beside it. PostgreSQL: four serving processes, each of
which has to show the change; once as they are, and once with their listening connections killed.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import postgres
import psycopg
from measuring import Link, free_port, get, header, server, service_env, table
from sqlalchemy.engine import make_url
from sqlmodel import col, select
from talks import SLUG, Made, make

from negotiations.access.actor import operator
from negotiations.app import open_database
from negotiations.clock import Clock
from negotiations.db import Database
from negotiations.models import Negotiation
from negotiations.parties import actions as parties
from negotiations.settings import Settings

CHANGES, CONNECTIONS = 40, 16
BASE = "http://127.0.0.1:8000"


@contextmanager
def serving(url: str, workers: int) -> Iterator[list[Link]]:
    """So many connections that each process has some."""
    port = free_port()
    words = [sys.executable, "-m", "negotiations", "serve", "--port", str(port)]
    if workers > 1:
        words += ["--workers", str(workers)]
    with server(*words, port=port, **service_env(url)) as pid:
        time.sleep(3)  # each of them has started
        yield [Link(port, pid) for _ in range(CONNECTIONS)]


async def change(database: Database, number: int) -> float:
    """Another subject of the talks, which their window tells; when it was committed."""
    async with database.write() as db:
        rows = await db.exec(select(Negotiation).where(col(Negotiation.slug) == SLUG))
        talks = rows.one()
        fields = {"subject": f"Subject {number} {time.time()}"}
        await parties.change(
            db, operator(talks.id), talks, fields, negotiation_id=talks.id, now=database.clock.now()
        )
    return time.perf_counter()


async def delays(
    url: str, told: Made, links: list[Link], before: Callable[[], None]
) -> list[float]:
    """Milliseconds from each commit until the last connection shows it."""
    path = told.feeds["agency"][0]
    settings = Settings(database_url=url, base_url=BASE)
    database = open_database(settings, Clock())
    found = []
    for number in range(CHANGES):
        old = {header(link.ask(get(path))[1], "etag") for link in links}
        assert len(old) == 1, "they don't even agree now"
        before()
        committed = await change(database, number)
        tag = old.pop()
        for link in links:
            while link.ask(get(path, If_None_Match=tag))[0] == 304:
                assert time.perf_counter() - committed < 5, "it is never seen"
                time.sleep(0.002)  # noqa: ASYNC251  # nothing else runs here
        found.append((time.perf_counter() - committed) * 1000)
        await asyncio.sleep(0.013 * number % 0.2)
    await database.close()
    return sorted(found)


def deafen(url: str) -> Callable[[], None]:
    """Kills every connection that listens."""
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)

    def kill() -> None:
        with psycopg.connect(address, autocommit=True) as link:
            link.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"
            )

    return kill


def row(name: str, found: list[float], bar: str) -> tuple[str, ...]:
    middle, late = found[len(found) // 2], found[int(len(found) * 0.95)]
    return name, f"{middle:.0f}", f"{late:.0f}", f"{found[-1]:.0f}", bar


def main() -> None:
    rows = []
    wanted = {"tracks": 4, "sessions": 5}
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/talks.db"
        told = asyncio.run(make(Settings(database_url=url, base_url=BASE), **wanted))
        with serving(url, 1) as links:
            found = asyncio.run(delays(url, told, links, lambda: None))
        rows.append(row("SQLite", found, "300 (all)"))
    machine = postgres.start()
    if machine is not None:
        machine.create_database("visibility")
        url = machine.url("visibility")
        told = asyncio.run(make(Settings(database_url=url, base_url=BASE), **wanted))
        with serving(url, 4) as links:
            found = asyncio.run(delays(url, told, links, lambda: None))
            rows.append(row("PostgreSQL, four processes", found, "50 (p95)"))
            found = asyncio.run(delays(url, told, links, deafen(url)))
            rows.append(row("PostgreSQL, listeners killed", found, "700 (all)"))
        machine.stop()
    columns = ("median", "p95", "slowest", "bar")
    table("A commit of another process is seen after, ms", columns, rows)


if __name__ == "__main__":
    main()
