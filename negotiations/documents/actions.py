"""Writing document requests. What happens to one is appended, never changed."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from negotiations import audit
from negotiations.access.actor import Actor
from negotiations.access.policy import demand
from negotiations.civil import local_date
from negotiations.db import Db
from negotiations.documents import queries, states
from negotiations.documents.appending import append
from negotiations.documents.bodies import (
    DocumentRequestChange,
    NewDocumentRequest,
    NewRequestEvent,
)
from negotiations.documents.linking import (
    check_sides,
    party_id,
    set_co_requesters,
    set_sessions,
)
from negotiations.documents.publication import public_copy
from negotiations.documents.queries import Requested
from negotiations.errors import Invalid
from negotiations.models import DocumentRequest, DocumentRequestEvent, Negotiation
from negotiations.models.documents import RequestEventKind, RequestState
from negotiations.outbox import announce

_LINKS = ("requester", "co_requesters", "holder", "needed_before")
_DRAFTED = NewRequestEvent(kind=RequestEventKind.state, state=RequestState.drafted)


async def create(
    db: Db, actor: Actor, negotiation: Negotiation, body: NewDocumentRequest, *, now: datetime
) -> DocumentRequest:
    """A request with its history so far; without one it is drafted today."""
    demand(actor, "document.write", negotiation)
    row = DocumentRequest(
        created_at=now,
        negotiation_id=negotiation.id,
        requester_id=await party_id(db, negotiation, body.requester, "requester"),
        holder_id=await party_id(db, negotiation, body.holder, "holder"),
        **body.model_dump(exclude={*_LINKS, "events"}),
    )
    check_sides(row)
    db.add(row)
    await db.flush()
    await set_co_requesters(db, negotiation, row, body.co_requesters)
    await set_sessions(db, actor, row, body.needed_before)
    events: list[DocumentRequestEvent] = []
    for place, given in enumerate(body.events or [_DRAFTED]):
        at = f"events/{place}/" if body.events else ""
        events.append(await append(db, actor, negotiation, row, events, given, now=now, pointer=at))
    _settle(row, events)
    _finish(db, actor, "document_request.created", row, body.model_dump(mode="json"), now)
    return row


async def change(
    db: Db, actor: Actor, asked: Requested, body: DocumentRequestChange, *, now: datetime
) -> None:
    """What the request says of itself, who asks, who holds, and what it is needed for."""
    negotiation, row = asked.negotiation, asked.row
    demand(actor, "document.write", negotiation)
    fields = body.model_dump(exclude_unset=True)
    for name, value in fields.items():
        if value is None and name != "reference":
            raise Invalid.field(name, f"{name} can't be empty. Give one, or leave it out.")
        if name not in _LINKS:
            setattr(row, name, value)
    if body.requester is not None:
        row.requester_id = await party_id(db, negotiation, body.requester, "requester")
    if body.holder is not None:
        row.holder_id = await party_id(db, negotiation, body.holder, "holder")
    check_sides(row)
    others = body.co_requesters
    if others is None:
        others = [one.slug for one in asked.co_requesters]
    await set_co_requesters(db, negotiation, row, others)
    if body.needed_before is not None:
        await set_sessions(db, actor, row, body.needed_before)
    _finish(db, actor, "document_request.changed", row, body.model_dump(mode="json"), now)


async def add_event(
    db: Db, actor: Actor, asked: Requested, body: NewRequestEvent, *, now: datetime
) -> DocumentRequestEvent:
    """Append what happened; the request comes to the state that its events lead to.

    Raises WrongState when the states don't follow one another by their days, Invalid for a day
    that lies ahead, AlreadySuperseded when what it corrects was corrected already.
    """
    demand(actor, "document.write", asked.negotiation)
    event = await append(db, actor, asked.negotiation, asked.row, asked.events, body, now=now)
    _settle(asked.row, [*asked.events, event])
    _finish(db, actor, "document_request.event", asked.row, body.model_dump(mode="json"), now)
    return event


async def publish(db: Db, actor: Actor, asked: Requested, *, now: datetime) -> None:
    """Freeze what the public sees; published again, it sees what stands by then."""
    demand(actor, "document.publish", asked.negotiation)
    row = asked.row
    row.public_copy = public_copy(
        row,
        asked.standing,
        requesters=[asked.requester, *asked.co_requesters],
        holder=asked.holder,
        sources=await queries.sources_of(db, asked.events),
        today=local_date(now, asked.negotiation.home_tz),
    )
    row.published_at = now
    _finish(db, actor, "document_request.published", row, row.public_copy, now)


def _settle(row: DocumentRequest, events: Iterable[DocumentRequestEvent]) -> None:
    """The request is where its events lead; WrongState when they lead nowhere."""
    found = states.check(events)
    row.state, row.disposition = found.state, found.disposition


def _finish(
    db: Db, actor: Actor, action: str, row: DocumentRequest, written: Any, now: datetime
) -> None:
    """Enter and announce an act on the request; `written` is what was sent."""
    db.add(row)
    audit.record(
        db,
        at=now,
        actor=actor.signature,
        action=action,
        object_type="document_request",
        object_id=row.id,
        content={"row": row.model_dump(mode="json", exclude={"version"}), "written": written},
        negotiation_id=row.negotiation_id,
    )
    announce(
        db,
        "document_request.changed",
        by=actor,
        at=now,
        negotiation_id=row.negotiation_id,
        object_id=row.id,
    )
