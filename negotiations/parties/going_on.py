"""Do the talks still go on, and does who acts still sit in them? Asked once the rows are held."""

from functools import cache
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import and_, col, select

from negotiations.access.actor import MOVED, Actor, held_seat
from negotiations.access.policy import check_status
from negotiations.db import Db
from negotiations.errors import Unauthenticated
from negotiations.locks import locked
from negotiations.models import Membership, Negotiation, Track
from negotiations.models.parties import NegotiationStatus


async def hold_tracks(db: Db, negotiation_id: str) -> None:
    """Hold every track of a negotiation until the commit, in the one order in which all do."""
    query = select(Track.id).where(col(Track.negotiation_id) == negotiation_id)
    await db.exec(locked(query.order_by(col(Track.id))))


async def check_open(db: Db, negotiation_id: str) -> None:
    """WrongState once the talks are concluded or abandoned: reading goes on, writing ended."""
    rows = await db.exec(_status(), params={"id": negotiation_id})
    check_status(NegotiationStatus(rows.one()))


@cache
def _status() -> Any:
    return select(Negotiation.status).where(col(Negotiation.id) == bindparam("id"))


async def check_still(db: Db, actor: Actor, negotiation_id: str) -> None:
    """After a lock was waited for: Unauthenticated if the actor's seat in the talks ended or
    changed meanwhile, WrongState once the talks are over."""
    seat = actor.seat_in(negotiation_id)
    if actor.person is None or seat is None:
        await check_open(db, negotiation_id)
        return
    given = {"person": actor.person.id, "role": seat.role, "party": seat.party_id}
    rows = await db.exec(_still(), params=given | {"talks": negotiation_id})
    status, seated = rows.one()
    if seated is None:
        raise Unauthenticated(MOVED)
    check_status(NegotiationStatus(status))


@cache
def _still() -> Any:
    seated = and_(col(Membership.negotiation_id) == Negotiation.id, *held_seat())
    return (
        select(Negotiation.status, Membership.id)
        .outerjoin(Membership, seated)
        .where(col(Negotiation.id) == bindparam("talks"))
    )
