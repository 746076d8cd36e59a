"""A server of calendars on this machine, that answers as it is told to, and worlds that read it."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from factories import World
from running import free_port
from sqlmodel import col, select

from negotiations.busy.jobs import refreshing_of
from negotiations.models import BusyBlock, BusyCalendar

API = "/api/v1"
Writer = asyncio.StreamWriter
Behave = Callable[[Writer], Awaitable[None]]


def file(*times: str, more: str = "") -> bytes:
    """A calendar with an event for each `start/end`, as 20301104T150000Z."""
    events = "".join(
        f"BEGIN:VEVENT\r\nUID:{number}\r\nSUMMARY:Dentist\r\nDTSTART:{one.partition('/')[0]}\r\n"
        f"DTEND:{one.partition('/')[2]}\r\nEND:VEVENT\r\n"
        for number, one in enumerate(times)
    )
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{more}{events}END:VCALENDAR\r\n".encode()


@dataclass
class Calendars:
    """What is there by path: a file, a status, or a way to behave. Keeps what it was asked."""

    port: int
    files: dict[str, bytes | int | Behave] = field(default_factory=dict)
    headers: dict[str, Mapping[str, str]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    serving: set[asyncio.Task[Any]] = field(default_factory=set)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    async def serve(self, reader: asyncio.StreamReader, writer: Writer) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.serving.add(task)
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                first, *lines = head.decode("latin-1").strip().split("\r\n")
                path = first.split(" ")[1]
                given = {
                    name.strip().lower(): value.strip()
                    for name, _, value in (line.partition(":") for line in lines)
                }
                await reader.readexactly(int(given.get("content-length", "0")))
                self.asked.append((path, given))
                there = self.files.get(path, 404)
                if callable(there):
                    await there(writer)
                    break
                self._answer(writer, path, there, given)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        except RuntimeError:
            pass  # uvloop's word for a connection that is closed
        finally:
            self.serving.discard(task)
            writer.transport.abort()

    def _answer(self, writer: Writer, path: str, there: bytes | int, given: dict[str, str]) -> None:
        status, body = (there, b"") if isinstance(there, int) else (200, there)
        tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if given.get("if-none-match") == tag:
            status, body = 304, b""
        self.statuses.append(status)
        more = (
            {"ETag": tag, **self.headers.get(path, {})}
            if status in (200, 304)
            else (self.headers.get(path, {}))
        )
        lines = [f"HTTP/1.1 {status} As told", f"Content-Length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in more.items()]
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)


@asynccontextmanager
async def serving() -> AsyncIterator[Calendars]:
    made = Calendars(free_port())
    server = await asyncio.start_server(made.serve, "127.0.0.1", made.port, limit=2**20)
    try:
        yield made
    finally:
        server.close()
        for task in [*made.serving]:
            task.cancel()
        await asyncio.gather(*made.serving, return_exceptions=True)
        await asyncio.sleep(0.01)


async def add(world: World, url: str, name: str = "head_x", **more: str) -> dict[str, Any]:
    """A calendar of this person's; what the interface says of it."""
    answer = await world.clients[name].post(f"{API}/busy-calendars", json={"url": url, **more})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def refresh(world: World) -> int:
    """One look of the tick."""
    return await refreshing_of(world.settings).refresh_due(world.database, world.clock)


async def standing(world: World, name: str = "head_x") -> dict[str, Any]:
    """How the interface says it stands with this person's one calendar."""
    [one] = (await world.clients[name].get(f"{API}/busy-calendars")).json()["items"]
    return dict(one)


async def blocks(world: World, name: str = "head_x") -> list[str]:
    """When this person is busy, as `2030-11-04 15:00/16:00`, from the table."""
    async with world.database.read() as db:
        rows = await db.exec(
            select(BusyBlock)
            .where(col(BusyBlock.person_id) == world.people[name])
            .order_by(col(BusyBlock.starts_at))
        )
    return [f"{one.starts_at:%Y-%m-%d %H:%M}/{one.ends_at:%H:%M}" for one in rows]


async def row(world: World) -> BusyCalendar:
    async with world.database.read() as db:
        return (await db.exec(select(BusyCalendar))).one()
