"""Reading busy calendars: one's own, and what of all is due."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import col, func, select

from negotiations import leases
from negotiations.access.actor import Actor
from negotiations.access.visible import visible
from negotiations.db import Db
from negotiations.errors import NotFound
from negotiations.locks import locked
from negotiations.models import BusyCalendar
from negotiations.models.availability import BusyState
from negotiations.web.cursors import Part, rows_of


async def calendars(db: Db, actor: Actor, *, part: Part | None = None) -> Sequence[BusyCalendar]:
    """One's own, the oldest first."""
    query = select(BusyCalendar).where(visible(actor, BusyCalendar))
    order = (col(BusyCalendar.created_at), col(BusyCalendar.id))
    return await rows_of(db, query, *order, part=part)


async def calendar(db: Db, actor: Actor, calendar_id: str, *, lock: bool = False) -> BusyCalendar:
    """One of one's own; NotFound for one of others."""
    query = select(BusyCalendar).where(
        col(BusyCalendar.id) == calendar_id, visible(actor, BusyCalendar)
    )
    found = (await db.exec(locked(query, of=BusyCalendar) if lock else query)).first()
    if found is None:
        raise NotFound
    return found


async def is_due(db: Db, now: datetime) -> bool:
    """Whether any waits to be read that nobody reads yet: what a look costs where none does."""
    due = select(BusyCalendar.id).where(
        col(BusyCalendar.due_at) <= now, leases.free(BusyCalendar, now)
    )
    rows: Any = await db.exec(select(due.exists()))
    return bool(rows.one())


async def standing(db: Db) -> str:
    """How it stands, for the operator: how many there are, and how many fail."""
    counts = await db.exec(
        select(
            func.count(),
            func.count().filter(col(BusyCalendar.state) == BusyState.failing),
        ).select_from(BusyCalendar)
    )
    all_, failing = counts.one()
    return f"{all_} calendars, {failing} failing"
