"""How summaries look in JSON."""

from typing import Any

from negotiations.models import Summary, SummaryRevision


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
