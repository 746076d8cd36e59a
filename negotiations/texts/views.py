"""How the revisions of a text look in JSON, what differs between two, and a kept text."""

from collections.abc import Sequence
from typing import NotRequired

from negotiations.models import KeptNote, NoteDraft, NoteRevision, SummaryRevision
from negotiations.texts.comparing import Change, Line
from negotiations.web.answers import Id, Moment, TypedDict


class RevisionView(TypedDict):
    """A revision of a note or a summary; its text where it is asked for alone."""

    number: int
    sha256: str
    author: Id | None
    created_at: Moment
    body: NotRequired[str]


def revision_view(revision: NoteRevision | SummaryRevision, *, body: bool) -> RevisionView:
    view: RevisionView = {
        "number": revision.number,
        "sha256": revision.sha256,
        "author": revision.author_id,
        "created_at": revision.created_at,
    }
    if body:
        view["body"] = revision.body
    return view


class PartView(TypedDict):
    """A piece of a line: in both texts, or in one only."""

    change: Change
    text: str


class LineView(TypedDict):
    """A line with its number in each text; its parts make up its text."""

    change: Change
    a: int | None
    b: int | None
    parts: list[PartView]


class DiffView(TypedDict):
    """What changed from revision `a` to revision `b`."""

    a: int
    b: int
    lines: list[LineView]


def diff_view(a: int, b: int, lines: Sequence[Line]) -> DiffView:
    return {
        "a": a,
        "b": b,
        "lines": [
            {
                "change": line.change,
                "a": line.a,
                "b": line.b,
                "parts": [{"change": part.change, "text": part.text} for part in line.parts],
            }
            for line in lines
        ],
    }


class KeptView(TypedDict):
    """A text that was kept when its save was refused; `base` is the version it was made from."""

    id: Id
    session: Id
    sha256: str
    base: str | None
    kept_at: Moment
    body: NotRequired[str]


def kept_view(draft: KeptNote | NoteDraft, *, body: bool) -> KeptView:
    """What kept texts of both kinds tell."""
    view: KeptView = {
        "id": draft.id,
        "session": draft.session_id,
        "sha256": draft.sha256,
        "base": draft.base,
        "kept_at": draft.kept_at,
    }
    if body:
        view["body"] = draft.body
    return view
