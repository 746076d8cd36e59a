"""How document requests look in JSON, for one actor."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from negotiations.documents import lines
from negotiations.documents.queries import DocumentLine, Requested
from negotiations.models import DocumentRequestEvent, Source
from negotiations.sources import source_view


def request_view(one: Requested, today: date) -> dict[str, Any]:
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
        "deadlines": stands.deadlines,
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


def event_view(event: DocumentRequestEvent, sources: Sequence[Source]) -> dict[str, Any]:
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


def line_view(line: DocumentLine) -> dict[str, Any]:
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
        "deadlines": line.standing.deadlines,
    }
