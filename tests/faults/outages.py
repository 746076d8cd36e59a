"""F3 and F13: the database dies, or its disk is full, while sixteen clients write.

The service stays: nothing that was acknowledged is lost, nothing is answered but 503 (or 507) with
when to ask again, what can be read is read rightly, and at most five seconds after the trouble is
over writes are taken again.
"""

import asyncio
import random
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
from faults import kills
from faults.engines import Databases
from faults.load import WORKERS, Log, Round, Worker, resend, unlike_busy
from faults.serving import Serving, client_to
from faults.talks import Seeded, seed
from faults.troubles import Trouble

MOST_TO_HEAL = 5.0  # seconds
EPOCH = 10  # rounds on one copy of the talks


@dataclass
class Report(kills.Report):
    heals: list[float] = field(default_factory=list)
    reads: Counter[int] = field(default_factory=Counter)

    @property
    def put_off(self) -> int:
        return self.answers[503] + self.answers[507]

    def text(self) -> str:
        times = sorted(self.heals) or [0.0]
        lines = [
            f"{self.rounds} outages in {self.seconds:.0f} s, seed {self.seed}",
            f"{self.acks} acknowledged, {self.refused} refused, {self.open} open",
            f"{self.put_off} of them answered “try again”",
            f"healed after {times[len(times) // 2]:.2f} s at the median, {times[-1]:.2f} s at most",
            f"reads {dict(sorted(self.reads.items()))}",
            f"answers {dict(sorted(self.answers.items()))}",
            f"{len(self.broken)} broken",
        ]
        lines += [f"  {one.condition} {one.op_id}: {one.text}" for one in self.violations[:20]]
        lines += [f"  {one}" for one in self.wrong[:20]]
        return "\n".join(lines + [f"  kept: {one}" for one in self.kept])


@dataclass(frozen=True, slots=True)
class Plan:
    """At most so many rounds and about so many seconds; how long each outage lasts."""

    rounds: int
    seconds: float
    lasts: tuple[float, float]


async def run(own: Databases, trouble: Trouble, plan: Plan, seed_: str) -> Report:
    report, began, done = Report(seed_), time.monotonic(), 0
    template = own.new()
    seeded = await seed(template, tracks=WORKERS, people=WORKERS, held=True)
    with tempfile.TemporaryDirectory(dir=kills.MEMORY) as logs:
        while done < plan.rounds and time.monotonic() - began < plan.seconds:
            few = min(EPOCH, plan.rounds - done)
            epoch = _Epoch(own, own.copy(template), trouble, plan, report, Path(logs), seeded)
            await epoch.run(few, f"{seed_}/{done}", until=began + plan.seconds)
            done += few
    report.seconds = time.monotonic() - began
    return report


class _Epoch:
    """Some outages on one database, under one service that is started once."""

    def __init__(
        self, own: Databases, url: str, trouble: Trouble, plan: Plan, report: Report, logs: Path,
        seeded: Seeded,
    ) -> None:  # fmt: skip
        self._own, self._url, self._trouble, self._plan = own, url, trouble, plan
        self._report, self._logs, self._seeded = report, logs, seeded

    async def run(self, rounds: int, name: str, *, until: float) -> None:
        draw = random.Random(name)
        workers = [Worker(number, self._seeded, name) for number in range(WORKERS)]
        log = Log(self._logs / f"{name.replace('/', '-')}.jsonl")
        mails = str(self._logs / "mail")
        serving = Serving(self._url, self._logs / "service.log", MAIL_FOLDER=mails)
        try:
            self._report.ready.append(await serving.ready())
            async with client_to(serving, WORKERS + 2) as client:
                for one in workers:
                    await one.after_restart(client)
                for number in range(rounds):
                    if time.monotonic() < until:
                        await self._round(client, log, workers, number, draw)
                await resend(Round(client, log, 0, rounds, 0), workers, kills.RESENT)
                await kills.judge(self._own, self._report, self._url, log, workers, client, rounds)
            if not serving.is_running:
                self._report.wrong.append("the service ended")
        finally:
            serving.kill()
        kills.count(self._report, log.calls())
        log.close()
        if not self._report.violations:
            self._own.drop(self._url)

    async def _round(
        self, client: httpx2.AsyncClient, log: Log, workers: list[Worker], number: int,
        draw: random.Random,
    ) -> None:  # fmt: skip
        round_ = Round(client, log, 0, number, 0)
        reader = _Reader(client, self._seeded, self._report, busy=self._trouble.spoils_reads)
        tasks = [asyncio.create_task(one.work(round_)) for one in workers]
        reading = asyncio.create_task(reader.read(round_))
        await asyncio.sleep(draw.uniform(0.3, 1.0))
        await self._trouble.begin(number)
        await asyncio.sleep(draw.uniform(*self._plan.lasts))
        await self._trouble.end()
        over = time.monotonic()
        while round_.acked_at < over and time.monotonic() < over + 60:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        healed = round_.acked_at - over if round_.acked_at > over else 60.0
        await asyncio.sleep(0.2)
        round_.killed = True
        await asyncio.gather(*tasks, reading)
        report = self._report
        report.rounds += 1
        report.heals.append(healed)
        if healed > MOST_TO_HEAL:
            report.wrong.append(f"round {report.rounds}: healed after {healed:.1f} s")
        if round_.cut:
            report.wrong.append(f"round {report.rounds}: {round_.cut} clients were cut off")
        report.wrong += [f"round {report.rounds}: {one}" for one in round_.wrong]


class _Reader:
    """Reads pages and data all the time; `busy`: they may be answered “try again”."""

    def __init__(
        self, client: httpx2.AsyncClient, seeded: Seeded, report: Report, *, busy: bool
    ) -> None:
        self._client, self._report, self._busy = client, report, busy
        self._token = {"Authorization": f"Bearer {seeded.tokens[0]}"}
        # By path what has to be in the answer.
        self._paths = {
            f"/api/v1/sessions/{id_}": f'"seeded {slug}"' for slug, id_ in seeded.sessions.items()
        } | {"/public/water-talks": "Water", "/sign-in": "<form"}

    async def read(self, round_: Round) -> None:
        while not round_.killed:
            for path, words in self._paths.items():
                answer = await self._client.get(path, headers=self._token)
                self._report.reads[answer.status_code] += 1
                if answer.status_code == 503 and self._busy:
                    round_.wrong += unlike_busy(answer)
                elif answer.status_code != 200 or words not in answer.text:
                    round_.wrong.append(f"GET {path}: {answer.status_code}, or not what it was")
                await asyncio.sleep(0.02)
