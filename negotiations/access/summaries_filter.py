"""Which summaries, revisions, decisions and circulations exist for an actor."""

from typing import Any

from sqlalchemy import and_, false, or_
from sqlmodel import col, select

from negotiations.access.actor import Actor
from negotiations.access.reach import (
    Condition,
    of_secretariat,
    own_parties,
    secretariat,
    session_filter,
)
from negotiations.models import Circulation, NegotiationSession, NoteDraft, Summary, SummaryRevision


def summary(actor: Actor) -> Condition:
    """For the secretariat; for who sees the session from the first revision that was shared on.

    (There is none of a caucus session.)
    """
    shared = select(SummaryRevision.summary_id).where(col(SummaryRevision.shared_at).is_not(None))
    return or_(
        col(Summary.session_id).in_(of_secretariat(actor)),
        and_(
            col(Summary.session_id).in_(select(NegotiationSession.id).where(session_filter(actor))),
            col(Summary.id).in_(shared),
        ),
    )


def revision(actor: Actor) -> Condition:
    """Drafts are the secretariat's alone; others see the revisions that were shared."""
    seen = select(Summary.id).where(
        col(Summary.session_id).in_(select(NegotiationSession.id).where(session_filter(actor)))
    )
    return or_(
        col(SummaryRevision.negotiation_id).in_(secretariat(actor)),
        and_(
            col(SummaryRevision.shared_at).is_not(None), col(SummaryRevision.summary_id).in_(seen)
        ),
    )


def of_revision(column: Any) -> Any:
    return lambda actor: column.in_(select(SummaryRevision.id).where(revision(actor)))


def circulation(actor: Actor) -> Condition:
    """Whom it reached when is known to the secretariat, and to each party of itself."""
    revisions = select(SummaryRevision.id).where(
        col(SummaryRevision.negotiation_id).in_(secretariat(actor))
    )
    own = col(Circulation.party_id).in_(own_parties(actor))
    seen = select(SummaryRevision.id).where(revision(actor))
    return or_(
        col(Circulation.revision_id).in_(revisions),
        and_(own, col(Circulation.revision_id).in_(seen)),
    )


def note_draft(actor: Actor) -> Condition:
    """One's own, while one still belongs to the secretariat."""
    if actor.person_id is None:
        return false()
    return and_(
        col(NoteDraft.person_id) == actor.person_id,
        col(NoteDraft.session_id).in_(of_secretariat(actor)),
    )
