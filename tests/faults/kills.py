"""F1 and F2: kill -9 of the service during writes, on SQLite and on PostgreSQL.

Start, wait until it answers, judge what is stored, let sixteen clients write for a while, SIGKILL
the whole process group; again and again. Every `EPOCH` rounds a lane begins with a fresh copy of
the talks, so that a round stays as cheap as the first. Two lanes run side by side (each with a
database and a service of its own): while one starts, the other writes.
"""

import asyncio
import os
import random
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
from faults import reading
from faults.checker import Violation, check
from faults.engines import Databases
from faults.history import Call
from faults.load import WORKERS, Log, Round, Worker, resend, until_killed
from faults.serving import Serving, client_to
from faults.talks import Seeded, seed

EPOCH = 20
# The history lies on another file system than the databases, where there is one.
MEMORY = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: PTH112
RESENT = 4  # clients that send their last POST once more after each restart


@dataclass
class Report:
    """What came of it. `ready` are the seconds of each start."""

    seed: str
    rounds: int = 0
    acks: int = 0
    refused: int = 0
    open: int = 0
    ready: list[float] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)
    answers: Counter[int] = field(default_factory=Counter)
    kept: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)  # answers that no client may get
    seconds: float = 0.0

    @property
    def broken(self) -> list[Violation | str]:
        return [*self.violations, *self.wrong]

    def ready_p95(self) -> float:
        return statistics.quantiles(self.ready, n=20)[-1] if len(self.ready) > 1 else 0.0

    def text(self) -> str:
        by_kind = Counter(one.condition for one in self.violations)
        lines = [
            f"{self.rounds} kills in {self.seconds:.0f} s, seed {self.seed}",
            f"{self.acks} acknowledged, {self.refused} refused, {self.open} cut off",
            f"{len(self.violations)} violations {dict(by_kind) or ''}",
            f"ready after {statistics.median(self.ready or [0]):.2f} s at the median",
            f"{self.ready_p95():.2f} s at p95; answers {dict(sorted(self.answers.items()))}",
        ]
        lines += [f"  {one.condition} {one.op_id}: {one.text}" for one in self.violations[:20]]
        lines += [f"  {one}" for one in self.wrong[:20]]
        return "\n".join(lines + [f"  kept: {one}" for one in self.kept])


async def kill(serving: Serving, _url: str) -> None:
    serving.kill()


@dataclass
class Plan:
    """How much of it: at most `rounds` kills and about `seconds`, each load of this length.

    `end` ends the service of a round on this database, if not as kill -9 does.
    """

    rounds: int
    seconds: float
    load: tuple[float, float]
    lanes: int = 2
    program: list[str] | None = None
    stop_at_first: bool = False
    end: Callable[[Serving, str], Awaitable[object]] = kill
    settings: Mapping[str, str] = field(default_factory=dict)


async def run(databases: Databases, plan: Plan, seed_: str) -> Report:
    """All rounds on one engine."""
    report, began = Report(seed_), time.monotonic()
    template = databases.new()
    seeded = await seed(template, tracks=WORKERS, people=WORKERS, held=True)
    left = iter(range(plan.rounds))
    with tempfile.TemporaryDirectory(dir=MEMORY) as logs:
        await asyncio.gather(
            *(
                _Lane(number, databases, plan, report, Path(logs), began, left).run(
                    template, seeded
                )
                for number in range(plan.lanes)
            )
        )
    report.seconds = time.monotonic() - began
    databases.drop(template)
    return report


@dataclass
class _Lane:
    number: int
    databases: Databases
    plan: Plan
    report: Report
    logs: Path
    began: float
    left: "object"

    async def run(self, template: str, seeded: Seeded) -> None:
        for epoch in range(self.plan.rounds):
            if self._over() or not await self._epoch(epoch, template, seeded):
                return

    def _over(self) -> bool:
        enough = time.monotonic() - self.began > self.plan.seconds
        return enough or bool(self.plan.stop_at_first and self.report.violations)

    async def _epoch(self, epoch: int, template: str, seeded: Seeded) -> bool:
        """Up to EPOCH kills on one copy; False when no rounds are left."""
        url = self.databases.copy(template)
        name = f"{self.report.seed}/{self.number}/{epoch}"
        workers = [Worker(number, seeded, name) for number in range(WORKERS)]
        log = Log(self.logs / f"{self.number}-{epoch}.jsonl")
        times = random.Random(name)
        more, killed = True, 0
        while more and killed < EPOCH and not self._over():
            more = next(self.left, None) is not None  # type: ignore[call-overload]
            if more:
                length = times.uniform(*self.plan.load)
                await self._round(url, log, workers, killed, length)
                killed += 1
        if killed:
            await self._round(url, log, workers, killed, None)
            count(self.report, log.calls())
        log.close()
        if not self.report.violations:
            self.databases.drop(url)
        return more

    async def _round(
        self, url: str, log: Log, workers: list[Worker], number: int, length: float | None
    ) -> None:
        """Start, judge what is there, and (but for the last time) write until the kill."""
        serving = Serving(url, self.logs / "service.log", self.plan.program, **self.plan.settings)
        try:
            self.report.ready.append(await serving.ready())
            async with client_to(serving, WORKERS) as client:
                await self._judge(url, log, workers, client, number)
                if length is None:
                    return
                until = time.monotonic() + length
                round_ = Round(client, log, self.number, number, until)
                await until_killed(workers, round_, lambda: self.plan.end(serving, url))
                self.report.rounds += 1
                self.report.wrong += round_.wrong
        finally:
            serving.kill()

    async def _judge(
        self, url: str, log: Log, workers: list[Worker], client: httpx2.AsyncClient, number: int
    ) -> None:
        if number:
            await resend(Round(client, log, self.number, number, 0), workers, RESENT)
        await judge(self.databases, self.report, url, log, workers, client, number)


async def judge(
    databases: Databases, report: Report, url: str, log: Log, workers: list[Worker],
    client: httpx2.AsyncClient, number: int,
) -> None:  # fmt: skip
    """Whether what is stored and shown is what the clients were told; the report gets the rest."""
    state = await asyncio.to_thread(reading.read, url, databases)
    state.faults["C8"] += await reading.stale(url)
    shown = dict([await one.after_restart(client) for one in workers])
    state.faults["API"] = [
        f"session {session} shows another text than is stored"
        for session, digest in shown.items()
        if digest not in {one.sha256 for one in state.found}
    ]
    found = check(log.calls(), state, idempotent=True)
    if found:
        folder = Path(tempfile.gettempdir()) / f"negotiations-fault-{log.path.stem}-{number}"
        report.kept.append(databases.keep(url, folder))
        (folder / "history.jsonl").write_text(log.path.read_text())
        report.violations += found


def count(report: Report, calls: list[Call]) -> None:
    report.acks += sum(one.outcome == "ok" for one in calls)
    report.refused += sum(one.outcome == "fail" for one in calls)
    report.open += sum(one.outcome == "info" for one in calls)
    report.answers.update(one.status for one in calls if one.status is not None)
