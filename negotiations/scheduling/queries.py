"""Reading sessions and what hangs on them: only what the actor may see."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import bindparam
from sqlmodel import col, or_, select

from negotiations.access.actor import Actor, still_seated
from negotiations.access.visible import one_of, visible
from negotiations.db import Db, locked
from negotiations.errors import NotFound
from negotiations.models import (
    AgendaItem,
    Attendance,
    Caucus,
    Issue,
    Negotiation,
    NegotiationSession,
    Party,
    Person,
    SessionChange,
    SessionParty,
    SessionTeam,
    Team,
    Track,
)
from negotiations.models.parties import PartyKind
from negotiations.models.sessions import SessionStatus
from negotiations.parties import queries as parties
from negotiations.scheduling.seating import (
    Setting,
    hold_tables,
    participants,
)
from negotiations.web.cursors import Part, rows_of


async def session(db: Db, actor: Actor, session_id: str) -> NegotiationSession:
    """One visible session."""
    rows = await db.exec(one_of(actor, NegotiationSession), params={"value": session_id})
    found: NegotiationSession | None = rows.first()
    if found is None:
        raise NotFound
    return found


async def session_for_change(db: Db, actor: Actor, session_id: str) -> NegotiationSession:
    """One visible session with its table held: writers of a table come one after another.

    WrongState once the talks are over.
    """
    seen = await session(db, actor, session_id)
    await hold_tables(db, [seen])
    await still_seated(db, actor, seen.negotiation_id)
    await parties.check_open(db, seen.negotiation_id)
    query = locked(one_of(actor, NegotiationSession), of=NegotiationSession)
    found: NegotiationSession = (await db.exec(query, params={"value": session_id})).one()
    return found


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
    query = select(NegotiationSession).where(
        visible(actor, NegotiationSession),
        col(NegotiationSession.ends_at) > after,
        col(NegotiationSession.status).in_(
            [SessionStatus.proposed, SessionStatus.confirmed, SessionStatus.in_progress]
        ),
    )
    return await rows_of(db, query, *_BY_START, part=part or Part("next", most=20))


Placed = tuple[NegotiationSession, Track | None, Party | None, Caucus | None]


async def settings_of(db: Db, sessions_: Sequence[NegotiationSession]) -> dict[str, Setting]:
    """The setting of each of these sessions, by session id."""
    if not sessions_:
        return {}
    ids = [one.id for one in sessions_]
    placed = await db.exec(_placed(), params={"ids": ids})
    rows: Sequence[Placed] = placed.all()
    talks = await db.exec(_talks(), params={"ids": list({one.negotiation_id for one in sessions_})})
    talks_of = {negotiation.id: (negotiation, agency) for negotiation, agency in talks}
    named = [session_.id for session_, _, jurisdiction, _ in rows if jurisdiction is None]
    seated = await participants(db, named)
    found = {}
    for session_, track, jurisdiction, caucus in rows:
        negotiation, agency = talks_of[session_.negotiation_id]
        sides = (agency, jurisdiction) if jurisdiction else tuple(seated[session_.id])
        found[session_.id] = Setting(negotiation, agency, sides, track, jurisdiction, caucus)
    return found


@cache
def _placed() -> Any:
    return (
        select(NegotiationSession, Track, Party, Caucus)
        .outerjoin(Track, col(Track.id) == NegotiationSession.track_id)
        .outerjoin(Party, col(Party.id) == Track.party_id)
        .outerjoin(Caucus, col(Caucus.id) == NegotiationSession.caucus_id)
        .where(col(NegotiationSession.id).in_(bindparam("ids", expanding=True)))
        .execution_options(passage="setting")
    )


@cache
def _talks() -> Any:
    return (
        select(Negotiation, Party)
        .join(Party, col(Party.negotiation_id) == Negotiation.id)
        .where(
            col(Negotiation.id).in_(bindparam("ids", expanding=True)),
            col(Party.kind) == PartyKind.agency,
        )
    )


async def setting(db: Db, session_: NegotiationSession) -> Setting:
    """The setting of one session."""
    return (await settings_of(db, [session_]))[session_.id]


OfSession = TypeVar("OfSession", SessionChange, AgendaItem)


async def changes(
    db: Db, sessions_: Iterable[NegotiationSession], *, part: Part | None = None
) -> dict[str, list[SessionChange]]:
    """The logs of these sessions, oldest entry first, by session id; or a part of one's log."""
    return await _grouped(db, SessionChange, sessions_, col(SessionChange.number), part)


async def agendas(db: Db, sessions_: Iterable[NegotiationSession]) -> dict[str, list[AgendaItem]]:
    """The agendas of these sessions in order, by session id."""
    return await _grouped(db, AgendaItem, sessions_, col(AgendaItem.position))


async def _grouped(
    db: Db,
    table: type[OfSession],
    sessions_: Iterable[NegotiationSession],
    order: Any,
    part: Part | None = None,
) -> dict[str, list[OfSession]]:
    ids = [one.id for one in sessions_]
    grouped: dict[str, list[OfSession]] = defaultdict(list)
    if ids and part is None:
        for row in await db.exec(_all_of(table, order.key), params={"ids": ids}):
            grouped[row.session_id].append(row)
    elif ids:
        query = select(table).where(col(table.session_id).in_(ids))
        for row in await rows_of(db, query, order, part=part):
            grouped[row.session_id].append(row)
    return grouped


@cache
def _all_of(table: type[OfSession], order: str) -> Any:
    theirs = col(table.session_id).in_(bindparam("ids", expanding=True))
    return select(table).where(theirs).order_by(getattr(table, order))


async def indispensable(db: Db, sessions_: Iterable[NegotiationSession]) -> dict[str, list[str]]:
    """The ids of who must be there, by session id."""
    rows = await db.exec(
        select(Attendance.session_id, Attendance.person_id)
        .where(
            col(Attendance.session_id).in_([one.id for one in sessions_]),
            col(Attendance.indispensable),
        )
        .order_by(col(Attendance.person_id))
    )
    grouped: dict[str, list[str]] = defaultdict(list)
    for session_id, person_id in rows:
        grouped[session_id].append(person_id)
    return grouped


async def issue_codes(db: Db, items: Iterable[AgendaItem]) -> dict[str, str]:
    """Issue codes by id, for these agenda items."""
    ids = {item.issue_id for item in items if item.issue_id}
    if not ids:
        return {}
    rows = await db.exec(select(Issue.id, Issue.code).where(col(Issue.id).in_(ids)))
    return dict(rows.all())


async def attendance(db: Db, session_id: str) -> Sequence[tuple[Attendance, Person]]:
    """Who is expected and who came, by name."""
    rows = await db.exec(
        select(Attendance, Person)
        .join(Person, col(Person.id) == Attendance.person_id)
        .where(col(Attendance.session_id) == session_id)
        .order_by(col(Person.name), col(Person.id))
    )
    return rows.all()


async def teams(db: Db, session_id: str) -> Sequence[tuple[Team, Party]]:
    """Which teams sit, the agency's first."""
    rows = await db.exec(
        select(Team, Party)
        .join(SessionTeam, col(SessionTeam.team_id) == Team.id)
        .join(Party, col(Party.id) == Team.party_id)
        .where(col(SessionTeam.session_id) == session_id)
        .order_by(col(Party.kind), col(Team.name))
    )
    return rows.all()
