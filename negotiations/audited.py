"""Is what stands in the tables what the audit's entries recorded of it?

A chain is whole by itself while a row was changed by SQL. So the texts of summaries and notes are
compared with their entries (personal notes have none), and the rows by which a result is traced
with the last entry on each: outcomes, positions, commitments, the parties' decisions and remarks
and the frozen copies that are public.
"""

from collections import defaultdict
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement
from sqlmodel import col, select

from negotiations.chains import (
    CAUCUS,
    NOTE_PURGED,
    NOTE_RESTORED,
    NOTE_SAVED,
    SUMMARY_SAVED,
    canonical_sha256,
    restored_sha256s,
    saved_sha256,
)
from negotiations.db import Db
from negotiations.models import (
    AuditEntry,
    Commitment,
    NegotiationSession,
    Note,
    NoteRevision,
    Outcome,
    Position,
    PublishedSummary,
    Row,
    Summary,
    SummaryComment,
    SummaryDecision,
    SummaryRevision,
    Track,
)
from negotiations.models.notes import NoteAudience

# Columns that came later: what was entered before tells nothing of them, and they were null.
SINCE: dict[type[Row], tuple[str, ...]] = {Commitment: ("done_at", "person_id")}  # in this order
_NOTED = (NOTE_SAVED, NOTE_RESTORED)
# In words, where a table's name isn't one.
CALLED: dict[type[Row], str] = {
    Outcome: "outcome",
    Position: "position",
    Commitment: "commitment",
    SummaryDecision: "decision",
    SummaryComment: "remark",
    PublishedSummary: "published summary",
}


class _Entry(NamedTuple):
    chain: str
    number: int
    content: str


def content_of(row: Row) -> dict[str, Any]:
    """What an entry covers of a row: every column but `version`, as JSON values."""
    return row.model_dump(mode="json", exclude={"version"})


async def altered(db: Db) -> list[str]:
    """What isn't as it was recorded, each beginning with its chain."""
    found = [*await _altered_texts(db), *await _altered_notes(db)]
    # Of all tables at once: there may be many more entries than those.
    recorded: dict[str, dict[str, _Entry]] = defaultdict(dict)
    names = [str(table.__tablename__) for table in CALLED]
    for of_table, object_id, entry in await _entries(db, col(AuditEntry.object_type).in_(names)):
        recorded[of_table][object_id] = entry
    for table, called in CALLED.items():
        found += await _altered_rows(db, table, called, recorded[str(table.__tablename__)])
    return found


async def _altered_texts(db: Db) -> list[str]:
    """Revisions of summaries that aren't what was recorded when they were saved, or of which
    nothing was."""
    recorded: dict[str, list[_Entry]] = defaultdict(list)
    for _, object_id, entry in await _entries(db, col(AuditEntry.action) == SUMMARY_SAVED):
        recorded[object_id].append(entry)
    texts: dict[str, dict[int, str]] = defaultdict(dict)
    chains: dict[str, str] = {}
    revision, session = SummaryRevision, NegotiationSession
    query: Any = select(revision.summary_id, revision.number, revision.body)
    rows = await db.stream(
        query.add_columns(session.track_id, session.negotiation_id)
        .join(Summary, col(Summary.id) == revision.summary_id)
        .join(session, col(session.id) == Summary.session_id)
        .order_by(col(revision.summary_id), col(revision.number))
        .execution_options(yield_per=200)
    )
    async for summary_id, number, body, *place in rows:
        texts[summary_id][number] = saved_sha256(number, body.encode())
        chains[summary_id] = _chain(*place)
    changed = [
        f"{entry.chain}: the text of summary {summary_id}, revision {of}, "
        f"is not what entry {entry.number} recorded"
        for summary_id, saved in recorded.items()
        for of, entry in enumerate(saved, start=1)
        if texts[summary_id].get(of) != entry.content
    ]
    added = [
        f"{chains[summary_id]}: no entry has recorded the text of summary {summary_id}, "
        f"revision {number}"
        for summary_id, there in texts.items()
        for number in there
        if not 1 <= number <= len(recorded.get(summary_id, ()))
    ]
    return [*changed, *added]


async def _altered_notes(db: Db) -> list[str]:
    """Texts of notes that aren't what was recorded when they were saved or restored, are gone
    without a purge, or of which nothing was recorded."""
    recorded: dict[str, list[_Entry]] = defaultdict(list)
    for _, note_id, entry in await _entries(db, col(AuditEntry.action).in_(_NOTED)):
        recorded[note_id].append(entry)
    for _, note_id, _ in await _entries(db, col(AuditEntry.action) == NOTE_PURGED):
        recorded.pop(note_id, None)
    note, session = Note, NegotiationSession
    query: Any = select(NoteRevision.note_id, NoteRevision.number, NoteRevision.body)
    rows = await db.stream(
        query.add_columns(
            note.audience, note.owner_id, session.caucus_id, session.track_id,
            session.negotiation_id,
        )
        .join(note, col(note.id) == NoteRevision.note_id)
        .join(session, col(session.id) == note.session_id)
        .where(col(note.audience) != NoteAudience.mine)
        .order_by(col(NoteRevision.note_id), col(NoteRevision.number))
        .execution_options(yield_per=200)
    )  # fmt: skip
    found = []
    async for note_id, number, body, *whose in rows:
        text = f"the text of note {note_id}, revision {number}"
        entries = recorded[note_id]
        if not 1 <= number <= len(entries):
            found.append(f"{_chain_of_note(*whose)}: no entry has recorded {text}")
            continue
        entry, raw = entries[number - 1], body.encode()
        if entry.content not in {saved_sha256(number, raw), *restored_sha256s(number, raw)}:
            found.append(f"{entry.chain}: {text}, is not what entry {entry.number} recorded")
        entries[number - 1] = entry._replace(content="")
    found += [
        f"{entry.chain}: the text of note {note_id}, revision {of}, is gone, "
        f"which entry {entry.number} recorded"
        for note_id, entries in recorded.items()
        for of, entry in enumerate(entries, start=1)
        if entry.content
    ]
    return found


def _chain_of_note(
    audience: NoteAudience, owner_id: str, caucus_id: str | None, *place: Any
) -> str:
    """As notebook.actions enters it."""
    if caucus_id is not None:
        return f"{CAUCUS}{caucus_id}"
    return f"party:{owner_id}" if audience is NoteAudience.caucus else _chain(*place)


async def _entries(db: Db, which: ColumnElement[bool]) -> list[tuple[str, str, _Entry]]:
    """These entries in the order of their chains, each with the table and the id it tells of."""
    entry = AuditEntry
    query: Any = select(entry.object_type, entry.object_id).where(which)
    rows = await db.exec(
        query.add_columns(entry.chain, entry.number, entry.content_sha256).order_by(
            col(entry.chain), col(entry.number)
        )
    )
    return [(table, object_id, _Entry(*told)) for table, object_id, *told in rows]


def _chain(track_id: str | None, negotiation_id: str) -> str:
    return f"track:{track_id}" if track_id else f"negotiation:{negotiation_id}"


async def _altered_rows(
    db: Db, table: type[Row], called: str, recorded: dict[str, _Entry]
) -> list[str]:
    """Rows that aren't what was recorded of them last, are gone, or of which nothing was."""
    found = []
    async for row, chain in _rows(db, table):
        entry = recorded.pop(row.id, None)
        if entry is None:
            found.append(f"{chain}: no entry has recorded {called} {row.id}")
        elif entry.content not in _recorded_as(row):
            found.append(
                f"{entry.chain}: {called} {row.id} is not what entry {entry.number} recorded"
            )
    found += [
        f"{entry.chain}: {called} {row_id} is gone, which entry {entry.number} recorded"
        for row_id, entry in recorded.items()
    ]
    return found


def _recorded_as(row: Row) -> set[str]:
    """What may have been entered of this row: as it is, or before it had all of its columns."""
    told = content_of(row)
    found = {canonical_sha256(told)}
    for name in reversed(SINCE.get(type(row), ())):
        if told[name] is not None:
            break
        del told[name]
        found.add(canonical_sha256(told))
    return found


async def _rows(db: Db, table: type[Any]) -> AsyncIterator[tuple[Any, str]]:
    """Every row of the table, with the chain that it belongs to."""
    rows = await db.stream(_placed(table).order_by(col(table.id)).execution_options(yield_per=500))
    async for row, *place in rows:
        yield row, _chain(*place)


def _placed(table: type[Any]) -> Any:
    """The rows with the track and the talks they are of."""
    session, revision = NegotiationSession, SummaryRevision
    if table in (Position, Commitment):
        return select(table, Track.id, Track.negotiation_id).join(
            Track, col(Track.id) == table.track_id
        )
    query: Any = select(table, session.track_id, session.negotiation_id)
    if table is Outcome:
        return query.join(session, col(session.id) == Outcome.session_id)
    if table in (SummaryDecision, SummaryComment):
        query = query.join(revision, col(revision.id) == table.revision_id)
        query = query.join(Summary, col(Summary.id) == revision.summary_id)
    else:
        query = query.join(Summary, col(Summary.id) == PublishedSummary.summary_id)
    return query.join(session, col(session.id) == Summary.session_id)
