"""Who is expected where: who wants invitations, and the sessions to come with who sits there."""

from collections import defaultdict
from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import ColumnElement
from sqlmodel import and_, col, select

from negotiations.db import Db
from negotiations.models import Membership, NegotiationSession, Party, Person, SessionParty, Track
from negotiations.models.parties import PartyKind, Role
from negotiations.models.sessions import SessionKind, SessionStatus

# One is invited to what holds; what came of it afterwards one is told as well.
INVITED_TO = frozenset({SessionStatus.confirmed, SessionStatus.in_progress})
OFF = frozenset({SessionStatus.postponed, SessionStatus.cancelled})


@dataclass(frozen=True, slots=True)
class Place:
    """Somebody's seat in talks, and the address that their invitations go to."""

    person_id: str
    negotiation_id: str
    party_id: str | None
    role: Role
    address: str


@dataclass(frozen=True, slots=True)
class Coming:
    """A session with what of it decides who is expected."""

    id: str
    negotiation_id: str
    is_caucus: bool
    status: SessionStatus
    sequence: int
    ends_at: datetime
    chair_id: str | None
    note_taker_id: str | None
    sides: frozenset[str]


class Named(Protocol):
    """A session, as far as it names people."""

    @property
    def chair_id(self) -> str | None: ...

    @property
    def note_taker_id(self) -> str | None: ...


def is_expected(
    person_id: str, party_id: str | None, role: Role, session: Named,
    sides: Container[str], *, is_caucus: bool, secretariat: Collection[str],
) -> bool:  # fmt: skip
    """Whether they are to be there: of the secretariat, whose people are given by their ids, those
    whom the session names, else its note-takers."""
    if party_id is not None:
        return party_id in sides
    if is_caucus:
        return False
    named = {session.chair_id, session.note_taker_id}.intersection(secretariat)
    return person_id in named if named else role is Role.note_taker


async def secretariats(db: Db, talks: Collection[str]) -> Mapping[str, set[str]]:
    """Who sits in the secretariat of each of these talks now, by their ids."""
    rows = await db.exec(
        select(Membership.negotiation_id, Membership.person_id).where(
            col(Membership.negotiation_id).in_(talks),
            col(Membership.party_id).is_(None),
            col(Membership.ended_at).is_(None),
        )
    )
    found: dict[str, set[str]] = defaultdict(set)
    for negotiation_id, person_id in rows:
        found[negotiation_id].add(person_id)
    return found


def wants() -> ColumnElement[bool]:
    """Of a person: whether sessions come to them as invitations."""
    return and_(col(Person.invitations), col(Person.by_mail), col(Person.email).is_not(None))


async def places(db: Db) -> Sequence[Place]:
    """Everybody who wants invitations, in each of their talks."""
    rows = await db.exec(
        select(  # type: ignore[call-overload]
            Membership.person_id, Membership.negotiation_id, Membership.party_id, Membership.role,
            Person.email,
        )
        .join(Person, col(Person.id) == Membership.person_id)
        .where(col(Membership.ended_at).is_(None), wants())
        .order_by(col(Membership.person_id), col(Membership.negotiation_id))
    )  # fmt: skip
    return [Place(*row) for row in rows]


async def coming(db: Db, talks: set[str], *, now: datetime) -> Sequence[Coming]:
    """The sessions of these talks that aren't over, by their start."""
    session = NegotiationSession
    rows = await db.exec(
        select(  # type: ignore[call-overload]
            session.id, session.negotiation_id, session.kind, session.status, session.sequence,
            session.ends_at, session.chair_id, session.note_taker_id, session.track_id,
        )
        .where(
            col(session.negotiation_id).in_(talks),
            col(session.ends_at) > now,
            col(session.status) != SessionStatus.held,
        )
        .order_by(col(session.starts_at), col(session.id))
    )  # fmt: skip
    found = rows.all()
    sides = await _sides(db, talks, [(row[0], row[1], row[-1]) for row in found])
    return [
        Coming(
            key, talk, kind is SessionKind.caucus, status, sequence, ends_at, chair, taker,
            frozenset(sides[key]),
        )
        for key, talk, kind, status, sequence, ends_at, chair, taker, _ in found
    ]  # fmt: skip


async def _sides(
    db: Db, talks: set[str], listed: Sequence[tuple[str, str, str | None]]
) -> Mapping[str, set[str]]:
    """The parties at each of these sessions, given with their talks and track."""
    agency = await db.exec(
        select(Party.negotiation_id, Party.id).where(
            col(Party.negotiation_id).in_(talks), col(Party.kind) == PartyKind.agency
        )
    )
    agencies = dict(agency.all())
    track = await db.exec(
        select(Track.id, Track.party_id).where(col(Track.negotiation_id).in_(talks))
    )
    tracks = dict(track.all())
    named = await db.exec(
        select(SessionParty.session_id, SessionParty.party_id)
        .join(NegotiationSession, col(NegotiationSession.id) == SessionParty.session_id)
        .where(col(NegotiationSession.negotiation_id).in_(talks))
    )
    found: dict[str, set[str]] = defaultdict(set)
    for session_id, party_id in named:
        found[session_id].add(party_id)
    for session_id, negotiation_id, track_id in listed:
        if track_id is not None:
            found[session_id] |= {agencies.get(negotiation_id, ""), tracks.get(track_id, "")}
    return found
