"""A program that is told: it checks every delivery with the library of Standard Webhooks."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from factories import World
from running import free_port
from standardwebhooks import Webhook, webhooks

from negotiations.outgoing.answers import rule_of
from negotiations.outgoing.client import Outgoing
from negotiations.webhooks.jobs import Dispatch

API = "/api/v1"
Headers = dict[str, str]


@dataclass
class Receiver:
    """What it was sent; `answers` are given in turn, the last one again and again."""

    port: int
    taken: list[tuple[str, Headers, bytes]] = field(default_factory=list)
    answers: list[str] = field(default_factory=lambda: ["200 OK"])
    body: bytes = b"thank you"
    delay: float = 0
    at_once: int = 0
    most_at_once: int = 0
    came: asyncio.Event = field(default_factory=asyncio.Event)

    def url(self, path: str = "/hook") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def of(self, path: str = "/hook") -> list[tuple[Headers, bytes]]:
        return [(headers, body) for at, headers, body in self.taken if at == path]

    def ids(self, path: str = "/hook") -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.of(path)]

    async def until(self, many: int, seconds: float) -> None:
        """Until so much has come in; TimeoutError after so long."""
        async with asyncio.timeout(seconds):
            while len(self.taken) < many:
                self.came.clear()
                await self.came.wait()

    def empty(self) -> None:
        self.taken.clear()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[:-2]
            headers = {}
            for line in lines:
                name, _, value = line.partition(": ")
                headers[name.lower()] = value
            body = await reader.readexactly(int(headers["content-length"]))
            self.taken.append((first.split(" ")[1], headers, body))
            self.came.set()
            await asyncio.sleep(self.delay)
            answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
            head = f"HTTP/1.1 {answer}\r\nContent-Length: {len(self.body)}\r\n\r\n"
            writer.write(head.encode() + self.body)
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self.at_once -= 1
            writer.transport.abort() if writer.is_closing() else writer.close()


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """A program on this machine while the block runs."""
    receiver = Receiver(free_port())
    serving: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        serving.add(task)
        task.add_done_callback(serving.discard)
        await receiver.serve(reader, writer)

    server = await asyncio.start_server(serve, "127.0.0.1", receiver.port)
    try:
        yield receiver
    finally:
        server.close()
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)
        await asyncio.sleep(0.01)  # what was closed is gone by then


def checked(
    monkeypatch: pytest.MonkeyPatch, now: datetime, secret: str, headers: Headers, body: bytes
) -> Any:
    """What the library makes of a delivery that comes in at this moment."""

    class At(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
            return now.astimezone(tz or UTC)

    with monkeypatch.context() as patched:
        patched.setattr(webhooks, "datetime", At)
        return Webhook(secret).verify(body, headers)


def dispatch(world: World) -> Dispatch:
    return Dispatch(world.settings, lambda: Outgoing(rule_of(world.settings)))


async def look(world: World) -> int:
    """One look of the tick; how many deliveries were tried."""
    return await dispatch(world).send_due(world.database, world.clock)


async def hook(world: World, name: str, url: str, *types: str) -> dict[str, Any]:
    """An endpoint of this one's, with its secret."""
    body = {"negotiation": "water-talks", "url": url, "types": types}
    answer = await world.clients[name].post(f"{API}/webhooks", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def change(world: World, name: str, path: str, method: str = "POST", **body: Any) -> Any:
    """An act on what is there now; the answer."""
    seen = path if method in ("PATCH", "DELETE") else path.rpartition("/")[0]
    tag = (await world.clients[name].get(f"{API}{seen}")).headers["etag"]
    more: dict[str, Any] = {} if method == "DELETE" else {"json": body}
    headers = {"If-Match": tag}
    return await world.clients[name].request(method, f"{API}{path}", headers=headers, **more)


async def told(world: World, name: str, webhook: str, **options: str) -> list[dict[str, Any]]:
    """All that the endpoint was told or is to be told, the newest first."""
    path = f"{API}/webhooks/{webhook}/deliveries"
    items: list[dict[str, Any]] = []
    after: dict[str, str] = {}
    while True:
        answer = await world.clients[name].get(path, params={"limit": 200, **options, **after})
        assert answer.status_code == 200, answer.text
        items += answer.json()["items"]
        if answer.json()["next"] is None:
            return items
        after = {"after": answer.json()["next"]}
