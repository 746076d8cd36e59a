"""How summaries look in JSON."""

from typing import NotRequired

from negotiations.models import NoteDraft, Summary, SummaryRevision
from negotiations.models.summaries import SummaryState
from negotiations.notes.queries import RecordedView
from negotiations.web.answers import Id, Moment, TypedDict


class SummaryView(RecordedView):
    """A session's summary with the text of its latest revision."""

    id: Id
    session: Id
    symbol: str
    state: SummaryState
    revision: int
    sha256: str
    body: str
    saved_at: Moment


def summary_view(row: Summary, revision: SummaryRevision, recorded: RecordedView) -> SummaryView:
    """A summary with the text of its latest revision, and what is recorded beside it.

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
        **recorded,
    }


class RevisionView(TypedDict):
    """A revision of a summary; its text where it is asked for alone."""

    number: int
    sha256: str
    author: Id | None
    created_at: Moment
    body: NotRequired[str]


def revision_view(revision: SummaryRevision, *, body: bool) -> RevisionView:
    view: RevisionView = {
        "number": revision.number,
        "sha256": revision.sha256,
        "author": revision.author_id,
        "created_at": revision.created_at,
    }
    if body:
        view["body"] = revision.body
    return view


class DraftView(TypedDict):
    """A text that was kept when its save was refused; `base` is the version it was made from."""

    id: Id
    session: Id
    sha256: str
    base: str | None
    why: str
    kept_at: Moment
    body: NotRequired[str]


def draft_view(draft: NoteDraft, *, body: bool) -> DraftView:
    """A text that was kept when its save was refused."""
    view: DraftView = {
        "id": draft.id,
        "session": draft.session_id,
        "sha256": draft.sha256,
        "base": draft.base,
        "why": draft.why,
        "kept_at": draft.kept_at,
    }
    if body:
        view["body"] = draft.body
    return view
