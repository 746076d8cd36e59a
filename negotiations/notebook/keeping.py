"""Texts of notes whose save was refused: kept for who typed them, until taken up or discarded."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, delete, select

from negotiations.access.actor import Actor
from negotiations.access.policy import demand
from negotiations.access.visible import visible
from negotiations.db import Db, locked
from negotiations.errors import NotFound
from negotiations.models import KeptNote
from negotiations.notebook import queries
from negotiations.notebook.places import Place
from negotiations.web.cursors import Part, rows_of

# Per person and place; an older one gives way.
MOST = 20


async def keep(
    db: Db, actor: Actor, place: Place, text: str, *, base: str | None, now: datetime
) -> KeptNote | None:
    """Keep a refused text, once; None where a revision has it, or there is nobody to keep it for.

    `place` is held for a change. Not audited or announced: a draft is nobody else's business.
    """
    demand(actor, f"notes.{place.audience.value}.write", place.session)
    sha256 = _sha256(text)
    if actor.person_id is None or await queries.has_text(db, actor, place, sha256):
        return None
    kept = {row.sha256: row for row in await at(db, actor, place)}
    row = kept.get(sha256) or KeptNote(
        created_at=now,
        negotiation_id=place.session.negotiation_id,
        session_id=place.session.id,
        audience=place.audience,
        owner_id=place.owner_id,
        item_id=place.item_id,
        person_id=actor.person_id,
        body=text,
        sha256=sha256,
        kept_at=now,
    )
    row.kept_at, row.base = now, base[:80] if base else None
    db.add(row)
    for oldest in [one for one in kept.values() if one is not row][MOST - 1 :]:
        await db.delete(oldest)
    await db.flush()
    return row


async def own(
    db: Db, actor: Actor, *, session_id: str | None = None, part: Part | None = None
) -> Sequence[KeptNote]:
    """The actor's kept texts, of all sessions or of one, the newest first."""
    query = select(KeptNote).where(visible(actor, KeptNote))
    if session_id is not None:
        query = query.where(col(KeptNote.session_id) == session_id)
    return await rows_of(db, query, col(KeptNote.kept_at).desc(), col(KeptNote.id), part=part)


async def at(db: Db, actor: Actor, place: Place) -> Sequence[KeptNote]:
    """The actor's kept texts for one place, the newest first."""
    query = select(KeptNote).where(visible(actor, KeptNote), *queries.at(KeptNote, place))
    return await rows_of(db, query, col(KeptNote.kept_at).desc(), col(KeptNote.id))


async def one(db: Db, actor: Actor, draft_id: str, *, lock: bool = False) -> KeptNote:
    """One of the actor's own kept texts; with `lock`, to discard it."""
    query = select(KeptNote).where(col(KeptNote.id) == draft_id, visible(actor, KeptNote))
    found = (await db.exec(locked(query) if lock else query)).first()
    if found is None:
        raise NotFound
    return found


async def discard(db: Db, actor: Actor, place: Place, draft: KeptNote) -> None:
    """Its author doesn't need it any more: it is gone from the commit on."""
    demand(actor, f"notes.{place.audience.value}.write", place.session)
    await db.delete(draft)


async def taken_up(db: Db, actor: Actor, place: Place, text: str) -> None:
    """What is saved needs no keeping any more."""
    await db.exec(
        delete(KeptNote).where(
            *queries.at(KeptNote, place),
            col(KeptNote.person_id) == actor.person_id,
            col(KeptNote.sha256) == _sha256(text),
        )
    )


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
