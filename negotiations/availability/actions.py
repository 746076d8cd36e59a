"""Saying when one, or one's party, can meet. What a person says of themselves is in no chain."""

from datetime import datetime

from negotiations import audit
from negotiations.access.actor import Actor
from negotiations.access.policy import demand
from negotiations.availability import queries
from negotiations.availability.bodies import NewBusyBlock, OfficeHoursBody
from negotiations.db import Db
from negotiations.errors import Conflict, Forbidden
from negotiations.models import Availability, BusyBlock, Negotiation, Party, Person
from negotiations.parties.actions import insert
from negotiations.parties.going_on import check_open

MOST_BLOCKS = 500  # typed in by one person


async def set_party_hours(
    db: Db, actor: Actor, negotiation: Negotiation, party: Party, body: OfficeHoursBody, *,
    now: datetime,
) -> Availability:  # fmt: skip
    """The office hours of a party: by its head, or by the coordinator."""
    demand(actor, "availability.write", party)
    await check_open(db, negotiation.id)
    row = await _set(db, actor, party, body, now=now)
    audit.record_row(db, actor, "availability.change", row, at=now, negotiation_id=negotiation.id)
    return row


async def set_own_hours(
    db: Db, actor: Actor, person: Person, body: OfficeHoursBody, *, now: datetime
) -> Availability:
    """One's own office hours."""
    demand_writing(actor)
    return await _set(db, actor, person, body, now=now)


async def _set(
    db: Db, actor: Actor, owner: Party | Person, body: OfficeHoursBody, *, now: datetime
) -> Availability:
    row = await queries.office_hours(db, actor, owner, lock=True)
    new = row is None
    if row is None:
        row = Availability(created_at=now, tz=body.tz)
        if isinstance(owner, Party):
            row.party_id = owner.id
        else:
            row.person_id = owner.id
    row.tz, row.weekly = body.tz, list(body.weekly)
    row.exceptions = [{"on": one.on, "hours": one.hours} for one in body.exceptions]
    row.preparation_minutes = body.preparation_minutes
    if new:
        await insert(db, row, "Somebody said the hours at this very moment. Look again.")
    else:
        db.add(row)
        await db.flush()
    return row


async def add_block(db: Db, actor: Actor, body: NewBusyBlock, *, now: datetime) -> BusyBlock:
    """That one isn't free then."""
    demand_writing(actor)
    assert actor.person_id is not None
    if await queries.typed_blocks(db, actor) >= MOST_BLOCKS:
        raise Conflict(f"There are {MOST_BLOCKS} busy blocks already. Take out some that are over.")
    row = BusyBlock(
        created_at=now, person_id=actor.person_id, starts_at=body.starts_at, ends_at=body.ends_at
    )
    db.add(row)
    await db.flush()
    return row


async def remove_block(db: Db, actor: Actor, row: BusyBlock) -> None:
    """Take out one that was typed in."""
    demand_writing(actor)
    if row.calendar_id is not None:
        raise Conflict("This is in one of your calendars. Take it out there, or the calendar here.")
    await db.delete(row)
    await db.flush()


def demand_writing(actor: Actor) -> None:
    """Forbidden for a token that only reads."""
    if not actor.may_write:
        raise Forbidden("This token only reads. Use one that writes.")
