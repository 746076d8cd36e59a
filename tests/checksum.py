"""Whether anything was stored: a checksum over every row of every table."""

import hashlib
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from typing import Any

from factories import World
from sqlalchemy import Table
from sqlalchemy.engine import make_url
from sqlmodel import select

from negotiations.models import metadata


async def state(world: World, *but: str) -> str:
    """The same as long as no row was added, changed or removed, `but` in these tables.

    As each driver gives the values, in one go: through the service's own connections a hundred
    statements would go to and fro.
    """
    found = [one for one in metadata.sorted_tables if one.name not in but]
    url = make_url(world.database.url)
    if url.get_backend_name() == "sqlite":
        return _of_file(str(url.database), found)
    async with world.database.read() as db:
        connection = await db.connection()
        rows = (await connection.exec_driver_sql(_of_all(found))).all()
    return _checksum([tuple(row) for row in rows])


def _of_file(file: str, found: list[Table]) -> str:
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        return _checksum(
            (
                one.name,
                connection.execute(f'SELECT * FROM "{one.name}" ORDER BY {_key(one)}').fetchall(),
            )
            for one in found
        )


def _of_all(found: list[Table]) -> str:
    """PostgreSQL makes a text of each row, and a checksum of each table's."""
    return " UNION ALL ".join(
        f"SELECT '{one.name}', (SELECT md5(string_agg(each::text, chr(10) ORDER BY {_key(one)}))"
        f' FROM "{one.name}" each)'
        for one in found
    )


def _key(table: Table) -> str:
    return ", ".join(f'"{column.name}"' for column in table.primary_key.columns)


def _checksum(parts: Iterable[tuple[Any, ...]]) -> str:
    seen = hashlib.sha256()
    for part in parts:
        seen.update(f"{part!r}\n".encode())
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
