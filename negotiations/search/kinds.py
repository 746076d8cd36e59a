"""Which objects can be found, by which written rows each has to be made anew, and what loads it."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from negotiations.db import Db
from negotiations.models import (
    AgendaItem,
    Commitment,
    DocumentRequest,
    DocumentRequestEvent,
    Issue,
    NegotiationSession,
    Note,
    Outcome,
    Position,
    PublishedSummary,
    SessionParty,
    Summary,
    SummaryRevision,
)
from negotiations.models.search import SearchKind
from negotiations.search import loading
from negotiations.search.entries import Entry


@dataclass(frozen=True, slots=True)
class Concerns:
    """A written row concerns the objects whose `column` holds what the row's `field` does.

    Where it was changed only, one of the columns in `told` has to be among those that were.
    """

    column: Any
    field: str
    told: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """Objects of one table. `written` tells by which other rows an object has to be made anew."""

    kind: SearchKind
    table: type[Any]
    written: Mapping[type[Any], Sequence[Concerns]]
    load: Callable[[Db, Collection[str]], Awaitable[list[Entry]]]


# What other entries say of their session (see entries).
_OF_SESSION = frozenset({"local_start", "title"})

KINDS = (
    Kind(
        SearchKind.session,
        NegotiationSession,
        {
            NegotiationSession: [Concerns(NegotiationSession.id, "id")],
            AgendaItem: [Concerns(NegotiationSession.id, "session_id")],
            SessionParty: [Concerns(NegotiationSession.id, "session_id")],
        },
        loading.sessions,
    ),
    Kind(
        SearchKind.summary,
        Summary,
        {
            Summary: [Concerns(Summary.id, "id")],
            SummaryRevision: [Concerns(Summary.id, "summary_id")],
            PublishedSummary: [Concerns(Summary.id, "summary_id")],
            NegotiationSession: [Concerns(Summary.session_id, "id", _OF_SESSION)],
        },
        loading.summaries,
    ),
    Kind(
        SearchKind.note,
        Note,
        {
            Note: [Concerns(Note.id, "id")],
            NegotiationSession: [Concerns(Note.session_id, "id", _OF_SESSION)],
        },
        loading.notes,
    ),
    Kind(
        SearchKind.outcome,
        Outcome,
        {
            Outcome: [Concerns(Outcome.id, "id"), Concerns(Outcome.id, "supersedes_id")],
            Issue: [Concerns(Outcome.issue_id, "id")],
        },
        loading.outcomes,
    ),
    Kind(
        SearchKind.position,
        Position,
        {
            Position: [Concerns(Position.id, "id"), Concerns(Position.id, "supersedes_id")],
            Issue: [Concerns(Position.issue_id, "id")],
        },
        loading.positions,
    ),
    Kind(
        SearchKind.commitment,
        Commitment,
        {
            Commitment: [Concerns(Commitment.id, "id")],
            NegotiationSession: [Concerns(Commitment.session_id, "id", _OF_SESSION)],
            Issue: [Concerns(Commitment.issue_id, "id")],
        },
        loading.commitments,
    ),
    Kind(
        SearchKind.document_request,
        DocumentRequest,
        {
            DocumentRequest: [Concerns(DocumentRequest.id, "id")],
            DocumentRequestEvent: [Concerns(DocumentRequest.id, "request_id")],
        },
        loading.requests,
    ),
)
