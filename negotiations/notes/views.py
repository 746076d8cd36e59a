"""How summaries look in JSON."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from negotiations.models import (
    Circulation,
    NoteDraft,
    Summary,
    SummaryComment,
    SummaryDecision,
    SummaryRevision,
)
from negotiations.models.parties import Approval, SummaryTemplate
from negotiations.models.summaries import AgreedAs, DecisionKind, SummaryState
from negotiations.notes.approval import standing
from negotiations.notes.queries import RecordedView
from negotiations.texts.views import KeptView, kept_view
from negotiations.web.answers import Id, Moment, TypedDict


class DecisionView(TypedDict):
    """What a party decided on one revision; `counts` unless it decided again on the same."""

    revision: int
    sha256: str
    number: int
    party: str | None
    decision: DecisionKind
    statement: str | None
    person: Id | None
    decided_at: Moment
    counts: bool


def decision_views(
    rows: Iterable[SummaryDecision],
    revisions: Mapping[str, SummaryRevision],
    slugs: Mapping[str, str],
) -> list[DecisionView]:
    """`revisions` by id; `slugs` maps party ids to slugs."""
    rows = list(rows)
    newest = {one: standing(rows, one) for one in revisions}
    return [
        {
            "revision": revisions[row.revision_id].number,
            "sha256": revisions[row.revision_id].sha256,
            "number": row.number,
            "party": slugs.get(row.party_id),
            "decision": row.kind,
            "statement": row.statement,
            "person": row.person_id,
            "decided_at": row.decided_at,
            "counts": newest[row.revision_id][row.party_id] is row,
        }
        for row in rows
    ]


class SummaryView(RecordedView):
    """A session's summary with the text of the latest revision that one may read.

    `state` is that of the newest revision; `being_revised` when that isn't the one shown, which
    then can't be decided on any more. `decisions` are those on the one shown. By the rules of the
    talks it goes round by `circulate_by`, is answered by `due_on` and public by `publish_by`: each
    is there while that is still to come.
    """

    id: Id
    session: Id
    symbol: str
    state: SummaryState
    revision: int
    sha256: str
    body: str
    saved_at: Moment
    being_revised: bool
    rule: Approval | None
    due_on: date | None
    due_at: Moment | None
    circulate_by: date | None
    publish_by: date | None
    agreed_as: AgreedAs | None
    agreed_at: Moment | None
    decisions: list[DecisionView]


def summary_view(
    row: Summary,
    revision: SummaryRevision,
    recorded: RecordedView,
    *,
    decisions: list[DecisionView],
    due_at: datetime | None,
    is_current: bool,
    circulate_by: date | None,
    publish_by: date | None,
) -> SummaryView:
    """A summary with the text of a revision, how far it is agreed, and what is recorded beside it.

    The latter is part of the version one must have seen: a result is written as a whole.
    """
    return {
        "id": row.id,
        "session": row.session_id,
        "symbol": row.symbol,
        "state": row.state,
        "revision": revision.number,
        "sha256": revision.sha256,
        "body": revision.body,
        "saved_at": revision.created_at,
        "being_revised": not is_current,
        "rule": row.rule,
        "due_on": row.due_on,
        "due_at": due_at,
        "circulate_by": circulate_by,
        "publish_by": publish_by,
        "agreed_as": row.agreed_as,
        "agreed_at": row.agreed_at,
        "decisions": decisions,
        **recorded,
    }


class PublicOutcomeView(TypedDict):
    """An outcome as it was published with a text."""

    issue: str
    title: str
    value: str
    partial: bool
    text: str
    reason: str | None
    decided_by: str | None
    basis: str
    certainty: str
    effective_on: str


class StatementView(TypedDict):
    """What a party had annexed."""

    party: str
    decision: str
    statement: str


class PublicSummaryView(TypedDict):
    """A published summary, as it stands in the public data."""

    symbol: str
    session: str
    revision: int
    sha256: str
    published_on: str
    agreed_as: str
    basis: str
    corrects: str | None
    body: str
    statements: list[StatementView]
    outcomes: list[PublicOutcomeView]


class PublishedView(SummaryView):
    """A summary after it was published: `public` is what anybody may read from now on."""

    public: PublicSummaryView
    warnings: list[str]


class CirculationView(TypedDict):
    """Whether a revision reached a party: `delivered_at` is when a head of it first opened it."""

    revision: int
    party: str | None
    sent_at: Moment
    delivered_at: Moment | None


def circulation_view(
    row: Circulation, revision: SummaryRevision, slugs: Mapping[str, str]
) -> CirculationView:
    return {
        "revision": revision.number,
        "party": slugs.get(row.party_id),
        "sent_at": row.created_at,
        "delivered_at": row.delivered_at,
    }


class CommentView(TypedDict):
    """A remark of a member of a party on a revision."""

    id: Id
    revision: int
    party: str | None
    person: Id | None
    body: str
    written_at: Moment


def comment_view(
    row: SummaryComment, revision: SummaryRevision, slugs: Mapping[str, str]
) -> CommentView:
    return {
        "id": row.id,
        "revision": revision.number,
        "party": slugs.get(row.party_id),
        "person": row.person_id,
        "body": row.body,
        "written_at": row.written_at,
    }


class CompiledView(TypedDict):
    """What a template makes of what is recorded of a session now; nothing is saved by it."""

    template: SummaryTemplate
    body: str


class DraftView(KeptView):
    """A text of a summary that was kept when its save was refused."""

    why: str


def draft_view(draft: NoteDraft, *, body: bool) -> DraftView:
    return {"why": draft.why, **kept_view(draft, body=body)}
