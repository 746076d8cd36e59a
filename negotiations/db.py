"""The engine and its two transactions: `read()` and `write()`.

A write transaction ends in a fixed order: the rows are flushed, the projections derive what must
be right in the same transaction, the audit entries are chained, and then it commits. An exception
anywhere rolls all of it back.
"""

import asyncio
import copy
import json
import time
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import asynccontextmanager, contextmanager
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel import Session
from sqlmodel.ext.asyncio.session import AsyncSession

from negotiations import wall
from negotiations.clock import Clock
from negotiations.models.row_walls import EVERYTHING

Db = AsyncSession
Projection = Callable[[Db], Awaitable[None]]


Query = TypeVar("Query", bound=Any)
LONGEST_SNAPSHOT = 3.0  # seconds that a stop waits for a thread that reads
# To PostgreSQL: a network that has gone silent is an error after ten seconds (ms, the second).
NETWORK: Mapping[str, Any] = {"connect_timeout": 10, "tcp_user_timeout": 10_000}
BUSY_MS = 5000  # how long SQLite waits for another process's lock before it is "try again"


def locked(query: Query, of: Any = None) -> Query:
    """The same query, holding its rows until the commit and reading them afresh.

    FOR NO KEY UPDATE: rows that only refer to them can still be inserted meanwhile, so that a
    writer of the negotiation and a writer of one track never wait for each other in a circle.
    """
    held = query.with_for_update(key_share=True, of=of)
    return held.execution_options(populate_existing=True)  # type: ignore[no-any-return]


def afresh(query: Query) -> Query:
    """The same query, read from the database even where this transaction knows the rows already.

    What was loaded before a lock was waited for may be older than what was committed meanwhile.
    """
    return query.execution_options(populate_existing=True)  # type: ignore[no-any-return]


class _Writing(Session):
    """Remembers which rows it wrote, for the projections."""


@event.listens_for(_Writing, "after_flush")
def _remember(session: Session, _context: object) -> None:
    written = written_in(session)
    written += [Written(row, True) for row in (*session.new, *session.deleted)]
    written += [Written(row, False) for row in session.dirty if session.is_modified(row)]


class Written(NamedTuple):
    """A row that was inserted, changed or deleted; `comes_or_goes` unless it was changed only."""

    row: object
    comes_or_goes: bool


def written_in(db: Db | Session) -> list[Written]:
    """What this transaction has written so far."""
    rows: list[Written] = db.info.setdefault("written", [])
    return rows


async def admit(db: Db, readers: Iterable[str]) -> None:
    """Let a request's transaction see what these readers may: ids of people, parties and talks."""
    signer: wall.Signer | None = db.info.get("signer")
    if signer is not None:
        await signer.admit(db, readers)


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
        self._threads = _threads_engine(url)
        self._snapshots: set[Session] = set()
        # Each is called after a commit with what its projections left in `info`.
        self.after_commit: list[Callable[[dict[str, Any]], None]] = []
        self._signer: wall.Signer | None = None
        self._guarded = False
        self.requests: Database | None = None  # those of requests; see for_requests
        if self.is_sqlite:
            self._readers = _sqlite_engine(url, writing=False, checkpoints=False)
            self._writers = _sqlite_engine(url, writing=True, checkpoints=serving)
        else:
            self._writers, self._readers = _postgresql_engines(url, pool)

    def for_requests(self, url: str | None) -> "Database":
        """The same database behind its walls, for what people ask.

        On PostgreSQL `url` names the role of requests, with connections of their own.
        """
        self.requests = requests = copy.copy(self)
        requests._guarded, requests.requests = True, None
        if url is not None and not self.is_sqlite:
            requests.url, requests._signer = url, wall.Signer(self._readers)
            requests._writers, requests._readers = _postgresql_engines(url, 8)
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
            db.info.update(signer=self._signer)
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
        """For all audiences at once, in the transaction of the change; no request's SQL follows."""
        if self._guarded:
            connection = await db.connection()
            await connection.execution_options(passage="projections")
        await admit(db, [EVERYTHING])
        yield
        await admit(db, [])

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


def _postgresql_engines(url: str, pool: int) -> tuple[AsyncEngine, AsyncEngine]:
    """Of those that write and those that read: writers that wait never starve readers."""
    writers, readers = _postgresql_engine(url, pool), _postgresql_engine(url, pool)
    return writers, readers.execution_options(
        isolation_level="REPEATABLE READ", postgresql_readonly=True
    )


def _postgresql_engine(url: str, pool: int) -> AsyncEngine:
    # A lock that isn't had within ten seconds is answered as "try again", not waited for.
    options = {**NETWORK, "options": "-c lock_timeout=10s"}
    engine = create_async_engine(
        url,
        pool_pre_ping=True,
        pool_size=pool,
        max_overflow=pool,
        connect_args=options,
        hide_parameters=True,  # what a statement was given never comes into an error or a log
    )
    wall.watch(engine.sync_engine)
    return engine


def _json(text: str) -> Any:
    """What a JSON column holds; None where SQL left what isn't JSON (SQLite doesn't ask)."""
    try:
        return json.loads(text)
    except ValueError:
        return None


def _stop_once(driver: Any) -> None:
    """Let aiosqlite's thread be told to end only once.

    A request cancelled while SQLite waits for a lock gives its connection up and tells the thread
    to end; aiosqlite's own close() then tells it again and waits for an answer that nobody gives.
    """
    told: list[Any] = []

    def stop() -> Any:
        if told:
            return None
        told.append(end())
        return told[0]

    end, driver.stop = driver.stop, stop


def _sqlite_engine(url: str, *, writing: bool, checkpoints: bool) -> AsyncEngine:
    # One write connection: SQLite before 3.51.3 can reset its write-ahead log under another
    # process's feet, so only the serving process checkpoints (commands beside it never do).
    pool = {"pool_size": 1, "max_overflow": 0} if writing else {"pool_size": 8, "max_overflow": 8}
    engine = create_async_engine(
        url, pool_timeout=30, hide_parameters=True, json_deserializer=_json, **pool
    )

    wall.watch(engine.sync_engine)

    def first(connection: Any) -> None:
        _stop_once(connection.driver_connection)

    _set_up(engine.sync_engine, writing=writing, checkpoints=checkpoints, first=first)
    return engine


def _threads_engine(url: str) -> Engine:
    """Connections that read in threads."""
    driven = make_url(url)
    pool: dict[str, Any] = {"pool_size": 2, "max_overflow": 4, "hide_parameters": True}
    if driven.get_backend_name() != "sqlite":
        engine = create_engine(driven, pool_pre_ping=True, connect_args=dict(NETWORK), **pool)
        return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    engine = create_engine(driven.set(drivername="sqlite"), **pool)
    # What they read is kept in another form: the system's own cache of the file is enough.
    _set_up(engine, writing=False, checkpoints=False, cache_kb=256)
    return engine


def _set_up(
    engine: Engine,
    *,
    writing: bool,
    checkpoints: bool,
    cache_kb: int = 2000,
    first: Callable[[Any], None] = lambda connection: None,
) -> None:
    """How each connection to SQLite is opened and begins its transactions."""

    @event.listens_for(engine, "connect")
    def _opened(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # BEGIN is ours, below
        first(connection)
        cursor = connection.cursor()
        for pragma in (
            f"busy_timeout={BUSY_MS}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"cache_size=-{cache_kb}",
            f"wal_autocheckpoint={1000 if checkpoints else 0}",
            *(() if writing else ("query_only=ON",)),
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        # A deferred transaction that reads and then writes fails at once with "locked".
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
