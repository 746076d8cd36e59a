"""F22: backups that are made under load hold all that was acknowledged before they began.

What was acknowledged later may be in them, as a whole or not at all. A file that is copied as it
lies there (`cp`) has to be found out, or this would find nothing.
"""

import asyncio
import random
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import postgres
from faults import kills, reading
from faults.checker import Violation, check
from faults.engines import Databases
from faults.history import Call
from faults.load import WORKERS, Log, Round, Worker
from faults.serving import Serving, client_to
from faults.talks import seed
from sqlalchemy.engine import make_url

from negotiations import backups


@dataclass
class Report:
    seed: str
    rounds: int = 0
    based: int = 0
    acks: int = 0
    before: int = 0
    controls: int = 0
    caught: int = 0
    restores: list[float] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def text(self) -> str:
        lines = [
            f"{self.rounds} backups and {self.based} by pg_basebackup in {self.seconds:.0f} s",
            f"seed {self.seed}, {self.acks} acknowledged, {self.before} of them before a backup",
            f"restored within {max(self.restores or [0]):.1f} s",
            f"of {self.controls} files copied by cp {self.caught} were found out",
            f"{len(self.broken)} broken",
        ]
        return "\n".join(lines + [f"  {one}" for one in self.broken[:20]])


def as_of(calls: Sequence[Call], began: float, ended: float) -> list[Call]:
    """What a copy that was made in this time has to hold: what returned before it began; what was
    under way it may hold."""
    return [
        replace(one, outcome="info")
        if one.outcome == "ok" and (one.t_return is None or one.t_return >= began)
        else one
        for one in calls
        if one.t_invoke <= ended
    ]


async def run(own: Databases, rounds: int, seconds: float, seed_: str) -> Report:
    report, began = Report(seed_), time.monotonic()
    url = own.new()
    seeded = await seed(url, tracks=WORKERS, people=WORKERS, held=True)
    draw = random.Random(seed_)
    workers = [Worker(number, seeded, seed_) for number in range(WORKERS)]
    with tempfile.TemporaryDirectory(dir=kills.MEMORY) as place:
        folder = Path(place)
        log = Log(folder / "history.jsonl")
        serving = Serving(url, folder / "service.log", MAIL_FOLDER=str(folder / "mail"))
        try:
            await serving.ready()
            async with client_to(serving, WORKERS) as client:
                for one in workers:
                    await one.after_restart(client)
                for number in range(rounds):
                    if time.monotonic() - began > seconds:
                        break
                    round_ = Round(client, log, 0, number, 0)
                    case = _Case(own, url, report, folder, log, number)
                    tasks = [asyncio.create_task(one.work(round_)) for one in workers]
                    await asyncio.sleep(draw.uniform(0.5, 1.5))
                    latest = time.monotonic() + 20
                    while round_.answers < 2 * WORKERS and time.monotonic() < latest:  # noqa: ASYNC110
                        await asyncio.sleep(0.02)
                    await case.copy()
                    await asyncio.sleep(0.2)
                    round_.killed = True
                    await asyncio.gather(*tasks)
                    await case.judge()
                    report.rounds += 1
        finally:
            serving.kill()
        report.acks = sum(one.outcome == "ok" for one in log.calls())
        log.close()
    if report.controls and not report.caught:
        report.broken.append("no copy by cp was found out")
    report.seconds = time.monotonic() - began
    return report


class _Case:
    """One backup under load, with what else was copied then."""

    def __init__(
        self, own: Databases, url: str, report: Report, folder: Path, log: Log, number: int
    ) -> None:
        self._own, self._url, self._report, self._log = own, url, report, log
        self._copy = folder / f"copy {number}"
        self._control = folder / f"control {number}"
        self._based: Path | None = None
        self._spans: dict[str, tuple[float, float]] = {}

    async def copy(self) -> None:
        if self._own.name == "sqlite":
            source = Path(make_url(self._url).database or "")
            await self._span("cp", lambda: shutil.copy(source, self._control))
        await self._span("backup", lambda: backups.back_up(self._url, self._copy))
        if self._own.server is not None:
            server = self._own.server
            await self._span("base", lambda: postgres.base_backup(server))

    async def _span(self, name: str, make: Callable[[], object]) -> None:
        began = time.monotonic()
        made = await asyncio.to_thread(make)
        self._spans[name] = (began, time.monotonic())
        if isinstance(made, Path) and name == "base":
            self._based = made

    async def judge(self) -> None:
        report = self._report
        began, _ = self._spans["backup"]
        report.before += sum(
            one.outcome == "ok" and (one.t_return or began) < began for one in self._log.calls()
        )
        url, at = self._own.empty(), time.monotonic()
        await asyncio.to_thread(backups.restore, url, self._copy)
        report.restores.append(time.monotonic() - at)
        self._told("backup", await self._found("backup", url))
        self._copy.unlink()
        self._own.drop(url)
        if self._control.exists():
            await self._judge_control()
        if self._based is not None:
            await self._judge_based(self._based)

    async def _judge_control(self) -> None:
        self._report.controls += 1
        url = self._own.empty()
        shutil.move(self._control, make_url(url).database or "")  # perhaps onto another disk
        try:
            caught = bool(await self._found("cp", url))
        except Exception:  # it can't even be read
            caught = True
        self._report.caught += caught
        self._own.drop(url)

    async def _judge_based(self, folder: Path) -> None:
        server = await asyncio.to_thread(postgres.start_on, folder)
        try:
            own = Databases("postgresql", folder, server)
            url = server.url(make_url(self._url).database or "")
            self._told("pg_basebackup", await self._found("base", url, own))
            self._report.based += 1
        finally:
            server.stop()

    async def _found(
        self, name: str, url: str, own: Databases | None = None
    ) -> list[Violation]:  # fmt: skip
        state = await asyncio.to_thread(reading.read, url, own or self._own)
        if name != "cp":
            state.faults["C8"] += await reading.stale(url)
        return check(as_of(self._log.calls(), *self._spans[name]), state, idempotent=False)

    def _told(self, what: str, found: list[Violation]) -> None:
        self._report.broken += [f"{what}: {one.condition} {one.op_id} {one.text}" for one in found]
