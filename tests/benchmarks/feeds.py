"""What a feed costs: the service's processor time per request, with the bars it is held to.

    make bench

The whole service (request id, headers, counters, log line) beside a bare Starlette route that
sends the same bytes; both on one core, the load on another, taking turns in one run. On SQLite and
on PostgreSQL.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import postgres
from acting import Coordinator
from measuring import (
    Link,
    alternate,
    body,
    cpu,
    free_port,
    get,
    header,
    on_load_core,
    ours,
    server,
    table,
)
from talks import Made, make

from negotiations.settings import Settings

HERE = Path(__file__).parent
REQUESTS = 3000
WARM = 500


def made(url: str, **wanted: int) -> Made:
    settings = Settings(database_url=url, base_url="http://127.0.0.1:8000")
    return asyncio.run(make(settings, **wanted))


@contextmanager
def bare(content: bytes) -> Iterator[Link]:
    port = free_port()
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).write_bytes(content)
        words = (sys.executable, str(HERE / "bare.py"), str(port), file.name)
        with server(*words, port=port) as pid:
            yield Link(port, pid)


@contextmanager
def serving(url: str) -> Iterator[Link]:
    port = free_port()
    with ours(url, port) as pid:
        yield Link(port, pid)


def beside_a_bare_route(name: str, url: str, told: Made) -> list[tuple[str, ...]]:
    """304 and the whole body; each as ours, the bare route's, and our rate against its."""
    rows = []
    with serving(url) as link:
        for side, asked in (("track-0", (200,)), ("agency", (304, 200))):
            path = told.feeds[side][0]
            answer = link.ask(get(path, Accept_Encoding="gzip"))[1]
            content = body(answer)
            requests = {
                200: get(path, Accept_Encoding="gzip"),
                304: get(path, Accept_Encoding="gzip", If_None_Match=header(answer, "etag")),
            }
            with bare(content) as plain:
                for status in asked:
                    request = requests[status]
                    for one in (link, plain):
                        one.cost(request, status, WARM)
                    own, other, ratio = alternate(
                        lambda r=request, s=status: link.cost(r, s, REQUESTS),
                        lambda r=request, s=status: plain.cost(r, s, REQUESTS),
                    )
                    what = "304" if status == 304 else f"200, {len(content) / 1000:.0f} KB gzip"
                    what = f"{name}: {side}, {what}"
                    rows.append((what, f"{own:.1f}", f"{other:.1f}", f"{ratio:.2f}"))
    return rows


def first_get(url: str, told: Made) -> float:
    """Milliseconds for the first fetch after a start, less those of the second."""
    with serving(url) as link:
        link.ask(get("/healthz"))
        time.sleep(1)
        costs = []
        for _ in range(2):
            before = cpu(link.pid)
            assert link.ask(get(told.feeds["agency"][0], Accept_Encoding="gzip"))[0] == 200
            costs.append((cpu(link.pid) - before) * 1000)
    return costs[0] - costs[1]


def after_a_change(url: str, told: Made, times: int = 9) -> tuple[float, float]:
    """Medians in milliseconds: the move of a session, and the next fetch of all sessions."""
    moves, fetches = [], []
    path = told.feeds["agency"][0]
    with serving(url) as link:
        coordinator = Coordinator(link, told.token)
        coordinator.propose()
        tag = ""
        for number in range(times):
            answer = link.ask(get(path, Accept_Encoding="gzip"))[1]
            assert header(answer, "etag") != tag
            tag = header(answer, "etag")
            request = coordinator.move_request(number)
            before = cpu(link.pid)
            assert link.ask(request)[0] == 200
            moves.append((cpu(link.pid) - before) * 1000)
            time.sleep(0.05)
            before = cpu(link.pid)
            status, _ = link.ask(get(path, Accept_Encoding="gzip", If_None_Match=tag))
            fetches.append((cpu(link.pid) - before) * 1000)
            assert status == 200
    return sorted(moves)[times // 2], sorted(fetches)[times // 2]


def same_cost(one: tuple[str, Made], other: tuple[str, Made]) -> tuple[float, float, float]:
    """Microseconds of a 304 of two services that take turns, and their ratio."""
    with serving(one[0]) as first, serving(other[0]) as second:
        requests = []
        for link, told in ((first, one[1]), (second, other[1])):
            path = told.feeds["agency"][0]
            tag = header(link.ask(get(path, Accept_Encoding="gzip"))[1], "etag")
            requests.append(get(path, Accept_Encoding="gzip", If_None_Match=tag))
            link.cost(requests[-1], 304, WARM)
        return alternate(
            lambda: first.cost(requests[0], 304, REQUESTS),
            lambda: second.cost(requests[1], 304, REQUESTS),
        )


def main() -> None:
    on_load_core()
    with tempfile.TemporaryDirectory() as folder:
        files = {name: f"sqlite:///{folder}/{name}.db" for name in ("ten", "thousand", "many")}
        postgresql = postgres.start()
        thousand = {"tracks": 14, "sessions": 72, "items": 4}
        told = {
            "ten": made(files["ten"], tracks=1, sessions=10, items=4),
            "thousand": made(files["thousand"], **thousand),
            "many": made(files["many"], tracks=140, sessions=72, items=4),
        }
        rows = beside_a_bare_route("SQLite", files["thousand"], told["thousand"])
        if postgresql is not None:
            postgresql.create_database("bench")
            url = postgresql.url("bench")
            rows += beside_a_bare_route("PostgreSQL", url, made(url, **thousand))
        table(
            "Feeds of 1,008 sessions (agency) and 72 (track-0), µs of CPU a request",
            ("ours", "bare route", "rate (>=0.85)"), rows,
        )  # fmt: skip
        ten, many, ratio = same_cost((files["ten"], told["ten"]), (files["many"], told["many"]))
        table(
            "A 304 of few and of many sessions, µs of CPU", ("10", "10,080", "ratio (<=1.1)"),
            [("304", f"{ten:.1f}", f"{many:.1f}", f"{ratio:.2f}")],
        )  # fmt: skip
        rows = []
        for name, sessions, bar in (("thousand", "1,008", 6), ("many", "10,080", 20)):
            move, fetch = after_a_change(files[name], told[name])
            rows.append((f"{sessions} sessions (bar {bar})", f"{move:.1f}", f"{fetch:.1f}"))
        table("One session moves, ms of CPU", ("the move", "the next GET"), rows)
        first = sorted(first_get(files["thousand"], told["thousand"]) for _ in range(9))[4]
        table(
            "The first GET after a start, ms of CPU", ("", "bar"),
            [("1,008 sessions", f"{first:.1f}", "40")],
        )  # fmt: skip
        followed(folder)
        if postgresql is not None:
            postgresql.stop()


def followed(folder: str) -> None:
    """What a move costs with few and with many subscriptions."""
    few, many = f"sqlite:///{folder}/few.db", f"sqlite:///{folder}/followed.db"
    told = {
        few: made(few, tracks=4, sessions=20, items=2, feeds=2),
        many: made(many, tracks=4, sessions=20, items=2, feeds=20_000),
    }
    costs = {url: [] for url in told}
    for _ in range(3):
        for url, one in told.items():
            costs[url].append(after_a_change(url, one)[0])
    one, other = (sorted(costs[url])[1] for url in (few, many))
    table(
        "Moving a session, ms of CPU", ("10 feeds", "100,000 feeds", "ratio (<=1.2)"),
        [("move", f"{one:.1f}", f"{other:.1f}", f"{other / one:.2f}")],
    )  # fmt: skip


if __name__ == "__main__":
    main()
