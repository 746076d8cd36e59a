"""F16: those who answer slowly, or never to an end, hold up nobody, and each call of them ends.

Slow are calendars that are read and programs that are told: a byte each second, nothing after the
connection, a head without end, chunks without end, redirect after redirect.
"""

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from busy_calendars.calendars import Calendars, Writer, file, serving
from factories import World
from sqlmodel import col, select

from negotiations.busy import sealing
from negotiations.busy.jobs import Refreshing
from negotiations.clock import Clock
from negotiations.models import BusyCalendar, Negotiation, WebhookDelivery, WebhookEndpoint
from negotiations.models.availability import BusyState
from negotiations.models.webhooks import DeliveryEnd
from negotiations.outgoing.answers import Unreached, rule_of
from negotiations.outgoing.client import Outgoing
from negotiations.webhooks.jobs import Dispatch
from negotiations.webhooks.messages import TEST
from negotiations.webhooks.signing import new_salt

LONGEST, MOST_DELAY, GOOD = 20.0, 2.0, 10
OK = b"HTTP/1.1 200 OK\r\n"


async def drip(writer: Writer) -> None:
    """A byte each second."""
    for one in itertools.chain(OK, itertools.repeat(ord("a"))):
        writer.write(bytes([one]))
        await asyncio.sleep(1)


async def silent(_writer: Writer) -> None:
    await asyncio.sleep(3600)


async def endless_head(writer: Writer) -> None:
    writer.write(OK)
    for number in itertools.count():
        writer.write(f"X-{number}: {'a' * 80}\r\n".encode())
        await writer.drain()
        await asyncio.sleep(0.05)


async def endless_chunks(writer: Writer) -> None:
    writer.write(OK + b"Transfer-Encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"5\r\nBEGIN\r\n")
        await writer.drain()
        await asyncio.sleep(0.2)


KINDS: dict[str, Callable[[Writer], Awaitable[None]]] = {
    "drip": drip, "silent": silent, "endless head": endless_head, "endless chunks": endless_chunks,
}  # fmt: skip


@dataclass
class Report:
    """How long calls of the slow ones took, and how much later the good ones had theirs."""

    longest: dict[str, float] = field(default_factory=dict)
    delays: dict[str, float] = field(default_factory=dict)
    slow: int = 0
    broken: list[str] = field(default_factory=list)

    def text(self) -> str:
        calls = ", ".join(f"{name} {took:.1f} s" for name, took in self.longest.items())
        late = ", ".join(f"{name} {one:.2f} s later" for name, one in self.delays.items())
        lines = [f"calls ended: {calls}", f"beside {self.slow} slow ones, {GOOD} good ones: {late}"]
        return "\n".join([*lines, *self.broken])


async def run(world: World, slow: int = 100) -> Report:
    """Each kind by itself, for reading and for telling; then so many beside ten good ones."""
    report = Report(slow=slow)
    world.clock.now = Clock().now  # type: ignore[method-assign]
    async with serving() as there:
        there.files |= {f"/{name.replace(' ', '-')}": one for name, one in KINDS.items()}
        for number in range(50):
            there.files[f"/hop/{number}"] = 302
            there.headers[f"/hop/{number}"] = {"Location": f"/hop/{number + 1}"}
        await _calls(report, world, there)
        await _beside(report, world, there, slow)
    for name, took in report.longest.items():
        if took > LONGEST:
            report.broken.append(f"{name} took {took:.1f} s")
    for name, late in report.delays.items():
        if late > MOST_DELAY:
            report.broken.append(f"{name}: good ones came {late:.1f} s later")
    return report


async def _calls(report: Report, world: World, there: Calendars) -> None:
    async def call(outgoing: Outgoing, verb: str, name: str) -> None:
        path = "/hop/0" if name == "redirects" else f"/{name.replace(' ', '-')}"
        began = time.monotonic()
        try:
            if verb == "read":
                await outgoing.get(there.url(path), most=5_000_000, hops=3)
            else:
                await outgoing.post(there.url(path), b"{}", {})
        except Unreached:
            pass
        report.longest[f"{verb} {name}"] = time.monotonic() - began

    async with Outgoing(rule_of(world.settings)) as outgoing:
        await asyncio.gather(
            *(call(outgoing, verb, name) for verb in ("read", "tell")
              for name in (*KINDS, "redirects"))
        )  # fmt: skip


async def _beside(report: Report, world: World, there: Calendars, slow: int) -> None:
    """How much later the good ones have theirs than when they are alone."""
    for name, make, look, well in (
        ("calendars", _calendars, _refresh, _read),
        ("programs", _programs, _dispatch, _told),
    ):
        took = []
        for beside in (0, slow):
            made = await make(world, there, beside)
            began = time.monotonic()
            looking = asyncio.create_task(look(world))
            while await well(world, made) < GOOD:
                await asyncio.sleep(0.02)
                if time.monotonic() - began > 2 * LONGEST:
                    report.broken.append(f"{name}: the good ones never came")
                    break
            took.append(time.monotonic() - began)
            # To its end: what is cut off while it connects is left over, and no loop closes then.
            await asyncio.wait_for(looking, 4 * LONGEST)
        report.delays[name] = max(0.0, took[1] - took[0])


def _paths(slow: int) -> list[str]:
    """Of the slow ones first: so they are taken first."""
    kinds = [f"/{name.replace(' ', '-')}" for name in KINDS]
    return [*(kinds[number % len(kinds)] for number in range(slow)), *["/good"] * GOOD]


async def _calendars(world: World, there: Calendars, slow: int) -> set[str]:
    """Rows of calendars that were never read; the ids of the good ones."""
    there.files["/good"] = file()
    now, made = datetime.now(UTC), list[BusyCalendar]()
    key = world.settings.secret_key
    for number, path in enumerate(_paths(slow)):
        row = BusyCalendar(
            created_at=now, person_id=world.people["head_x"], origin="", fingerprint=str(number),
            sealed="", due_at=now,
        )  # fmt: skip
        row.sealed = sealing.seal(key, row.id, "address", {"url": f"{there.url(path)}?{number}"})
        there.files[f"{path}?{number}"] = there.files[path]
        made.append(row)
    good = {one.id for one in made[-GOOD:]}
    async with world.database.write() as db:
        db.add_all(made)
    return good


async def _refresh(world: World) -> object:
    refreshing = Refreshing(world.settings, lambda: Outgoing(rule_of(world.settings)))
    return await refreshing.refresh_due(world.database, world.clock)


async def _read(world: World, good: set[str]) -> int:
    async with world.database.read() as db:
        rows = await db.exec(
            select(BusyCalendar.id).where(
                col(BusyCalendar.id).in_(good), col(BusyCalendar.state) == BusyState.good
            )
        )
    return len(rows.all())


async def _programs(world: World, there: Calendars, slow: int) -> set[str]:
    """Rows of endpoints with one thing each to be told; the ids of the good ones' things."""
    now, good = datetime.now(UTC), set[str]()
    there.files["/good"] = b""
    async with world.database.write() as db:
        talks = (
            await db.exec(select(Negotiation).where(col(Negotiation.slug) == "water-talks"))
        ).one()
        for number, path in enumerate(_paths(slow)):
            there.files[f"{path}?{number}"] = there.files[path]
            one = WebhookEndpoint(
                created_at=now, negotiation_id=talks.id, owner_id=talks.id,
                url=f"{there.url(path)}?{number}", salt=new_salt(), tried_at=now,
            )  # fmt: skip
            db.add(one)
            await db.flush()
            told = WebhookDelivery(
                created_at=now, endpoint_id=one.id, type=TEST, at=now, due_at=now
            )
            db.add(told)
            if path == "/good":
                good.add(told.id)
    return good


async def _dispatch(world: World) -> object:
    dispatch = Dispatch(world.settings, lambda: Outgoing(rule_of(world.settings)))
    return await dispatch.send_due(world.database, world.clock)


async def _told(world: World, good: set[str]) -> int:
    async with world.database.read() as db:
        rows = await db.exec(
            select(WebhookDelivery.id).where(
                col(WebhookDelivery.id).in_(good),
                col(WebhookDelivery.ended_as) == DeliveryEnd.delivered,
            )
        )
    return len(rows.all())
