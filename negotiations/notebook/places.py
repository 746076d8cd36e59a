"""Where a note belongs, and whether that place exists for who asks.

A place that isn't for the actor is not found, by the statements that an unknown session takes.
"""

from dataclasses import dataclass
from typing import Any

from negotiations.access.actor import Actor
from negotiations.access.policy import can
from negotiations.db import Db
from negotiations.errors import NotFound
from negotiations.models import NegotiationSession
from negotiations.models.notes import NoteAudience
from negotiations.scheduling import queries as scheduling


@dataclass(frozen=True, slots=True)
class Place:
    """One page of a notebook: `item_id` is an agenda item's, or GENERAL."""

    session: NegotiationSession
    audience: NoteAudience
    owner_id: str
    item_id: str

    @property
    def spot(self) -> dict[str, Any]:
        """By columns and values, as notes and kept texts name it."""
        return {
            "negotiation_id": self.session.negotiation_id,
            "session_id": self.session.id,
            "audience": self.audience,
            "owner_id": self.owner_id,
            "item_id": self.item_id,
        }


async def place(
    db: Db, actor: Actor, session_id: str, audience: str, item_id: str, *, change: bool = False
) -> Place:
    """The place of this address; to `change` what is there, with the session's table held.

    WrongState once the talks are over: then personal notes are as closed as everything else.
    """
    session = await scheduling.session(db, actor, session_id)
    owner_id = owner(actor, session, audience)
    if owner_id is None:
        raise NotFound
    if change:
        session = await scheduling.session_for_change(db, actor, session_id)
    return Place(session, NoteAudience(audience), owner_id, item_id)


def audiences(actor: Actor, session: NegotiationSession) -> list[NoteAudience]:
    """For whose eyes the actor finds notes at this session, their own first."""
    return [one for one in NoteAudience if owner(actor, session, one) is not None]


def may_write(actor: Actor, session: NegotiationSession, audience: NoteAudience) -> bool:
    return can(actor, f"notes.{audience.value}.write", session)


def owner(actor: Actor, session: NegotiationSession, audience: str) -> str | None:
    """Whose notes these are; None where there are none for the actor."""
    seat = actor.seat_in(session.negotiation_id)
    if seat is None or audience not in set(NoteAudience):
        return None
    if not can(actor, f"notes.{audience}.read", session):
        return None
    if audience == NoteAudience.mine:
        return actor.person_id
    if audience == NoteAudience.secretariat:
        return session.negotiation_id
    return session.caucus_id or seat.party_id
