"""Founding, joining and naming a caucus: the acts of heads, entered in its own chain."""

from datetime import datetime
from typing import Any

from sqlmodel import col, select

from negotiations import audit
from negotiations.access.actor import Actor, Seat
from negotiations.access.policy import demand
from negotiations.caucuses.bodies import CaucusChange, NewCaucus
from negotiations.caucuses.queries import Circle
from negotiations.db import Db
from negotiations.errors import Conflict, Invalid
from negotiations.models import Caucus, CaucusParty, Negotiation, Party
from negotiations.models.parties import PartyKind
from negotiations.outbox import announce
from negotiations.parties import queries as parties


async def found(
    db: Db, actor: Actor, negotiation: Negotiation, body: NewCaucus, *, now: datetime
) -> Caucus:
    """A caucus of the actor's party, which has joined it, and of those it asks to join.

    A jurisdiction may ask other jurisdictions; the agency is the other side and confers by itself.
    """
    demand(actor, "caucus.write", negotiation)
    seat = _party_seat(actor, negotiation)
    asked = await _asked(db, negotiation, seat, body)
    row = Caucus(
        created_at=now,
        negotiation_id=negotiation.id,
        name=body.name,
        founded_by_id=str(seat.party_id),
    )
    db.add(row)
    await db.flush()
    db.add(CaucusParty(caucus_id=row.id, party_id=str(seat.party_id), joined_at=now))
    db.add_all(CaucusParty(caucus_id=row.id, party_id=party.id) for party in asked)
    await db.flush()
    _enter(db, actor, "caucus.founded", row, [seat.party_id, *(one.id for one in asked)], now)
    return row


async def _asked(db: Db, negotiation: Negotiation, seat: Seat, body: NewCaucus) -> list[Party]:
    """The parties asked to join, each once; the founder's own is none of them."""
    asked: dict[str, Party] = {}
    for place, slug in enumerate(body.parties):
        party = await parties.party_named(db, negotiation.id, slug, pointer=f"parties/{place}")
        if party.id == seat.party_id:
            continue
        if seat.side == "agency" or party.kind is not PartyKind.jurisdiction:
            raise Invalid.field(
                f"parties/{place}", f"{party.name} isn't of your side. Leave it out."
            )
        asked[party.id] = party
    return list(asked.values())


async def join(
    db: Db, actor: Actor, negotiation: Negotiation, circle: Circle, *, now: datetime
) -> None:
    """The actor's party comes in: from now on its members see the caucus and its new sessions."""
    own = await _answer(db, actor, negotiation, circle, joined_at=now, declined_at=None)
    _enter(db, actor, "caucus.joined", circle.caucus, own, now)


async def decline(
    db: Db, actor: Actor, negotiation: Negotiation, circle: Circle, *, now: datetime
) -> None:
    """The actor's party stays out, for now: the invitation stands."""
    if circle.has_declined(actor):
        raise Conflict("Your party has declined already. It may still join.")
    own = await _answer(db, actor, negotiation, circle, joined_at=None, declined_at=now)
    _enter(db, actor, "caucus.declined", circle.caucus, own, now)


async def rename(
    db: Db,
    actor: Actor,
    negotiation: Negotiation,
    circle: Circle,
    body: CaucusChange,
    *,
    now: datetime,
) -> None:
    """Another name, by a head of a party that has joined."""
    demand(actor, "caucus.write", negotiation)
    if not circle.has_joined(actor):
        raise Conflict("Your party hasn't joined this caucus. Join it first.")
    circle.caucus.name = body.name
    db.add(circle.caucus)
    _enter(db, actor, "caucus.renamed", circle.caucus, body.name, now)


async def _answer(
    db: Db,
    actor: Actor,
    negotiation: Negotiation,
    circle: Circle,
    **answer: datetime | None,
) -> str:
    """Write what the actor's party, which is only asked, says to it; returns its id."""
    demand(actor, "caucus.write", negotiation)
    if circle.has_joined(actor):
        raise Conflict("Your party has joined this caucus already.")
    row, own = CaucusParty, _party_seat(actor, negotiation).party_id
    found = await db.exec(
        select(row).where(col(row.caucus_id) == circle.caucus.id, col(row.party_id) == own)
    )
    asked = found.one()
    for name, value in answer.items():
        setattr(asked, name, value)
    db.add(asked)
    await db.flush()
    return asked.party_id


def _party_seat(actor: Actor, negotiation: Negotiation) -> Seat:
    seat = actor.seat_in(negotiation.id)
    assert seat is not None and seat.party_id is not None, "demanded before: heads have one"
    return seat


def _enter(db: Db, actor: Actor, action: str, row: Caucus, content: Any, now: datetime) -> None:
    """Audit and announce, to the members of the caucus only."""
    audit.record(
        db,
        at=now,
        actor=actor.signature,
        action=action,
        object_type="caucus",
        object_id=row.id,
        content=content,
        caucus_id=row.id,
    )
    announce(
        db,
        action,
        by=actor,
        at=now,
        negotiation_id=row.negotiation_id,
        object_id=row.id,
        caucus_id=row.id,
    )
