"""The statements that what a test does sends to the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from factories import World
from sqlalchemy import event


@contextmanager
def counted(world: World, *, of_ticks: bool = False) -> Iterator[list[str]]:
    """The statements sent for reads meanwhile, by requests or by ticks."""
    statements: list[str] = []

    def count(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    database = world.database if of_ticks else world.database.requests
    engine = database._readers.sync_engine
    event.listen(engine, "before_cursor_execute", count)
    yield statements
    event.remove(engine, "before_cursor_execute", count)
