"""How pages name what notes are on, and for whose eyes they are."""

from collections.abc import Sequence

from negotiations.models import AgendaItem
from negotiations.models.notes import GENERAL, NoteAudience
from negotiations.notebook.places import Place
from negotiations.scheduling.seating import Setting


def title_of(agenda: Sequence[AgendaItem], item_id: str) -> str:
    """What a note is on."""
    if item_id == GENERAL:
        return "The session as a whole"
    title = next((f"{one.position}. {one.title}" for one in agenda if one.id == item_id), None)
    return title or "An item that is no longer on the agenda"


def readers(where: Setting, here: Place) -> str:
    """Whose eyes the notes of this place are for."""
    if here.audience is NoteAudience.mine:
        return "Only you can read this"
    if here.audience is NoteAudience.secretariat:
        return "Only the secretariat can read this"
    if where.is_caucus:
        return f"Only {where.names} can read this"
    return f"Only {where.party(here.owner_id).short_name} can read this"
