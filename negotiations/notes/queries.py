"""Reading summaries and their revisions: only what the actor may see."""

from collections.abc import Iterable, Sequence

from sqlmodel import col, select

from negotiations.access.actor import Actor
from negotiations.access.visible import visible
from negotiations.db import Db
from negotiations.errors import NotFound
from negotiations.models import NegotiationSession, Summary, SummaryRevision


async def summary(db: Db, actor: Actor, session_id: str) -> tuple[Summary, SummaryRevision] | None:
    """The visible summary of a session with its latest revision, or None."""
    rows = await db.exec(
        select(Summary, SummaryRevision)
        .join(SummaryRevision, col(SummaryRevision.summary_id) == Summary.id)
        .where(col(Summary.session_id) == session_id, visible(actor, Summary))
        .order_by(col(SummaryRevision.number).desc())
        .limit(1)
    )
    return rows.first()


async def revisions(db: Db, actor: Actor, session_id: str) -> Sequence[SummaryRevision]:
    """All revisions, the newest first; NotFound without a summary to see."""
    rows = await db.exec(
        select(SummaryRevision)
        .join(Summary, col(Summary.id) == SummaryRevision.summary_id)
        .where(col(Summary.session_id) == session_id, visible(actor, Summary))
        .order_by(col(SummaryRevision.number).desc())
    )
    found = rows.all()
    if not found:
        raise NotFound
    return found


async def states(db: Db, session_ids: Iterable[str]) -> dict[str, Summary]:
    """The summary of each session that has one, by session id; not for delegations' eyes."""
    ids = list(session_ids)
    if not ids:
        return {}
    rows = await db.exec(select(Summary).where(col(Summary.session_id).in_(ids)))
    return {row.session_id: row for row in rows}


async def symbols(db: Db, negotiation_id: str) -> set[str]:
    """The document symbols in use in a negotiation."""
    rows = await db.exec(
        select(Summary.symbol)
        .join(NegotiationSession, col(NegotiationSession.id) == Summary.session_id)
        .where(col(NegotiationSession.negotiation_id) == negotiation_id)
    )
    return set(rows.all())
