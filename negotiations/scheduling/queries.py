"""Reading sessions and what hangs on them: only what the actor may see."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import col, or_, select

from negotiations.access.actor import Actor
from negotiations.access.prepared import prepared
from negotiations.access.visible import visible
from negotiations.db import Db, is_sqlite, once
from negotiations.errors import NotFound
from negotiations.locks import locked
from negotiations.models import (
    AgendaItem,
    Attendance,
    Issue,
    NegotiationSession,
    Party,
    Person,
    SessionChange,
    SessionParty,
    SessionTeam,
    Team,
)
from negotiations.models.sessions import SessionStatus
from negotiations.parties import going_on
from negotiations.scheduling.table_locks import hold_tables
from negotiations.web.cursors import Part, Sorted, in_order, rows_of


async def session(db: Db, actor: Actor, session_id: str) -> NegotiationSession:
    """One visible session."""
    rows = await db.exec(_session(actor), params={"session": session_id})
    found: NegotiationSession | None = rows.first()
    if found is None:
        raise NotFound
    return found


@prepared
def _session(actor: Actor) -> Any:
    return select(NegotiationSession).where(
        col(NegotiationSession.id) == bindparam("session"), visible(actor, NegotiationSession)
    )


async def session_for_change(db: Db, actor: Actor, session_id: str) -> NegotiationSession:
    """One visible session with its table held: writers of a table come one after another.

    WrongState once the talks are over.
    """
    seen = await session(db, actor, session_id)
    await hold_tables(db, [seen])
    await going_on.check_still(db, actor, seen.negotiation_id)
    if is_sqlite(db):
        return seen  # nobody has written since: see locks.hold
    query = locked(_session(actor), of=NegotiationSession)
    held: NegotiationSession = (await db.exec(query, params={"session": session_id})).one()
    return held


async def sessions(
    db: Db,
    actor: Actor,
    negotiation_id: str,
    *,
    track_id: str | None = None,
    party_id: str | None = None,
    status: SessionStatus | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    part: Part | None = None,
) -> Sequence[NegotiationSession]:
    """The visible sessions of a negotiation by start; `since` and `until` bound the start.

    `track_id` narrows them to a track; with a `party_id` too, what else that party takes part in is
    added.
    """
    query = select(NegotiationSession).where(
        col(NegotiationSession.negotiation_id) == negotiation_id,
        visible(actor, NegotiationSession),
    )
    if track_id is not None:
        elsewhere = select(SessionParty.session_id).where(col(SessionParty.party_id) == party_id)
        query = query.where(
            or_(
                col(NegotiationSession.track_id) == track_id,
                col(NegotiationSession.id).in_(elsewhere),
            )
        )
    if status is not None:
        query = query.where(col(NegotiationSession.status) == status)
    if since is not None:
        query = query.where(col(NegotiationSession.starts_at) >= since)
    if until is not None:
        query = query.where(col(NegotiationSession.starts_at) < until)
    return await rows_of(db, query, *_BY_START, part=part)


_BY_START = (col(NegotiationSession.starts_at), col(NegotiationSession.id))


async def upcoming(
    db: Db, actor: Actor, *, after: datetime, part: Part | None = None
) -> Sequence[NegotiationSession]:
    """The next visible sessions of all the actor's talks that aren't over or cancelled.

    Twenty of them, unless another part is asked for.
    """
    part = part or Part("next", most=20)
    return await rows_of(db, _upcoming(actor), part=part, params={"after": after})


@prepared
def _upcoming(actor: Actor) -> Sorted:
    query = select(NegotiationSession).where(
        visible(actor, NegotiationSession),
        col(NegotiationSession.ends_at) > bindparam("after"),
        col(NegotiationSession.status).in_(
            [SessionStatus.proposed, SessionStatus.confirmed, SessionStatus.in_progress]
        ),
    )
    return in_order(query, *_BY_START)


async def changes(
    db: Db, sessions_: Iterable[NegotiationSession], *, part: Part | None = None
) -> dict[str, list[SessionChange]]:
    """The logs of these sessions, oldest entry first, by session id; or a part of one's log."""
    return await _grouped(db, _changes(), sessions_, part)


async def agendas(db: Db, sessions_: Iterable[NegotiationSession]) -> dict[str, list[AgendaItem]]:
    """The agendas of these sessions in order, by session id."""
    rows = list(sessions_)

    async def ask() -> dict[str, list[AgendaItem]]:
        return await _grouped(db, _agendas(), rows)

    return await once(db, ("agendas", *(one.id for one in rows)), ask)


@cache
def _changes() -> Sorted:
    return _of_sessions(SessionChange, col(SessionChange.number))


@cache
def _agendas() -> Sorted:
    return _of_sessions(AgendaItem, col(AgendaItem.position))


def _of_sessions(table: type[SessionChange] | type[AgendaItem], order: Any) -> Sorted:
    within = col(table.session_id).in_(bindparam("ids", expanding=True))
    return in_order(select(table).where(within), order)


async def _grouped(
    db: Db, query: Sorted, sessions_: Iterable[NegotiationSession], part: Part | None = None
) -> dict[str, list[Any]]:
    ids = [one.id for one in sessions_]
    grouped: dict[str, list[Any]] = defaultdict(list)
    if ids:
        for row in await rows_of(db, query, part=part, params={"ids": ids}):
            grouped[row.session_id].append(row)
    return grouped


async def indispensable(db: Db, sessions_: Iterable[NegotiationSession]) -> dict[str, list[str]]:
    """The ids of who must be there, by session id."""
    rows = await db.exec(_indispensable(), params={"ids": [one.id for one in sessions_]})
    grouped: dict[str, list[str]] = defaultdict(list)
    for session_id, person_id in rows:
        grouped[session_id].append(person_id)
    return grouped


@cache
def _indispensable() -> Any:
    return (
        select(Attendance.session_id, Attendance.person_id)
        .where(
            col(Attendance.session_id).in_(bindparam("ids", expanding=True)),
            col(Attendance.indispensable),
        )
        .order_by(col(Attendance.person_id))
    )


async def issue_codes(db: Db, items: Iterable[AgendaItem]) -> dict[str, str]:
    """Issue codes by id, for these agenda items."""
    ids = {item.issue_id for item in items if item.issue_id}
    if not ids:
        return {}
    rows = await db.exec(select(Issue.id, Issue.code).where(col(Issue.id).in_(ids)))
    return dict(rows.all())


async def attendance(db: Db, session_id: str) -> Sequence[tuple[Attendance, Person]]:
    """Who is expected and who came, by name."""

    async def ask() -> Sequence[tuple[Attendance, Person]]:
        return list(await db.exec(_attendance(), params={"session": session_id}))

    return await once(db, ("attendance", session_id), ask)


@cache
def _attendance() -> Any:
    return (
        select(Attendance, Person)
        .join(Person, col(Person.id) == Attendance.person_id)
        .where(col(Attendance.session_id) == bindparam("session"))
        .order_by(col(Person.name), col(Person.id))
    )


async def teams(db: Db, session_id: str) -> Sequence[tuple[Team, Party]]:
    """Which teams sit, the agency's first."""
    return list(await db.exec(_teams(), params={"session": session_id}))


@cache
def _teams() -> Any:
    return (
        select(Team, Party)
        .join(SessionTeam, col(SessionTeam.team_id) == Team.id)
        .join(Party, col(Party.id) == Team.party_id)
        .where(col(SessionTeam.session_id) == bindparam("session"))
        .order_by(col(Party.kind), col(Team.name))
    )
