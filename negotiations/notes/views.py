"""How summaries look in JSON."""

from typing import Any

from negotiations.models import NoteDraft, Summary, SummaryRevision


def summary_view(
    row: Summary, revision: SummaryRevision, recorded: dict[str, Any]
) -> dict[str, Any]:
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


def revision_view(revision: SummaryRevision, *, body: bool) -> dict[str, Any]:
    view: dict[str, Any] = {
        "number": revision.number,
        "sha256": revision.sha256,
        "author": revision.author_id,
        "created_at": revision.created_at,
    }
    if body:
        view["body"] = revision.body
    return view


def draft_view(draft: NoteDraft, *, body: bool) -> dict[str, Any]:
    """A text that was kept when its save was refused."""
    view: dict[str, Any] = {
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
