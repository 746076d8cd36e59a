"""Loading what each kind of entry is made of.

It reads for all audiences at once and so asks no actor; `entries` decides who finds what.
"""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from negotiations.db import Db
from negotiations.models import NegotiationSession
from negotiations.search import entries, entry_queries
from negotiations.search.entries import Entry


async def _rows(db: Db, query: Any, ids: Collection[str]) -> list[Any]:
    return list(await db.exec(query, params={"ids": list(ids)}))


async def sessions(db: Db, ids: Collection[str]) -> list[Entry]:
    found = await _rows(db, entry_queries.sessions(), ids)
    agenda = defaultdict(list)
    for item in await _rows(db, entry_queries.agenda_items(), ids):
        agenda[item.session_id].append(item)
    parties = await _parties(db, found)
    return [
        entry for one in found for entry in entries.of_session(one, agenda[one.id], parties[one.id])
    ]


async def _parties(db: Db, sessions: Collection[NegotiationSession]) -> dict[str, list[str]]:
    """The ids of who takes part, by session; of a track's nobody is named."""
    named = {one.id for one in sessions if one.track_id is None}
    found: dict[str, list[str]] = defaultdict(list)
    if named:
        for session_id, party_id in await _rows(db, entry_queries.participants(), named):
            found[session_id].append(party_id)
    return found


async def summaries(db: Db, ids: Collection[str]) -> list[Entry]:
    found = await _rows(db, entry_queries.summaries(), ids)
    parties = await _parties(db, [session for _, session, *_ in found])
    return [
        entry
        for summary, session, latest, shared, published in found
        if latest is not None
        for entry in entries.of_summary(
            summary,
            session,
            parties[session.id],
            latest=latest,
            shared=shared,
            published=published,
        )
    ]


async def notes(db: Db, ids: Collection[str]) -> list[Entry]:
    found = await _rows(db, entry_queries.notes(), ids)
    parties = await _parties(db, [session for _, session, _ in found])
    return [
        entry
        for note, session, body in found
        for entry in entries.of_note(note, session, parties[session.id], body)
    ]


async def outcomes(db: Db, ids: Collection[str]) -> list[Entry]:
    found = await _rows(db, entry_queries.outcomes(), ids)
    parties = await _parties(db, [session for _, _, session, _ in found])
    return [
        entry
        for row, issue, session, gone in found
        for entry in entries.of_outcome(row, issue, session, parties[session.id], superseded=gone)
    ]


async def positions(db: Db, ids: Collection[str]) -> list[Entry]:
    return [
        entry
        for row, issue, track, gone in await _rows(db, entry_queries.positions(), ids)
        for entry in entries.of_position(row, issue, track, superseded=gone)
    ]


async def commitments(db: Db, ids: Collection[str]) -> list[Entry]:
    rows = await _rows(db, entry_queries.commitments(), ids)
    return [entry for row in rows for entry in entries.of_commitment(*row)]


async def requests(db: Db, ids: Collection[str]) -> list[Entry]:
    events = defaultdict(list)
    for event in await _rows(db, entry_queries.request_events(), ids):
        events[event.request_id].append(event)
    rows = await _rows(db, entry_queries.requests(), ids)
    return [entry for row in rows for entry in entries.of_request(row, events[row.id])]
