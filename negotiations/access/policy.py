"""Who may do what: one table of rules, asked through `can`.

A rule names the seats that may act. A seat is written `coordinator`, `note_taker` (both of the
secretariat), `head` (heads and deputies of a party), `chair` (of that session), `any` (every seat
of the track's two delegations and the secretariat), `member` (every seat of a party but the
`observer`, who reads only).
Party seats count only on their own track: the agency's on every track, a jurisdiction's on its own.
A plenary or caucus session doesn't say in its row who takes part: whoever could load it (through
`visible`) sits there, and of the secretariat only at a plenary. `caucus_head` is a head at a caucus
session of theirs, `head` one at any other table.
"""

from typing import Protocol

from negotiations.access.actor import Actor, Seat
from negotiations.errors import Forbidden, WrongState
from negotiations.models import Negotiation, NegotiationSession, Party, Track
from negotiations.models.parties import HEADS, NegotiationStatus, Role
from negotiations.models.sessions import SessionKind, SessionStatus

Resource = Negotiation | Track | NegotiationSession | Party | None

_SECRETARIAT = frozenset({"coordinator", "note_taker"})

RULES: dict[str, frozenset[str]] = {
    "negotiation.create": frozenset({"administrator"}),
    "negotiation.read": frozenset({"any", "administrator"}),
    "negotiation.change": frozenset({"coordinator"}),
    "coordinator.appoint": frozenset({"coordinator", "administrator"}),
    "people.write": frozenset({"coordinator"}),
    "people.emails": frozenset({"coordinator"}),
    "calendars.read": frozenset({"coordinator"}),
    "feeds.read": frozenset({"coordinator", "head"}),
    "feeds.revoke": frozenset({"coordinator", "head"}),
    "party.write": frozenset({"coordinator"}),
    "party.emails": frozenset({"coordinator", "head"}),
    "availability.read": frozenset({"coordinator", "member", "observer"}),
    "availability.write": frozenset({"coordinator", "head"}),
    "team.write": _SECRETARIAT,
    "issue.write": _SECRETARIAT,
    "times.read": frozenset({"coordinator", "head", "caucus_head"}),
    "plan.read": frozenset({"coordinator"}),
    "plan.write": frozenset({"coordinator"}),
    "track.read": frozenset({"any"}),
    "track.write": frozenset({"coordinator"}),
    "session.read": frozenset({"any"}),
    "session.propose": frozenset({"coordinator"}),
    "session.counter_propose": frozenset({"coordinator", "head"}),
    "session.change": frozenset({"coordinator", "caucus_head"}),
    "session.accept": frozenset({"coordinator", "head"}),
    "session.decline": frozenset({"coordinator", "head"}),
    "session.confirm": frozenset({"coordinator", "caucus_head"}),
    "session.move": frozenset({"coordinator", "head", "caucus_head"}),
    "session.postpone": frozenset({"coordinator", "caucus_head"}),
    "session.reinstate": frozenset({"coordinator", "caucus_head"}),
    "session.cancel": frozenset({"coordinator", "caucus_head"}),
    "session.warnings.read": _SECRETARIAT,
    "session.acknowledge": frozenset({"coordinator"}),
    "session.open": _SECRETARIAT | {"chair", "caucus_head"},
    "session.close": _SECRETARIAT | {"chair", "caucus_head"},
    "session.publish": frozenset({"coordinator"}),
    "poll.open": frozenset({"coordinator"}),
    "poll.change": frozenset({"coordinator"}),
    "poll.answer": frozenset({"coordinator", "head"}),
    "poll.choose": frozenset({"coordinator", "head"}),
    "agenda.write": (
        _SECRETARIAT | {"head_while_proposed", "chair_while_in_progress", "caucus_head"}
    ),
    "attendance.write": _SECRETARIAT | {"caucus_head"},
    "attendance.answer": frozenset({"any"}),
    "summary.read": _SECRETARIAT,
    "summary.write": _SECRETARIAT,
    "summary.circulate": frozenset({"coordinator"}),
    "summary.decide": frozenset({"head"}),
    "summary.comment": frozenset({"member"}),
    "summary.agree": frozenset({"coordinator"}),
    "summary.publish": frozenset({"coordinator"}),
    "summary.correct": frozenset({"coordinator"}),
    "outcome.read": frozenset({"any"}),
    "outcome.write": _SECRETARIAT,
    "commitment.write": _SECRETARIAT | {"head"},
    "document.write": _SECRETARIAT,
    "document.publish": frozenset({"coordinator"}),
    "position.write": _SECRETARIAT | {"head"},
    "caucus.write": frozenset({"head"}),
    "webhooks.read": frozenset({"coordinator", "head"}),
    "webhooks.write": frozenset({"coordinator", "head"}),
    "notes.mine.read": frozenset({"any"}),
    "notes.mine.write": frozenset({"any"}),
    "notes.caucus.read": frozenset({"member", "observer"}),
    "notes.caucus.write": frozenset({"member"}),
    "notes.export.read": frozenset({"head"}),
    "notes.purge": frozenset({"head"}),
    "notes.secretariat.read": _SECRETARIAT,
    "notes.secretariat.write": _SECRETARIAT,
}
# What a caucus session never has, whoever asks.
_NOT_IN_CAUCUS = frozenset(
    {
        "session.accept",
        "session.decline",
        "session.counter_propose",
        "session.publish",
        "poll.open",
        "poll.change",
        "poll.answer",
        "poll.choose",
        "summary.write",
        "summary.circulate",
        "summary.decide",
        "summary.comment",
        "summary.agree",
        "summary.publish",
        "summary.correct",
        "outcome.write",
    }
)

# What stays possible when talks are over: opening them again, saying who takes part, and a party's
# destroying its own notes.
_ALWAYS = frozenset(
    {
        "negotiation.change", "people.write", "coordinator.appoint", "calendars.read",
        "notes.purge",
    }
)  # fmt: skip
ENDED = frozenset({NegotiationStatus.concluded, NegotiationStatus.abandoned})


class Placed(Protocol):
    """A resource that lies in one negotiation."""

    negotiation_id: str


def can(actor: Actor, action: str, resource: Resource) -> bool:
    """Whether `actor` may do `action` on `resource` (None: on the service itself)."""
    words = _standing(actor, resource)
    if not actor.may_write and not action.endswith((".read", ".emails")):
        return False
    return not words.isdisjoint(RULES[action])


def demand(actor: Actor, action: str, resource: Resource) -> None:
    """Forbidden unless the actor may do this to something they can see.

    Once talks are concluded or abandoned nothing is written any more: WrongState, but for what is
    in _ALWAYS. (Of sessions and tracks `parties.going_on.check_open` tells.)
    """
    if not can(actor, action, resource):
        if action in _NOT_IN_CAUCUS and _is_caucus(resource):
            raise WrongState(
                "A caucus session needs nobody's consent, and it has no summary, no outcomes and "
                "nothing public. Its heads confirm and close it."
            )
        raise Forbidden("Your role in these talks doesn't allow this. Ask the coordinator.")
    if isinstance(resource, Negotiation) and action not in _ALWAYS:
        check_status(resource.status)


def check_status(status: NegotiationStatus) -> None:
    """WrongState for the status of talks in which nothing is written any more."""
    if status in ENDED:
        raise WrongState(
            f"These talks are {status.value}: nothing is written any more. "
            "The coordinator can open them again."
        )


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
        if resource.status is SessionStatus.in_progress:
            words.add("chair_while_in_progress")
    return words


def _at_the_table(seat: Seat, resource: Resource) -> bool:
    if isinstance(resource, Track):
        return seat.side != "jurisdiction" or seat.party_id == resource.party_id
    if isinstance(resource, NegotiationSession):
        if resource.track_id is None:
            return seat.side != "secretariat" or not _is_caucus(resource)
        return seat.side != "jurisdiction" or seat.track_id == resource.track_id
    if isinstance(resource, Party):
        return seat.side == "secretariat" or seat.party_id == resource.id
    return True


def _is_caucus(resource: Resource) -> bool:
    return isinstance(resource, NegotiationSession) and resource.kind is SessionKind.caucus


def _party_words(seat: Seat, resource: Resource) -> set[str]:
    words = {"observer" if seat.role is Role.observer else "member"}
    if seat.role not in HEADS:
        return words
    if _is_caucus(resource):
        return words | {"caucus_head"}
    words.add("head")
    if isinstance(resource, NegotiationSession) and resource.status is SessionStatus.proposed:
        words.add("head_while_proposed")
    return words
