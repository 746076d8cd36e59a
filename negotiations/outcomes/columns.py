"""Which sessions count in which columns of the matrix, for one actor."""

from typing import Any

from sqlalchemy import CTE, union_all
from sqlmodel import col, select

from negotiations.access.actor import Actor
from negotiations.access.visible import visible
from negotiations.models import NegotiationSession, Party, SessionParty, Track
from negotiations.models.sessions import SessionKind

_TOLD = ("id", "starts_at", "local_start", "status")


def columns(actor: Actor, negotiation_id: str, slug: str | None = None) -> CTE:
    """Each visible session with the track (`track_id`) in whose column it counts: its own, or
    those of all jurisdictions at a plenary. `slug` narrows to one jurisdiction's."""
    narrowed = _narrowed(actor, negotiation_id, slug)
    own: Any = _sessions().join(Track, col(Track.id) == NegotiationSession.track_id)
    return union_all(own.where(*narrowed), _plenary(narrowed)).cte("columns")


def plenary_columns(actor: Actor, negotiation_id: str, slug: str | None = None) -> CTE:
    """The same of plenaries alone."""
    narrowed = _narrowed(actor, negotiation_id, slug)
    found: CTE = _plenary(narrowed).cte("columns")
    return found


def _sessions() -> Any:
    told: Any = (getattr(NegotiationSession, name) for name in _TOLD)
    return select(col(Track.id).label("track_id"), *told)


def _plenary(narrowed: list[Any]) -> Any:
    session = NegotiationSession
    return (
        _sessions()
        .join(SessionParty, col(SessionParty.session_id) == session.id)
        .join(Track, col(Track.party_id) == SessionParty.party_id)
        .where(col(session.kind) == SessionKind.plenary, col(session.track_id).is_(None), *narrowed)
    )


def _narrowed(actor: Actor, negotiation_id: str, slug: str | None) -> list[Any]:
    wanted = [
        col(Track.negotiation_id) == negotiation_id,
        visible(actor, Track),
        col(NegotiationSession.negotiation_id) == negotiation_id,
        visible(actor, NegotiationSession),
    ]
    if slug is not None:
        named = select(Party.id).where(
            col(Party.negotiation_id) == negotiation_id, col(Party.slug) == slug
        )
        wanted.append(col(Track.party_id).in_(named))
    return wanted
