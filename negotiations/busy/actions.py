"""Adding a calendar of one's own, reading it at once, taking it out again: in no chain."""

from datetime import datetime, timedelta

from sqlmodel import col, delete

from negotiations.access.actor import Actor
from negotiations.availability.actions import demand_writing
from negotiations.busy import queries, sealing
from negotiations.busy.views import NewBusyCalendar
from negotiations.db import Db
from negotiations.errors import Conflict, Invalid
from negotiations.models import BusyBlock, BusyCalendar
from negotiations.models.base import new_id
from negotiations.outgoing.addresses import Rule, Target, target_of
from negotiations.waking import BUSY, wake

MOST = 10  # calendars of one person
PAUSE = timedelta(minutes=1)  # between two looks that somebody asks for
NO_KEY = (
    "This service has no key to seal addresses with, so it takes no calendars. Whoever runs it "
    "sets NEGOTIATIONS_SECRET_KEY."
)


async def add(
    db: Db, actor: Actor, body: NewBusyCalendar, *, rule: Rule, key: str, now: datetime
) -> BusyCalendar:
    """A calendar to be read from now on: its busy times, and nothing else."""
    demand_writing(actor)
    assert actor.person_id is not None
    target = target_of(body.url)
    fault = rule.fault(target)
    if fault is not None:
        raise Invalid.field("url", f"The address {fault}.")
    if not key:
        raise Conflict(NO_KEY)
    others = await queries.calendars(db, actor)
    fingerprint = sealing.fingerprint(key, body.url)
    if any(one.fingerprint == fingerprint for one in others):
        raise Conflict("This calendar is here already. Take it out first to give another password.")
    if len(others) >= MOST:
        raise Conflict(f"There are {MOST} calendars already. Take out one that isn't needed.")
    id_ = new_id()
    secret = {"url": body.url, "user": body.user, "password": body.password}
    row = BusyCalendar(
        id=id_, created_at=now, person_id=actor.person_id, origin=_origin(target),
        fingerprint=fingerprint, sealed=sealing.seal(key, id_, "address", secret), due_at=now,
    )  # fmt: skip
    db.add(row)
    await db.flush()
    wake(db, BUSY)
    return row


def _origin(target: Target) -> str:
    """`https://calendar.example.org`: what of an address is no secret."""
    return Target(target.scheme, target.host, target.port, "").url


async def look_again(db: Db, actor: Actor, row: BusyCalendar, *, now: datetime) -> None:
    """Read it at once, not only when it is due."""
    demand_writing(actor)
    if row.tried_at is not None and now - row.tried_at < PAUSE:
        raise Conflict("It was looked at a moment ago. Try again in a minute.")
    row.due_at = now
    db.add(row)
    await db.flush()
    wake(db, BUSY)


async def remove(db: Db, actor: Actor, row: BusyCalendar) -> None:
    """Forget its address, and when it said that one is busy."""
    demand_writing(actor)
    await db.exec(delete(BusyBlock).where(col(BusyBlock.calendar_id) == row.id))
    await db.delete(row)
    await db.flush()
