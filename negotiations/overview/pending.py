"""Reading the sessions that somebody has to act on, over all the talks of who looks."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam
from sqlmodel import and_, col, or_, select

from negotiations.access.actor import Actor
from negotiations.access.prepared import prepared
from negotiations.access.visible import visible
from negotiations.db import Db
from negotiations.models import AgendaItem, NegotiationSession, Outcome
from negotiations.models.sessions import ItemState, SessionStatus
from negotiations.polls.queries import Waiting, waiting_of, with_open_polls

AT_A_TIME = 300  # sessions
_BY_START = (col(NegotiationSession.starts_at), col(NegotiationSession.id))
_UNSETTLED = (SessionStatus.proposed, SessionStatus.postponed)


async def pending(
    db: Db, actor: Actor, *, now: datetime
) -> AsyncIterator[tuple[Sequence[NegotiationSession], list[Waiting]]]:
    """The visible sessions somebody has to act on: proposed or postponed, begun but not closed, or
    held without a word on what came of its items (for who keeps that record).

    In all the actor's talks, by start, some hundreds at a time: a coordinator may have ten thousand
    of them. With the polls that are open about any of them.
    """
    given: dict[str, Any] = {"now": now}
    while True:
        query = _pending(actor, first="id" not in given)
        rows: Any = (await db.exec(query, params=given)).all()
        sessions = {session.id: session for session, *_ in rows}
        yield list(sessions.values()), waiting_of([(poll, *of) for _, poll, *of in rows])
        if len(sessions) < AT_A_TIME:
            return
        last = rows[-1][0]
        given |= {"at": last.starts_at, "id": last.id}


@prepared
def _pending(actor: Actor, *, first: bool) -> Any:
    row = NegotiationSession
    begun = and_(
        col(row.status).in_([SessionStatus.confirmed, SessionStatus.in_progress]),
        col(row.starts_at) <= bindparam("now"),
    )
    some = (
        select(row.id)
        .where(
            visible(actor, row),
            or_(col(row.status).in_(_UNSETTLED), begun, _without_outcome(actor)),
        )
        .order_by(*_BY_START)
        .limit(AT_A_TIME)
    )
    if not first:
        at, id_ = col(row.starts_at), col(row.id)
        further = and_(at == bindparam("at"), id_ > bindparam("id"))
        some = some.where(or_(at > bindparam("at"), further))
    return with_open_polls().where(col(row.id).in_(some)).order_by(*_BY_START)


def _without_outcome(actor: Actor) -> ColumnElement[bool]:
    session = NegotiationSession
    dealt_with = select(AgendaItem.id).where(
        col(AgendaItem.session_id) == session.id,
        col(AgendaItem.issue_id).is_not(None),
        col(AgendaItem.state).not_in([ItemState.carried_over, ItemState.dropped]),
    )
    return and_(
        col(session.status) == SessionStatus.held,
        col(session.track_id).is_not(None),
        col(session.negotiation_id).in_(
            [seat.negotiation_id for seat in actor.seats if seat.party_id is None]
        ),
        dealt_with.exists(),
        ~select(Outcome.id).where(col(Outcome.session_id) == session.id).exists(),
    )
