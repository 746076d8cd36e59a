"""On PostgreSQL the database itself keeps one side's rows from the others.

SQL written by hand, as the role of requests: nothing of `visible()` is in it.
"""

import pytest
from factories import NEG, World
from psycopg import errors
from wall.hand import NOTHING, by_hand, connect, counted, fill, readers_of

from negotiations.durability import require
from negotiations.errors import Refused
from negotiations.models.row_walls import POLICIES
from negotiations.settings import Settings

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


async def test_each_side_sees_its_own_rows_and_nobody_elses(world: World) -> None:
    await fill(world)
    with by_hand(world, await readers_of(world, "delegate_x")) as connection:
        seen = counted(connection)
        assert seen.pop("audit_entry") > 1  # of the caucus
        assert {**seen, "audit_entry": 0} == {
            **NOTHING,
            "caucus": 1, "session": 1, "agenda_item": 2, "session_change": 1,
            "note": 3, "note_revision": 4, "kept_note": 1, "outbox_event": 2,
            "webhook_endpoint": 1, "webhook_delivery": 1, "search_entry": 4, "event_bytes": 1,
        }  # fmt: skip
    for name in ("delegate_y", "agency_head", "administrator", "coordinator_elsewhere"):
        with by_hand(world, await readers_of(world, name)) as connection:
            assert counted(connection) == NOTHING, name
    with by_hand(world, await readers_of(world, "coordinator")) as connection:
        assert counted(connection) == {
            **NOTHING, "note": 1, "note_revision": 1, "search_entry": 1,
        }  # fmt: skip
    # Another member of the same side: what the side wrote, not what one of them wrote for oneself.
    with by_hand(world, await readers_of(world, "head_x")) as connection:
        assert {**counted(connection), "outbox_event": 0, "audit_entry": 0} == {
            **NOTHING,
            "caucus": 1, "session": 1, "agenda_item": 2, "session_change": 1,
            "note": 2, "note_revision": 3, "webhook_endpoint": 1, "webhook_delivery": 1,
            "search_entry": 3, "event_bytes": 1,
        }  # fmt: skip
    for nobody in (None, []):
        with by_hand(world, nobody) as connection:
            assert counted(connection) == NOTHING


async def test_no_other_sides_row_is_written_moved_or_deleted(world: World) -> None:
    session = await fill(world)
    y = await readers_of(world, "delegate_y")
    with by_hand(world, y) as connection:
        for table in POLICIES:
            for statement in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}"):
                where = " WHERE kind = 'caucus'" if table == "session" else ""
                where = where or (" WHERE caucus_id IS NOT NULL" if table == "outbox_event" else "")
                if table in ("note", "note_revision", "kept_note", "note_draft", "caucus") or where:
                    assert connection.execute(statement + where).rowcount == 0, statement
    inserts = (
        """
        INSERT INTO note (id, created_at, version, negotiation_id, session_id, audience, owner_id,
            item_id, revision)
        SELECT 'n', now(), 1, negotiation_id, '{session}', 'caucus', id, 'x', 1
        FROM party WHERE slug = 'x'
        """,
        """
        INSERT INTO agenda_item (id, created_at, version, session_id, position, title, kind, state)
        VALUES ('n', now(), 1, '{session}', 9, 'T', 'procedural', 'proposed')
        """,
    )
    for insert in inserts:
        with by_hand(world, y) as connection, pytest.raises(errors.InsufficientPrivilege) as told:
            connection.execute(insert.format(session=session))
        assert "row-level security" in str(told.value)
    # What is one's own can't be given to another side either.
    with (
        by_hand(world, await readers_of(world, "delegate_x")) as connection,
        pytest.raises(errors.InsufficientPrivilege),
    ):
        connection.execute("UPDATE note SET owner_id = 'another' WHERE audience = 'caucus'")


async def test_the_role_of_requests_gets_no_further(world: World) -> None:
    await fill(world)
    y = await readers_of(world, "delegate_y")
    x = " ".join(await readers_of(world, "delegate_x"))
    for statement in (
        "SET ROLE postgres",
        "SET SESSION AUTHORIZATION postgres",
        "ALTER TABLE note DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE note NO FORCE ROW LEVEL SECURITY",
        "DROP POLICY readers ON note",
        "CREATE POLICY mine ON note USING (true)",
        "TRUNCATE note CASCADE",
        "SELECT key FROM wall.key",
        "CREATE OR REPLACE FUNCTION wall.readers() RETURNS text[] LANGUAGE sql AS 'SELECT ''{}'''",
        "UPDATE alembic_version SET version_num = version_num",
        "SET row_security = off; SELECT * FROM note",
    ):
        with by_hand(world, y) as connection, pytest.raises(errors.InsufficientPrivilege):
            connection.execute(statement)
    # Readers that the service didn't sign are none: neither another's nor everything.
    for told in (x, "*", f"{' '.join(y)} {x}"):
        with by_hand(world, y) as connection:
            connection.execute("SELECT set_config('negotiations.readers', %s, true)", (told,))
            assert counted(connection) == NOTHING
            row = connection.execute("SELECT wall.readers(), wall.caucuses(false)").fetchone()
            assert row == ([], [])


async def test_a_connection_never_carries_readers_over(world: World) -> None:
    await fill(world)
    x = await readers_of(world, "delegate_x")
    with by_hand(world, x) as connection:
        assert counted(connection)["note"] == 3
        connection.rollback()
        assert counted(connection) == NOTHING
        connection.commit()
        assert counted(connection) == NOTHING
    # Through the service's own connections: each request has its own readers, whichever it gets.
    requests = world.database.requests
    assert requests is not None
    async with requests.engines["readers"].connect() as held:
        asked = await held.exec_driver_sql("SELECT current_setting('negotiations.readers', true)")
        assert asked.scalar_one() in (None, "")
    for _ in range(12):
        seen = [await client.get(f"{NEG}/sessions") for client in (world.head_x, world.delegate_y)]
        kinds = [{one["kind"] for one in answer.json()["items"]} for answer in seen]
        assert kinds == [{"caucus", "joint"}, set()]


async def test_requests_do_come_as_that_role_and_projections_see_all(world: World) -> None:
    await fill(world)
    requests = world.database.requests
    assert requests is not None
    async with requests.engines["writers"].connect() as connection:
        user = (await connection.exec_driver_sql("SELECT current_user")).scalar_one()
    assert user == world.settings.requests_role
    # The coordinator's act renders the caucus, which the coordinator can't see, anew.
    before = await world.head_x.get(f"{NEG}/sessions")
    seen = await world.coordinator.get(NEG)
    changed = await world.coordinator.patch(
        NEG, json={"title": "Other talks"}, headers={"If-Match": seen.headers["etag"]}
    )
    assert changed.status_code == 200, changed.text
    with connect(world.settings.database_url) as owner:
        rows = owner.execute("SELECT body FROM event_bytes WHERE audience = 'caucus'").fetchall()
    assert len(rows) == 1
    assert before.status_code == 200


async def started(world: World, settings: Settings) -> object:
    """What is found of the database by a service that would start; none is left open."""
    other = world.on(settings)
    try:
        return await require(other.database)
    finally:
        await other.close()


@pytest.mark.parametrize(
    ("role", "why"),
    [
        ("CREATE ROLE mighty_{n} LOGIN SUPERUSER", "passes by row security"),
        ("CREATE ROLE mighty_{n} LOGIN BYPASSRLS", "passes by row security"),
        ("CREATE ROLE mighty_{n} LOGIN IN ROLE postgres", "owns the tables"),
    ],
)
async def test_no_mighty_role_serves_requests(world: World, role: str, why: str) -> None:
    name = f"mighty_{abs(hash((world.settings.database_url, role)))}"
    with connect(world.settings.database_url, autocommit=True) as owner:
        owner.execute(role.replace("mighty_{n}", name))
        try:
            settings = Settings(database_url=world.settings.database_url, requests_role=name)
            with pytest.raises(Refused, match=why):
                await started(world, settings)
        finally:
            owner.execute(f"DROP ROLE {name}")


async def test_a_table_without_its_wall_is_not_served(world: World) -> None:
    assert await started(world, world.settings)
    with connect(world.settings.database_url) as owner:
        owner.execute("ALTER TABLE note DISABLE ROW LEVEL SECURITY")
    with pytest.raises(Refused, match="Row security is off for note"):
        await started(world, world.settings)
