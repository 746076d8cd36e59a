"""How connections to a database are opened: what SQLite and PostgreSQL are told first."""

import json
import select
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from negotiations import wall
from negotiations.sqlite_driver import Driver

# To PostgreSQL: a network that has gone silent is an error after ten seconds (ms, the second).
NETWORK: Mapping[str, Any] = {"connect_timeout": 10, "tcp_user_timeout": 10_000}
BUSY_MS = 5000  # how long SQLite waits for another process's lock before it is "try again"


def postgresql_engines(url: str, pool: int) -> tuple[AsyncEngine, AsyncEngine]:
    """Of those that write and those that read: writers that wait never starve readers."""
    return _postgresql_engine(url, pool, _LOCKS), _postgresql_engine(
        url, pool, f"{_LOCKS} {_SNAPSHOTS}"
    )


# A lock that isn't had within ten seconds is answered as "try again", not waited for.
_LOCKS = "-c lock_timeout=10s"
# Said once to the server, not of each transaction.
_SNAPSHOTS = (
    "-c default_transaction_isolation=repeatable\\ read -c default_transaction_read_only=on"
)


def _postgresql_engine(url: str, pool: int, told: str) -> AsyncEngine:
    engine = create_async_engine(
        url,
        pool_size=pool,
        max_overflow=pool,
        connect_args={**NETWORK, "options": told},
        hide_parameters=True,  # what a statement was given never comes into an error or a log
    )
    _take_none_that_ended(engine.sync_engine)
    wall.watch(engine.sync_engine)
    return engine


def _take_none_that_ended(engine: Engine) -> None:
    """Leave connections alone that the server has closed, and all that are as old.

    It says so on the connection, where otherwise nothing comes unasked for. To send a ping before
    each transaction costs as much as a short statement.
    """

    @event.listens_for(engine, "checkout")
    def _taken(_connection: Any, record: Any, _fairy: Any) -> None:
        link = record.driver_connection
        if link.closed:
            raise InvalidatePoolError
        told = select.poll()
        told.register(link.fileno(), select.POLLIN)
        if told.poll(0):
            raise InvalidatePoolError


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


def sqlite_engine(url: str, *, writing: bool, checkpoints: bool) -> AsyncEngine:
    # One write connection: SQLite before 3.51.3 can reset its write-ahead log under another
    # process's feet, so only the serving process checkpoints (commands beside it never do).
    pool = {"pool_size": 1, "max_overflow": 0} if writing else {"pool_size": 8, "max_overflow": 8}
    engine = create_async_engine(
        url,
        module=Driver(),
        pool_timeout=30,
        hide_parameters=True,
        json_deserializer=_json,
        **pool,
    )

    wall.watch(engine.sync_engine)

    def first(connection: Any) -> None:
        _stop_once(connection.driver_connection)

    _set_up(engine.sync_engine, writing=writing, checkpoints=checkpoints, first=first)
    return engine


def threads_engine(url: str) -> Engine:
    """Connections that read in threads."""
    driven = make_url(url)
    pool: dict[str, Any] = {"pool_size": 2, "max_overflow": 4, "hide_parameters": True}
    if driven.get_backend_name() != "sqlite":
        told = {**NETWORK, "options": _SNAPSHOTS}
        engine = create_engine(driven, connect_args=told, **pool)
        _take_none_that_ended(engine)
        return engine
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
