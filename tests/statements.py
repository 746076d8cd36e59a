"""SQL is put together once in a test run, not again for the engines of each test."""

from typing import Any

from sqlalchemy import Engine

from negotiations.db import Database

# By the kind of database and what the engine does: its dialect and the statements it has made.
_made: dict[tuple[str, str], tuple[Any, Any]] = {}


def take_over(database: Database) -> None:
    """What earlier engines of the same kind put together; before anything was asked of this one."""
    for key, engine in _engines(database):
        if key in _made:
            engine.dialect, engine._compiled_cache = _made[key]


def leave_behind(database: Database) -> None:
    """For the tests that follow; an engine that never connected knows nothing of its server."""
    for key, engine in _engines(database):
        if getattr(engine.dialect, "server_version_info", None):
            _made.setdefault(key, (engine.dialect, engine._compiled_cache))


def pools_of(database: Database) -> set[Any]:
    """The pools from which all its connections come."""
    return {engine.pool for _, engine in _engines(database)} | {database._threads.pool}


def _engines(database: Database) -> list[tuple[tuple[str, str], Engine]]:
    both = [database, *([database.requests] if database.requests else [])]
    engines = [(name, one.sync_engine) for each in both for name, one in each.engines.items()]
    return [((one.dialect.name, name), one) for name, one in engines]
