"""PURE: what the public sees of a published request: a copy, as it was when it was published.

It holds what is listed here and nothing else: no sessions (each is published by itself), no ids,
and of an event that was superseded not a word.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from negotiations.documents import lines
from negotiations.documents.states import Standing
from negotiations.models import DocumentRequest, DocumentRequestEvent, Party, Source


def public_copy(
    row: DocumentRequest,
    standing: Standing,
    *,
    requesters: Sequence[Party],
    holder: Party,
    sources: Mapping[str, Sequence[Source]],
    today: date,
) -> dict[str, Any]:
    """The copy as JSON values; `sources` by event id, `today` in home_tz."""
    return {
        "title": row.title,
        "scope": row.scope,
        "requesters": [one.name for one in requesters],
        "holder": holder.name,
        "legal_basis": row.legal_basis.value,
        "reference": row.reference,
        "basis": row.basis.value,
        "state": standing.state.value,
        "text": lines.one_line(standing),
        "certainty": lines.certainty(row, standing).value,
        "published_on": today.isoformat(),
        "events": [_event(one, sources.get(one.id, ())) for one in standing.events],
    }


def _event(event: DocumentRequestEvent, sources: Sequence[Source]) -> dict[str, Any]:
    return {
        "happened_on": event.happened_on.isoformat(),
        "kind": event.kind.value,
        "label": event.label,
        "state": event.state.value if event.state else None,
        "disposition": event.disposition.value if event.disposition else None,
        "due_on": event.due_on.isoformat() if event.due_on else None,
        "text": event.text,
        "certainty": event.certainty.value,
        "sources": [
            {"citation": one.citation, "url": one.url, "certainty": one.certainty.value}
            for one in sources
        ],
    }
