"""Writing notes: a new revision for each new text, and none where nothing changed."""

from datetime import datetime

from negotiations import audit
from negotiations.access.actor import Actor
from negotiations.access.policy import demand
from negotiations.chains import NOTE_RESTORED, NOTE_SAVED
from negotiations.db import Db
from negotiations.errors import NotFound
from negotiations.models import KeptNote, Note, NoteRevision
from negotiations.models.notes import NoteAudience
from negotiations.notebook import queries
from negotiations.notebook.places import Place
from negotiations.texts import keeping


async def save(
    db: Db, actor: Actor, place: Place, text: str, *, now: datetime, restored: int | None = None
) -> queries.Found:
    """The note with this text; the same revision where it has it already.

    `place` is held for a change. NotFound for the first note on what is no item of the session.
    """
    demand(actor, f"notes.{place.audience.value}.write", place.session)
    found = await queries.note(db, actor, place)
    if found is None and not await queries.has_item(db, place):
        raise NotFound
    await keeping.taken_up(db, actor, KeptNote, place.spot, text)
    sha256 = keeping.sha256_of(text)
    if found is not None and found[1].sha256 == sha256:
        return found
    note = await _opened(db, place, found, now)
    revision = NoteRevision(
        created_at=now,
        note_id=note.id,
        number=note.revision,
        body=text,
        sha256=sha256,
        author_id=actor.person_id,
    )
    db.add(revision)
    await db.flush()
    _enter(db, actor, place, revision, restored, now)
    return note, revision


async def _opened(db: Db, place: Place, found: queries.Found | None, now: datetime) -> Note:
    """The note, counting one text more."""
    if found is not None:
        note = found[0]
        note.revision += 1
    else:
        note = Note(created_at=now, **place.spot)
    db.add(note)
    await db.flush()
    return note


async def restore(
    db: Db, actor: Actor, place: Place, number: int, *, now: datetime
) -> queries.Found:
    """An older text stands again, as a new revision; what stood stays readable."""
    old = await queries.revision(db, actor, place, number)
    return await save(db, actor, place, old.body, now=now, restored=number)


async def keep(
    db: Db, actor: Actor, place: Place, text: str, *, base: str | None, now: datetime
) -> KeptNote | None:
    """A text that came too late is kept for its author; None where a revision has it already."""
    demand(actor, f"notes.{place.audience.value}.write", place.session)
    if await queries.has_text(db, actor, place, keeping.sha256_of(text)):
        return None
    return await keeping.keep(db, actor, KeptNote, place.spot, text, base=base, now=now)


async def discard(db: Db, actor: Actor, place: Place, draft: KeptNote) -> None:
    """Its author doesn't need a kept text any more: it is gone from the commit on."""
    demand(actor, f"notes.{place.audience.value}.write", place.session)
    await db.delete(draft)


def _enter(
    db: Db, actor: Actor, place: Place, revision: NoteRevision, restored: int | None, now: datetime
) -> None:
    """Into the chain of who may read it; personal notes are in none."""
    if place.audience is NoteAudience.mine:
        return
    where: dict[str, str | None] = audit.place_of(place.session)
    if place.audience is NoteAudience.caucus and place.session.caucus_id is None:
        where = {"party_id": place.owner_id}
    content: dict[str, object] = {"revision": revision.number, "sha256": revision.sha256}
    audit.record(
        db,
        at=now,
        actor=actor.signature,
        action=NOTE_SAVED if restored is None else NOTE_RESTORED,
        object_type="note",
        object_id=revision.note_id,
        content=content if restored is None else {**content, "of": restored},
        **where,
    )
