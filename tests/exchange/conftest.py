"""The labour round, imported once on SQLite; each test that changes it gets a copy."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from exchanging import LABOUR, Held, opened, take_in
from factories import World
from sqlalchemy.engine import make_url
from templates import Templates

from negotiations.settings import Settings


@pytest.fixture(scope="session")
async def mill_file(templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("mill") / "mill.db"
    templates.copy("sqlite", "empty", str(file))
    database = opened(file)
    await take_in(database, LABOUR)
    async with database.read() as db:  # so that the file is whole without its log
        await (await db.connection()).exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    await database.close()
    return file


@pytest.fixture
async def mill(mill_file: Path, tmp_path: Path) -> AsyncIterator[Held]:
    """The labour round, to be changed."""
    file = tmp_path / "mill.db"
    for each in mill_file.parent.glob("mill.db*"):
        shutil.copy(each, tmp_path / each.name)
    database = opened(file)
    yield Held(database)
    await database.close()


@pytest.fixture
async def mill_round(settings: Settings, templates: Templates) -> AsyncIterator[World]:
    """A service with the labour round, on either engine."""
    engine = make_url(settings.database_url).get_backend_name()
    made = templates.made[engine, "mill_round"].on(settings)
    yield made
    await made.close()


@pytest.fixture
async def elsewhere(templates: Templates, tmp_path: Path) -> AsyncIterator[Held]:
    """An empty database of another installation."""
    file = tmp_path / "elsewhere.db"
    templates.copy("sqlite", "empty", str(file))
    database = opened(file)
    yield Held(database)
    await database.close()
