"""When each subscription was fetched last, by what, and which version: written in batches.

So a fetch costs no transaction. The first after a while is written soon, since somebody may look
whether their calendar has come; what a crash loses is half a minute of these times and nothing
else.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlmodel import col

from negotiations.db import Database, Db, inserting, is_sqlite
from negotiations.feeds.programs import Program, program_of
from negotiations.models import FeedFetch

log = logging.getLogger("negotiations")
_program = lru_cache(1000)(program_of)  # many are alike, and each is asked at every fetch
SOON, EVERY = 1, 30  # seconds from a fetch to the next batch, and between batches
AT_ONCE = 500  # rows


class Fetch(NamedTuple):
    """The newest fetch of one subscription. `at` is in UTC, `served` its plain form's ETag."""

    at: datetime
    program: Program
    served: str


class Fetches:
    """Those of one process that aren't written yet: at most one for each subscription."""

    def __init__(self) -> None:
        self._newest: dict[str, Fetch] = {}
        self._noted = asyncio.Event()

    def note(self, feed_id: str, user_agent: str, at: datetime, served: str) -> None:
        self._newest[feed_id] = Fetch(at, _program(user_agent[:300]), served)
        self._noted.set()

    async def write(self, database: Database) -> int:
        """Write what isn't written yet, and return how many; what fails is kept for the next."""
        taken, self._newest = self._newest, {}
        if not taken:
            return 0
        try:
            async with database.write() as db:
                # In one order, so that no two writers wait for each other in a circle.
                listed, upsert = sorted(taken.items()), _upsert(db)
                for begin in range(0, len(listed), AT_ONCE):
                    rows = [_row(*one) for one in listed[begin : begin + AT_ONCE]]
                    await db.exec(upsert, params=rows)
        except BaseException:
            self._newest = {**taken, **self._newest}
            raise
        return len(taken)

    @asynccontextmanager
    async def writing(self, database: Database) -> AsyncIterator[None]:
        """Write what comes while the block runs, at most every EVERY seconds, and at its end."""
        again = asyncio.create_task(self._again(database))
        try:
            yield
        finally:
            again.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await again
            await self._try(database)

    async def _again(self, database: Database) -> None:
        while True:
            await self._noted.wait()
            await asyncio.sleep(SOON)
            self._noted.clear()
            await self._try(database)
            await asyncio.sleep(EVERY - SOON)

    async def _try(self, database: Database) -> None:
        try:
            await self.write(database)
        except Exception as error:
            self._noted.set()
            log.warning("fetch times aren't written yet: %s", type(error).__name__)


def _row(feed_id: str, fetch: Fetch) -> dict[str, Any]:
    program = fetch.program
    told = {"program": program.family, "program_version": program.version}
    served = fetch.served.strip('"')
    return {"feed_id": feed_id, "fetched_at": fetch.at, "served": served, **told}


def _upsert(db: Db) -> Any:
    """Newer times only: another process may have seen a later fetch."""
    given = inserting(is_sqlite(db), FeedFetch)
    names = ("fetched_at", "program", "program_version", "served")
    return given.on_conflict_do_update(
        index_elements=["feed_id"],
        set_={name: given.excluded[name] for name in names},
        where=given.excluded.fetched_at > col(FeedFetch.fetched_at),
    )
