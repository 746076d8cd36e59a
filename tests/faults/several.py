"""F10: several processes send what is due at once, and some stand still on the way.

Each notice goes once. One that a process held which stood still for longer than its lease may go
once more, under the same id: nobody can take back what is on its way.
"""

import asyncio
import os
import random
import signal
import time
from collections import Counter
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.controller import Controller
from faults.crashes import Forge, Taken, forging
from faults.engines import Databases
from faults.talks import seed
from running import free_port
from sqlmodel import col, func, insert, select, update

from negotiations.app import open_database
from negotiations.clock import Clock
from negotiations.db import Database
from negotiations.models import Mail, NegotiationSession, Person
from negotiations.models.mail import MailEnd, MailKind
from negotiations.models.sessions import SessionStatus
from negotiations.settings import Settings

PROCESSES, LONGEST = 4, 480.0  # seconds after which it is given up


@dataclass(frozen=True, slots=True)
class Plan:
    """`tables` times `people` notices; so many stops of each sort, while a lease lasts so long."""

    tables: int
    people: int
    short: int
    long: int
    lease: float


@dataclass
class Report:
    seed: str
    notices: int = 0
    stops: Counter[str] = field(default_factory=Counter)
    twice: int = 0
    broken: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def text(self) -> str:
        lines = [
            f"{self.notices} notices by {PROCESSES} processes in {self.seconds:.0f} s",
            f"seed {self.seed}",
            f"stopped {dict(self.stops)}, {self.twice} came twice under one id",
            f"{len(self.broken)} broken",
        ]
        return "\n".join(lines + [f"  {one}" for one in self.broken[:20]])


async def fill(database: Database, plan: Plan) -> None:
    """Reminders of every session for everybody, all due."""
    now = database.clock.now()
    async with database.write() as db:
        await db.exec(update(NegotiationSession).values(status=SessionStatus.confirmed))
        sessions = (await db.exec(select(NegotiationSession))).all()
        people = (await db.exec(select(Person.id))).all()
        rows = [
            Mail(
                created_at=now, kind=MailKind.reminder, person_id=person,
                negotiation_id=one.negotiation_id, session_id=one.id, starts_at=one.starts_at,
                first_at=now, due_at=now,
            ).model_dump()
            for one in sessions
            for person in people
        ]  # fmt: skip
        for begin in range(0, len(rows), 1000):
            await db.exec(insert(Mail), params=rows[begin : begin + 1000])


async def run(own: Databases, plan: Plan, seed_: str) -> Report:
    report, began, draw = Report(seed_), time.monotonic(), random.Random(seed_)
    url, taken = own.new(), Taken()
    await seed(url, tracks=plan.tables, people=plan.people, held=False)
    database = open_database(Settings(database_url=url), Clock())
    await fill(database, plan)
    smtp = Controller(taken, hostname="127.0.0.1", port=free_port())
    smtp.start()
    asked = {"url": url, "smtp": f"smtp://127.0.0.1:{smtp.port}", "kind": "mail", "point": ""}
    crew = _Crew(database, asked, plan, report)
    try:
        async with AsyncExitStack() as stack:
            forges = [await stack.enter_async_context(forging()) for _ in range(PROCESSES)]
            working = [crew.work(place, forge) for place, forge in enumerate(forges)]
            await asyncio.gather(crew.stop(draw, taken), *working)
        await crew.judge(taken)
    finally:
        await database.close()
        smtp.stop()
    report.seconds = time.monotonic() - began
    return report


class _Crew:
    def __init__(
        self, database: Database, asked: dict[str, Any], plan: Plan, report: Report
    ) -> None:
        self._database, self._plan, self._report = database, plan, report
        self._asked = {**asked, "nth": 0, "lease": plan.lease}
        self._pids: dict[int, int] = {}
        self._stopping = True
        self._until = time.monotonic() + LONGEST

    async def _unsent(self) -> int:
        async with self._database.read() as db:
            waiting = select(func.count()).select_from(Mail).where(col(Mail.ended_as).is_(None))
            return int((await db.exec(waiting)).one())

    async def work(self, place: int, forge: Forge) -> None:
        """One process after the other in this place, until nothing is left."""
        while not self._report.broken and (self._stopping or await self._unsent()):
            if time.monotonic() > self._until:
                self._report.broken.append(f"{await self._unsent()} aren't sent yet")
                break
            now = self._database.clock.now().isoformat()
            self._pids[place] = await forge.begin({**self._asked, "now": now})
            code = await forge.end()
            del self._pids[place]
            if code:
                self._report.broken.append(f"a process ended with {code}")
            await asyncio.sleep(0.2)

    async def stop(self, draw: random.Random, taken: Taken) -> None:
        """Let processes stand still, one at a time: within their lease, and beyond it."""
        kinds = ["short"] * self._plan.short + ["long"] * self._plan.long
        draw.shuffle(kinds)
        for kind in kinds:
            before = len(taken.got)
            if self._report.broken:
                break
            while len(taken.got) < before + 20 and await self._unsent():  # noqa: ASYNC110
                await asyncio.sleep(0.02)
            if not self._pids:
                continue
            pid = self._pids[draw.choice(list(self._pids))]
            lease = self._plan.lease
            seconds = (
                draw.uniform(1.1, 1.3) * lease if kind == "long" else lease * draw.random() / 2
            )
            with suppress(ProcessLookupError):  # it may have ended just now
                os.kill(pid, signal.SIGSTOP)
                await asyncio.sleep(seconds)
                os.kill(pid, signal.SIGCONT)
                self._report.stops[kind] += 1
        self._stopping = False

    async def judge(self, taken: Taken) -> None:
        report = self._report
        async with self._database.read() as db:
            rows = (await db.exec(select(Mail.id, Mail.ended_as))).all()
        report.notices = len(rows)
        wrong = Counter(ended for _, ended in rows if ended is not MailEnd.sent)
        got = Counter(id_.strip("<>").partition("@")[0] for _, id_ in taken.got.elements())
        lost = {id_ for id_, _ in rows} - got.keys()
        report.twice = got.total() - len(got)
        if wrong or lost:
            report.broken.append(f"{len(lost)} lost, {dict(wrong)}")
        if max(got.values()) > 2 or report.twice > report.stops["long"]:
            report.broken.append(f"{report.twice} came twice after {dict(report.stops)}")


FULL = Plan(tables=100, people=100, short=6, long=4, lease=30)
