"""How document requests look in JSON, for one actor."""

from collections.abc import Sequence
from datetime import date

from negotiations.documents import lines
from negotiations.documents.queries import DocumentLine, Requested
from negotiations.models import DocumentRequestEvent, Source
from negotiations.models.documents import (
    Disposition,
    LegalBasis,
    RequestEventKind,
    RequestState,
)
from negotiations.models.outcomes import Certainty
from negotiations.models.sessions import Basis, SessionStatus
from negotiations.sources import SourceView, source_view
from negotiations.web.answers import Id, Moment, TypedDict


class NeededView(TypedDict):
    """A session that the documents are needed before; `late` if the next deadline lies after it."""

    session: Id
    title: str
    on: date
    status: SessionStatus
    late: bool


class RequestView(TypedDict):
    """What one side asked another to hand over, and where that stands."""

    id: Id
    title: str
    scope: str
    requester: str
    co_requesters: list[str]
    holder: str
    legal_basis: LegalBasis
    reference: str | None
    basis: Basis
    certainty: Certainty
    state: RequestState
    since: date
    disposition: Disposition | None
    submitted_on: date | None
    perfected_on: date | None
    due_on: date | None
    deadlines: list[date]
    text: str
    needed_before: list[NeededView]
    last_event: int
    published_at: Moment | None
    warnings: list[str]


def request_view(one: Requested, today: date) -> RequestView:
    """`today` is the date in home_tz: `due_on` is the deadline that comes next.

    `last_event` is the number of the latest event: who adds one has seen those before it.
    """
    row, stands = one.row, one.standing
    return {
        "id": row.id,
        "title": row.title,
        "scope": row.scope,
        "requester": one.requester.slug,
        "co_requesters": [party.slug for party in one.co_requesters],
        "holder": one.holder.slug,
        "legal_basis": row.legal_basis,
        "reference": row.reference,
        "basis": row.basis,
        "certainty": row.certainty,
        "state": stands.state,
        "since": stands.since,
        "disposition": stands.disposition,
        "submitted_on": stands.submitted_on,
        "perfected_on": stands.perfected_on,
        "due_on": stands.next_due(today),
        "deadlines": list(stands.deadlines),
        "text": lines.one_line(stands),
        "needed_before": [
            {
                "session": session.id,
                "title": session.title,
                "on": session.local_start.date(),
                "status": session.status,
                "late": lines.late_for(stands, session, one.negotiation.home_tz) is not None,
            }
            for session in one.sessions
        ],
        "last_event": max(event.number for event in one.events),
        "published_at": row.published_at,
        "warnings": one.warnings,
    }


class EventView(TypedDict):
    """Something that happened to a request; some events change where it stands."""

    id: Id
    number: int
    kind: RequestEventKind
    happened_on: date
    state: RequestState | None
    disposition: Disposition | None
    due_on: date | None
    label: str | None
    text: str
    certainty: Certainty
    supersedes: Id | None
    recorded_at: Moment
    sources: list[SourceView]


def event_view(event: DocumentRequestEvent, sources: Sequence[Source]) -> EventView:
    return {
        "id": event.id,
        "number": event.number,
        "kind": event.kind,
        "happened_on": event.happened_on,
        "state": event.state,
        "disposition": event.disposition,
        "due_on": event.due_on,
        "label": event.label,
        "text": event.text,
        "certainty": event.certainty,
        "supersedes": event.supersedes_id,
        "recorded_at": event.recorded_at,
        "sources": [source_view(one) for one in sources],
    }


class LineView(TypedDict):
    """A request as one line that spans the columns of the matrix."""

    id: Id
    title: str
    state: RequestState
    since: date
    disposition: Disposition | None
    requester: str
    co_requesters: list[str]
    holder: str
    reference: str | None
    text: str
    certainty: str
    basis: Basis
    due_on: date | None
    deadlines: list[date]


def line_view(line: DocumentLine) -> LineView:
    """A row of the matrix that spans every column."""
    row = line.asked.row
    return {
        "id": row.id,
        "title": row.title,
        "state": line.standing.state,
        "since": line.standing.since,
        "disposition": line.standing.disposition,
        "requester": line.asked.requester.slug,
        "co_requesters": [party.slug for party in line.asked.co_requesters],
        "holder": line.asked.holder.slug,
        "reference": row.reference,
        "text": line.text,
        "certainty": line.certainty,
        "basis": row.basis,
        "due_on": line.due_on,
        "deadlines": list(line.standing.deadlines),
    }
