"""F18: ten thousand calendars ask within five seconds, and a session moves in the middle.

    python tests/benchmarks/storm.py

Nine in ten ask whether anything has changed. Every unchanged one gets 304, exactly the calendars
that show the session change, nothing fails, the event loop is never late, and memory stays small.
"""

import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from acting import Coordinator
from measuring import Link, free_port, get, header, on_load_core, server, service_env, table
from talks import Made, make

from negotiations.settings import Settings

SECONDS, CONNECTIONS = 5.0, 64


@dataclass(slots=True)
class Calendar:
    """One address and the version its program has."""

    path: str
    side: str
    tag: str = ""


class Pool:
    """Connections that take turns; requests begin when they are due, not when others end."""

    def __init__(self, port: int) -> None:
        self._port, self._free = port, asyncio.Queue()

    async def open(self) -> None:
        for _ in range(CONNECTIONS):
            self._free.put_nowait(await asyncio.open_connection("127.0.0.1", self._port))

    async def ask(self, request: bytes) -> tuple[int, str]:
        """The status and the entity tag."""
        reader, writer = link = await self._free.get()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        status = int(head[9:12])
        length = header(head, "content-length") if b"content-length" in head.lower() else "0"
        if status != 304:
            await reader.readexactly(int(length))
        self._free.put_nowait(link)
        return status, header(head, "etag") if b"etag" in head.lower() else ""


async def load(
    port: int, calendars: Sequence[Calendar], move: bytes, moved: str
) -> dict[str, object]:
    pool = Pool(port)
    await pool.open()
    began = time.perf_counter()
    for one in calendars:  # as programs do when they subscribe
        status, one.tag = await pool.ask(get(one.path, Accept_Encoding="gzip"))
        assert status == 200
    first = time.perf_counter() - began
    answers: Counter[tuple[str, int]] = Counter()
    waits: list[float] = []
    moving: dict[str, float] = {}

    async def one_asks(one: Calendar, at: float, conditional: bool) -> None:
        await asyncio.sleep(at)
        tag = {"If_None_Match": one.tag} if conditional else {}
        before = time.perf_counter()
        status, _ = await pool.ask(get(one.path, Accept_Encoding="gzip", **tag))
        waits.append(time.perf_counter() - before)
        kind = "unconditional"
        if conditional:
            late = moving and before > moving["done"]
            early = not moving or "begun" not in moving
            shows = one.side in ("agency", moved)
            kind = "shows it" if shows and not early else "unchanged"
            if shows and late and status != 200:
                kind = "missed"
        answers[kind, status] += 1

    async def it_moves() -> None:
        await asyncio.sleep(SECONDS / 2)
        moving.update(begun=time.perf_counter(), done=float("inf"))
        assert (await pool.ask(move))[0] == 200
        moving["done"] = time.perf_counter()

    draw = random.Random(2026)
    asked = list(calendars)
    draw.shuffle(asked)
    tasks = [one_asks(one, draw.uniform(0, SECONDS), draw.random() < 0.9) for one in asked]
    began = time.perf_counter()
    await asyncio.gather(*tasks, it_moves())
    took = time.perf_counter() - began
    changed: Counter[str] = Counter()
    for one in calendars:
        status, tag = await pool.ask(get(one.path, Accept_Encoding="gzip", If_None_Match=one.tag))
        if status == 200 and tag != one.tag:
            changed[one.side] += 1
    return {
        "answers": answers, "changed": changed, "took": took, "first": first,
        "p99": sorted(waits)[int(len(waits) * 0.99)] * 1000,
    }  # fmt: skip


def storm(name: str, url: str, told: Made, bar: int) -> tuple[str, ...]:
    """One storm; a row of the table. Ends the run where an answer is wrong."""
    port = free_port()
    with tempfile.NamedTemporaryFile() as file:
        words = (sys.executable, str(Path(__file__).parent / "probed.py"), str(port), file.name)
        with server(*words, port=port, **service_env(url)) as pid:
            coordinator = Coordinator(Link(port, pid), told.token)
            coordinator.propose()
            calendars = [
                Calendar(path, side) for side, paths in told.feeds.items() for path in paths
            ]
            result = asyncio.run(load(port, calendars, coordinator.move_request(1), "track-0"))
            status = Path(f"/proc/{pid}/status").read_text()
            memory = int(status.partition("VmHWM:")[2].split()[0]) / 1024
        lags = sorted(float(line) for line in Path(file.name).read_text().split())
    answers, changed = result["answers"], result["changed"]
    wrong = {
        key: times for key, times in answers.items()
        if key[1] >= 500 or key[0] == "missed" or (key[0] == "unchanged" and key[1] != 304)
    }  # fmt: skip
    affected = {side: len(told.feeds[side]) for side in ("agency", "track-0")}
    print(name, dict(answers), "changed", dict(changed), flush=True)
    if wrong or dict(changed) != affected:
        raise SystemExit(f"wrong: {wrong}; changed {dict(changed)}, not {affected}")
    return (
        name, str(len(calendars)), f"{result['took']:.1f}", f"{result['p99']:.0f}",
        f"{lags[int(len(lags) * 0.99)]:.1f}", f"{memory:.0f}", str(bar),
    )  # fmt: skip


def main() -> None:
    on_load_core()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for name, bar, wanted in (
            ("500 distinct bodies", 150, {"tracks": 499, "sessions": 20, "same_label": True}),
            ("10,000 distinct ones of 100 sessions", 200, {"tracks": 99, "sessions": 100}),
        ):
            url = f"sqlite:///{folder}/{bar}.db"
            settings = Settings(database_url=url, base_url="http://127.0.0.1:8000")
            feeds = 10_000 // (wanted["tracks"] + 1)
            told = asyncio.run(make(settings, items=2, feeds=feeds, **wanted))
            rows.append(storm(name, url, told, bar))
    columns = ("calendars", "seconds", "p99 ms", "loop p99 ms", "peak MB", "bar MB")
    table("A storm of calendars (F18); the loop's bar is 20 ms", columns, rows)


if __name__ == "__main__":
    main()
