"""Notes of a session, their immutable revisions, and texts kept when a save was refused."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from negotiations.models.base import Row, choice

GENERAL = "general"  # in place of an agenda item's id: a note on the session as a whole


class NoteAudience(StrEnum):
    """Whose eyes a note is for: its author's, one side's, or the secretariat's."""

    mine = "mine"
    caucus = "caucus"
    secretariat = "secretariat"


class InNotebook(Row):
    """Where a text of a notebook belongs.

    `owner_id` is the author of what is `mine`, the party (in a caucus session the caucus) of what
    is `caucus`, and the talks for the secretariat. `item_id` is no foreign key: an item may be
    taken off the agenda by who can't see that there are notes on it, and they stay.
    """

    negotiation_id: str = Field(foreign_key="negotiation.id", max_length=32)
    session_id: str = Field(foreign_key="session.id", max_length=32)
    audience: NoteAudience = Field(sa_type=choice(NoteAudience))
    owner_id: str = Field(max_length=32)
    item_id: str = Field(default=GENERAL, max_length=32)


class Note(InNotebook, table=True):
    """One per session, item, audience and owner. `revision` is the number of its newest text."""

    __tablename__ = "note"
    __table_args__ = (UniqueConstraint("session_id", "audience", "owner_id", "item_id"),)

    revision: int = 1


class NoteRevision(Row, table=True):
    """One text of a note, never changed. `sha256` is of the body's UTF-8 bytes."""

    __tablename__ = "note_revision"
    __table_args__ = (UniqueConstraint("note_id", "number"),)

    note_id: str = Field(foreign_key="note.id", max_length=32)
    number: int
    body: str
    sha256: str = Field(max_length=64)
    author_id: str | None = Field(default=None, foreign_key="person.id", max_length=32)


class KeptNote(InNotebook, table=True):
    """A text of a note whose save was refused, kept for who typed it alone; the same text once.

    `base` is the version (ETag) it was written on, as its author named it.
    """

    __tablename__ = "kept_note"
    __table_args__ = (UniqueConstraint("session_id", "owner_id", "item_id", "person_id", "sha256"),)

    person_id: str = Field(foreign_key="person.id", max_length=32, index=True)
    body: str
    sha256: str = Field(max_length=64)
    base: str | None = Field(default=None, max_length=80)
    kept_at: datetime
