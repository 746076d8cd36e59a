"""Which talks, tables and sessions an actor reaches: what every filter of `visible` begins with."""

from typing import Any

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import col, select

from negotiations.access.actor import Actor
from negotiations.models import NegotiationSession, SessionParty
from negotiations.models.sessions import SessionKind

Condition = ColumnElement[bool]


def negotiations(actor: Actor) -> list[str]:
    return [seat.negotiation_id for seat in actor.seats]


def wide(actor: Actor) -> list[str]:
    """Negotiations in which the actor sits at every table: secretariat and agency."""
    return [seat.negotiation_id for seat in actor.seats if seat.side != "jurisdiction"]


def own_tracks(actor: Actor) -> list[str]:
    return [seat.track_id for seat in actor.seats if seat.track_id]


def secretariat(actor: Actor) -> list[str]:
    return [seat.negotiation_id for seat in actor.seats if seat.side == "secretariat"]


def own_parties(actor: Actor) -> list[str]:
    return [seat.party_id for seat in actor.seats if seat.party_id]


def session_filter(actor: Actor) -> Condition:
    """Those of one's tracks; a plenary for who takes part and the secretariat; a caucus session
    for who takes part and nobody else."""
    session, taking_part = NegotiationSession, col(SessionParty.party_id).in_(own_parties(actor))
    return or_(
        and_(col(session.track_id).is_not(None), col(session.negotiation_id).in_(wide(actor))),
        col(session.track_id).in_(own_tracks(actor)),
        and_(
            col(session.kind) == SessionKind.plenary,
            col(session.negotiation_id).in_(secretariat(actor)),
        ),
        col(session.id).in_(select(SessionParty.session_id).where(taking_part)),
    )


def of_secretariat(actor: Actor) -> Any:
    """The ids of the sessions of which one writes the summaries."""
    return select(NegotiationSession.id).where(
        col(NegotiationSession.negotiation_id).in_(secretariat(actor))
    )
