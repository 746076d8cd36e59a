"""Which subscription was fetched last, when and by what: kept in memory, written in one batch.

So a fetch costs no transaction. What a crash loses is half a minute of these times and nothing
else.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy.dialects.postgresql import insert as into_postgresql
from sqlalchemy.dialects.sqlite import insert as into_sqlite
from sqlmodel import col

from negotiations.db import Database
from negotiations.feeds.programs import program_of
from negotiations.models import FeedFetch

log = logging.getLogger("negotiations")
EVERY = 30  # seconds
AT_ONCE = 500  # rows in a statement: each takes four of its parameters


class Fetch(NamedTuple):
    """The newest fetch of one subscription. `at` is in UTC."""

    at: datetime
    user_agent: str


class Fetches:
    """Those of one process that aren't written yet: at most one for each subscription."""

    def __init__(self) -> None:
        self._newest: dict[str, Fetch] = {}

    def note(self, feed_id: str, user_agent: str, at: datetime) -> None:
        self._newest[feed_id] = Fetch(at, user_agent[:300])

    async def write(self, database: Database) -> int:
        """Write what isn't written yet, and return how many; what fails is kept for the next."""
        taken, self._newest = self._newest, {}
        if not taken:
            return 0
        try:
            async with database.write() as db:
                rows = sorted(taken.items())  # in one order: no two writers wait in a circle
                for begin in range(0, len(rows), AT_ONCE):
                    await db.exec(_upsert(rows[begin : begin + AT_ONCE], database.is_sqlite))
        except BaseException:
            self._newest = {**taken, **self._newest}
            raise
        return len(taken)

    @asynccontextmanager
    async def writing(self, database: Database) -> AsyncIterator[None]:
        """Write every EVERY seconds while the block runs, and at its end."""
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
            await asyncio.sleep(EVERY)
            await self._try(database)

    async def _try(self, database: Database) -> None:
        try:
            await self.write(database)
        except Exception as error:
            log.warning("fetch times aren't written yet: %s", type(error).__name__)


def _upsert(rows: Sequence[tuple[str, Fetch]], is_sqlite: bool) -> Any:
    """Newer times only: another process may have seen a later fetch."""
    insert: Any = into_sqlite if is_sqlite else into_postgresql
    values = []
    for feed_id, fetch in rows:
        program = program_of(fetch.user_agent)
        told = {"program": program.family, "program_version": program.version}
        values.append({"feed_id": feed_id, "fetched_at": fetch.at, **told})
    given = insert(FeedFetch).values(values)
    names = ("fetched_at", "program", "program_version")
    return given.on_conflict_do_update(
        index_elements=["feed_id"],
        set_={name: given.excluded[name] for name in names},
        where=given.excluded.fetched_at > col(FeedFetch.fetched_at),
    )
