"""Texts whose save was refused: kept for their author alone, until taken up or discarded."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, delete, select

from negotiations.access.actor import Actor
from negotiations.access.policy import demand
from negotiations.access.visible import visible
from negotiations.db import Db, locked
from negotiations.errors import NotFound
from negotiations.models import NegotiationSession, NoteDraft
from negotiations.notes import queries
from negotiations.web.cursors import Part, rows_of

# Per person and session; an older one gives way.
MOST = 20


async def keep(
    db: Db, actor: Actor, session: NegotiationSession, text: str, *, base: str | None, now: datetime
) -> NoteDraft | None:
    """Keep a refused text, once; None where a revision has it, or there is nobody to keep it for.

    `session` is held for a change. Not audited or announced: a draft is nobody else's business.
    """
    demand(actor, "summary.write", session)
    sha256 = _sha256(text)
    if actor.person_id is None or await queries.has_text(db, session.id, sha256):
        return None
    kept = {row.sha256: row for row in await own(db, actor, session.id)}
    row = kept.get(sha256) or NoteDraft(
        created_at=now,
        session_id=session.id,
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
    db: Db, actor: Actor, session_id: str, *, part: Part | None = None
) -> Sequence[NoteDraft]:
    """The actor's kept texts of a session, the newest first."""
    query = select(NoteDraft).where(
        col(NoteDraft.session_id) == session_id, visible(actor, NoteDraft)
    )
    return await rows_of(db, query, col(NoteDraft.kept_at).desc(), col(NoteDraft.id), part=part)


async def one(db: Db, actor: Actor, draft_id: str, *, lock: bool = False) -> NoteDraft:
    """One of the actor's own kept texts; with `lock`, to discard it."""
    query = select(NoteDraft).where(col(NoteDraft.id) == draft_id, visible(actor, NoteDraft))
    found = (await db.exec(locked(query) if lock else query)).first()
    if found is None:
        raise NotFound
    return found


async def discard(db: Db, actor: Actor, session: NegotiationSession, draft: NoteDraft) -> None:
    """The author doesn't need it any more: it is gone from the commit on."""
    demand(actor, "summary.write", session)
    await db.delete(draft)


async def taken_up(db: Db, actor: Actor, session: NegotiationSession, text: str) -> None:
    """What is saved needs no keeping any more."""
    await db.exec(
        delete(NoteDraft).where(
            col(NoteDraft.session_id) == session.id,
            col(NoteDraft.person_id) == actor.person_id,
            col(NoteDraft.sha256) == _sha256(text),
        )
    )


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
