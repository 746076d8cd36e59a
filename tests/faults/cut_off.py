"""F15: a program can't be reached for 76 hours, by the service's clock, and loses nothing.

Three others that are there meanwhile are told of everything at once. What waits for the one that
was cut off comes when it is there again; what was tried for the last time before that is kept, and
comes when somebody asks for it.
"""

import asyncio
import random
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from factories import Standing
from faults.crashes import Taken
from faults.engines import Databases
from faults.talks import seed
from faults.told import hook, relocate, settings_of
from running import free_port
from sqlmodel import col, func, select

from negotiations.access.actor import operator
from negotiations.app import open_database
from negotiations.models import WebhookDelivery, WebhookEndpoint
from negotiations.models.webhooks import DeliveryEnd
from negotiations.webhooks import actions, queries
from negotiations.webhooks.jobs import dispatch_of

HOURS, HEALTHY = timedelta(hours=76), 3
MOST = 5.0  # seconds until a program that is there is told, 99 of 100


@dataclass
class Report:
    seed: str
    events: int = 0
    tries: int = 0
    late: list[float] = field(default_factory=list)
    caught_up: timedelta = timedelta()
    forged: int = 0
    signed: int = 0
    broken: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def p99(self) -> float:
        return sorted(self.late or [0.0])[int(len(self.late) * 0.99)]

    def text(self) -> str:
        lines = [
            f"{self.events} events in {HOURS}, seed {self.seed}, in {self.seconds:.0f} s",
            f"{self.tries} tries while it was cut off; all there {self.caught_up} after that",
            f"those that were there told within {self.p99():.2f} s (99 of 100)",
            f"{self.signed} signatures, {self.forged} of them wrong",
            f"{len(self.broken)} broken",
        ]
        return "\n".join(lines + [f"  {one}" for one in self.broken[:20]])


class Program:
    """One that is told, as long as it isn't cut off."""

    def __init__(self, taken: Taken) -> None:
        self.port, self.secret, self._taken = free_port(), "", taken
        self._server: asyncio.Server | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    async def be_there(self) -> None:
        async def told(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await self._taken.program(reader, writer, self.secret)

        self._server = await asyncio.start_server(told, "127.0.0.1", self.port)

    async def be_cut_off(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    @property
    def ids(self) -> set[str]:
        return {id_ for secret, id_ in self._taken.got if secret == self.secret}


class _Case:
    def __init__(self, url: str, session: str, report: Report) -> None:
        self.taken, self.report, self._session = Taken(), report, session
        self.clock = Standing(datetime.now(UTC))
        settings = settings_of(url)
        self.database = open_database(settings, self.clock)
        self._dispatch = dispatch_of(settings)
        self.well = [Program(self.taken) for _ in range(HEALTHY)]
        self.gone = Program(self.taken)
        self._number = 0

    async def begin(self, url: str) -> None:
        await self.look()  # what happened before they are there is past
        programs = [*self.well, self.gone]
        secrets = await hook(url, [one.address for one in programs])
        for one, secret in zip(programs, secrets, strict=True):
            one.secret = secret
        for one in self.well:
            await one.be_there()

    async def happen(self) -> None:
        self._number += 1
        await relocate(self.database, self._session, number=self._number)
        before, began = len(self.taken.got), time.monotonic()
        await self.look()
        if len(self.taken.got) >= before + HEALTHY:
            self.report.late.append(time.monotonic() - began)
        self.report.events += 1

    async def look(self) -> None:
        self.report.tries += await self._dispatch.send_due(self.database, self.clock)

    async def until(self, at: datetime) -> None:
        """Look whenever something is due, up to this time."""
        while True:
            async with self.database.read() as db:
                due = await queries.next_due(db, self.clock.now())
            if due is None or due > at:
                self.clock.at = at
                return
            self.clock.at = due
            await self.look()

    async def waiting(self, ended: DeliveryEnd | None = None) -> int:
        query = select(func.count()).select_from(WebhookDelivery)
        async with self.database.read() as db:
            found = await db.exec(
                query.where(col(WebhookDelivery.ended_as).is_not_distinct_from(ended))
            )
            return int(found.one())

    def expect(self, holds: bool, text: str) -> None:
        if not holds:
            self.report.broken.append(text)


async def run(own: Databases, events: int, seed_: str) -> Report:
    report, began, draw = Report(seed_), time.monotonic(), random.Random(seed_)
    url = own.new()
    seeded = await seed(url, tracks=1, people=1, held=False)
    case = _Case(url, *seeded.sessions.values(), report)
    await case.begin(url)
    try:
        # None of them is tried for the last time, after 75 hours, before it is there again.
        await _cut_off(case, sorted(draw.uniform(1, 75.9) for _ in range(events)))
        await _tried_for_the_last_time(case)
    finally:
        for one in (*case.well, case.gone):
            await one.be_cut_off()
        await case.database.close()
    report.forged, report.signed = case.taken.forged, case.taken.got.total()
    case.expect(report.forged == 0, f"{report.forged} signatures are wrong")
    case.expect(max(case.taken.got.values()) == 1, "something came twice")
    case.expect(report.p99() <= MOST, f"99 of 100 were told within {report.p99():.1f} s only")
    report.seconds = time.monotonic() - began
    return report


async def _cut_off(case: _Case, hours: list[float]) -> None:
    """Everything happens while it isn't there."""
    start = case.clock.now()
    for at in hours:
        await case.until(start + timedelta(hours=at))
        await case.happen()
    await case.until(start + HOURS)
    many = len(hours)
    for one in case.well:
        case.expect(len(one.ids) == many, f"{len(one.ids)} of {many} came to one that was there")
    case.expect(not case.gone.ids, "something came to one that wasn't there")
    waiting = await case.waiting()
    case.expect(waiting == many, f"{waiting} of {many} wait for it")
    await case.gone.be_there()
    healed = case.clock.now()
    while await case.waiting() and case.clock.now() < healed + timedelta(days=1):
        await case.until(case.clock.now() + timedelta(seconds=30))
    case.report.caught_up = case.clock.now() - healed
    lost = many - len(case.gone.ids)
    case.expect(lost == 0, f"{lost} of {many} were lost")


async def _tried_for_the_last_time(case: _Case) -> None:
    """One thing alone is given up before the time is over, and is there to be sent again."""
    await case.gone.be_cut_off()
    before = len(case.gone.ids)
    start = case.clock.now()
    await case.happen()
    await case.until(start + HOURS)
    case.expect(await case.waiting(DeliveryEnd.given_up) == 1, "it isn't kept as given up")
    await case.gone.be_there()
    async with case.database.write() as db:
        rows: list[Any] = list((await db.exec(select(WebhookEndpoint))).all())
        [row] = [one for one in rows if one.url == case.gone.address]
        actor = operator(row.negotiation_id)
        found = await queries.endpoint(db, actor, row.id, lock=True)
        await actions.all_again(db, actor, found, now=case.clock.now())
    await case.look()
    case.expect(len(case.gone.ids) == before + 1, "what was given up can't be sent again")
