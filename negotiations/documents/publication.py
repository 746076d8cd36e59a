"""PURE: what the public sees of a published request: a copy, as it was when it was published.

It holds what is listed here and nothing else: no sessions (each is published by itself), no ids,
and of an event that was superseded not a word.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from negotiations.documents import lines
from negotiations.documents.states import Standing
from negotiations.models import DocumentRequest, DocumentRequestEvent, Party, Source
from negotiations.models.outcomes import Certainty


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


@dataclass(frozen=True, slots=True)
class PublicEvent:
    """One event of a public copy, its days as dates."""

    happened_on: date
    due_on: date | None
    text: str
    label: str
    state: str | None
    disposition: str | None
    certainty: Certainty
    sources: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class PublicRequest:
    """A public copy as pages show it."""

    copy: Mapping[str, Any]
    published_on: date
    certainty: Certainty
    events: Sequence[PublicEvent]


def as_public(copy: Mapping[str, Any]) -> PublicRequest:
    """The copy with its days and certainties read back."""
    plain = ("text", "state", "disposition")
    events = [
        PublicEvent(
            happened_on=date.fromisoformat(one["happened_on"]),
            due_on=date.fromisoformat(one["due_on"]) if one["due_on"] else None,
            label=one["label"] or one["kind"],
            certainty=Certainty(one["certainty"]),
            sources=[{**of, "certainty": Certainty(of["certainty"])} for of in one["sources"]],
            **{name: one[name] for name in plain},
        )
        for one in copy["events"]
    ]
    published_on = date.fromisoformat(copy["published_on"])
    return PublicRequest(copy, published_on, Certainty(copy["certainty"]), events)
