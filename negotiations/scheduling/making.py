"""Entering a new session with all that hangs on it: teams, agenda, people, its first log entry."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlmodel import col, select

from negotiations.access.actor import Actor
from negotiations.db import Db
from negotiations.errors import Invalid
from negotiations.models import (
    Membership,
    NegotiationSession,
    SessionParty,
    SessionTeam,
    Team,
    new_id,
)
from negotiations.models.parties import TrackStatus
from negotiations.models.sessions import SessionKind
from negotiations.parties import queries as parties
from negotiations.scheduling import queries, rules
from negotiations.scheduling.acceptance import Consent
from negotiations.scheduling.agenda import set_items
from negotiations.scheduling.bodies import NewSession
from negotiations.scheduling.details import member_id, set_indispensable
from negotiations.scheduling.log import finish
from negotiations.scheduling.seating import Setting
from negotiations.scheduling.succession import next_number
from negotiations.scheduling.times import resolve

_AS_GIVEN = {
    "kind", "local_start", "local_end", "tz", "location", "room", "access_note",
    "conference_url", "basis", "basis_note",
}  # fmt: skip


LONGEST_TITLE = 200  # as the table has it


async def make(
    db: Db,
    actor: Actor,
    where: Setting,
    body: NewSession,
    *,
    consents: Sequence[Consent],
    now: datetime,
    recorded_by: str = "person",
    continues_id: str | None = None,
    instead_of_id: str | None = None,
) -> NegotiationSession:
    """A proposed session, announced. Who calls it has checked the right, and books afterwards."""
    slot = resolve(body.local_start, body.local_end, body.tz, body.fold)
    number = await next_number(db, where)
    session = NegotiationSession(
        created_at=now,
        negotiation_id=where.negotiation.id,
        track_id=where.track.id if where.track else None,
        caucus_id=where.caucus.id if where.caucus else None,
        number=number,
        title=body.title or _titled(where.name, f": session {number}"),
        uid=f"{new_id()}{new_id()}@negotiations",
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        chair_id=await member_id(db, actor, where, body.chair, "chair"),
        note_taker_id=await member_id(db, actor, where, body.note_taker, "note_taker"),
        fold=slot.fold,
        continues_id=continues_id,
        instead_of_id=instead_of_id,
        **body.model_dump(include=_AS_GIVEN),
    )
    db.add(session)
    await db.flush()
    if where.track is None:
        db.add_all(SessionParty(session_id=session.id, party_id=one) for one in where.sides)
    for team_id in await _teams(db, where, body.teams):
        db.add(SessionTeam(session_id=session.id, team_id=team_id))
    await set_items(db, where.negotiation, session, body.agenda, now=now)
    await set_indispensable(db, actor, where, session, body.indispensable, now=now)
    change = rules.created(session, consents=consents, now=now)
    change.recorded_by = recorded_by
    await finish(db, actor, session, change, "session.proposed", now=now)
    track = where.track
    if track is not None and track.status in (TrackStatus.not_started, TrackStatus.adjourned):
        track.status = TrackStatus.scheduling
    return session


def _titled(name: str, more: str = "") -> str:
    """A title of our own making, cut where it would be longer than one may be."""
    return name[: LONGEST_TITLE - len(more)].rstrip() + more


async def _teams(db: Db, where: Setting, chosen: Iterable[str]) -> list[str]:
    """One team per side: the chosen one, else the default."""
    rows = await db.exec(select(Team).where(col(Team.party_id).in_(where.sides)))
    teams = {team.id: team for team in rows}
    seats: dict[str, str] = {}
    for place, team_id in enumerate(chosen):
        team = teams.get(team_id)
        if team is None or team.party_id in seats:
            raise Invalid.field(f"teams/{place}", "Name one team of each side at most.")
        seats[team.party_id] = team.id
    for party_id in where.sides:
        if party_id not in seats:
            seats[party_id] = (await parties.default_team(db, party_id)).id
    return list(seats.values())


async def _seated(db: Db, where: Setting) -> set[str]:
    """Who now has a seat on one of the two sides, or in the secretariat."""
    rows = await db.exec(
        select(Membership.person_id).where(
            col(Membership.negotiation_id) == where.negotiation.id,
            col(Membership.party_id).is_(None) | col(Membership.party_id).in_(where.sides),
            col(Membership.ended_at).is_(None),
        )
    )
    return set(rows.all())


async def like(db: Db, where: Setting, session: NegotiationSession) -> NewSession:
    """A body for another session like this one, without its agenda: same people, same place.

    Who has left the talks meanwhile isn't asked again.
    """
    here = await _seated(db, where)
    needed = (await queries.indispensable(db, [session]))[session.id]
    number = await next_number(db, where)
    return NewSession.model_construct(
        jurisdiction=where.jurisdiction.slug if where.jurisdiction else None,
        participants=list(where.by_slug) if session.kind is SessionKind.plenary else [],
        caucus=session.caucus_id,
        title=_titled(re.sub(rf"\bsession {session.number}\b", f"session {number}", session.title)),
        kind=session.kind,
        local_start=session.local_start,
        local_end=session.local_end,
        tz=session.tz,
        fold=session.fold,
        location=session.location,
        room=session.room,
        access_note=session.access_note,
        conference_url=session.conference_url,
        chair=session.chair_id if session.chair_id in here else None,
        note_taker=session.note_taker_id if session.note_taker_id in here else None,
        teams=[team.id for team, _ in await queries.teams(db, session.id)],
        indispensable=[one for one in needed if one in here],
        agenda=[],
        consents=[],
        basis=session.basis,
        basis_note=session.basis_note,
    )
