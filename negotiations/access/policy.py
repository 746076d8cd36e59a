"""Who may do what: one table of rules, asked through `can`.

A rule names the seats that may act. A seat is written `coordinator`, `note_taker` (both of the
secretariat), `head` (heads and deputies), `member` (who may write for a party: everyone but
observers), `any` (every seat of the track's two delegations and the secretariat).
Party seats count only on their own track: the agency's on every track, a jurisdiction's on its own.
"""

from typing import Protocol

from negotiations.access.actor import Actor, Seat
from negotiations.models import Negotiation, NegotiationSession, Party, Track
from negotiations.models.parties import Role
from negotiations.models.sessions import SessionStatus

Resource = Negotiation | Track | NegotiationSession | Party | None

_SECRETARIAT = frozenset({"coordinator", "note_taker"})

RULES: dict[str, frozenset[str]] = {
    "negotiation.create": frozenset({"administrator"}),
    "negotiation.read": frozenset({"any", "administrator"}),
    "negotiation.change": frozenset({"coordinator"}),
    "coordinator.appoint": frozenset({"coordinator", "administrator"}),
    "people.write": frozenset({"coordinator"}),
    "people.emails": frozenset({"coordinator"}),
    "party.write": frozenset({"coordinator"}),
    "party.emails": frozenset({"coordinator", "head"}),
    "team.write": _SECRETARIAT,
    "issue.write": _SECRETARIAT,
    "track.read": frozenset({"any"}),
    "track.write": frozenset({"coordinator"}),
    "session.read": frozenset({"any"}),
    "session.propose": frozenset({"coordinator"}),
    "session.change": frozenset({"coordinator"}),
    "session.accept": frozenset({"coordinator", "head"}),
    "session.decline": frozenset({"coordinator", "head"}),
    "session.confirm": frozenset({"coordinator"}),
    "session.move": frozenset({"coordinator", "head"}),
    "session.cancel": frozenset({"coordinator"}),
    "session.close": _SECRETARIAT | {"chair"},
    "session.publish": frozenset({"coordinator"}),
    "agenda.write": _SECRETARIAT | {"head_while_proposed"},
    "attendance.write": _SECRETARIAT,
    "summary.read": _SECRETARIAT,
    "summary.write": _SECRETARIAT,
    "outcome.read": frozenset({"any"}),
    "outcome.write": _SECRETARIAT,
    "commitment.write": _SECRETARIAT | {"member"},
}

_HEADS = frozenset({Role.head, Role.deputy})


class Placed(Protocol):
    """A resource that lies in one negotiation."""

    negotiation_id: str


def can(actor: Actor, action: str, resource: Resource) -> bool:
    """Whether `actor` may do `action` on `resource` (None: on the service itself)."""
    words = _standing(actor, resource)
    if not actor.may_write and not action.endswith((".read", ".emails")):
        return False
    return not words.isdisjoint(RULES[action])


def _standing(actor: Actor, resource: Resource) -> set[str]:
    """The words of RULES that describe the actor before this resource."""
    words = {"administrator"} if actor.is_administrator else set()
    if resource is None:
        return words
    negotiation_id = resource.id if isinstance(resource, Negotiation) else resource.negotiation_id
    seat = actor.seat_in(negotiation_id)
    if seat is None or not _at_the_table(seat, resource):
        return words
    words.add("any")
    if seat.side == "secretariat":
        words.add(seat.role.value)
    else:
        words |= _party_words(seat, resource)
    if isinstance(resource, NegotiationSession) and resource.chair_id == actor.person_id:
        words.add("chair")
    return words


def _at_the_table(seat: Seat, resource: Resource) -> bool:
    if isinstance(resource, Track):
        return seat.side != "jurisdiction" or seat.party_id == resource.party_id
    if isinstance(resource, NegotiationSession):
        return seat.side != "jurisdiction" or seat.track_id == resource.track_id
    if isinstance(resource, Party):
        return seat.side == "secretariat" or seat.party_id == resource.id
    return True


def _party_words(seat: Seat, resource: Resource) -> set[str]:
    words = set()
    if seat.role is not Role.observer:
        words.add("member")
    if seat.role in _HEADS:
        words.add("head")
        if isinstance(resource, NegotiationSession) and resource.status is SessionStatus.proposed:
            words.add("head_while_proposed")
    return words
