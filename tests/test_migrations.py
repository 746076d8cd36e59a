"""The migrations make exactly the tables of the models, up and down, on both engines."""

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import NullPool, create_engine, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError, IntegrityError

from negotiations.models import metadata, word_index
from negotiations.models.no_overlap import NAME
from negotiations.schema import head_revision, migrate, migrations_folder, revision_of, unmigrate


def engine_of(url: str):
    sync = make_url(url)
    if sync.get_backend_name() == "sqlite":
        sync = sync.set(drivername="sqlite")
    return create_engine(sync, poolclass=NullPool)


def is_of_the_models(name: str | None, *_: object) -> bool:
    """Not what keeps the words that are searched: see models.word_index."""
    return not (name or "").startswith(word_index.NAME)


def tables_of(url: str) -> set[str]:
    return {one for one in inspect(engine_of(url)).get_table_names() if is_of_the_models(one)}


def test_the_tables_are_those_of_the_models(database_url: str) -> None:
    with engine_of(database_url).connect() as connection:
        opts = {"compare_type": True, "include_name": is_of_the_models}
        context = MigrationContext.configure(connection, opts=opts)
        found = compare_metadata(context, metadata)
    assert found == []
    assert revision_of(database_url) == head_revision()


def test_the_files_names_begin_with_their_revisions() -> None:
    scripts = ScriptDirectory(str(migrations_folder()))
    named = {one.revision: Path(one.path).name for one in scripts.walk_revisions()}
    assert {key: name.partition("_")[0] for key, name in named.items()} == {
        one: one for one in named
    }
    assert head_revision() == scripts.get_current_head()


@pytest.mark.parametrize(
    ("module", "others"),
    [
        ("commands", ("alembic", "psycopg", "httpx")),
        ("serving", ("alembic", "psycopg", "httpx", "yaml", "negotiations.exchange.actions")),
    ],
)
def test_what_serves_does_without_what_it_may_never_need(
    module: str, others: tuple[str, ...]
) -> None:
    """Each takes up to ten megabytes, and a service on SQLite that nobody asked needs none."""
    code = f"import sys, negotiations.cli.{module}; print(set({others}) & set(sys.modules))"
    assert subprocess.check_output((sys.executable, "-c", code), text=True) == "set()\n"


def test_down_to_nothing_and_up_again(database_url: str) -> None:
    unmigrate(database_url, "base")
    assert inspect(engine_of(database_url)).get_table_names() == ["alembic_version"]
    migrate(database_url)
    assert tables_of(database_url) == {
        *metadata.tables,
        "alembic_version",
    }


INSERT = text(
    "INSERT INTO booking (id, created_at, version, session_id, resource_no, starts_at, ends_at) "
    "VALUES (:id, '2030-01-01 00:00:00.000000', 1, :session, 1, :start, :end)"
)


@pytest.mark.parametrize("again", [False, True], ids=["first", "after down and up"])
def test_the_database_itself_refuses_an_overlap(database_url: str, again: bool) -> None:
    if again:
        unmigrate(database_url, "base")
        migrate(database_url)
    engine = engine_of(database_url)

    def book(key: str, start: str, end: str) -> None:
        with engine.begin() as connection:
            # Whose sessions they are is not the matter here.
            if engine.dialect.name == "postgresql":
                connection.execute(text("SET session_replication_role = replica"))
            times = {"start": f"2030-01-01 {start}:00.000000", "end": f"2030-01-01 {end}:00.000000"}
            connection.execute(INSERT, {"id": key, "session": key, **times})

    book("a", "10:00", "12:00")
    book("b", "12:00", "13:00")
    for key, start, end in (("c", "11:59", "12:30"), ("d", "09:00", "14:00")):
        with pytest.raises(IntegrityError, match=NAME):
            book(key, start, end)
    with engine.begin() as connection, pytest.raises(IntegrityError, match=NAME):
        connection.execute(
            text("UPDATE booking SET starts_at = '2030-01-01 11:00:00.000000' WHERE id = 'b'")
        )


def test_an_upgrade_that_fails_on_the_way_changes_nothing(database_url: str) -> None:
    unmigrate(database_url, "0001")
    with engine_of(database_url).begin() as connection:
        connection.execute(text("CREATE TABLE note_draft (id integer)"))  # 0007 wants to make it
    before = inspect(engine_of(database_url)).get_table_names()
    with pytest.raises(DatabaseError, match="note_draft"):
        migrate(database_url)
    assert revision_of(database_url) == "0001"
    assert inspect(engine_of(database_url)).get_table_names() == before
