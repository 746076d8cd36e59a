"""The second role: an owner of the tables who is nothing else, as a newcomer makes it."""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from beginnings import settings_for
from factories import Standing, make_world
from sqlalchemy.engine import make_url
from templates import ROLE, Templates
from wall.hand import NOTHING, by_hand, connect, counted, fill, readers_of

from negotiations import backups
from negotiations.durability import require
from negotiations.errors import Refused
from negotiations.schema import migrate
from negotiations.settings import Settings


@pytest.fixture
def owned(templates: Templates) -> Iterator[str]:
    """The address of an empty database that a plain role owns."""
    server, name = templates.postgresql, f"owned_{os.getpid()}"
    admin = server.url("postgres")
    with connect(admin, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {name} LOGIN")
        known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (ROLE,)).fetchone()
        if known is None:
            connection.execute(f"CREATE ROLE {ROLE} LOGIN")
        connection.execute(f"CREATE DATABASE {name} OWNER {name}")
        connection.execute(f"CREATE DATABASE {name}_again OWNER {name}")
    yield make_url(server.url(name)).set(username=name).render_as_string(hide_password=False)
    server.drop_database(name)
    server.drop_database(f"{name}_again")
    with connect(admin, autocommit=True) as connection:
        connection.execute(f"DROP ROLE {name}")


async def test_a_plain_owner_migrates_serves_sees_all_and_copies_all(
    owned: str, tmp_path: Path
) -> None:
    migrate(owned, role=ROLE)
    world = await make_world(settings_for(owned), Standing())
    try:
        assert await require(world.database)
        await fill(world)
        with connect(owned) as owner:
            # The owner is under row security as well, by a policy of its own.
            assert owner.execute("SELECT relforcerowsecurity FROM pg_class WHERE relname = 'note'")
            seen = counted(owner)
        assert {table: seen[table] for table in ("caucus", "session", "note", "note_revision")} == {
            "caucus": 1,
            "session": 1,
            "note": 4,
            "note_revision": 5,
        }
        with by_hand(world, await readers_of(world, "delegate_y")) as connection:
            assert counted(connection) == NOTHING
        await asyncio.to_thread(backups.back_up, owned, tmp_path / "copy")
    finally:
        await world.close()
    again = make_url(owned).set(database=f"{make_url(owned).database}_again")
    elsewhere = again.render_as_string(hide_password=False)
    await asyncio.to_thread(backups.restore, elsewhere, tmp_path / "copy", role=ROLE)
    with connect(elsewhere) as owner:
        assert counted(owner) == seen
    # What is served as the owner, by mistake, isn't.
    name = str(make_url(owned).username)
    mistaken = world.on(Settings(database_url=owned, requests_role=name))
    try:
        with pytest.raises(Refused, match="owns the tables"):
            await require(mistaken.database)
    finally:
        await mistaken.close()


def test_without_a_role_of_requests_migrating_says_how_to_make_it(owned: str) -> None:
    with pytest.raises(Refused, match="createuser --pwprompt nobody_yet"):
        migrate(owned, role="nobody_yet:secret")


def test_who_may_make_roles_makes_it_with_its_password(owned: str, templates: Templates) -> None:
    server, name = templates.postgresql, f"made_{os.getpid()}"
    with connect(server.url("postgres"), autocommit=True) as admin:
        admin.execute(f"ALTER ROLE {make_url(owned).username} CREATEROLE")
        migrate(owned, role=f"{name}:se'c:ret")
        row = admin.execute(
            "SELECT rolcanlogin, rolsuper, rolbypassrls, rolpassword LIKE 'SCRAM-SHA-256%%'"
            " FROM pg_authid WHERE rolname = %s",
            (name,),
        ).fetchone()
        assert row == (True, False, False, True)
        migrate(owned, role=f"{name}:se'c:ret")  # again: nothing is left to do
        with connect(server.url(str(make_url(owned).database))) as inside:
            inside.execute(f"DROP OWNED BY {name}")
        admin.execute(f"DROP ROLE {name}")


def test_the_settings_name_the_same_database_as_another_role() -> None:
    made = Settings(
        database_url="postgresql://owner:one@db.example:5433/talks?sslmode=require",
        requests_role="asked:t/w:o",
    )
    assert made.requests_url is not None
    url = make_url(made.requests_url)
    assert (url.username, url.password, url.host, url.port, url.database, dict(url.query)) == (
        "asked", "t/w:o", "db.example", 5433, "talks", {"sslmode": "require"},
    )  # fmt: skip
    assert make_url(Settings(database_url=made.database_url).requests_url or "").password is None
    assert Settings(database_url="sqlite:///a.db").requests_url is None
