"""How long it takes to refresh a hundred busy calendars, and how late the loop is meanwhile.

    python tests/benchmarks/busy.py

The calendars lie on a server on this machine, each with 200 events of which some recur; it answers
90 of them with 304. First all are read, then ten that changed, in turn with what the service does
otherwise; the bars are 60 s, and 50 ms (p99) for the loop. On SQLite and PostgreSQL.
"""

import asyncio
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import postgres
import uvloop
from beginnings import settings_for
from busy_calendars.calendars import Calendars, file, serving
from conftest import ENGINES
from factories import Standing, World, make_world
from faults.engines import databases
from measuring import table
from sqlmodel import func, select

from negotiations.busy import sealing
from negotiations.busy.jobs import refreshing_of
from negotiations.models import BusyBlock, BusyCalendar

MANY, CHANGED, EVENTS, ROUNDS = 100, 10, 200, 3
MOST_SECONDS, MOST_LAG = 60.0, 0.05


@dataclass
class Loop:
    """How late it was, each time it was looked at."""

    lags: list[float] = field(default_factory=list)

    async def watch(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + 0.005
            await asyncio.sleep(0.005)
            self.lags.append(max(0.0, loop.time() - due))

    @property
    def p99(self) -> float:
        return sorted(self.lags)[int(len(self.lags) * 0.99)]


def calendar(number: int, turn: int) -> bytes:
    """Two hundred events in the next months; every tenth recurs."""
    zero = datetime.now(UTC).replace(hour=15, minute=0, second=0, microsecond=0)
    times = [
        f"{zero + timedelta(days=one, hours=(number + turn) % 5):%Y%m%dT%H%M%SZ}/"
        f"{zero + timedelta(days=one, hours=1 + (number + turn) % 5):%Y%m%dT%H%M%SZ}"
        for one in range(EVENTS * 9 // 10)
    ]
    weekly = "".join(
        f"BEGIN:VEVENT\r\nUID:w{one}\r\nDTSTART;TZID=America/New_York:"
        f"{zero - timedelta(days=700 + one):%Y%m%dT%H%M%S}\r\nDURATION:PT1H\r\n"
        "RRULE:FREQ=WEEKLY\r\nEND:VEVENT\r\n"
        for one in range(EVENTS // 10)
    )
    return file(*times, more=weekly)


async def fill(world: World, there: Calendars) -> None:
    key, now = world.settings.secret_key, world.clock.now()
    rows = []
    for number in range(MANY):
        there.files[f"/{number}"] = calendar(number, 0)
        row = BusyCalendar(
            created_at=now, person_id=world.people["head_x"], origin="", fingerprint=str(number),
            sealed="", due_at=now,
        )  # fmt: skip
        row.sealed = sealing.seal(key, row.id, "address", {"url": there.url(f"/{number}")})
        rows.append(row)
    async with world.database.write() as db:
        db.add_all(rows)


async def refresh(world: World) -> tuple[float, float, int]:
    """Seconds, the loop's lag (p99), and how many were tried."""
    loop, began = Loop(), time.monotonic()
    watching = asyncio.create_task(loop.watch())
    tried = await refreshing_of(world.settings).refresh_due(world.database, world.clock)
    took = time.monotonic() - began
    watching.cancel()
    return took, loop.p99, tried


async def idle() -> float:
    """How late the loop is while nothing is done: what of it is the machine's."""
    loop = Loop()
    watching = asyncio.create_task(loop.watch())
    await asyncio.sleep(3)
    watching.cancel()
    return loop.p99


async def measure(url: str) -> list[tuple[str, float, float]]:
    world = await make_world(settings_for(url), Standing(datetime.now(UTC)))
    found = []
    async with serving() as there:
        await fill(world, there)
        found.append(("nothing to do", 0.0, await idle()))
        for turn in range(ROUNDS + 1):
            there.statuses.clear()
            for number in range(CHANGED if turn else 0):
                there.files[f"/{number}"] = calendar(number, turn)
            took, lag, tried = await refresh(world)
            unchanged = there.statuses.count(304)
            assert tried == MANY
            assert unchanged == (MANY - CHANGED if turn else 0), unchanged
            found.append((f"{unchanged} of {MANY} unchanged", took, lag))
            world.clock.forward(minutes=31)
    async with world.database.read() as db:
        blocks = (await db.exec(select(func.count()).select_from(BusyBlock))).one()
    assert blocks > MANY * EVENTS * 8 // 10, blocks
    await world.close()
    return found


def main() -> int:
    rows, broken = [], False
    server = postgres.start_own() if "postgresql" in ENGINES else None
    try:
        for engine in ENGINES:
            with (
                tempfile.TemporaryDirectory() as folder,
                databases(engine, Path(folder), server) as own,
            ):
                for what, took, lag in uvloop.run(measure(own.new())):
                    name = f"{engine}: {what}"
                    rows.append((name, f"{took:.2f} s", f"{1000 * lag:.1f} ms"))
                    broken = broken or took > MOST_SECONDS or lag > MOST_LAG
    finally:
        if server is not None:
            server.stop()
    table(f"{MANY} busy calendars", ("refreshed in", "loop late p99"), rows)
    return broken


if __name__ == "__main__":
    sys.exit(main())
