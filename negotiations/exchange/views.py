"""How the notes of one's side look as a whole in JSON."""

from negotiations.notebook.purging import Owned
from negotiations.web.answers import TypedDict


class OwnNotesView(TypedDict):
    """How many notes and texts there are; `sha256` changes with any of them."""

    party: str
    notes: int
    revisions: int
    sha256: str


def own_notes_view(own: Owned) -> OwnNotesView:
    return {
        "party": own.party.slug,
        "notes": len(own.notes),
        "revisions": sum(len(texts) for texts in own.texts.values()),
        "sha256": own.sha256,
    }
