"""Rows that a transaction holds until its commit, so that nobody else writes them meanwhile."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from sqlmodel import SQLModel

from negotiations.db import Db, is_sqlite

Query = TypeVar("Query", bound=Any)


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


async def hold(db: Db, query: Any, given: Mapping[str, Any] | None = None) -> None:
    """Hold the rows of a `locked` query until the commit.

    On SQLite nobody else writes before a transaction that does has ended: all is held already.
    """
    if not is_sqlite(db):
        await db.exec(query, params=given or {})


def held(db: Db, table: type[SQLModel], ids: Iterable[str]) -> None:
    """These rows of the table are held until the commit."""
    known: set[tuple[object, str]] = db.info.setdefault("held", set())
    known.update((table, one) for one in ids)


def is_held(db: Db, table: type[SQLModel], ids: Iterable[str]) -> bool:
    """Whether this transaction holds all these rows already. (On SQLite it holds everything.)"""
    known: set[tuple[object, str]] = db.info.get("held", set())
    return is_sqlite(db) or all((table, one) in known for one in ids)
