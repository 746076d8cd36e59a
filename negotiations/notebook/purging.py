"""Destroying a party's own notes: all that its members wrote for their side's eyes, for good.

Its own are those behind its own wall: of its sessions with others, and of caucuses in which it is
by itself. What several parties wrote in a joint caucus is nobody's to destroy alone.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, delete, or_, select

from negotiations import audit
from negotiations.access.actor import Actor, still_seated
from negotiations.access.policy import can, demand
from negotiations.access.visible import visible
from negotiations.caucuses.queries import by_itself
from negotiations.chains import NOTE_PURGED, canonical_sha256
from negotiations.db import Db, reading_for
from negotiations.errors import Invalid, NotFound
from negotiations.locks import afresh
from negotiations.models import (
    IdempotencyKey,
    KeptNote,
    Membership,
    Negotiation,
    NegotiationSession,
    Note,
    NoteRevision,
    Party,
)
from negotiations.models.notes import NoteAudience
from negotiations.scheduling.table_locks import hold_tables


@dataclass(frozen=True, slots=True)
class Owned:
    """A party's own notes with the hashes of their texts, by the note's id, the oldest first."""

    party: Party
    notes: Sequence[Note]
    texts: Mapping[str, Sequence[str]]

    @property
    def sha256(self) -> str:
        """What they are, as one hash: it changes with any text."""
        return canonical_sha256(dict(self.texts))


async def owned(db: Db, actor: Actor, negotiation: Negotiation) -> Owned:
    """The own notes of the party of which the actor is a head; NotFound for anybody else."""
    seat = actor.seat_in(negotiation.id)
    if seat is None or not can(actor, "notes.export.read", negotiation):
        raise NotFound
    party = (await db.exec(select(Party).where(col(Party.id) == seat.party_id))).one()
    rows = await db.exec(
        afresh(
            select(Note)
            .where(
                visible(actor, Note),
                col(Note.negotiation_id) == negotiation.id,
                col(Note.audience) == NoteAudience.caucus,
                or_(col(Note.owner_id) == party.id, col(Note.owner_id).in_(by_itself(party.id))),
            )
            .order_by(col(Note.created_at), col(Note.id))
        )
    )
    notes = rows.all()
    return Owned(party, notes, await _hashes(db, actor, [note.id for note in notes]))


async def _hashes(db: Db, actor: Actor, note_ids: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {one: [] for one in note_ids}
    rows = await db.exec(
        select(NoteRevision.note_id, NoteRevision.sha256)
        .join(Note, col(Note.id) == NoteRevision.note_id)
        .where(visible(actor, Note), col(Note.id).in_(note_ids))
        .order_by(col(NoteRevision.note_id), col(NoteRevision.number))
    )
    for note_id, sha256 in rows:
        found[note_id].append(sha256)
    return found


async def held(db: Db, actor: Actor, negotiation: Negotiation) -> Owned:
    """As `owned`, while nobody can write on: whoever is writing comes first, or after."""
    before = await owned(db, actor, negotiation)
    sessions = {note.session_id for note in before.notes}
    query = select(NegotiationSession).where(
        visible(actor, NegotiationSession), col(NegotiationSession.id).in_(sessions)
    )
    await hold_tables(db, (await db.exec(query)).all())
    await still_seated(db, actor, negotiation.id)
    return await owned(db, actor, negotiation)


def check_meant(own: Owned, word: str) -> None:
    """Invalid unless the party's short name was written out."""
    if word != own.party.slug:
        raise Invalid.field("confirm", f"Write {own.party.slug} to confirm.")


async def purge(db: Db, actor: Actor, negotiation: Negotiation, own: Owned, now: datetime) -> None:
    """Destroy these notes: texts, revisions, texts kept when they came too late, kept answers.

    Also once the talks are over. What stays is an entry for each note in the chain of the party or
    its caucus, with the hashes and no text; the index of words follows with the notes.
    """
    demand(actor, "notes.purge", negotiation)
    ids = [note.id for note in own.notes]
    await db.exec(delete(NoteRevision).where(col(NoteRevision.note_id).in_(ids)))
    for note in own.notes:
        await db.delete(note)
        _enter(db, actor, note, own, now)
    mine = or_(
        col(KeptNote.owner_id) == own.party.id,
        col(KeptNote.owner_id).in_(by_itself(own.party.id)),
    )
    # Each is its author's alone to read, and goes all the same: also those of who has left.
    members = select(Membership.person_id).where(col(Membership.party_id) == own.party.id)
    async with reading_for(db, *(await db.exec(members)).all()):
        await db.exec(delete(KeptNote).where(col(KeptNote.audience) == NoteAudience.caucus, mine))
    await _forget_answers(db, own.party, ids)
    await db.flush()


def _enter(db: Db, actor: Actor, note: Note, own: Owned, now: datetime) -> None:
    party = note.owner_id == own.party.id
    audit.record(
        db,
        at=now,
        actor=actor.signature,
        action=NOTE_PURGED,
        object_type="note",
        object_id=note.id,
        content={"sha256": list(own.texts[note.id])},
        party_id=own.party.id if party else None,
        caucus_id=None if party else note.owner_id,
    )


async def _forget_answers(db: Db, party: Party, note_ids: Collection[str]) -> None:
    """An answer that is kept to be told again may hold a note's text."""
    members = select(Membership.person_id).where(col(Membership.party_id) == party.id)
    rows = await db.exec(select(IdempotencyKey).where(col(IdempotencyKey.person_id).in_(members)))
    named = {note_id.encode() for note_id in note_ids}
    for row in rows:
        if any(note_id in row.body for note_id in named):
            await db.delete(row)
