"""Announcing a change in the transaction that makes it.

`announce` remembers the event for the projections that run before this very transaction commits:
`store`, the first, writes the outbox row that mails and webhooks are made from.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlmodel import col, select

from negotiations.access.actor import Actor
from negotiations.db import Db, insert_all
from negotiations.locks import locked
from negotiations.models import NegotiationSession, OutboxEvent
from negotiations.models.base import new_id
from negotiations.waking import MAIL, WEBHOOKS, wake

EVENT_TYPES = frozenset(
    {
        "session.proposed",
        "session.accepted",
        "session.declined",
        "session.confirmed",
        "session.moved",
        "session.relocated",
        "session.changed",
        "session.postponed",
        "session.reinstated",
        "session.cancelled",
        "session.opened",
        "session.held",
        "session.published",
        "summary.saved",
        "summary.circulated",
        "summary.objected",
        "summary.agreed",
        "summary.published",
        "summary.corrected",
        "outcome.recorded",
        "outcome.superseded",
        "commitment.created",
        "commitment.changed",
        "commitment.overdue",
        "document_request.changed",
        "position.recorded",
        "position.superseded",
        "position.changed",
        "poll.opened",
        "poll.changed",
        "poll.answered",
        "poll.chosen",
        "poll.closed",
        "negotiation.changed",
        "caucus.founded",
        "caucus.joined",
        "caucus.declined",
        "caucus.renamed",
    }
)
# Of what only the secretariat may see: nobody else may be told that it happened.
FOR_SECRETARIAT = frozenset({"summary.saved"})
# Of what people are told by mail. Of a commitment only whom it was given to: its announcement
# names them as `person`.
TO_MAIL = frozenset(
    {
        "session.proposed",
        "session.confirmed",
        "session.moved",
        "session.relocated",
        "session.postponed",
        "session.reinstated",
        "session.cancelled",
        "summary.circulated",
        "summary.objected",
        "summary.agreed",
        "summary.published",
        "summary.corrected",
        "commitment.created",
        "commitment.changed",
        "poll.opened",
        "poll.changed",
        "poll.closed",
    }
)
# Of what programs are told (see models.webhooks.WebhookType): what a side's programs can fetch by
# the ids alone. A commitment that came to be done is told of under a type of its own.
TO_WEBHOOKS = frozenset(
    one
    for one in EVENT_TYPES - FOR_SECRETARIAT
    if not one.startswith(("caucus.", "position.", "negotiation."))
)


@dataclass(frozen=True, slots=True)
class Announced:
    """One event of this transaction, and whom it concerns.

    That is who sits in its track; without one, the members of its caucus; without both, who takes
    part in its session, a plenary; and without any, the whole negotiation. Of the types in
    FOR_SECRETARIAT the secretariat alone may be told, wherever they happened; their rows say so.
    """

    type: str
    negotiation_id: str
    track_id: str | None
    session_id: str | None
    caucus_id: str | None = None


def announce(
    db: Db,
    type_: str,
    *,
    by: Actor,
    at: datetime,
    negotiation_id: str,
    object_id: str,
    track_id: str | None = None,
    session_id: str | None = None,
    caucus_id: str | None = None,
    payload: dict[str, Any] | None = None,
) -> None:
    """Tell everyone who reads the outbox; `payload` holds ids, numbers and times, never texts.

    Of what is entered from a record nobody is told by mail, and no program.
    """
    if type_ not in EVENT_TYPES:
        raise ValueError(f"{type_} is not an event type; see outbox.EVENT_TYPES")
    to_mail = type_ in TO_MAIL and by.via != "import"
    to_webhooks = type_ in TO_WEBHOOKS and by.via != "import"
    row = {
        "id": new_id(),
        "version": 1,
        "created_at": at,
        "type": type_,
        "at": at,
        "negotiation_id": negotiation_id,
        "track_id": track_id,
        "session_id": session_id,
        "caucus_id": caucus_id,
        "object_id": object_id,
        "person_id": by.person_id,
        "for_secretariat": type_ in FOR_SECRETARIAT,
        "to_mail": to_mail,
        "to_webhooks": to_webhooks,
        "payload": payload or {},
    }
    db.info.setdefault("to_outbox", []).append(row)
    if to_mail:
        wake(db, MAIL)
    if to_webhooks:
        wake(db, WEBHOOKS)
    announced_in(db).append(Announced(type_, negotiation_id, track_id, session_id, caucus_id))


async def store(db: Db) -> None:
    """Write what this transaction announced (the first of the projections)."""
    rows = db.info.pop("to_outbox", [])
    if rows:
        await db.flush()  # what they name comes before them
        await insert_all(db, OutboxEvent, rows)


def announce_session(
    db: Db,
    type_: str,
    session: NegotiationSession,
    *,
    by: Actor,
    at: datetime,
    object_id: str | None = None,
    payload: dict[str, Any] | None = None,
) -> None:
    """Announce something about a session, to who sits there."""
    announce(
        db,
        type_,
        by=by,
        at=at,
        negotiation_id=session.negotiation_id,
        track_id=session.track_id,
        session_id=session.id,
        caucus_id=session.caucus_id,
        object_id=object_id or session.id,
        payload=payload,
    )


async def waiting(db: Db, flag: Literal["to_mail", "to_webhooks"], most: int) -> list[OutboxEvent]:
    """The oldest events that have this still before them, held until the commit."""
    rows = await db.exec(
        locked(
            select(OutboxEvent)
            .where(getattr(OutboxEvent, flag))
            .order_by(col(OutboxEvent.at), col(OutboxEvent.id))
            .limit(most)
        )
    )
    # Another process may have done so while the rows were waited for.
    return [event for event in rows.all() if getattr(event, flag)]


def announced_in(db: Db) -> list[Announced]:
    """The events announced so far in this transaction."""
    events: list[Announced] = db.info.setdefault("announced", [])
    return events
