"""Databases of which each test gets a copy: empty ones, and those that most tests begin with."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import postgres
import pytest
from beginnings import settings_for
from exchanging import make_mill_round
from factories import Standing, World, make_demonstration, make_world
from sqlalchemy.engine import make_url

from negotiations.schema import migrate
from negotiations.settings import Settings

ROLE = os.environ.get(
    "NEGOTIATIONS_REQUESTS_ROLE", str(Settings.model_fields["requests_role"].default)
)


async def _closed(making: Awaitable[World]) -> World:
    made = await making
    await made.close()
    return made


# By the name of the fixture that a test asks for.
MAKERS: dict[str, Callable[[Settings], Awaitable[World]]] = {
    "world": lambda settings: make_world(settings, Standing()),
    "demonstration": make_demonstration,
    "mill_round": make_mill_round,
}


class Templates:
    """Each is made when it is first asked for, in the process that asks."""

    def __init__(self, folder: Path, server: postgres.Server | None) -> None:
        self.folder, self.server = folder, server
        self.made: dict[tuple[str, str], World] = {}
        self._there: set[tuple[str, str]] = set()

    @property
    def postgresql(self) -> postgres.Server:
        """The server; the test is left out where there is none, or fails where there must be."""
        if self.server is None:
            failing = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
            failing("no PostgreSQL at hand")
        return self.server

    def copy(self, engine: str, kind: str, to: str) -> str:
        """The address of a new database; `to`: its name or file."""
        if (engine, kind) not in self._there:
            if kind in MAKERS:
                # To make the tables again takes half a second.
                url = self.copy(engine, "empty", self._place(engine, kind))
                self.made[engine, kind] = asyncio.run(_closed(MAKERS[kind](settings_for(url))))
            else:
                migrate(self._new(engine, kind), role=ROLE)
            self._there.add((engine, kind))
        return self._copied(engine, kind, to)

    def derive(self, engine: str, kind: str, to: str) -> str:
        """The address of a new template, a copy of one that is there."""
        return self._copied(engine, kind, self._place(engine, to))

    def replace(self, engine: str, kind: str, url: str) -> None:
        """Put a copy in the place of a database that nobody has open."""
        name = str(make_url(url).database)
        if engine == "postgresql":
            self.postgresql.drop_database(name)
        self._copied(engine, kind, name)

    def forget(self, engine: str, kind: str) -> None:
        """Of a derived template."""
        self._drop(engine, self._place(engine, kind))

    def drop(self, engine: str, url: str) -> None:
        self._drop(engine, str(make_url(url).database))

    def _place(self, engine: str, kind: str) -> str:
        """A template's file, or its name."""
        place = f"template_{kind}"
        return str(self.folder / place) if engine == "sqlite" else place

    def _drop(self, engine: str, name: str) -> None:
        if engine == "postgresql":
            self.postgresql.drop_database(name)
            return
        for end in ("", "-wal", "-shm"):
            Path(f"{name}{end}").unlink(missing_ok=True)

    def _copied(self, engine: str, kind: str, to: str) -> str:
        if engine == "sqlite":
            Path(to).write_bytes(Path(self._place(engine, kind)).read_bytes())
            return f"sqlite:///{to}"
        self.postgresql.create_database(to, template=self._place(engine, kind))
        return self.postgresql.url(to)

    def _new(self, engine: str, kind: str) -> str:
        """The address of a template without tables."""
        place = self._place(engine, kind)
        if engine == "sqlite":
            return f"sqlite:///{place}"
        self.postgresql.create_database(place)
        return self.postgresql.url(place)
