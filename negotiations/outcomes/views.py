"""How outcomes and commitments look in JSON, for one actor."""

from collections.abc import Mapping, Sequence
from datetime import date

from negotiations.models import Outcome, Source
from negotiations.models.outcomes import Certainty, CommitmentStatus, OutcomeValue
from negotiations.models.sessions import Basis
from negotiations.outcomes.queries import Promise
from negotiations.outcomes.read_from import ReadFrom
from negotiations.sources import SourceView, source_view
from negotiations.web.answers import Id, Moment, TypedDict

UNFINISHED = frozenset({CommitmentStatus.open, CommitmentStatus.in_progress})


class OutcomeView(TypedDict):
    """What was said on an issue (by its code) in a session.

    `summary_revision` is the number of the summary's text that it was read from, and
    `summary_changed` whether there is a newer one.
    """

    id: Id
    session: Id
    issue: str
    value: OutcomeValue
    partial: bool
    text: str
    reason: str | None
    decided_by: str | None
    basis: Basis
    certainty: Certainty
    effective_on: date
    recorded_at: Moment
    supersedes: Id | None
    summary_revision: int | None
    summary_changed: bool
    sources: list[SourceView]


def outcome_view(
    row: Outcome,
    issue: str,
    slugs: Mapping[str, str],
    sources: Sequence[Source],
    read: ReadFrom,
) -> OutcomeView:
    """`issue` is a code; `slugs` maps party ids to slugs."""
    return {
        "id": row.id,
        "session": row.session_id,
        "issue": issue,
        "value": row.value,
        "partial": row.partial,
        "text": row.text,
        "reason": row.reason,
        "decided_by": slugs.get(row.decided_by_id or ""),
        "basis": row.basis,
        "certainty": row.certainty,
        "effective_on": row.effective_on,
        "recorded_at": row.recorded_at,
        "supersedes": row.supersedes_id,
        "summary_revision": read.revision,
        "summary_changed": read.changed,
        "sources": [source_view(one) for one in sources],
    }


class CommitmentView(TypedDict):
    """What a party undertook; parties are named by their slugs, the issue by its code.

    `person` is to do it; null where nobody was named, or nobody whom the reader knows of.
    """

    id: Id
    jurisdiction: str
    session: Id | None
    issue: str | None
    text: str
    owner: str
    person: Id | None
    beneficiary: str | None
    due_on: date | None
    status: CommitmentStatus
    overdue: bool
    evidence: str | None


def commitment_view(promise: Promise, today: date) -> CommitmentView:
    """`overdue` is derived from `today`, the date in home_tz."""
    row = promise.row
    return {
        "id": row.id,
        "jurisdiction": promise.jurisdiction.slug,
        "session": row.session_id,
        "issue": promise.issue,
        "text": row.text,
        "owner": promise.owner.slug,
        "person": promise.person.id if promise.person else None,
        "beneficiary": promise.beneficiary.slug if promise.beneficiary else None,
        "due_on": row.due_on,
        "status": row.status,
        "overdue": is_overdue(promise, today),
        "evidence": row.evidence,
    }


def is_overdue(promise: Promise, today: date) -> bool:
    due = promise.row.due_on
    return due is not None and due < today and promise.row.status in UNFINISHED
