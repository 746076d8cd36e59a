"""The statements that ask for what entries are made of, each made once: most acts ask them.

Each takes `ids`, those of the objects, and reads the rows as they are now.
"""

from functools import cache
from typing import Any

from sqlalchemy import bindparam
from sqlalchemy.orm import aliased
from sqlmodel import and_, col, select

from negotiations.locks import afresh
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


def _among(column: Any) -> Any:
    return col(column).in_(bindparam("ids", expanding=True))


@cache
def sessions() -> Any:
    return afresh(select(NegotiationSession).where(_among(NegotiationSession.id)))


@cache
def agenda_items() -> Any:
    """Of these sessions."""
    row = AgendaItem
    query = select(row).where(_among(row.session_id))
    return afresh(query.order_by(col(row.session_id), col(row.position)))


@cache
def participants() -> Any:
    """The ids of these sessions' parties."""
    row = SessionParty
    query = select(row.session_id, row.party_id).where(_among(row.session_id))
    return query.order_by(col(row.party_id))


@cache
def summaries() -> Any:
    """Each with its session and three texts: the newest, the last sent round, the last published.

    None where there is none.
    """
    text, public = SummaryRevision, PublishedSummary
    of_summary = select(text.body).where(col(text.summary_id) == Summary.id)
    newest = of_summary.order_by(col(text.number).desc())
    published = (
        select(text.body)
        .join(public, col(public.revision_id) == text.id)
        .where(col(public.summary_id) == Summary.id)
        .order_by(col(public.number).desc())
    )
    told = (newest, newest.where(col(text.shared_at).is_not(None)), published)
    texts = [one.limit(1).correlate(Summary).scalar_subquery() for one in told]
    of_session = col(NegotiationSession.id) == Summary.session_id
    query = select(Summary, NegotiationSession).join(NegotiationSession, of_session)
    return afresh(query.add_columns(*texts).where(_among(Summary.id)))


@cache
def notes() -> Any:
    """Each with its session and its newest text."""
    newest = and_(col(NoteRevision.note_id) == Note.id, col(NoteRevision.number) == Note.revision)
    query = (
        select(Note, NegotiationSession, NoteRevision.body)
        .join(NegotiationSession, col(NegotiationSession.id) == Note.session_id)
        .join(NoteRevision, newest)
    )
    return afresh(query.where(_among(Note.id)))


def _superseded(table: type[Outcome] | type[Position]) -> Any:
    later = aliased(table)
    return select(later.id).where(later.supersedes_id == table.id).exists()


@cache
def outcomes() -> Any:
    """Each with its issue, its session, and whether a later one supersedes it."""
    query = (
        select(Outcome, Issue, NegotiationSession, _superseded(Outcome))
        .join(Issue, col(Issue.id) == Outcome.issue_id)
        .join(NegotiationSession, col(NegotiationSession.id) == Outcome.session_id)
    )
    return afresh(query.where(_among(Outcome.id)))


@cache
def positions() -> Any:
    """Each with its issue, its track, and whether a later one supersedes it."""
    query = (
        select(Position, Issue, Track, _superseded(Position))
        .join(Issue, col(Issue.id) == Position.issue_id)
        .join(Track, col(Track.id) == Position.track_id)
    )
    return afresh(query.where(_among(Position.id)))


@cache
def commitments() -> Any:
    """Each with its track, and its issue and session, if it has them."""
    query = (
        select(Commitment, Track, Issue, NegotiationSession)
        .join(Track, col(Track.id) == Commitment.track_id)
        .outerjoin(Issue, col(Issue.id) == Commitment.issue_id)
        .outerjoin(NegotiationSession, col(NegotiationSession.id) == Commitment.session_id)
    )
    return afresh(query.where(_among(Commitment.id)))


@cache
def requests() -> Any:
    return afresh(select(DocumentRequest).where(_among(DocumentRequest.id)))


@cache
def request_events() -> Any:
    """What happened to these requests, in order."""
    row = DocumentRequestEvent
    query = select(row).where(_among(row.request_id))
    return afresh(query.order_by(col(row.request_id), col(row.number)))
