"""For whom a transaction reads is told to PostgreSQL before the first statement that a policy may
be asked for, and in a request that has none not at all."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from factories import NEG, World
from sqlalchemy import event, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, func, insert, select
from wall.hand import fill, readers_of

from negotiations.access.actor import load_actor
from negotiations.access.visible import visible
from negotiations.db import Db, admit
from negotiations.models import Issue, Note, Outcome, Party, Person, Track
from negotiations.models.base import metadata
from negotiations.models.row_walls import POLICIES

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
TELLS = "SELECT set_config('negotiations.readers'"


@contextmanager
def overheard() -> Iterator[list[str]]:
    """What is sent, in its order."""
    sent: list[str] = []

    def hear(_link: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    event.listen(Engine, "after_cursor_execute", hear)
    try:
        yield sent
    finally:
        event.remove(Engine, "after_cursor_execute", hear)


def tells(sent: list[str]) -> int:
    return sum(one.startswith(TELLS) for one in sent)


async def test_a_kept_matrix_tells_nothing_and_a_list_of_sessions_once(world: World) -> None:
    for _ in range(2):
        await world.coordinator.get(f"{NEG}/outcomes")
    with overheard() as sent:
        assert (await world.coordinator.get(f"{NEG}/outcomes")).status_code == 200
    assert (tells(sent), len(sent)) == (0, 2)
    with overheard() as sent:
        assert (await world.coordinator.get(f"{NEG}/sessions")).status_code == 200
    assert tells(sent) == 1
    first = next(n for n, one in enumerate(sent) if "FROM session" in one)
    assert sent[first - 1].startswith(TELLS)


@pytest.mark.parametrize("name", sorted(POLICIES))
async def test_every_table_with_a_policy_is_read_by_whom_it_is_told(
    world: World, name: str
) -> None:
    table = metadata.tables[name]
    other, [first, *_] = table.alias("other"), table.c
    asked = (
        select(func.count()).select_from(table),
        select(select(func.count()).select_from(table).scalar_subquery()),
        select(Party.id).join(other, other.c[first.name].is_not(None)),
        select(Party.id).where(select(first).exists()),
        select(Party.id).where(col(Party.id).in_(select(first).with_for_update())),
    )
    for query in asked:
        async with world.database.requests.read() as db:
            await admit(db, [])
            with overheard() as sent, suppress(DBAPIError):  # some compare what isn't alike
                await db.exec(query.execution_options(passage="table"))
            assert sent[0].startswith(TELLS), sent


async def told_by(db: Db, *acts: Any) -> list[int]:
    found = []
    for act in acts:
        with overheard() as sent:
            await db.exec(act)
        found.append(tells(sent))
    return found


async def test_what_has_no_policy_tells_nothing_and_whatever_else_does(world: World) -> None:
    async with world.database.requests.read() as db:
        person = await db.get(Person, world.people["delegate_x"])
        assert person is not None
        actor = await load_actor(db, person)
        await admit(db, actor.readers)
        free = [select(table).where(visible(actor, table)) for table in (Party, Track, Issue)]
        walled = select(Note.id).where(visible(actor, Note))
        assert await told_by(db, *free, walled, walled, *free) == [0, 0, 0, 1, 0, 0, 0, 0]
        await admit(db, [])
        of_sessions = select(Outcome.id).where(visible(actor, Outcome))  # by what it is narrowed to
        assert await told_by(db, *free, of_sessions) == [0, 0, 0, 1]
        await admit(db, actor.readers)
        assert await told_by(db, *free, text("SELECT 1"), walled) == [0, 0, 0, 1, 0]


async def test_what_is_told_within_a_savepoint_holds_after_it_is_undone(world: World) -> None:
    await fill(world)
    readers = await readers_of(world, "delegate_x")
    own = select(func.count()).select_from(Note).execution_options(passage="table")
    async with world.database.requests.write() as db:
        await admit(db, readers)
        undone = await db.begin_nested()
        seen = (await db.exec(own)).one()
        await undone.rollback()
        assert (await db.exec(own)).one() == seen > 0
        await db.rollback()
    async with world.database.requests.write() as db:  # the next transaction has none of it
        assert (await db.exec(own)).one() == 0
        await db.rollback()


async def test_a_row_is_written_for_whom_it_is_told(world: World) -> None:
    await fill(world)
    async with world.database.read() as db:
        note = (await db.exec(select(Note).where(col(Note.audience) == "mine"))).one()
    values = {**note.model_dump(), "id": "n" * 20, "item_id": None}
    readers = await readers_of(world, "delegate_x")
    async with world.database.requests.write() as db:
        await admit(db, readers)
        with overheard() as sent:
            await db.exec(insert(Note).values(**{**values, "item_id": "none"}))
        assert tells(sent) == 1
        await db.rollback()
