"""Loading what each kind of entry is made of.

It reads for all audiences at once and so asks no actor; `entries` decides who finds what.
"""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from sqlalchemy.orm import aliased
from sqlmodel import and_, col, func, select

from negotiations.db import Db, afresh
from negotiations.models import (
    AgendaItem,
    Commitment,
    DocumentRequest,
    DocumentRequestEvent,
    Issue,
    NegotiationSession,
    Note,
    NoteRevision,
    Outcome,
    Position,
    PublishedSummary,
    SessionParty,
    Summary,
    SummaryRevision,
    Track,
)
from negotiations.search import entries
from negotiations.search.entries import Entry


async def sessions(db: Db, ids: Collection[str]) -> list[Entry]:
    rows = await db.exec(
        afresh(select(NegotiationSession).where(col(NegotiationSession.id).in_(ids)))
    )
    found = rows.all()
    items = await db.exec(
        afresh(
            select(AgendaItem)
            .where(col(AgendaItem.session_id).in_(ids))
            .order_by(col(AgendaItem.session_id), col(AgendaItem.position))
        )
    )
    agenda = defaultdict(list)
    for item in items:
        agenda[item.session_id].append(item)
    parties = await _parties(db, found)
    return [
        entry for one in found for entry in entries.of_session(one, agenda[one.id], parties[one.id])
    ]


async def _parties(db: Db, sessions: Collection[NegotiationSession]) -> dict[str, list[str]]:
    """The ids of who takes part, by session; of a track's nobody is named."""
    named = {one.id for one in sessions if one.track_id is None}
    found: dict[str, list[str]] = defaultdict(list)
    if named:
        rows = await db.exec(
            select(SessionParty.session_id, SessionParty.party_id)
            .where(col(SessionParty.session_id).in_(named))
            .order_by(col(SessionParty.party_id))
        )
        for session_id, party_id in rows:
            found[session_id].append(party_id)
    return found


async def summaries(db: Db, ids: Collection[str]) -> list[Entry]:
    newest = (
        select(SummaryRevision.summary_id, func.max(SummaryRevision.number).label("number"))
        .where(col(SummaryRevision.summary_id).in_(ids))
        .group_by(col(SummaryRevision.summary_id))
        .subquery()
    )
    shared, published = await _shared(db, ids), await _published(db, ids)
    rows = await db.exec(
        afresh(
            select(Summary, NegotiationSession, SummaryRevision.body)
            .join(NegotiationSession, col(NegotiationSession.id) == Summary.session_id)
            .join(newest, newest.c.summary_id == Summary.id)
            .join(
                SummaryRevision,
                and_(
                    col(SummaryRevision.summary_id) == newest.c.summary_id,
                    col(SummaryRevision.number) == newest.c.number,
                ),
            )
        )
    )
    found = rows.all()
    parties = await _parties(db, [session for _, session, _ in found])
    return [
        entry
        for summary, session, body in found
        for entry in entries.of_summary(
            summary,
            session,
            parties[session.id],
            latest=body,
            shared=shared.get(summary.id),
            published=published.get(summary.id),
        )
    ]


async def _shared(db: Db, ids: Collection[str]) -> dict[str, str]:
    """The text that was sent round last, by summary."""
    rows = await db.exec(
        select(SummaryRevision.summary_id, SummaryRevision.body)
        .where(
            col(SummaryRevision.summary_id).in_(ids), col(SummaryRevision.shared_at).is_not(None)
        )
        .order_by(col(SummaryRevision.summary_id), col(SummaryRevision.number))
    )
    return dict(rows.all())  # the last of each stays


async def _published(db: Db, ids: Collection[str]) -> dict[str, str]:
    """The text that was published last, by summary."""
    rows = await db.exec(
        select(PublishedSummary.summary_id, SummaryRevision.body)
        .join(SummaryRevision, col(SummaryRevision.id) == PublishedSummary.revision_id)
        .where(col(PublishedSummary.summary_id).in_(ids))
        .order_by(col(PublishedSummary.summary_id), col(PublishedSummary.number))
    )
    return dict(rows.all())  # the last of each stays


async def notes(db: Db, ids: Collection[str]) -> list[Entry]:
    rows = await db.exec(
        afresh(
            select(Note, NegotiationSession, NoteRevision.body)
            .join(NegotiationSession, col(NegotiationSession.id) == Note.session_id)
            .join(
                NoteRevision,
                and_(
                    col(NoteRevision.note_id) == Note.id,
                    col(NoteRevision.number) == Note.revision,
                ),
            )
            .where(col(Note.id).in_(ids))
        )
    )
    found = rows.all()
    parties = await _parties(db, [session for _, session, _ in found])
    return [
        entry
        for note, session, body in found
        for entry in entries.of_note(note, session, parties[session.id], body)
    ]


def _superseded(table: type[Outcome] | type[Position]) -> Any:
    later = aliased(table)
    return select(later.id).where(later.supersedes_id == table.id).exists()


# Made once: an alias costs more to make than to ask for.
_SUPERSEDED = {table: _superseded(table) for table in (Outcome, Position)}


async def outcomes(db: Db, ids: Collection[str]) -> list[Entry]:
    rows = await db.exec(
        afresh(
            select(Outcome, Issue, NegotiationSession, _SUPERSEDED[Outcome])
            .join(Issue, col(Issue.id) == Outcome.issue_id)
            .join(NegotiationSession, col(NegotiationSession.id) == Outcome.session_id)
            .where(col(Outcome.id).in_(ids))
        )
    )
    found = rows.all()
    parties = await _parties(db, [session for _, _, session, _ in found])
    return [
        entry
        for row, issue, session, gone in found
        for entry in entries.of_outcome(row, issue, session, parties[session.id], superseded=gone)
    ]


async def positions(db: Db, ids: Collection[str]) -> list[Entry]:
    rows = await db.exec(
        afresh(
            select(Position, Issue, Track, _SUPERSEDED[Position])
            .join(Issue, col(Issue.id) == Position.issue_id)
            .join(Track, col(Track.id) == Position.track_id)
            .where(col(Position.id).in_(ids))
        )
    )
    return [
        entry
        for row, issue, track, gone in rows
        for entry in entries.of_position(row, issue, track, superseded=gone)
    ]


async def commitments(db: Db, ids: Collection[str]) -> list[Entry]:
    rows = await db.exec(
        afresh(
            select(Commitment, Track, Issue, NegotiationSession)
            .join(Track, col(Track.id) == Commitment.track_id)
            .outerjoin(Issue, col(Issue.id) == Commitment.issue_id)
            .outerjoin(NegotiationSession, col(NegotiationSession.id) == Commitment.session_id)
            .where(col(Commitment.id).in_(ids))
        )
    )
    return [entry for row in rows for entry in entries.of_commitment(*row)]


async def requests(db: Db, ids: Collection[str]) -> list[Entry]:
    rows = await db.exec(afresh(select(DocumentRequest).where(col(DocumentRequest.id).in_(ids))))
    happened = await db.exec(
        afresh(
            select(DocumentRequestEvent)
            .where(col(DocumentRequestEvent.request_id).in_(ids))
            .order_by(col(DocumentRequestEvent.request_id), col(DocumentRequestEvent.number))
        )
    )
    events = defaultdict(list)
    for event in happened:
        events[event.request_id].append(event)
    return [entry for row in rows for entry in entries.of_request(row, events[row.id])]
