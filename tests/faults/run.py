"""`make faults`: the full rounds of the fault programme, or one of them.

    .venv/bin/python tests/faults/run.py                  all of them
    .venv/bin/python tests/faults/run.py F7 --seed 3      one, as it went with seed 3
    .venv/bin/python tests/faults/run.py F1 --rounds 20   fewer rounds

F1 and F2 (kill -9), F4 (synced before it is acknowledged; needs strace), F7 (two note-takers), F8
(double booking), F12 with F11 (reminders over two years, with outages and clocks that step), F21
(migrations), F23 (audit chains), F25 (what one side does in private), F27
(private words in what goes out), F30 (poison rows) and N2 (what is typed on the live page; needs
Chromium); what stands without its engine in the name runs on both. Each prints its figures and the
seed that repeats it; the exit is 1 when a promise was broken. `make faults` without a name does
`make walks` as well, the walks over every route.
"""

import argparse
import asyncio
import logging
import random
import sys
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from conftest import ENGINES
from factories import make_demonstration
from faults import (
    audit_chain,
    canaries,
    double_booking,
    fsync,
    interference,
    kills,
    live_notes,
    migrations,
    nasty,
    note_takers,
    poison,
    reminders,
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
    "F4": (ENGINES, f4, 10),
    "F7": (ENGINES, f7, 10),
    "F8": (ENGINES, f8, 40),
    "F12": (ENGINES, f12, 20),
    "F21": (ENGINES, f21, 10),
    "F23": (ENGINES, f23, 8),
    "F25": (ENGINES, f25, 15),
    "F27": (ENGINES, f27, 15),
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
