"""F19: each hostile calendar is decided within three seconds, while the service goes on."""

import asyncio
import os
import time
from dataclasses import dataclass, field
from pathlib import Path

from faults.hostile import ALL, GOOD, SINCE, UNTIL, calendar

from negotiations.busy import parsing
from negotiations.busy.jobs import READ_AT_ONCE

MOST_SECONDS, MOST_LAG = 3.0, 0.05
GOOD_BLOCKS = 1


@dataclass
class Report:
    """What became of each."""

    decided: int = 0
    slowest: tuple[float, str] = (0.0, "")
    lags: list[float] = field(default_factory=list)
    idle: list[float] = field(default_factory=list)  # the same before anything is read
    grown: int = 0  # megabytes of this process
    broken: list[str] = field(default_factory=list)

    @property
    def lag(self) -> float:
        """How late the loop was, p99, in seconds."""
        return _p99(self.lags)

    def text(self) -> str:
        seconds, which = self.slowest
        lines = [
            f"{self.decided} hostile calendars decided, the slowest in {seconds:.2f} s ({which})",
            f"the loop was late by {1000 * self.lag:.1f} ms (p99 of {len(self.lags)})",
            f"and by {1000 * _p99(self.idle):.1f} ms before that, with nothing to do",
            f"memory of the service grew by {self.grown} MB",
        ]
        return "\n".join([*lines, *self.broken])


def _p99(lags: list[float]) -> float:
    ordered = sorted(lags) or [0.0]
    return ordered[int(len(ordered) * 0.99)]


def memory() -> int:
    """Of this process, in megabytes."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 2**20


def children() -> set[str]:
    return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())


async def _late(lags: list[float]) -> None:
    """Look again and again how late the loop is."""
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + 0.01
        await asyncio.sleep(0.01)
        lags.append(max(0.0, loop.time() - due))


async def run(names: list[str] | None = None) -> Report:
    """All of them, or those that are named, so many at once as the service reads."""
    report = Report()
    made = {name: ALL[name]() for name in names or ALL}
    before, was = children(), memory()
    watching = asyncio.create_task(_late(report.idle))
    await asyncio.sleep(1)
    watching.cancel()
    watching = asyncio.create_task(_late(report.lags))
    turns = asyncio.Semaphore(READ_AT_ONCE)

    async def decide(name: str, body: bytes, meant: str | None) -> None:
        async with turns:
            began = time.monotonic()
            found = await parsing.read(body, "America/New_York", SINCE, UNTIL)
            took = time.monotonic() - began
        report.decided += 1
        report.slowest = max(report.slowest, (took, name))
        told = found.fault.value if found.fault else None
        # One that is too slow on a quick machine may be decided on a quicker one, and otherwise.
        if told != meant and not (meant == "too_slow" and told is None):
            report.broken.append(f"{name}: {told} instead of {meant}")
        if found.fault and found.blocks:
            report.broken.append(f"{name}: taken in part")
        if took > MOST_SECONDS:
            report.broken.append(f"{name}: decided after {took:.1f} s")

    try:
        await asyncio.gather(*(decide(name, *one) for name, one in made.items()))
        good = await parsing.read(calendar(GOOD), "UTC", SINCE, UNTIL)
        if len(good.blocks) != GOOD_BLOCKS:
            report.broken.append("a good one wasn't read after them")
    finally:
        watching.cancel()
    report.grown = memory() - was
    if left := children() - before:
        report.broken.append(f"processes are left: {left}")
    if report.lag - _p99(report.idle) > MOST_LAG:
        report.broken.append(f"the loop was late by {1000 * report.lag:.0f} ms")
    return report
