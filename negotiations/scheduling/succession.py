"""What comes before and after a session at its table: its number, and the last one held."""

from sqlalchemy import ColumnElement
from sqlmodel import and_, col, func, select

from negotiations.access.actor import Actor
from negotiations.access.visible import visible
from negotiations.db import Db
from negotiations.models import NegotiationSession
from negotiations.models.sessions import SessionKind, SessionStatus
from negotiations.scheduling.seating import Setting, participants


async def next_number(db: Db, where: Setting) -> int:
    """The number of the next session there, counted over all there ever were.

    Sessions of a track and of a caucus are counted by themselves, plenaries over all the talks.
    """
    rows = await db.exec(select(func.max(NegotiationSession.number)).where(_counted(where)))
    return (rows.one() or 0) + 1


def _counted(where: Setting) -> ColumnElement[bool]:
    session = NegotiationSession
    if where.track is not None:
        return col(session.track_id) == where.track.id
    if where.caucus is not None:
        return col(session.caucus_id) == where.caucus.id
    return and_(
        col(session.kind) == SessionKind.plenary,
        col(session.negotiation_id) == where.negotiation.id,
    )


async def held_before(
    db: Db, actor: Actor, session: NegotiationSession
) -> NegotiationSession | None:
    """The last visible session held before this one at its table: its track, or its parties."""
    one = NegotiationSession
    rows = await db.exec(
        select(one)
        .where(
            col(one.negotiation_id) == session.negotiation_id,
            col(one.track_id).is_not_distinct_from(session.track_id),
            col(one.caucus_id).is_not_distinct_from(session.caucus_id),
            col(one.status) == SessionStatus.held,
            col(one.starts_at) < session.starts_at,
            visible(actor, one),
        )
        .order_by(col(one.starts_at).desc(), col(one.id).desc())
    )
    earlier = rows.all()
    seated = await participants(db, [session.id, *(found.id for found in earlier)])
    return next((found for found in earlier if seated[found.id] == seated[session.id]), None)
