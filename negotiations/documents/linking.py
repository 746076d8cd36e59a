"""Who asks, who holds, and which sessions a request is needed before."""

from collections.abc import Sequence

from sqlmodel import col, delete, select

from negotiations.access.actor import Actor
from negotiations.access.visible import visible
from negotiations.db import Db
from negotiations.errors import Invalid
from negotiations.models import (
    DocumentRequest,
    DocumentRequestParty,
    DocumentRequestSession,
    Negotiation,
    NegotiationSession,
)
from negotiations.parties import queries as parties


async def party_id(db: Db, negotiation: Negotiation, slug: str, pointer: str) -> str:
    return (await parties.party_named(db, negotiation.id, slug, pointer=pointer)).id


def check_sides(row: DocumentRequest) -> None:
    if row.requester_id == row.holder_id:
        raise Invalid.field("holder", "Nobody asks themselves. Name another party as the holder.")


async def set_co_requesters(
    db: Db, negotiation: Negotiation, row: DocumentRequest, slugs: Sequence[str]
) -> None:
    found: list[str] = []
    for place, slug in enumerate(slugs):
        pointer = f"co_requesters/{place}"
        found_id = await party_id(db, negotiation, slug, pointer)
        if found_id in (*found, row.requester_id, row.holder_id):
            raise Invalid.field(pointer, f"{slug!r} is named twice. Name each party once.")
        found.append(found_id)
    table = DocumentRequestParty
    await db.exec(delete(table).where(col(table.request_id) == row.id))
    db.add_all([table(request_id=row.id, party_id=one) for one in found])


async def set_sessions(
    db: Db, actor: Actor, row: DocumentRequest, session_ids: Sequence[str]
) -> None:
    """What it is needed for, as far as the actor sees; other sessions stay as they are."""
    rows = await db.exec(
        select(NegotiationSession.id).where(
            col(NegotiationSession.negotiation_id) == row.negotiation_id,
            visible(actor, NegotiationSession),
        )
    )
    seen = set(rows.all())
    for place, session_id in enumerate(session_ids):
        if session_id not in seen:
            raise Invalid.field(
                f"needed_before/{place}", "There is no such session in these talks."
            )
        if session_id in session_ids[:place]:
            raise Invalid.field(f"needed_before/{place}", "This session is named twice.")
    table = DocumentRequestSession
    gone = delete(table).where(col(table.request_id) == row.id, col(table.session_id).in_(seen))
    await db.exec(gone)
    db.add_all([table(request_id=row.id, session_id=one) for one in session_ids])
