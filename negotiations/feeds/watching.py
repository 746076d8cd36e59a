"""What has changed since? Each process compares its numbers with those in the database.

It learns of its own commits at once, of other processes' by PostgreSQL's NOTIFY and, where that
fails or there is none (SQLite), by looking several times a second. A process that couldn't look
for a second doesn't know whose rights have ended, and must not answer from memory.
"""

import asyncio
import contextlib
import itertools
import logging
import threading
import time
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from sqlmodel import col, select

from negotiations.db import Database
from negotiations.feeds.generations import CHANNEL, risen_in
from negotiations.models import Generation
from negotiations.waking import listen

log = logging.getLogger("negotiations")
EVERY_SQLITE, EVERY_POSTGRESQL = 0.2, 0.5  # seconds between two looks
SURE_FOR = 1.0  # seconds after a look
AGAIN = 1.0  # seconds until a broken connection is tried again
# Milliseconds for which a change may be committed after it was counted.
LATE = 30_000


class Watch:
    """The numbers that one process knows. `version` differs after each change of any of them."""

    def __init__(self, database: Database) -> None:
        self.known: dict[str, int] = {}
        self.version = 0
        self._versions = itertools.count(1)
        self._database = database
        self._newest: int | None = None  # changed_at of the newest row; None: never looked
        # For each look under way the keys that have changed since it began: its rows may be older.
        self._learned: dict[object, set[str]] = {}
        self._lock = threading.Lock()  # threads that put feeds together learn as well
        self._sure_until = 0.0
        self._running = False
        database.after_commit.append(self._committed)

    def is_sure(self) -> bool:
        """Whether no change can be older than a second without being known here."""
        return time.monotonic() < self._sure_until

    async def be_sure(self) -> None:
        """Look now if that is needed. Raises what keeps it from looking."""
        if not self.is_sure():
            async with asyncio.timeout(SURE_FOR):
                await self.look()

    async def look(self) -> None:
        """Take over what changed in the database."""
        began = time.monotonic()
        look, learned = object(), set[str]()
        with self._lock:
            self._learned[look] = learned
        try:
            rows = await asyncio.to_thread(self._read)
        finally:
            with self._lock:
                del self._learned[look]
        if not rows and self._newest:
            self._forget()  # even the newest is gone: the database is another one
        self.learn({key: number for key, number, _ in rows if key in learned})
        self.apply((key, number) for key, number, _ in rows if key not in learned)
        self._newest = max((changed_at for *_, changed_at in rows), default=0)
        if self._running:
            self._sure_until = began + SURE_FOR

    def _read(self) -> list[tuple[str, int, int]]:
        table = Generation
        query = select(table.key, table.number, table.changed_at)
        if self._newest is None:  # nothing is known yet, so that one row is enough
            query = query.order_by(col(table.changed_at).desc()).limit(1)
        else:
            query = query.where(col(table.changed_at) >= self._newest - LATE)
        with self._database.snapshot() as db:
            return [(key, number, at) for key, number, at in db.exec(query)]

    def apply(self, numbers: Iterable[tuple[str, int]]) -> None:
        """These are the numbers now, also where they are lower than before."""
        with self._lock:
            for key, number in numbers:
                self._set(key, number)

    def learn(self, numbers: Mapping[str, int]) -> None:
        """These were read just now, but something newer may have been learned meanwhile."""
        with self._lock:
            for key, number in numbers.items():
                if number > self.known.get(key, -1):
                    self._set(key, number)

    def _set(self, key: str, number: int) -> None:
        if self.known.get(key) != number:
            self.known[key] = number
            self.version = next(self._versions)
            for keys in self._learned.values():
                keys.add(key)

    def _committed(self, info: dict[str, Any]) -> None:
        self.learn(risen_in(info))

    def _forget(self) -> None:
        self.known.clear()
        self.version = next(self._versions)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Look and listen while the block runs."""
        self._running = True
        await self.look()
        stop = asyncio.Event()
        looking = asyncio.create_task(self._keep_looking(stop))
        listening = asyncio.create_task(self._keep_listening())
        try:
            yield
        finally:
            self._running, self._sure_until = False, 0.0
            stop.set()
            listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await listening
            await looking  # a look at work holds a connection

    async def _keep_looking(self, stop: asyncio.Event) -> None:
        every = EVERY_SQLITE if self._database.is_sqlite else EVERY_POSTGRESQL
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), every)
            if stop.is_set():
                return
            try:
                await self.look()
            except Exception as error:
                log.warning("can't see what changed: %s", type(error).__name__)

    async def _keep_listening(self) -> None:
        while not self._database.is_sqlite:
            try:
                await self._listen()
            except Exception as error:
                log.warning("can't listen for changes: %s", type(error).__name__)
            await asyncio.sleep(AGAIN)

    async def _listen(self) -> None:
        # It looks first: what happened before this moment.
        await listen(self._database.url, CHANNEL, begun=self.look, heard=self._heard)

    async def _heard(self, told: str) -> None:
        pairs = [one.partition("=") for one in told.split()]
        if all(number.isdecimal() for *_, number in pairs):
            self.learn({key: int(number) for key, _, number in pairs})
        else:  # not of our making
            await self.look()
