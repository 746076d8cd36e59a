"""F29: the service is stopped by SIGTERM under load, also while it sends mails and is backed up."""

import asyncio
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from faults import kills
from faults.crashes import Taken
from faults.engines import Databases
from faults.serving import Serving
from running import free_port

from negotiations import backups
from negotiations.errors import Refused

MOST = 10.0  # seconds that a stop may take
BACKED_UP = 4  # each so manieth stop comes while a backup is made


@dataclass
class Stops:
    """How each of them went."""

    folder: Path
    seconds: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    begun: int = 0
    copies: int = 0
    mails: Taken = field(default_factory=Taken)

    async def end(self, serving: Serving, url: str) -> None:
        number, self.begun = self.begun, self.begun + 1  # two lanes stop theirs
        copying = None
        if number % BACKED_UP == 0:
            file = self.folder / f"copy {number}"
            copying = asyncio.create_task(asyncio.to_thread(backups.back_up, url, file))
            await asyncio.sleep(0.02)
        code, seconds = await serving.stop()
        self.seconds.append(seconds)
        if code or seconds > MOST:
            self.wrong.append(f"stop {number} took {seconds:.1f} s and ended with {code}")
        if copying is not None:
            try:
                await copying
                self.copies += 1
            except Refused as error:
                self.wrong.append(f"backup {number}: {error.detail}")

    def text(self) -> str:
        times = sorted(self.seconds) or [0.0]
        twice = self.mails.got.total() - len(self.mails.got)
        return (
            f"stopped within {times[len(times) // 2]:.2f} s at the median, {times[-1]:.2f} s at "
            f"most; {self.copies} backups meanwhile, {len(self.mails.got)} mails, {twice} twice"
        )


@dataclass
class Report:
    stops: Stops
    writes: kills.Report

    @property
    def broken(self) -> list[Any]:
        return [*self.stops.wrong, *self.writes.broken]

    def text(self) -> str:
        told = [self.writes.text().replace(" kills ", " stops ", 1), self.stops.text()]
        return "\n".join(told + [f"  {one}" for one in self.stops.wrong[:20]])


async def run(
    own: Databases, rounds: int, seconds: float, seed_: str, load: tuple[float, float], lanes: int
) -> Report:  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        stops = Stops(Path(folder))
        smtp = Controller(stops.mails, hostname="127.0.0.1", port=free_port())
        smtp.start()
        settings = {
            "SMTP_URL": f"smtp://127.0.0.1:{smtp.port}", "MAIL_FROM": "talks@example.org"
        }  # fmt: skip
        plan = kills.Plan(rounds, seconds, load, lanes, end=stops.end, settings=settings)
        try:
            return Report(stops, await kills.run(own, plan, seed_))
        finally:
            smtp.stop()
