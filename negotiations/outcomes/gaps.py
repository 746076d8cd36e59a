"""What the record lacks: the coordinator's list above the matrix."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select

from negotiations.access.actor import Actor
from negotiations.access.visible import visible
from negotiations.db import Db
from negotiations.models import (
    Issue,
    Negotiation,
    NegotiationSession,
    Party,
    Summary,
    SummaryRevision,
)
from negotiations.models.sessions import SessionStatus
from negotiations.outcomes import queries
from negotiations.outcomes.matrix import NO_SESSION, NOT_RECORDED, Cell
from negotiations.outcomes.queries import Promise
from negotiations.outcomes.views import is_overdue


@dataclass(frozen=True, slots=True)
class Gaps:
    """Jurisdictions without a session, held sessions of which no summary went round, issues without
    an outcome where a session was held, and commitments that are overdue."""

    no_session: Sequence[Party]
    no_summary: Sequence[NegotiationSession]
    no_outcome: Sequence[tuple[Party, Sequence[Issue]]]
    overdue: Sequence[Promise]

    def __bool__(self) -> bool:
        return any((self.no_session, self.no_summary, self.no_outcome, self.overdue))


async def gaps(
    db: Db, actor: Actor, negotiation: Negotiation, cells: Iterable[Cell], today: date
) -> Gaps:
    """What lacks of what the actor sees, by two queries more than the matrix took."""
    shared = (
        select(Summary.session_id)
        .join(SummaryRevision, col(SummaryRevision.summary_id) == Summary.id)
        .where(col(SummaryRevision.shared_at).is_not(None), visible(actor, SummaryRevision))
    )
    unsummed = (
        select(NegotiationSession)
        .where(
            col(NegotiationSession.negotiation_id) == negotiation.id,
            col(NegotiationSession.status) == SessionStatus.held,
            col(NegotiationSession.caucus_id).is_(None),
            col(NegotiationSession.id).not_in(shared),
            visible(actor, NegotiationSession),
        )
        .order_by(col(NegotiationSession.starts_at), col(NegotiationSession.id))
    )
    promised = await queries.commitments(db, actor, negotiation.id)
    by_party: dict[str, list[Cell]] = {}
    for cell in cells:
        by_party.setdefault(cell.jurisdiction.id, []).append(cell)
    columns = list(by_party.values())
    lacking = [
        (column[0].jurisdiction, [cell.issue for cell in column if cell.value == NOT_RECORDED])
        for column in columns
    ]
    return Gaps(
        [one[0].jurisdiction for one in columns if all(cell.value == NO_SESSION for cell in one)],
        (await db.exec(unsummed)).all(),
        [(party, issues) for party, issues in lacking if issues],
        [one for one in promised if is_overdue(one, today)],
    )
