"""Reading notes and their revisions: only what the actor may see."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, String, bindparam, cast
from sqlalchemy.orm import defer
from sqlmodel import and_, col, select
from sqlmodel.sql.expression import SelectOfScalar

from negotiations.access.actor import Actor
from negotiations.access.prepared import prepared
from negotiations.access.visible import visible
from negotiations.db import Db
from negotiations.errors import NotFound
from negotiations.models import AgendaItem, NegotiationSession, Note, NoteRevision
from negotiations.models.notes import GENERAL, NoteAudience
from negotiations.notebook.places import Place
from negotiations.web.cursors import Part, rows_of

Found = tuple[Note, NoteRevision]
_NEWEST = and_(col(NoteRevision.note_id) == Note.id, col(NoteRevision.number) == col(Note.revision))

# Lists carry no texts, which may be long.
_WITHOUT_TEXT = defer(NoteRevision.body, raiseload=True)  # type: ignore[arg-type]


async def note(db: Db, actor: Actor, place: Place) -> Found | None:
    """The note at this place with its newest text, or None."""
    query = select(Note, NoteRevision).join(NoteRevision, _NEWEST)
    return (await db.exec(query.where(visible(actor, Note), *_at(place)))).first()


def _at(place: Place) -> list[ColumnElement[bool]]:
    """The condition that a note is of this place."""
    return [getattr(Note, name) == value for name, value in place.spot.items()]


async def notes(
    db: Db, actor: Actor, session_id: str, *, part: Part | None = None
) -> Sequence[Found]:
    """The visible notes of a session in the order they were begun; without their texts."""
    query = (
        select(Note, NoteRevision)
        .join(NoteRevision, _NEWEST)
        .where(visible(actor, Note), col(Note.session_id) == session_id)
        .options(_WITHOUT_TEXT)
    )
    return await rows_of(db, query, col(Note.created_at), col(Note.id), part=part)


async def written(
    db: Db, actor: Actor, session_id: str, audience: NoteAudience, owner_id: str
) -> dict[str, Found]:
    """One notebook's notes of a session with their newest texts, by item."""
    given = {"session": session_id, "audience": audience, "owner": owner_id}
    return {found[0].item_id: found for found in await db.exec(_written(actor), params=given)}


@prepared
def _written(actor: Actor) -> Any:
    return (
        select(Note, NoteRevision)
        .join(NoteRevision, _NEWEST)
        .where(
            visible(actor, Note),
            col(Note.session_id) == bindparam("session"),
            col(Note.audience) == bindparam("audience"),
            col(Note.owner_id) == bindparam("owner"),
        )
    )


async def revisions(
    db: Db, actor: Actor, place: Place, *, part: Part | None = None
) -> Sequence[NoteRevision]:
    """All revisions of a note, the newest first, without their texts; NotFound where none is."""
    query = _revisions(actor, place).options(_WITHOUT_TEXT)
    found = await rows_of(db, query, col(NoteRevision.number).desc(), part=part)
    if not found and (part is None or part.after is None):
        raise NotFound
    return found


async def revision(db: Db, actor: Actor, place: Place, number: str | int) -> NoteRevision:
    """One text of a note; NotFound without it."""
    # As a text: a number may be larger than the column's.
    named = cast(col(NoteRevision.number), String) == str(number)
    found = (await db.exec(_revisions(actor, place).where(named))).first()
    if found is None:
        raise NotFound
    return found


async def has_text(db: Db, actor: Actor, place: Place, sha256: str) -> bool:
    """Whether a revision of the note is this very text."""
    rows = await db.exec(
        select(NoteRevision.id)
        .join(Note, col(Note.id) == NoteRevision.note_id)
        .where(visible(actor, Note), *_at(place), col(NoteRevision.sha256) == sha256)
    )
    return rows.first() is not None


def _revisions(actor: Actor, place: Place) -> SelectOfScalar[NoteRevision]:
    return (
        select(NoteRevision)
        .join(Note, col(Note.id) == NoteRevision.note_id)
        .where(visible(actor, Note), *_at(place))
    )


async def has_item(db: Db, place: Place) -> bool:
    """Whether the place is on the session's agenda, or of the session as a whole."""
    rows = await db.exec(
        select(AgendaItem.id).where(
            col(AgendaItem.id) == place.item_id, col(AgendaItem.session_id) == place.session.id
        )
    )
    return rows.first() is not None or place.item_id == GENERAL


async def for_compiling(db: Db, session: NegotiationSession) -> dict[str, str]:
    """The secretariat's notes of a session by item, for the draft that is the secretariat's too."""
    rows = await db.exec(_of_secretariat(), params={"session": session.id})
    return dict(rows.all())


@cache
def _of_secretariat() -> Any:
    return (
        select(Note.item_id, NoteRevision.body)
        .join(NoteRevision, _NEWEST)
        .where(
            col(Note.session_id) == bindparam("session"),
            col(Note.audience) == NoteAudience.secretariat,
        )
        .execution_options(passage="compiling")
    )
