"""What each kind of page of the demonstration costs the server, and what it takes over the line.

    python tests/benchmarks/showing.py

Everything that the coordinator, a delegate and the public come to by links, one page of each kind,
with the demonstration stirred as for the tests of the pages. Milliseconds of processor time of the
whole process (SQLite's work is in it), the median of several requests; a page may take 25. Beside
them the matrix of 100 jurisdictions by 10 issues, whose bytes may be 60 KB with style and script.
"""

import asyncio
import os
import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import httpx2
from benchmarks.record import record_talks
from benchmarks.talks import SLUG
from measuring import cpu, free_port, ours, table
from pages.conftest import site_of
from pages.crawling import kind_of
from pages.stirring import Stirring
from pages.test_weights import KILOBYTE, weight
from running import demo
from sqlmodel import select

from negotiations.access.logins import make_link, open_link
from negotiations.app import open_database
from negotiations.clock import Clock
from negotiations.models import Person
from negotiations.settings import Settings

TIMES, MOST = 9, 25
Row = tuple[str, float, float]


def cost(client: httpx2.Client, pid: int, address: str) -> float:
    """Milliseconds of the server's processor time for one request, the median of some."""
    found = []
    for number in range(TIMES + 1):
        before = cpu(pid)
        assert client.get(address).status_code == 200
        if number:  # its template and its SQL are compiled at the first
            found.append((cpu(pid) - before) * 1000)
    return statistics.median(found)


def of_the_demonstration(folder: Path) -> Iterator[Row]:
    with demo(folder) as told:
        stirring = Stirring(told)
        site = site_of(told, *stirring.all())
        stirring.close()
        for name in ("coordinator", "arlington", "nobody"):
            client = site.people[name]
            for address in site.pages(name):
                took = cost(client, told["pid"], address)
                yield f"{name} {kind_of(address)}", took, weight(client, address)
        site.close()


async def _login(settings: Settings) -> str:
    """Talks of 100 by 10, and a cookie of their coordinator."""
    await record_talks(settings, tracks=100, issues=10, sessions=2)
    database, now = open_database(settings, Clock()), Clock().now()
    async with database.write() as db:
        person = (await db.exec(select(Person))).one()
        secret = await make_link(db, person.id, now=now, minutes=60)
        cookie = await open_link(db, secret, now=now, days=14)
    await database.close()
    return cookie


def of_a_large_matrix(folder: Path) -> Row:
    settings = Settings(database_url=f"sqlite:///{folder}/large.db")
    cookie, port = asyncio.run(_login(settings)), free_port()
    base = f"http://127.0.0.1:{port}"
    with (
        ours(settings.database_url, port) as pid,
        httpx2.Client(base_url=base, cookies={"login": cookie}) as client,
    ):
        address = f"/n/{SLUG}/matrix"
        return "the matrix of 100 by 10", cost(client, pid, address), weight(client, address)


def main() -> None:
    os.environ["NEGOTIATIONS_REQUESTS_PER_MINUTE"] = "0"  # it asks more often than people do
    with tempfile.TemporaryDirectory() as folder:
        rows = sorted(of_the_demonstration(Path(folder) / "demo"), key=lambda row: -row[1])
        large = of_a_large_matrix(Path(folder))
    shown = [(name, f"{took:.1f}", f"{size / KILOBYTE:.1f}") for name, took, size in (*rows, large)]
    table("A page of the demonstration", ("ms of CPU", "KB"), shown)
    late, middle = sum(took > MOST for _, took, _ in rows), rows[len(rows) // 2][1]
    print(f"{len(rows)} pages, {late} of them over {MOST} ms; the median {middle:.1f} ms")


if __name__ == "__main__":
    main()
