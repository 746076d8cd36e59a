"""Who works on a row: whoever claimed it, for the time of a lease.

A process that ends in the middle leaves its claim to run out; then another takes the row. What a
process writes of a row that is another's by then is not written.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import or_, select, update

from negotiations.db import Db


def free(table: Any, now: datetime) -> ColumnElement[bool]:
    """Rows that nobody holds."""
    return or_(table.claimed_until.is_(None), table.claimed_until <= now)


async def claim(
    db: Db, table: Any, *due: Any, order: tuple[Any, ...], now: datetime, **values: Any
) -> str | None:
    """Take the first row that is due and that nobody else holds; its id, None when there is none.

    `values` are written with it, `claimed_until` among them.
    """
    first = (
        select(table.id)
        .where(*due, free(table, now))
        .order_by(*order)
        .limit(1)
        .with_for_update(skip_locked=True, of=table)
        .scalar_subquery()
    )
    claimed = await db.exec(
        update(table)
        .where(table.id == first, free(table, now))
        .values(**values)
        .returning(table.id)
        .execution_options(synchronize_session=False)
    )
    found: str | None = claimed.scalar_one_or_none()
    return found


async def change(db: Db, row: Any, *also: Any, **values: Any) -> bool:
    """Write this of a row that is still ours; False when the claim had run out meanwhile."""
    table = type(row)
    changed = await db.exec(
        update(table)
        .where(table.id == row.id, table.claimed_until == row.claimed_until, *also)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    return bool(changed.rowcount == 1)
