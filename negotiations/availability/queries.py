"""Reading office hours and busy blocks: one's own, one's party's, and each party's for who keeps
them."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, func, select

from negotiations.access.actor import Actor
from negotiations.access.visible import visible
from negotiations.db import Db
from negotiations.errors import NotFound
from negotiations.locks import locked
from negotiations.models import Availability, BusyBlock, Party, Person
from negotiations.web.cursors import Part, rows_of


async def office_hours(
    db: Db, actor: Actor, owner: Party | Person, *, lock: bool = False
) -> Availability | None:
    """The office hours of a party or a person; None where none were said, or the actor may not
    know them."""
    column = Availability.party_id if isinstance(owner, Party) else Availability.person_id
    query = select(Availability).where(col(column) == owner.id, visible(actor, Availability))
    return (await db.exec(locked(query, of=Availability) if lock else query)).first()


async def of_parties(db: Db, actor: Actor, party_ids: Sequence[str]) -> dict[str, Availability]:
    """The office hours that these parties said, as far as the actor may know them, by party."""
    rows = await db.exec(
        select(Availability).where(
            col(Availability.party_id).in_(party_ids), visible(actor, Availability)
        )
    )
    return {row.party_id: row for row in rows if row.party_id is not None}


async def busy_blocks(
    db: Db, actor: Actor, *, after: datetime, typed: bool = False, part: Part | None = None
) -> Sequence[BusyBlock]:
    """One's own that aren't over at this instant, by their start; `typed`: none of a calendar."""
    query = select(BusyBlock).where(visible(actor, BusyBlock), col(BusyBlock.ends_at) > after)
    if typed:
        query = query.where(col(BusyBlock.calendar_id).is_(None))
    return await rows_of(db, query, col(BusyBlock.starts_at), col(BusyBlock.id), part=part)


async def busy_block(db: Db, actor: Actor, block_id: str, *, lock: bool = False) -> BusyBlock:
    """One of one's own; NotFound for one of others."""
    query = select(BusyBlock).where(col(BusyBlock.id) == block_id, visible(actor, BusyBlock))
    found = (await db.exec(locked(query, of=BusyBlock) if lock else query)).first()
    if found is None:
        raise NotFound
    return found


async def typed_blocks(db: Db, actor: Actor) -> int:
    """How many of one's own were typed in."""
    rows = await db.exec(
        select(func.count()).select_from(BusyBlock)
        .where(visible(actor, BusyBlock), col(BusyBlock.calendar_id).is_(None))
    )  # fmt: skip
    return rows.one()
