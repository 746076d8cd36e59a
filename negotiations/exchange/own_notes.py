"""What a person takes along of their notes: one archive of what they may read as their own.

Their personal notes and texts that came too late; for heads and deputies also the notes of their
side, with the chains that they were entered in, so that `verify` can check text by text.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, or_, select

from negotiations.access.actor import Actor
from negotiations.access.policy import can
from negotiations.access.visible import visible
from negotiations.caucuses.queries import by_itself
from negotiations.db import Db
from negotiations.errors import NotFound
from negotiations.exchange.archiving import with_chains
from negotiations.exchange.container import note_name, packed
from negotiations.models import (
    AgendaItem,
    KeptNote,
    Negotiation,
    NegotiationSession,
    Note,
    NoteRevision,
)
from negotiations.models.notes import GENERAL, NoteAudience


@dataclass(frozen=True, slots=True)
class Taken:
    """A note with its session, its item's title and every text, the oldest first."""

    note: Note
    session: NegotiationSession
    item: str | None
    revisions: Sequence[NoteRevision]


async def archive(db: Db, actor: Actor, negotiation: Negotiation, program: str) -> bytes:
    """The archive; the same bytes as long as nothing is written."""
    seat = actor.seat_in(negotiation.id)
    if seat is None:
        raise NotFound
    whole = can(actor, "notes.export.read", negotiation)
    taken = await _taken(db, actor, negotiation.id, whole=whole)
    late = await _late(db, actor, negotiation.id)
    files = {
        note_name(one.note.id, text.number): text.body.encode()
        for one in taken
        for text in one.revisions
    }
    files |= {f"late/{one.id}.md": one.body.encode() for one in late}
    about = [_about(one) for one in taken]
    kept = [_about_late(one) for one in late]
    files["notes.json"] = _json({"talks": negotiation.slug, "notes": about, "late": kept})
    files["notes.md"] = _to_read(negotiation, taken).encode()
    chains = await _chains(db, seat.party_id) if whole and seat.party_id else []
    told = await with_chains(db, chains, files)
    told |= {"program": program, "talks": negotiation.slug, "track": None, "summaries": {}}
    return packed(files, told)


async def _chains(db: Db, party_id: str) -> list[str]:
    """The chains that this party alone writes."""
    rows = await db.exec(by_itself(party_id))
    return [f"party:{party_id}", *(f"caucus:{one}" for one in rows)]


async def _taken(db: Db, actor: Actor, negotiation_id: str, *, whole: bool) -> list[Taken]:
    """One's own notes, and with `whole` those of one's side, in the order of the sessions."""
    audiences = [NoteAudience.mine, NoteAudience.caucus] if whole else [NoteAudience.mine]
    rows = await db.exec(
        select(Note, NegotiationSession, AgendaItem.title)
        .join(NegotiationSession, col(NegotiationSession.id) == Note.session_id)
        .outerjoin(AgendaItem, col(AgendaItem.id) == Note.item_id)
        .where(
            visible(actor, Note),
            col(Note.negotiation_id) == negotiation_id,
            or_(*(col(Note.audience) == one for one in audiences)),
        )
        .order_by(col(NegotiationSession.starts_at), col(Note.created_at), col(Note.id))
    )
    found = rows.all()
    texts: dict[str, list[NoteRevision]] = {note.id: [] for note, _, _ in found}
    revisions = await db.exec(
        select(NoteRevision)
        .join(Note, col(Note.id) == NoteRevision.note_id)
        .where(visible(actor, Note), col(NoteRevision.note_id).in_(list(texts)))
        .order_by(col(NoteRevision.note_id), col(NoteRevision.number))
    )
    for one in revisions:
        texts[one.note_id].append(one)
    return [Taken(note, session, title, texts[note.id]) for note, session, title in found]


async def _late(db: Db, actor: Actor, negotiation_id: str) -> Sequence[KeptNote]:
    """One's own texts that came too late, and nobody else's."""
    rows = await db.exec(
        select(KeptNote)
        .where(visible(actor, KeptNote), col(KeptNote.negotiation_id) == negotiation_id)
        .order_by(col(KeptNote.kept_at), col(KeptNote.id))
    )
    return rows.all()


def _about(one: Taken) -> dict[str, Any]:
    note = one.note
    return {
        "id": note.id,
        "session": {
            "id": one.session.id,
            "title": one.session.title,
            "local_start": one.session.local_start.isoformat(timespec="minutes"),
            "tz": one.session.tz,
        },
        "audience": note.audience.value,
        "item": None if note.item_id == GENERAL else {"id": note.item_id, "title": one.item},
        "revisions": [
            {
                "number": text.number,
                "sha256": text.sha256,
                "author": text.author_id,
                "created_at": text.created_at.isoformat(),
                "file": note_name(note.id, text.number),
            }
            for text in one.revisions
        ],
    }


def _about_late(one: KeptNote) -> dict[str, Any]:
    return {
        "id": one.id,
        "session": one.session_id,
        "audience": one.audience.value,
        "item": None if one.item_id == GENERAL else one.item_id,
        "sha256": one.sha256,
        "kept_at": one.kept_at.isoformat(),
        "file": f"late/{one.id}.md",
    }


def _json(value: Any) -> bytes:
    return (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode()


def _to_read(negotiation: Negotiation, taken: Sequence[Taken]) -> str:
    """The newest texts in one file, by session."""
    lines, session = [f"# Notes: {negotiation.title}"], ""
    for one in taken:
        if one.session.id != session:
            session = one.session.id
            lines.append(f"## {one.session.title}, {one.session.local_start:%Y-%m-%d %H:%M}")
        on = one.item or "The session as a whole"
        whose = "mine" if one.note.audience is NoteAudience.mine else "of our side"
        lines += [f"### {on} ({whose}, revision {one.note.revision})", _newest(one)]
    return "\n\n".join(lines) + "\n"


def _newest(one: Taken) -> str:
    return one.revisions[-1].body if one.revisions else ""
