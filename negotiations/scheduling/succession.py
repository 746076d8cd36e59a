"""What comes before, after and instead of a session at its table."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, bindparam
from sqlmodel import and_, col, func, or_, select

from negotiations.access.actor import Actor
from negotiations.access.prepared import prepared
from negotiations.access.visible import visible
from negotiations.db import Db
from negotiations.locks import afresh
from negotiations.models import NegotiationSession
from negotiations.models.sessions import SessionKind, SessionStatus
from negotiations.scheduling.seating import Setting, participants


async def next_number(db: Db, where: Setting) -> int:
    """The number of the next session there, counted over all there ever were.

    Sessions of a track and of a caucus are counted by themselves, plenaries over all the talks.
    """
    counted = select(func.max(NegotiationSession.number)).where(_counted(where))
    rows = await db.exec(counted.execution_options(passage="table"))
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
    of_track = session.track_id is not None  # the same two sides always
    rows = await db.exec(
        _held_before(actor, of_track=of_track),
        params={
            "talks": session.negotiation_id,
            "place": session.track_id if of_track else session.caucus_id,
            "start": session.starts_at,
        },
    )
    earlier: Sequence[NegotiationSession] = rows.all()
    if of_track:
        return earlier[0] if earlier else None
    seated = await participants(db, [session.id, *(found.id for found in earlier)])
    return next((found for found in earlier if seated[found.id] == seated[session.id]), None)


@prepared
def _held_before(actor: Actor, *, of_track: bool) -> Any:
    """Of a track the last; else all of the caucus, or of the talks where `place` is null."""
    one = NegotiationSession
    query = (
        select(one)
        .where(
            col(one.negotiation_id) == bindparam("talks"),
            col(one.status) == SessionStatus.held,
            col(one.starts_at) < bindparam("start"),
            visible(actor, one),
        )
        .order_by(col(one.starts_at).desc(), col(one.id).desc())
    )
    place: Any = bindparam("place")
    if of_track:
        return query.where(col(one.track_id) == place).limit(1)
    return query.where(col(one.track_id).is_(None), col(one.caucus_id).is_not_distinct_from(place))


async def alternatives(db: Db, session_: NegotiationSession) -> list[NegotiationSession]:
    """The track's sessions that stand for the same meeting: of these and this one, one takes place.

    Linked by `instead_of`, over any number of steps; without those that are cancelled.
    """
    if session_.track_id is None:
        return []
    given = {"track": session_.track_id, "but": session_.id}
    others: Sequence[NegotiationSession] = (await db.exec(_others(), params=given)).all()
    family = {session_.id, session_.instead_of_id}
    for _ in others:
        for one in others:
            if one.id in family or one.instead_of_id in family - {None}:
                family |= {one.id, one.instead_of_id}
    return [one for one in others if one.id in family and one.status is not SessionStatus.cancelled]


@cache
def _others() -> Any:
    row = NegotiationSession
    theirs = col(row.track_id) == bindparam("track"), col(row.id) != bindparam("but")
    query = select(row).where(*theirs).order_by(col(row.number))
    return afresh(query.execution_options(passage="table"))


async def ahead(db: Db, session_: NegotiationSession) -> bool:
    """Whether another session of the same track may still take place."""
    rows = await db.exec(
        select(NegotiationSession.id)
        .where(
            col(NegotiationSession.track_id) == session_.track_id,
            col(NegotiationSession.id) != session_.id,
            col(NegotiationSession.status).not_in([SessionStatus.held, SessionStatus.cancelled]),
        )
        .execution_options(passage="table")
    )
    return rows.first() is not None


async def related(
    db: Db, actor: Actor, session_: NegotiationSession
) -> Sequence[NegotiationSession]:
    """The visible sessions it continues or goes on in, and those it is an alternative to."""
    before = [one for one in (session_.continues_id, session_.instead_of_id) if one]
    given = {"session": session_.id, "before": before}
    return list(await db.exec(_related(actor), params=given))


@prepared
def _related(actor: Actor) -> Any:
    one = NegotiationSession
    session: Any = bindparam("session")
    return (
        select(one)
        .where(
            or_(
                col(one.id).in_(bindparam("before", expanding=True)),
                col(one.continues_id) == session,
                col(one.instead_of_id) == session,
            ),
            visible(actor, one),
        )
        .order_by(col(one.starts_at), col(one.id))
    )
