"""The checksum by which tests see that nothing was stored."""

from checksum import state
from factories import NEG, World
from filling import counts
from sqlalchemy import text

from negotiations.models.base import metadata


async def test_a_row_that_is_added_changed_or_gone_is_seen(world: World) -> None:
    before = await state(world)
    assert await state(world) == before
    assert await state(world, "team") != before
    seen = [before]
    for statement in (
        "UPDATE person SET title = '' WHERE email = 'coordinator@example.org'",  # it was null
        "UPDATE person SET title = NULL WHERE email = 'coordinator@example.org'",
        "DELETE FROM api_token",
    ):
        async with world.database.write() as db:
            await (await db.connection()).execute(text(statement))
        seen.append(await state(world))
    assert [seen.index(one) for one in seen] == [0, 1, 0, 3]


async def test_rows_are_counted_by_table(world: World) -> None:
    before = await counts(world)
    assert before.keys() == metadata.tables.keys()
    made = await world.coordinator.post(f"{NEG}/issues", json={"code": "77", "title": "More"})
    assert made.status_code == 201
    after = await counts(world)
    assert (after["issue"], after["party"]) == (before["issue"] + 1, before["party"])
