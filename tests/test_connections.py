"""Connections to PostgreSQL that ended are given to nobody, and nobody is told of them."""

import psycopg
import pytest
from factories import World
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from negotiations.models import Negotiation

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)

OTHERS = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


def end_all(world: World) -> None:
    """All of the service's connections end, as when the server starts again."""
    address = make_url(world.settings.database_url).set(drivername="postgresql")
    with psycopg.connect(address.render_as_string(hide_password=False), autocommit=True) as link:
        found = link.execute(f"SELECT pg_terminate_backend(pid, 5000) {OTHERS}")
        assert {gone for (gone,) in found} == {True}


async def test_after_the_server_closed_them_all_the_next_requests_are_answered(
    world: World,
) -> None:
    path = "/api/v1/negotiations/water-talks/issues"
    before = await world.coordinator.get(path)
    assert before.status_code == 200
    for number in range(3):
        end_all(world)
        read = await world.coordinator.get(path)
        assert (read.status_code, len(read.json()["items"])) == (
            200,
            len(before.json()["items"]) + number,
        )
        end_all(world)
        made = await world.coordinator.post(path, json={"title": "Asked", "code": f"A{number}"})
        assert made.status_code == 201, made.text


async def test_threads_take_none_that_ended_either(world: World) -> None:
    for _ in range(3):
        with world.database.snapshot() as db:
            assert sorted(db.exec(select(Negotiation.slug))) == ["other-talks", "water-talks"]
        end_all(world)


async def test_readers_see_one_snapshot_and_write_nothing_and_requests_wait_ten_seconds_for_locks(
    world: World,
) -> None:
    asked = text(
        "SELECT current_setting('transaction_isolation'), current_setting('transaction_read_only'),"
        " current_setting('lock_timeout')"
    )
    requests = world.database.requests
    told = {}
    for name, opened in (("read", requests.read), ("write", requests.write)):
        async with opened() as db:
            told[name] = tuple((await db.exec(asked)).one())
    with world.database.snapshot() as db:
        told["snapshot"] = tuple(db.exec(asked).one())
        with pytest.raises(DBAPIError, match="read-only"):
            db.exec(text("DELETE FROM look"))
    assert told == {
        "read": ("repeatable read", "on", "10s"),
        "write": ("read committed", "off", "10s"),
        "snapshot": ("repeatable read", "on", "0"),
    }
