"""Who reads a calendar: whoever claimed it; and what is written of what came of it."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlmodel import col, delete, select, update

from negotiations import leases
from negotiations.availability.intervals import Interval
from negotiations.busy import verdicts
from negotiations.busy.verdicts import Standing, Verdict
from negotiations.db import Database, Db
from negotiations.models import BusyBlock, BusyCalendar, Mail, Person
from negotiations.models.availability import BusyFault, BusyState
from negotiations.models.base import new_id
from negotiations.models.mail import MailKind

PART = 200  # rows of one statement
LEASE = timedelta(minutes=3)  # longer than to ask, to wait for a turn and to read


@dataclass(frozen=True, slots=True)
class Held:
    """A calendar that is ours until its lease ends, and the zone of whose it is."""

    calendar: BusyCalendar
    tz: str


@dataclass(frozen=True, slots=True)
class Came:
    """What came of a try. Without blocks nothing has changed, unless there is a fault."""

    fault: BusyFault | None = None
    blocks: Sequence[Interval] | None = None
    validators: str | None = None
    asked: datetime | None = None


async def claim(database: Database, now: datetime, *, most: int, well: bool) -> list[Held]:
    """So many calendars that were due first, those that were well before those that weren't; with
    `well` only those. All in one transaction, which costs a disk more than a calendar does."""
    due = [col(BusyCalendar.due_at) <= now]
    if well:
        due.append(col(BusyCalendar.state) == BusyState.good)
    order = (
        col(BusyCalendar.state) != BusyState.good,
        col(BusyCalendar.failures),
        col(BusyCalendar.due_at),
        col(BusyCalendar.id),
    )
    first = (
        select(BusyCalendar.id)
        .where(*due, leases.free(BusyCalendar, now))
        .order_by(*order)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    async with database.write() as db:
        ids = (await db.exec(first)).all()
        if not ids:
            return []
        await db.exec(
            update(BusyCalendar)
            .where(col(BusyCalendar.id).in_(ids))
            .values(claimed_until=now + LEASE, tried_at=now)
            .execution_options(synchronize_session=False)
        )
        rows = await db.exec(
            select(BusyCalendar, Person.tz)
            .join(Person, col(Person.id) == BusyCalendar.person_id)
            .where(col(BusyCalendar.id).in_(ids))
            .order_by(*order)
        )
        return [Held(*row) for row in rows]


async def settle(database: Database, held: Held, came: Came, *, now: datetime) -> bool:
    """Write what came of it; False where the calendar is another's by now, or is gone."""
    row = held.calendar
    was = Standing(row.state, row.failures, row.failing_since, row.told_at)
    roll = random.random()  # noqa: S311
    if came.fault is not None:
        found = verdicts.ill(was, came.fault, now=now, roll=roll, asked=came.asked)
    else:
        found = verdicts.well(was, now=now, roll=roll)
    changes = dict(found.changes)
    if came.blocks is not None:
        changes |= {"expanded_at": now, "validators": came.validators}
    async with database.write() as db:
        if not await leases.change(db, row, claimed_until=None, **changes):
            return False
        if came.blocks is not None:
            await _replace(db, row, came.blocks, now)
        await _tell(db, row, found, now)
    return True


async def _replace(db: Db, row: BusyCalendar, blocks: Sequence[Interval], now: datetime) -> None:
    """All of them at once: nobody sees half a calendar. Written is what differs, part by part, so
    that the loop has its turn in between."""
    rows = await db.exec(
        select(BusyBlock.id, BusyBlock.starts_at, BusyBlock.ends_at).where(
            col(BusyBlock.calendar_id) == row.id
        )
    )
    there = {(start, end): id_ for id_, start, end in rows}
    wanted = set(blocks)
    gone = [id_ for block, id_ in there.items() if block not in wanted]
    come = sorted(wanted - there.keys())
    for part in _parts(gone):
        await db.exec(delete(BusyBlock).where(col(BusyBlock.id).in_(part)))
    of_all = {"created_at": now, "version": 1, "person_id": row.person_id, "calendar_id": row.id}
    for part in _parts(come):
        made = [{"id": new_id(), "starts_at": one, "ends_at": other} for one, other in part]
        await db.exec(insert(BusyBlock), params=[{**of_all, **each} for each in made])


def _parts(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for first in range(0, len(rows), PART):
        yield rows[first : first + PART]


async def _tell(db: Db, row: BusyCalendar, found: Verdict, now: datetime) -> None:
    if found.tell:
        db.add(
            Mail(
                created_at=now, kind=MailKind.busy_calendar, person_id=row.person_id,
                first_at=now, due_at=now,
            )
        )  # fmt: skip
