"""A database that could lose what it acknowledged is refused before anyone is served (F6)."""

import json
from pathlib import Path
from typing import Any

import postgres
import psycopg
import pytest
from sqlalchemy import event
from sqlalchemy.engine import make_url
from typer.testing import CliRunner

from negotiations.cli.commands import app
from negotiations.clock import Clock
from negotiations.db import Database
from negotiations.durability import SqliteConnection, examine, sqlite_findings
from negotiations.schema import migrate
from negotiations.settings import Settings

GOOD = SqliteConnection("wal", 2, 1, 10000, 1000, 1)
READER = SqliteConnection("wal", 2, 1, 10000, 0, 16)


def opened(url: str) -> Database:
    return Database(url, base_url="http://testserver", clock=Clock(), projections=(), serving=True)


async def faults(database: Database) -> tuple[str, ...]:
    try:
        return (await examine(database)).faults
    finally:
        await database.close()


async def test_our_own_connections_are_good_on_both_engines(settings: Settings) -> None:
    assert await faults(opened(settings.database_url)) == ()


async def test_one_connection_writes_and_checkpoints_while_serving_and_none_in_a_command(
    settings: Settings,
) -> None:
    for serving, writer in ((True, 1000), (False, 0)):
        database = Database(
            settings.database_url, base_url="", clock=Clock(), projections=(), serving=serving
        )
        if database.is_sqlite:
            seen = {}
            for name, engine in database.engines.items():
                async with engine.connect() as connection:
                    told = await connection.exec_driver_sql("PRAGMA wal_autocheckpoint")
                    only = await connection.exec_driver_sql("PRAGMA query_only")
                    seen[name] = (told.scalar_one(), only.scalar_one())
            assert seen == {"readers": (0, 1), "writers": (writer, 0)}
        await database.close()


@pytest.mark.parametrize(
    ("version", "good"),
    [
        ((3, 40, 1), False), ((3, 44, 5), False), ((3, 44, 6), True), ((3, 45, 3), False),
        ((3, 50, 6), False), ((3, 50, 7), True), ((3, 51, 2), False), ((3, 51, 3), True),
        ((3, 52, 0), True),
    ],
)  # fmt: skip
def test_two_that_checkpoint_want_an_sqlite_that_can(version: Any, good: bool) -> None:
    one = sqlite_findings(version, {"writers": GOOD, "readers": READER})
    assert one.faults == ()
    two = sqlite_findings(version, {"writers": GOOD, "others": GOOD, "readers": READER})
    assert (two.faults == ()) is good
    if not good:
        assert two.faults[0].startswith("2 connections may checkpoint, and SQLite 3.")


@pytest.mark.parametrize(
    ("pragma", "told"),
    [
        ("synchronous=NORMAL", "SQLite has synchronous=1 on its writers, and it must be 2 (FULL)"),
        ("synchronous=OFF", "SQLite has synchronous=0 on its writers, and it must be 2 (FULL)"),
        ("foreign_keys=OFF", "SQLite has foreign_keys=0 on its writers, and it must be 1"),
        ("busy_timeout=100", "SQLite has busy_timeout=100 on its writers, and it must be 5000"),
    ],
)
async def test_an_sqlite_that_took_a_setting_otherwise_is_found_out(
    tmp_path: Path, pragma: str, told: str
) -> None:
    database = opened(f"sqlite+aiosqlite:///{tmp_path}/a.db")
    engine = database.engines["writers"].sync_engine
    # After our own: as a library would that doesn't take it.
    event.listen(engine, "connect", lambda one, _: one.execute(f"PRAGMA {pragma}").close())
    [fault] = await faults(database)
    assert fault.startswith(told)


async def test_an_sqlite_without_a_write_ahead_log_is_found_out(tmp_path: Path) -> None:
    address = f"sqlite+aiosqlite:///file:{tmp_path}/a.db?vfs=unix-dotfile&uri=true"
    found = await faults(opened(address))
    assert found[0].startswith("SQLite keeps no write-ahead log here (journal_mode is 'delete')")


def refused(monkeypatch: pytest.MonkeyPatch, url: str, command: str) -> str:
    """The one line in which the command refuses to start."""
    monkeypatch.setenv("NEGOTIATIONS_DATABASE_URL", url)
    result = CliRunner().invoke(app, [command])
    assert result.exit_code == 1, (result.output, result.exception)
    [line] = result.stderr.strip().split("\n")
    return line


@pytest.mark.parametrize("options", ["?vfs=unix-dotfile&uri=true", "?mode=memory&uri=true"])
def test_an_sqlite_address_with_options_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, options: str
) -> None:
    told = refused(monkeypatch, f"sqlite:///file:{tmp_path}/a.db{options}", "serve")
    assert told == (
        "negotiations: NEGOTIATIONS_DATABASE_URL takes a file and no options, "
        "as sqlite:///negotiations.db."
    )


def asked(url: str, statement: str) -> None:
    with psycopg.connect(
        make_url(url).set(drivername="postgresql").render_as_string(hide_password=False),
        autocommit=True,
    ) as connection:
        connection.execute("SET default_transaction_read_only = off")
        connection.execute(statement)


@pytest.mark.parametrize("command", ["serve", "worker"])
@pytest.mark.parametrize(
    ("statement", "told"),
    [
        (
            "ALTER DATABASE {name} SET synchronous_commit = off",
            "PostgreSQL has synchronous_commit =",
        ),
        (
            "ALTER ROLE {role} IN DATABASE {name} SET synchronous_commit = off",
            "PostgreSQL has synchr",
        ),
        (
            "ALTER DATABASE {name} SET default_transaction_read_only = on",
            "This PostgreSQL takes no",
        ),
    ],
)
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_postgresql_that_answers_before_it_has_saved_is_refused(
    monkeypatch: pytest.MonkeyPatch, database_url: str, command: str, statement: str, told: str
) -> None:
    url = make_url(database_url)
    role = f"role_of_{url.database}"
    asked(database_url, f"CREATE ROLE {role} SUPERUSER LOGIN")
    asked(database_url, statement.format(name=url.database, role=role))
    ours = url.set(username=role) if "ROLE" in statement else url
    line = refused(monkeypatch, ours.render_as_string(hide_password=False), command)
    asked(database_url, f"DROP ROLE {role}")
    assert line.startswith(f"negotiations: {told}")


def test_a_postgresql_that_trusts_the_disk_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    server = postgres.start_own(fsync="off", full_page_writes="off")
    try:
        server.create_database("bad")
        migrate(server.url("bad"))
        line = refused(monkeypatch, server.url("bad"), "serve")
        assert line == (
            "negotiations: PostgreSQL has fsync = off, so a crash can lose what was saved: "
            "set fsync = on in postgresql.conf."
        )
        shown = CliRunner().invoke(app, ["doctor", "--json"])
        assert shown.exit_code == 1
        assert "full_page_writes = off" in json.loads(shown.stdout)["what is saved"]
    finally:
        server.stop()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_weaker_but_kept_settings_are_no_fault(database_url: str) -> None:
    name = make_url(database_url).database
    for value in ("local", "remote_write"):
        asked(database_url, f"ALTER DATABASE {name} SET synchronous_commit = {value}")
        assert await faults(opened(database_url)) == ()
