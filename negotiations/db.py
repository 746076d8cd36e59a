"""The engine and its two transactions: `read()` and `write()`.

A write transaction ends in a fixed order: the rows are flushed, the projections derive what must
be right in the same transaction, the audit entries are chained, and then it commits. An exception
anywhere rolls all of it back.
"""

import asyncio
import copy
import time
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Hashable,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import asynccontextmanager, contextmanager
from functools import cache
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import event, insert, inspect
from sqlalchemy.dialects.postgresql import insert as into_postgresql
from sqlalchemy.dialects.sqlite import insert as into_sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.orm import Session as PlainSession
from sqlmodel import Session, SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from negotiations import wall
from negotiations.clock import Clock
from negotiations.engines import postgresql_engines, sqlite_engine, threads_engine
from negotiations.models.row_walls import EVERYTHING

Db = AsyncSession
Projection = Callable[[Db], Awaitable[None]]


Found = TypeVar("Found")
LONGEST_SNAPSHOT = 3.0  # seconds that a stop waits for a thread that reads


def is_sqlite(db: Db) -> bool:
    return bool(db.get_bind().dialect.name == "sqlite")


def inserting(on_sqlite: bool, table: type[SQLModel]) -> Any:
    """An INSERT that may say what becomes of rows that are there already (`on_conflict_do_…`)."""
    return (into_sqlite if on_sqlite else into_postgresql)(table)


async def insert_all(db: Db, table: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows given by all their values: for what this transaction reads no more.

    Objects of the model cost three times as much, and most acts write a dozen such rows.
    """
    if rows:
        await db.run_sync(lambda session: PlainSession.execute(session, _added(table), rows))


@cache
def _added(table: type[SQLModel]) -> Any:
    # As one statement, also where some have nothing in a column.
    return insert(table).execution_options(render_nulls=True)


async def once(db: Db, key: Hashable, ask: Callable[[], Awaitable[Found]]) -> Found:
    """What `ask` finds, asked for once in a snapshot, where it can't become another.

    In a transaction that writes it is asked for each time.
    """
    known: dict[Hashable, Any] | None = db.info.get("known")
    if known is None:
        return await ask()
    if key not in known:
        known[key] = await ask()
    found: Found = known[key]
    return found


class _Writing(Session):
    """Remembers which rows it wrote, for the projections."""


@event.listens_for(_Writing, "after_soft_rollback")
def _let_go(session: Session, _previous: object) -> None:
    session.info.pop("held", None)  # what a part of the transaction held ends with it


@event.listens_for(_Writing, "after_flush")
def _remember(session: Session, _context: object) -> None:
    written = written_in(session)
    written += [Written(row, True) for row in (*session.new, *session.deleted)]
    written += [
        Written(row, False, frozenset(inspect(row).committed_state))
        for row in session.dirty
        if session.is_modified(row)
    ]


class Written(NamedTuple):
    """A row that was inserted, changed or deleted; `comes_or_goes` unless it was changed only.

    Then `changed` has the names of its columns that were set.
    """

    row: object
    comes_or_goes: bool
    changed: frozenset[str] = frozenset()


def written_in(db: Db | Session) -> list[Written]:
    """What this transaction has written so far."""
    rows: list[Written] = db.info.setdefault("written", [])
    return rows


async def admit(db: Db, readers: Iterable[str]) -> None:
    """Let a request's transaction see what these readers may: ids of people, parties and talks."""
    signer: wall.Signer | None = db.info.get("signer")
    if signer is not None:
        db.info["readers"] = listed = list(readers)
        await signer.admit(db, listed)


@asynccontextmanager
async def reading_for(db: Db, *readers: str) -> AsyncIterator[None]:
    """While the block runs the transaction sees what these readers may, in place of who asks."""
    before = db.info.get("readers", [])
    await admit(db, readers)
    yield
    await admit(db, before)


class Database:
    """Opens transactions on one database. `projections` run in order at the end of each write.

    What it reads is not narrowed to anybody: it is for commands, ticks and what serves everyone.
    Requests have one of their own, `for_requests`.
    """

    def __init__(
        self,
        url: str,
        *,
        base_url: str,
        clock: Clock,
        projections: Sequence[Projection],
        serving: bool = False,
        pool: int = 8,
    ) -> None:
        self.url = url
        self.clock = clock
        self.base_url = base_url
        self.is_sqlite = make_url(url).get_backend_name() == "sqlite"
        self._projections = projections
        self._threads = threads_engine(url)
        self._snapshots: set[Session] = set()
        # Each is called after a commit with what its projections left in `info`.
        self.after_commit: list[Callable[[dict[str, Any]], None]] = []
        self._signer: wall.Signer | None = None
        self._guarded = False
        self.requests: Database | None = None  # those of requests; see for_requests
        if self.is_sqlite:
            self._readers = sqlite_engine(url, writing=False, checkpoints=False)
            self._writers = sqlite_engine(url, writing=True, checkpoints=serving)
        else:
            self._writers, self._readers = postgresql_engines(url, pool)

    def for_requests(self, url: str | None) -> "Database":
        """The same database behind its walls, for what people ask.

        On PostgreSQL `url` names the role of requests, with connections of their own.
        """
        self.requests = requests = copy.copy(self)
        requests._guarded, requests.requests = True, None
        if url is not None and not self.is_sqlite:
            requests.url, requests._signer = url, wall.Signer(self._readers)
            requests._writers, requests._readers = postgresql_engines(url, 8)
        requests._writers = wall.guarded(requests._writers)
        requests._readers = wall.guarded(requests._readers)
        return requests

    @property
    def engines(self) -> dict[str, AsyncEngine]:
        """The connections that read and those that write, for who checks or counts them."""
        return {"readers": self._readers, "writers": self._writers}

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Db]:
        """One snapshot; nothing can be written through it."""
        async with AsyncSession(self._readers, expire_on_commit=False, autoflush=False) as db:
            db.info.update(signer=self._signer, known={})
            yield db

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """As read(), but in the calling thread: for work that would hold up the event loop.

        For what serves everyone, and nobody's request.
        """
        if self._guarded:
            raise wall.Unguarded("A request reads by read(), behind the walls.")
        with Session(self._threads, expire_on_commit=False, autoflush=False) as db:
            self._snapshots.add(db)
            try:
                yield db
            finally:
                db.close()
                self._snapshots.discard(db)

    @asynccontextmanager
    async def write(self, *, dry_run: bool = False) -> AsyncIterator[Db]:
        """All or nothing; commits on leaving. With `dry_run` everything is undone on leaving."""
        async with AsyncSession(
            self._writers, expire_on_commit=False, sync_session_class=_Writing
        ) as db:
            db.info.update(clock=self.clock, base_url=self.base_url, signer=self._signer)
            try:
                yield db
                if dry_run:
                    await db.rollback()
                    return
                await db.flush()
                async with self._projecting(db):
                    for project in self._projections:
                        await project(db)
                    await db.flush()
                await db.commit()
            except BaseException:
                await db.rollback()
                raise
            for tell in self.after_commit:
                tell(db.info)

    @asynccontextmanager
    async def _projecting(self, db: Db) -> AsyncIterator[None]:
        """For all audiences at once, in the transaction of the change, which ends with it."""
        if self._guarded:
            connection = await db.connection()
            await connection.execution_options(passage="projections")
        await admit(db, [EVERYTHING])
        yield

    async def close(self) -> None:
        """Give every connection back."""
        if self.requests is not None:
            await self.requests.close()
        # A thread may still read for who has gone: what it gave back later, nobody would close.
        until = time.monotonic() + LONGEST_SNAPSHOT
        while self._snapshots and time.monotonic() < until:  # noqa: ASYNC110 (threads tell no event)
            await asyncio.sleep(0.01)
        await self._writers.dispose()
        await self._readers.dispose()
        self._threads.dispose()
