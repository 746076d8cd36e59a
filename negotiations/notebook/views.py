"""How notes look in JSON."""

from datetime import date
from typing import NotRequired

from negotiations.models import KeptNote, Note, NoteRevision
from negotiations.models.notes import GENERAL, NoteAudience
from negotiations.notebook.suggestions import Kind, suggestions
from negotiations.texts.views import KeptView, kept_view
from negotiations.web.answers import Id, Moment, TypedDict


class ListedNote(TypedDict):
    """A note with its newest revision; `item` is null for one on the session as a whole."""

    id: Id
    session: Id
    audience: NoteAudience
    item: Id | None
    revision: int
    sha256: str
    author: Id | None
    saved_at: Moment


class SuggestionView(TypedDict):
    """What a tagged line of a note suggests to record; nothing is recorded by it."""

    kind: Kind
    text: str
    owner: str | None
    due: date | None
    line: int


class NoteView(ListedNote):
    """A note with its newest text; the secretariat's with what its line tags suggest."""

    body: str
    suggestions: NotRequired[list[SuggestionView]]


def listed_view(note: Note, revision: NoteRevision) -> ListedNote:
    """A note without its text."""
    return {
        "id": note.id,
        "session": note.session_id,
        "audience": note.audience,
        "item": _item(note.item_id),
        "revision": revision.number,
        "sha256": revision.sha256,
        "author": revision.author_id,
        "saved_at": revision.created_at,
    }


def note_view(note: Note, revision: NoteRevision) -> NoteView:
    """A note with its newest text."""
    listed = listed_view(note, revision)
    view: NoteView = {
        "id": listed["id"],
        "session": listed["session"],
        "audience": listed["audience"],
        "item": listed["item"],
        "revision": listed["revision"],
        "sha256": listed["sha256"],
        "author": listed["author"],
        "saved_at": listed["saved_at"],
        "body": revision.body,
    }
    if note.audience == NoteAudience.secretariat:
        view["suggestions"] = [
            {
                "kind": one.kind,
                "text": one.text,
                "owner": one.owner,
                "due": one.due,
                "line": one.line,
            }
            for one in suggestions(revision.body)
        ]
    return view


class NoteDraftView(KeptView):
    """A text of a note that was kept when its save was refused."""

    audience: NoteAudience
    item: Id | None


def draft_view(draft: KeptNote, *, body: bool) -> NoteDraftView:
    return {
        "audience": draft.audience,
        "item": _item(draft.item_id),
        **kept_view(draft, body=body),
    }


def _item(item_id: str) -> str | None:
    return None if item_id == GENERAL else item_id
