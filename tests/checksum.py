"""Whether anything was stored: a checksum over every row of every table."""

import hashlib
from typing import Any

from factories import World
from sqlmodel import select

from negotiations.models import metadata


async def state(world: World, *but: str) -> str:
    """The same as long as no row was added, changed or removed, `but` in these tables."""
    seen = hashlib.sha256()
    async with world.database.read() as db:
        connection = await db.connection()
        for table in [one for one in metadata.sorted_tables if one.name not in but]:
            # As the driver gives them: nothing is made of the values but their text.
            key = ", ".join(f'"{column.name}"' for column in table.primary_key.columns)
            sql = f'SELECT * FROM "{table.name}" ORDER BY {key}'
            rows = (await connection.exec_driver_sql(sql)).all()
            seen.update(f"{table.name} {[tuple(row) for row in rows]!r}".encode())
    return seen.hexdigest()


async def tables(world: World, *but: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, `but` of these."""
    seen = {}
    async with world.database.read() as db:
        for table in [one for one in metadata.sorted_tables if one.name not in but]:
            # All columns by name: of a table as a whole SQLModel gives the first alone.
            query = select(*table.columns).order_by(*table.primary_key.columns)  # type: ignore[call-overload]
            rows = (await db.exec(query)).all()
            seen[table.name] = [tuple(row) for row in rows]
    return seen
