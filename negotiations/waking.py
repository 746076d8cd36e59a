"""Which of the senders has something to do at once? What a transaction leaves due wakes them.

The ticks that look again and again stay the fallback. Other processes hear of it by PostgreSQL's
NOTIFY; what is due later each finds out by its own looks.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from sqlalchemy.engine import make_url
from sqlmodel import Session, text

from negotiations.db import Database, Db, is_sqlite, written_in
from negotiations.models import Mail, Notice, WebhookDelivery

log = logging.getLogger("negotiations")
CHANNEL = "negotiations_due"
AGAIN = 1.0  # seconds until a broken connection is tried again
MAIL, WEBHOOKS, REMINDERS = "mail", "webhooks", "reminders"
BUSY, PLANS = "busy-calendars", "plans"
NAMES = frozenset({MAIL, WEBHOOKS, REMINDERS, BUSY, PLANS})


def wake(db: Db | Session, name: str) -> None:
    """Wake this sender once the transaction has committed."""
    woken_in(db.info).add(name)


def woken_in(info: dict[str, Any]) -> set[str]:
    """The senders for whom a transaction leaves something to do at once."""
    names: set[str] = info.setdefault("due", set())
    return names


async def refresh(db: Db) -> None:
    """Note for whom this transaction leaves something to do (a projection)."""
    now = db.info["clock"].now()
    for row, *_ in written_in(db):
        for name in _concerned(row, now):
            wake(db, name)
    names = woken_in(db.info)
    if names and not is_sqlite(db):
        given = {"channel": CHANNEL, "told": " ".join(sorted(names))}
        await db.exec(text("SELECT pg_notify(:channel, :told)"), params=given)  # type: ignore[call-overload]


def _concerned(row: object, now: Any) -> Iterator[str]:
    match row:
        case Mail() if row.ended_as is None and row.due_at <= now:
            yield MAIL
        # One that was tried before is its sender's, who goes on by itself.
        case WebhookDelivery() if row.ended_as is None and not row.tries and row.due_at <= now:
            yield WEBHOOKS
        case Notice() if row.to_mail:
            yield REMINDERS
        case _:
            pass


async def keep_listening(
    url: str,
    channel: str,
    *,
    begun: Callable[[], Awaitable[object]],
    heard: Callable[[str], Awaitable[object]],
) -> None:
    """Pass on what is told on this channel of a PostgreSQL, until it is cancelled.

    `begun` is called at each connection, since what was told before it wasn't heard.
    """
    while True:
        try:
            await listen(url, channel, begun=begun, heard=heard)
        except Exception as error:
            log.warning("can't listen for changes: %s", type(error).__name__)
        await asyncio.sleep(AGAIN)


async def listen(
    url: str,
    channel: str,
    *,
    begun: Callable[[], Awaitable[object]],
    heard: Callable[[str], Awaitable[object]],
) -> None:
    """The same until the connection breaks."""
    import psycopg  # 9 MB that a service on SQLite does without

    plain = make_url(url).set(drivername="postgresql")
    address = plain.render_as_string(hide_password=False)
    async with await psycopg.AsyncConnection.connect(address, autocommit=True) as link:
        await link.execute(f"LISTEN {channel}")
        await begun()
        async for told in link.notifies():
            await heard(told.payload)


class Waking:
    """Calls `woken` with the name of each sender that should look now, while it is started."""

    def __init__(self, database: Database, woken: Callable[[str], None]) -> None:
        self._database, self._woken = database, woken
        self._listening: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Hear of this process's commits, and of others'."""
        self._database.after_commit.append(self._committed)
        if not self._database.is_sqlite:
            self._listening = asyncio.create_task(
                keep_listening(self._database.url, CHANNEL, begun=self._begun, heard=self._heard)
            )

    async def stop(self) -> None:
        """Hear no more."""
        if self._committed in self._database.after_commit:
            self._database.after_commit.remove(self._committed)
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)

    def _committed(self, info: dict[str, Any]) -> None:
        for name in woken_in(info):
            self._woken(name)

    async def _begun(self) -> None:
        for name in NAMES:
            self._woken(name)

    async def _heard(self, told: str) -> None:
        for name in NAMES.intersection(told.split()):
            self._woken(name)


class Standby:
    """Who waits to be woken: by a tick, a commit, or an alarm set for when something is due."""

    def __init__(self) -> None:
        self._wanted = asyncio.Event()
        self._early = self._ended = False
        self._alarm: asyncio.TimerHandle | None = None

    def wake(self, *, early: bool) -> None:
        """Let it look, now or as soon as it has looked; `early`: before its tick."""
        if not self._ended:
            self._early = self._early or early
            self._wanted.set()

    def wake_in(self, seconds: float) -> None:
        """The same in so many seconds, in place of an alarm that was set before."""
        if self._alarm is not None:
            self._alarm.cancel()
        loop = asyncio.get_running_loop()
        self._alarm = loop.call_later(seconds, lambda: self.wake(early=True))

    def end(self) -> None:
        """Wake it no more."""
        self._ended = True
        self._wanted.clear()
        if self._alarm is not None:
            self._alarm.cancel()

    async def woken(self) -> bool:
        """Wait until it is; whether before its tick."""
        await self._wanted.wait()
        early, self._early = self._early, False
        self._wanted.clear()
        return early
