"""F9: a process that sends is killed at each of eight points, again and again.

Nothing is lost; what is sent twice was sent before the kill and had to be, under the same id; and
by a minute after a restart, by the clock of the processes, all is sent.
"""

import asyncio
import json
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from factories import Standing
from faults.engines import Databases
from faults.sender import KILLED, POINTS
from faults.talks import seed
from faults.told import hook, relocate
from running import free_port
from sqlmodel import select
from standardwebhooks import Webhook

from negotiations.app import open_database
from negotiations.db import Database
from negotiations.models import Mail, WebhookDelivery
from negotiations.models.mail import MailEnd
from negotiations.models.webhooks import DeliveryEnd
from negotiations.settings import Settings

PEOPLE, PROGRAMS, CHANGES = 6, 1, 6  # with one program nothing else is on its way meanwhile
TWICE = ("after_data", "after_250")  # it was taken, and nobody wrote that down
SENDER = str(Path(__file__).parent / "sender.py")


@dataclass
class Report:
    seed: str
    kills: Counter[str] = field(default_factory=Counter)
    sent: int = 0
    twice: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def text(self) -> str:
        lines = [
            f"{self.kills.total()} kills in {self.seconds:.0f} s, seed {self.seed}",
            f"kills {dict(self.kills)}",
            f"{self.sent} sent, twice under one id {dict(self.twice)}",
            f"{len(self.broken)} broken",
        ]
        return "\n".join(lines + [f"  {one}" for one in self.broken[:20]])


@dataclass
class Taken:
    """What came, by whom and id; `kill` is a process to be killed, `at` which moment, `left`
    things later."""

    got: Counter[tuple[str, str]] = field(default_factory=Counter)
    forged: int = 0
    kill: int = 0
    at: str = ""
    left: int = 0

    def moment(self, which: str) -> bool:
        """Whether the process was killed at this moment."""
        if not self.kill or self.at != which:
            return False
        self.left -= 1
        if self.left > 0:
            return False
        os.kill(self.kill, signal.SIGKILL)
        self.kill = 0
        time.sleep(0.05)  # it is gone before anything is answered
        return True

    async def handle_RCPT(  # noqa: N802
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        self.moment("before_data")
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        message = message_from_bytes(envelope.content)
        self.got[envelope.rcpt_tos[0], str(message["Message-ID"])] += 1
        self.moment("after_data")
        return "250 Taken"

    async def program(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, secret: str
    ) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            fields = dict(line.split(": ", 1) for line in head.split("\r\n")[1:-2])
            told = {name.lower(): value for name, value in fields.items()}
            if self.moment("before_data"):
                raise ConnectionError  # the body may be here already
            body = await reader.readexactly(int(told["content-length"]))
            id_ = told["webhook-id"]
            at = datetime.fromtimestamp(int(told["webhook-timestamp"]), UTC)
            signed = Webhook(secret).sign(id_, at, body.decode())
            self.forged += signed not in told["webhook-signature"].split(" ")
            self.got[secret, id_] += 1
            self.moment("after_data")
            writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


class Forge:
    """Starts processes that send, one after the other."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin is not None and process.stdout is not None
        self._in, self._out = process.stdin, process.stdout

    async def begin(self, asked: dict[str, Any]) -> int:
        """The process id of the next one."""
        self._in.write(json.dumps(asked).encode() + b"\n")
        return int(await self._out.readline())

    async def end(self) -> int:
        """Its exit code."""
        return int(await asyncio.wait_for(self._out.readline(), 240))


@asynccontextmanager
async def forging() -> AsyncIterator[Forge]:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, SENDER, stdin=pipe, stdout=pipe)
    try:
        yield Forge(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()


async def run(own: Databases, kills: int, seconds: float, seed_: str) -> Report:
    """So many kills at each point, of mails and of webhooks, or as many as the time allows."""
    report, began = Report(seed_), time.monotonic()
    draw, taken, url = random.Random(seed_), Taken(), own.new()
    seeded = await seed(url, tracks=1, people=PEOPLE, held=False)
    smtp = Controller(taken, hostname="127.0.0.1", port=free_port())
    smtp.start()
    servers = []
    ports = [free_port() for _ in range(PROGRAMS)]
    for port, secret in zip(ports, await hook(url, map(_address, ports)), strict=True):
        serve = _serving(taken, secret)
        servers.append(await asyncio.start_server(serve, "127.0.0.1", port))
    clock = Standing(datetime.now(UTC))
    database = open_database(Settings(database_url=url), clock)
    [session] = seeded.sessions.values()
    try:
        async with forging() as forge:
            case = _Case(forge, taken, report, database, clock, session)
            case.asked = {"url": url, "smtp": f"smtp://127.0.0.1:{smtp.port}"}
            for _ in range(kills):
                for point in POINTS:
                    for kind in ("mail", "webhooks"):
                        if time.monotonic() - began < seconds:
                            await case.kill(kind, point, draw)
    finally:
        await database.close()
        smtp.stop()
        for server in servers:
            server.close()
    report.broken += [f"{taken.forged} signatures are wrong"] if taken.forged else []
    report.seconds = time.monotonic() - began
    return report


def _address(port: int) -> str:
    return f"http://127.0.0.1:{port}/"


def _serving(taken: Taken, secret: str) -> Any:
    return lambda reader, writer: taken.program(reader, writer, secret)


class _Case:
    """One kill after the other on one database, whose clock goes on in between."""

    def __init__(
        self, forge: Forge, taken: Taken, report: Report, database: Database, clock: Standing,
        session: str,
    ) -> None:  # fmt: skip
        self._forge, self._taken, self._report = forge, taken, report
        self._database, self._clock, self._session = database, clock, session
        self._known: set[str] = set()
        self._number = 0
        self.asked: dict[str, Any] = {}

    async def kill(self, kind: str, point: str, draw: random.Random) -> None:
        self._taken.got.clear()
        for _ in range(1 if kind == "mail" else CHANGES):
            self._number += 1
            await relocate(self._database, self._session, number=self._number)
        self._clock.forward(seconds=11)
        most = PEOPLE if kind == "mail" else PROGRAMS * CHANGES
        most = PROGRAMS if (kind, point) == ("webhooks", "after_claim") else most
        nth = 1 if point.endswith("_commit") else draw.randrange(most) + 1
        where = f"{kind} {point} {nth}"
        code = await self._sends(kind, point, nth)
        if code not in (KILLED, -signal.SIGKILL):
            self._report.broken.append(f"{where}: it ended with {code}")
        self._report.kills[point] += 1
        # The others go at once, the one that was held when its lease has run out.
        for seconds in (1, 31):
            self._clock.forward(seconds=seconds)
            if code := await self._sends(kind, "", 0):
                self._report.broken.append(f"{where}: started again it ended with {code}")
        await self._judge(kind, point, where)
        self._clock.forward(seconds=60)
        # What the other kind had to do is done without a kill.
        await self._sends("webhooks" if kind == "mail" else "mail", "", 0)
        self._known |= {one.id for one in await self._rows("mail")}
        self._known |= {one.id for one in await self._rows("webhooks")}

    async def _sends(self, kind: str, point: str, nth: int) -> int:
        now = self._clock.now().isoformat()
        asked = {**self.asked, "kind": kind, "now": now, "point": point, "nth": nth}
        self._taken.at, self._taken.left = point, nth
        self._taken.kill = await self._forge.begin(asked)
        code = await self._forge.end()
        self._taken.kill = 0
        return code

    async def _rows(self, kind: str) -> list[Any]:
        table = Mail if kind == "mail" else WebhookDelivery
        async with self._database.read() as db:
            return [one for one in (await db.exec(select(table))) if one.id not in self._known]

    async def _judge(self, kind: str, point: str, where: str) -> None:
        rows, found = await self._rows(kind), self._report.broken
        wanted = PEOPLE if kind == "mail" else PROGRAMS * CHANGES
        done = MailEnd.sent if kind == "mail" else DeliveryEnd.delivered
        if [one.ended_as for one in rows] != [done] * wanted:
            found.append(f"{where}: {Counter(one.ended_as for one in rows)} of {wanted}")
        ids = {one.id for one in rows}
        got = {id_.strip("<>").partition("@")[0]: n for (_, id_), n in self._taken.got.items()}
        if got.keys() != ids or len(self._taken.got) != wanted:
            found.append(f"{where}: {len(ids - got.keys())} lost, {len(got.keys() - ids)} others")
        twice = sum(got.values()) - len(got)
        if twice > (point in TWICE):
            found.append(f"{where}: {twice} came twice")
        self._report.twice[point] += twice
        self._report.sent += len(got)
