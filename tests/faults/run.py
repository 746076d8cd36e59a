"""`make faults`: the full rounds of the fault programme, or one of them.

    .venv/bin/python tests/faults/run.py                  all of them
    .venv/bin/python tests/faults/run.py F7 --seed 3      one, as it went with seed 3
    .venv/bin/python tests/faults/run.py F1 --rounds 20   fewer rounds

F1, F2    kill -9 under load, on SQLite and on PostgreSQL
F3        the database dies (PostgreSQL)
F4        what is acknowledged was synced before (needs strace)
F7        two note-takers save at once
F8        double booking
F9        senders of mails and webhooks are killed at eight points
F10       several senders at once, some of which stand still (PostgreSQL)
F12, F11  reminders over two years, with outages and clocks that step
F13       the disk is full (as root)
F15       a program that is told is cut off for 76 hours
F16       those who answer slowly, or never to an end
F19       hostile calendars
F21       migrations
F22       backups under load
F23       audit chains
F24       addresses to which no request may go
F25       what one side does in private
F27       private words in what goes out
F29       the service is stopped under load
F30       poison rows
N2        what is typed on the live page (needs Chromium)

Each prints its figures and the seed that repeats it; the exit is 1 when a promise was broken.
`make faults` without a name does `make walks` as well, the walks over every route.
"""

import argparse
import asyncio
import logging
import random
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import postgres
import uvloop
from conftest import ENGINES
from factories import Standing, make_demonstration, make_world
from faults import (
    audit_chain,
    bombs_of_calendars,
    canaries,
    copies,
    crashes,
    cut_off,
    double_booking,
    forbidden,
    fsync,
    hostile,
    interference,
    kills,
    live_notes,
    migrations,
    nasty,
    note_takers,
    outages,
    poison,
    reminders,
    several,
    slow_peers,
    stops,
    troubles,
)
from faults.engines import Databases, databases

Full = Callable[[Databases, Path, str, float, int | None], Any]


def f1(own: Databases, folder: Path, seed: str, seconds: float, rounds: int | None) -> Any:
    """200 kills; long enough loads for a hundred acknowledgements each on two cores."""
    plan = kills.Plan(rounds=rounds or 200, seconds=seconds, load=(3.0, 15.0))
    return asyncio.run(kills.run(own, plan, seed))


def f4(own: Databases, folder: Path, seed: str, seconds: float, rounds: int | None) -> Any:
    return asyncio.run(fsync.run(own, rounds or 1000, seed, folder))


def f7(own: Databases, folder: Path, seed: str, seconds: float, rounds: int | None) -> Any:
    return asyncio.run(note_takers.run(own, rounds or 500, seconds, seed, folder))


def f8(own: Databases, folder: Path, seed: str, seconds: float, rounds: int | None) -> Any:
    lanes = 2 if own.name == "sqlite" else 1  # PostgreSQL is served by two processes already
    return asyncio.run(double_booking.run(own, rounds or 500, seconds, seed, folder, lanes))


def f9(own: Databases, folder: Path, seed: str, seconds: float, rounds: int | None) -> Any:
    """25 kills at each of eight points, of mails and of webhooks."""
    return asyncio.run(crashes.run(own, rounds or 25, seconds, seed))


def f10(own: Databases, folder: Path, seed: str, seconds: float, rounds: int | None) -> Any:
    """10,000 notices; `rounds` are tables of a hundred each."""
    plan = replace(several.FULL, tables=rounds or several.FULL.tables)
    return asyncio.run(several.run(own, plan, seed))


def f3(own: Databases, folder: Path, seed: str, seconds: float, rounds: int | None) -> Any:
    """50 deaths, by turns of both sorts, of up to five seconds each."""
    plan = outages.Plan(rounds or 50, seconds, (0.0, 5.0))
    server = postgres.start_own()
    try:
        with databases("postgresql", folder, server) as dying:
            return asyncio.run(outages.run(dying, troubles.Death(server), plan, seed))
    finally:
        server.stop()


def f13(own: Databases, folder: Path, seed: str, seconds: float, rounds: int | None) -> Any:
    """50 times nothing more fits onto the disk, for up to three seconds."""
    plan = outages.Plan(rounds or 50, seconds, (1.0, 3.0))
    if not troubles.can_mount():
        raise SystemExit("F13 mounts a disk of its own: run it as root where that is allowed")
    if own.name == "sqlite":
        with troubles.small_disk(folder, 64) as disk, databases("sqlite", disk, None) as full:
            return asyncio.run(outages.run(full, troubles.Full(disk, None), plan, seed))
    folder.chmod(0o711)  # the server's user has to get there
    with troubles.small_disk(folder, 256) as disk:
        server = postgres.start_own(within=disk, min_wal_size="32MB", max_wal_size="48MB")
        try:
            with databases("postgresql", folder, server) as full:
                return asyncio.run(outages.run(full, troubles.Full(disk, server), plan, seed))
        finally:
            server.stop()


def f15(own: Databases, folder: Path, seed: str, seconds: float, rounds: int | None) -> Any:
    """1,000 events, or as many as `rounds`."""
    return asyncio.run(cut_off.run(own, rounds or 1000, seed))


def f16(own: Databases, folder: Path, seed: str, seconds: float, rounds: int | None) -> Any:
    """A hundred slow peers, or `rounds`, beside ten good ones."""

    async def run() -> slow_peers.Report:
        world = await make_world(poison.unlimited(own.new()), Standing())
        report = await slow_peers.run(world, rounds or 100)
        await world.close()
        return report

    logging.disable(logging.CRITICAL)  # each that can't be reached is told of, and that is meant
    return asyncio.run(run())


def f19(own: Databases, folder: Path, seed: str, seconds: float, rounds: int | None) -> Any:
    """All of them; `rounds` are so many of them."""
    return uvloop.run(bombs_of_calendars.run([*hostile.ALL][:rounds]))


def f24(own: Databases, folder: Path, seed: str, seconds: float, rounds: int | None) -> Any:
    """All addresses; `rounds` are flips of a name."""
    return asyncio.run(forbidden.run(seed, 1, rounds or 1000))


def f22(own: Databases, folder: Path, seed: str, seconds: float, rounds: int | None) -> Any:
    return asyncio.run(copies.run(own, rounds or 20, seconds, seed))


def f29(own: Databases, folder: Path, seed: str, seconds: float, rounds: int | None) -> Any:
    return asyncio.run(stops.run(own, rounds or 100, seconds, seed, (0.5, 2.0), 2))


def f12(own: Databases, folder: Path, seed: str, seconds: float, rounds: int | None) -> Any:
    """Two years of 5,000 sessions; `rounds` are days."""
    every = timedelta(minutes=20)
    return asyncio.run(reminders.run(own.new(), 5000, rounds or 730, every, seconds, seed))


def f21(own: Databases, folder: Path, seed: str, seconds: float, rounds: int | None) -> Any:
    round_ = migrations.Round(own, folder, 20_000, seed)
    round_.every_revision()
    round_.kills(rounds or 20)
    return round_.report


def f23(own: Databases, folder: Path, seed: str, seconds: float, rounds: int | None) -> Any:
    return asyncio.run(audit_chain.run(own, 10, rounds or 1000, 10**6, seed))


def f25(own: Databases, folder: Path, seed: str, seconds: float, rounds: int | None) -> Any:
    return asyncio.run(interference.run(own, rounds or 50, 300, seconds, seed))


def f27(own: Databases, folder: Path, seed: str, seconds: float, rounds: int | None) -> Any:
    """500 MB on both engines together; `rounds` are megabytes."""
    return asyncio.run(canaries.run(own, rounds or 250, seconds))


def f30(own: Databases, folder: Path, seed: str, seconds: float, rounds: int | None) -> Any:
    """Every value in every column; each asks a quarter of the addresses, in turn."""

    async def run() -> poison.Report:
        world = await make_demonstration(poison.unlimited(own.new()))
        round_ = poison.Round(world, seed, turns=4)
        await round_.begin()
        await round_.all(nasty.ALL[:rounds], seconds)
        await world.close()
        return round_.report

    logging.disable(logging.CRITICAL)  # each broken row is told of, and that is meant
    return asyncio.run(run())


def n2(own: Databases, folder: Path, seed: str, seconds: float, rounds: int | None) -> Any:
    """20 of each failure."""
    return asyncio.run(live_notes.run(own, rounds or 20, seconds, seed, folder))


# The engines, the round, and the minutes that it may take on each of them.
ROUNDS: dict[str, tuple[tuple[str, ...], Full, float]] = {
    "F1": (("sqlite",), f1, 30),
    "F2": (("postgresql",), f1, 30),
    "F3": (("postgresql",), f3, 8),
    "F4": (ENGINES, f4, 10),
    "F7": (ENGINES, f7, 10),
    "F8": (ENGINES, f8, 40),
    "F9": (ENGINES, f9, 10),
    "F10": (("postgresql",), f10, 8),
    "F12": (ENGINES, f12, 20),
    "F13": (ENGINES, f13, 8),
    "F15": (ENGINES, f15, 8),
    "F16": (ENGINES, f16, 4),
    "F19": (("sqlite",), f19, 4),
    "F21": (ENGINES, f21, 10),
    "F22": (ENGINES, f22, 8),
    "F23": (ENGINES, f23, 8),
    "F24": (("sqlite",), f24, 4),
    "F25": (ENGINES, f25, 15),
    "F27": (ENGINES, f27, 15),
    "F29": (ENGINES, f29, 8),
    "F30": (ENGINES, f30, 10),
    "N2": (ENGINES, n2, 30),
}


def broken(name: str, seed: str, minutes: float | None, rounds: int | None) -> bool:
    engines, full, usual = ROUNDS[name]
    found = False
    for engine in engines:
        print(f"{name} on {engine}, seed {seed}", flush=True)
        seconds = 60 * (minutes or usual)
        with (
            tempfile.TemporaryDirectory() as folder,
            databases(engine, Path(folder), None) as own,
        ):
            report = full(own, Path(folder), seed, seconds, rounds)
        print(report.text(), flush=True)
        found = found or bool(report.broken)
    return found


def main() -> int:
    words = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    words.add_argument("which", nargs="*", help=", ".join(ROUNDS))
    words.add_argument("--seed", default=str(random.SystemRandom().randrange(10**6)))
    words.add_argument("--minutes", type=float, help="at most, on each engine")
    words.add_argument("--rounds", type=int, help="fewer or more than the full number")
    given = words.parse_args()
    unknown = sorted(set(given.which) - set(ROUNDS))
    if unknown:
        words.error(f"there is no {unknown[0]}; choose from {', '.join(ROUNDS)}")
    found = [
        name
        for name in given.which or ROUNDS
        if broken(name, given.seed, given.minutes, given.rounds)
    ]
    print(f"broken: {', '.join(found)}" if found else "every promise held")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
