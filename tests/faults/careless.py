"""A service that breaks its promises, to prove that the harness would see it.

    FAULTS_CARELESS=early python tests/faults/careless.py --port 8000

`early` answers before it commits; `halves` commits the rows before their audit entries; `unsynced`
leaves it to the database when a commit comes to the disk: SQLite with synchronous=NORMAL, and a
PostgreSQL that is set so. The product has no such switch: it is bent here, in a process of the
tests.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import Pool, event
from sqlmodel.ext.asyncio.session import AsyncSession

from negotiations import durability
from negotiations.cli.commands import app
from negotiations.db import Database

LATE = 0.15  # seconds
_open: set[asyncio.Task[None]] = set()


async def _commit(self: Any, db: AsyncSession) -> None:
    await asyncio.sleep(LATE)
    await db.commit()
    await db.close()


@asynccontextmanager
async def early(self: Any, *, dry_run: bool = False) -> AsyncIterator[AsyncSession]:
    db = AsyncSession(self._writers, expire_on_commit=False)
    db.info.update(clock=self.clock, base_url=self.base_url, signer=self._signer)
    try:
        yield db
        await db.flush()
        async with self._projecting(db):
            for project in self._projections:
                await project(db)
    except BaseException:
        await db.close()
        raise
    task = asyncio.create_task(_commit(self, db))
    _open.add(task)
    task.add_done_callback(_open.discard)


@asynccontextmanager
async def halves(self: Any, *, dry_run: bool = False) -> AsyncIterator[AsyncSession]:
    async with AsyncSession(self._writers, expire_on_commit=False) as db:
        db.info.update(clock=self.clock, base_url=self.base_url, signer=self._signer)
        try:
            yield db
            await db.commit()
            await asyncio.sleep(LATE)
            async with self._projecting(db):
                for project in self._projections:
                    await project(db)
            await db.commit()
        except BaseException:
            await db.rollback()
            raise


def unsynced() -> None:
    """Serves what it would refuse; every connection to SQLite syncs at checkpoints only."""

    async def unasked(database: Database, *, processes: int = 1) -> tuple[str, ...]:
        return ()

    durability.require = unasked

    if "sqlite" not in os.environ["NEGOTIATIONS_DATABASE_URL"]:
        return

    @event.listens_for(Pool, "checkout")
    def _taken(connection: Any, *_: Any) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA synchronous=NORMAL")  # between two transactions
        cursor.close()


if __name__ == "__main__":
    wanted = os.environ["FAULTS_CARELESS"]
    if wanted == "unsynced":
        unsynced()
    else:
        kind = {"early": early, "halves": halves}[wanted]
        Database.write = kind  # type: ignore[method-assign]
    app(["serve", *os.sys.argv[1:]])  # type: ignore[attr-defined]
