"""Whom a circulated summary has reached: a side, once one of its heads has opened it."""

from datetime import datetime

from negotiations import audit
from negotiations.access.actor import Actor
from negotiations.access.policy import can
from negotiations.db import Db
from negotiations.models import Circulation, NegotiationSession
from negotiations.models.summaries import SummaryState
from negotiations.notes import rounds
from negotiations.notes.rounds import Round


async def opened(db: Db, actor: Actor, session: NegotiationSession, *, now: datetime) -> None:
    """A head has the text before them: the circulation has reached their party."""
    circulation = await undelivered(db, actor, session)
    if circulation is None:
        return
    circulation.delivered_at = now
    db.add(circulation)
    audit.record_row(db, actor, "summary.delivered", circulation, at=now, **audit.place_of(session))
    await db.flush()


async def undelivered(
    db: Db, actor: Actor, session: NegotiationSession, found: Round | None = None
) -> Circulation | None:
    """The circulation that reaches its party once this actor opens the summary, `found` as they
    see it."""
    seat = actor.seat_in(session.negotiation_id)
    if seat is None or seat.party_id is None or not can(actor, "summary.decide", session):
        return None
    found = found or await rounds.round_of(db, actor, session)
    if not found.is_current or found.summary.state is not SummaryState.circulated:
        return None
    return next(
        (
            row
            for row in await rounds.circulations_of(db, [found.revision.id])
            if row.party_id == seat.party_id and row.delivered_at is None
        ),
        None,
    )
