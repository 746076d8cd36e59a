"""The databases and the service that tests run against: SQLite and a real PostgreSQL."""

import itertools
import logging
import os
import sqlite3
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog

sys.path.insert(0, str(Path(__file__).parent))

import postgres  # tests/postgres.py
from factories import Demonstration, Standing, World, make_demonstration, make_world

from negotiations.db import migrate
from negotiations.settings import Settings

# Tests ask more often than people do, in this process and in those they start; the tests of the
# limits set their own. Nobody reads the request lines of the others.
for name in ("REQUESTS_PER_MINUTE", "FEED_FETCHES_PER_HOUR", "WRONG_SECRETS_PER_HOUR"):
    os.environ[f"NEGOTIATIONS_{name}"] = "0"
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))

ENGINES = ("sqlite", "postgresql")
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, object]]:
    """One migrated database per engine, of which each test gets a copy."""
    file = tmp_path_factory.mktemp("template") / "template.db"
    migrate(f"sqlite:///{file}")
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    connection.close()
    server = postgres.start()
    if server is not None:
        server.create_database("template_negotiations")
        migrate(server.url("template_negotiations"))
    yield {"sqlite": file, "postgresql": server}
    if server is not None:
        server.stop()


@pytest.fixture(params=ENGINES)
def database_url(
    request: pytest.FixtureRequest, templates: dict[str, object], tmp_path: Path
) -> Iterator[str]:
    """The address of a migrated, empty database of this test's own."""
    if request.param == "sqlite":
        template = templates["sqlite"]
        assert isinstance(template, Path)
        file = tmp_path / "negotiations.db"
        file.write_bytes(template.read_bytes())
        yield f"sqlite:///{file}"
        return
    server = templates["postgresql"]
    if server is None:
        message = "no PostgreSQL at hand"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(message)
    assert isinstance(server, postgres.Server)
    name = f"test_{os.getpid()}_{next(_numbers)}"
    server.create_database(name, template="template_negotiations")
    yield server.url(name)
    server.drop_database(name)


@pytest.fixture
def settings(database_url: str) -> Settings:
    return Settings(database_url=database_url, base_url="http://testserver")


@pytest.fixture
async def world(settings: Settings) -> AsyncIterator[World]:
    """Two jurisdictions, an agency and a secretariat, with a client for each of 13 actors."""
    made = await make_world(settings, Standing())
    yield made
    await made.close()


@pytest.fixture
async def demonstration(settings: Settings) -> AsyncIterator[Demonstration]:
    """The record of 2010 and the practice talks, loaded on 24 November 2026 at noon UTC."""
    made = await make_demonstration(settings)
    yield made
    await made.close()
