"""The statements that ask for the facts of tables, each made once: an act asks all of them.

Each takes `ids`, those of sessions, tracks or talks.
"""

from functools import cache
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import and_, col, or_, select

from negotiations.locks import afresh, locked
from negotiations.models import (
    Attendance,
    Caucus,
    Commitment,
    Issue,
    Negotiation,
    NegotiationSession,
    Outcome,
    Party,
    Person,
    SessionParty,
    Summary,
    Track,
)
from negotiations.models.sessions import Presence, Rsvp, SessionKind


def _among(column: Any, name: str = "ids") -> Any:
    return col(column).in_(bindparam(name, expanding=True))


@cache
def tracks_held() -> Any:
    """The ids of the tracks of `talks`, of `tracks`, and of who takes part in `plenaries`."""
    seated = select(SessionParty.party_id).where(_among(SessionParty.session_id, "plenaries"))
    theirs = or_(
        _among(Track.negotiation_id, "talks"),
        _among(Track.id, "tracks"),
        col(Track.party_id).in_(seated),
    )
    return locked(select(Track.id).where(theirs).order_by(col(Track.id)))


@cache
def caucuses_held() -> Any:
    """The ids of the caucuses of `talks`, and of `caucuses`."""
    theirs = or_(_among(Caucus.negotiation_id, "talks"), _among(Caucus.id, "caucuses"))
    return locked(select(Caucus.id).where(theirs).order_by(col(Caucus.id)))


@cache
def tracks() -> Any:
    """Each track with its jurisdiction."""
    placed = select(Track, Party).join(Party, col(Party.id) == Track.party_id)
    return afresh(placed.where(_among(Track.id)).order_by(col(Track.id)))


@cache
def sessions() -> Any:
    """Those of `tracks` and `caucuses`, and the plenaries of `talks` and among `plenaries`."""
    session = NegotiationSession
    plenaries = or_(
        _among(session.negotiation_id, "talks"),
        _among(session.id, "plenaries"),
    )
    theirs = or_(
        _among(session.track_id, "tracks"),
        _among(session.caucus_id, "caucuses"),
        and_(col(session.kind) == SessionKind.plenary, plenaries),
    )
    return afresh(select(session).where(theirs).order_by(col(session.starts_at), col(session.id)))


@cache
def talks() -> Any:
    """Each with its agency, if it has one."""
    agency = and_(col(Party.negotiation_id) == Negotiation.id, col(Party.kind) == "agency")
    led = select(Negotiation, Party).outerjoin(Party, agency)
    return afresh(led.where(_among(Negotiation.id)))


@cache
def issues() -> Any:
    """Of these talks."""
    return afresh(select(Issue).where(_among(Issue.negotiation_id)))


@cache
def summaries() -> Any:
    """Of these sessions."""
    return select(Summary).where(_among(Summary.session_id))


@cache
def people() -> Any:
    """The names of who is expected in these sessions or chairs; but for who said they don't
    come."""
    comes = or_(
        col(Attendance.rsvp) != Rsvp.declined,
        col(Attendance.actual).in_([Presence.present, Presence.left_early]),
    )
    return (
        select(Attendance.session_id, Person.name)
        .join(Person, col(Person.id) == Attendance.person_id)
        .where(_among(Attendance.session_id), comes)
        .order_by(col(Person.name), col(Person.id))
    )


@cache
def outcomes() -> Any:
    """Of these sessions."""
    said = select(Outcome).where(_among(Outcome.session_id))
    return said.order_by(col(Outcome.recorded_at), col(Outcome.id))


@cache
def commitments() -> Any:
    """Of these tracks, the next due first."""
    given = select(Commitment).where(_among(Commitment.track_id))
    return afresh(
        given.order_by(
            col(Commitment.due_on).is_(None),
            col(Commitment.due_on),
            col(Commitment.created_at),
            col(Commitment.id),
        )
    )
