"""Which notes and kept texts of notes exist for an actor."""

from sqlalchemy import and_, or_
from sqlmodel import col, select

from negotiations.access.actor import Actor
from negotiations.access.reach import Condition, own_parties, secretariat, session_filter
from negotiations.models import KeptNote, NegotiationSession, Note
from negotiations.models.notes import NoteAudience


def _notes(table: type[Note] | type[KeptNote], actor: Actor) -> Condition:
    """Of the sessions one may see: one's own, one's side's, and the secretariat's for it alone."""
    audience, owner, seen = col(table.audience), col(table.owner_id), NegotiationSession
    sessions = select(seen.id).where(session_filter(actor))
    circles = select(seen.caucus_id).where(session_filter(actor), col(seen.caucus_id).is_not(None))
    return and_(
        col(table.session_id).in_(sessions),
        or_(
            and_(audience == NoteAudience.mine, owner.in_([actor.person_id or ""])),
            and_(audience == NoteAudience.caucus, owner.in_(own_parties(actor))),
            and_(audience == NoteAudience.caucus, owner.in_(circles)),
            and_(audience == NoteAudience.secretariat, owner.in_(secretariat(actor))),
        ),
    )


def note(actor: Actor) -> Condition:
    return _notes(Note, actor)


def kept_note(actor: Actor) -> Condition:
    """One's own, while one may still see the notes that they were meant for."""
    return and_(col(KeptNote.person_id).in_([actor.person_id or ""]), _notes(KeptNote, actor))
