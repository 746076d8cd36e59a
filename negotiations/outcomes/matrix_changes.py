"""What of a matrix has changed? Counted in the transaction of each change.

Who keeps a matrix in memory reads in one go what has changed since (`outcomes.kept_matrix`): its
numbers rise one after another, since a writer of the talks holds their count until the commit.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import bindparam
from sqlmodel import and_, col, or_, select

from negotiations.access.actor import Actor
from negotiations.access.prepared import prepared
from negotiations.access.visible import visible
from negotiations.db import Db, Written, inserting, is_sqlite, written_in
from negotiations.errors import NotFound
from negotiations.models import (
    DocumentRequest,
    DocumentRequestEvent,
    DocumentRequestParty,
    Issue,
    MatrixChange,
    Negotiation,
    NegotiationSession,
    Outcome,
    Party,
    SessionParty,
    Summary,
    SummaryRevision,
    Track,
)
from negotiations.models.sessions import SessionKind

COUNT = "count"  # of all changes: the newest number
WHOLE = "whole"  # any cell, or what the rows and columns are
DOCUMENTS = "documents"  # the lines of document requests


async def refresh(db: Db) -> None:
    """Count what this transaction has written (a projection)."""
    found: dict[str, set[str]] = defaultdict(set)
    async for negotiation_id, part in _parts(db, written_in(db)):
        found[negotiation_id].add(part)
    for negotiation_id, parts in sorted(found.items()):
        await _count(db, negotiation_id, WHOLE if WHOLE in parts else parts)


NOTHING_KNOWN = 2**62  # greater than every number: of changes since then only the count comes


class News(NamedTuple):
    """Talks, the number of the newest change of their matrix, and which parts have changed."""

    talks: Negotiation
    number: int
    parts: frozenset[str]


async def changed(db: Db, actor: Actor, slug: str, since: int = NOTHING_KNOWN) -> News:
    """The talks of this name, and what has changed after `since`: asked at once, since that is
    all that most requests for a matrix ask. NotFound where the actor sees no such talks."""
    rows = (await db.exec(_changed(actor), params={"slug": slug, "since": since})).all()
    if not rows:
        raise NotFound
    numbers: dict[str, int] = {part: number for _, part, number in rows if part is not None}
    newest = numbers.pop(COUNT, 0)
    return News(rows[0][0], newest, frozenset(numbers))


@prepared
def _changed(actor: Actor) -> Any:
    newer = or_(col(MatrixChange.part) == COUNT, col(MatrixChange.number) > bindparam("since"))
    return (
        select(Negotiation, MatrixChange.part, MatrixChange.number)
        .outerjoin(MatrixChange, and_(col(MatrixChange.negotiation_id) == Negotiation.id, newer))
        .where(col(Negotiation.slug) == bindparam("slug"), visible(actor, Negotiation))
    )


async def _parts(db: Db, written: Iterable[Written]) -> AsyncIterator[tuple[str, str]]:
    """The talks and the part of their matrix that each written row belongs to."""
    for row, comes_or_goes, _ in list(written):
        match row:
            case Negotiation():
                yield row.id, WHOLE
            case Party() | Issue():
                yield row.negotiation_id, WHOLE
            case Track() if comes_or_goes:
                yield row.negotiation_id, WHOLE
            case DocumentRequest() | DocumentRequestEvent() | DocumentRequestParty():
                request = await _request(db, row)
                if request is not None:
                    yield request.negotiation_id, DOCUMENTS
            case NegotiationSession() if comes_or_goes and row.closed_at is None:
                pass  # it tells nothing yet
            case NegotiationSession() | Outcome() | SummaryRevision() | SessionParty():
                session = await _session(db, row)
                if session is not None and session.kind is not SessionKind.caucus:
                    yield session.negotiation_id, session.track_id or WHOLE


async def _request(
    db: Db, row: DocumentRequest | DocumentRequestEvent | DocumentRequestParty
) -> DocumentRequest | None:
    if isinstance(row, DocumentRequest):
        return row
    return await db.get(DocumentRequest, row.request_id)


async def _session(
    db: Db, row: NegotiationSession | Outcome | SummaryRevision | SessionParty
) -> NegotiationSession | None:
    """The session a row belongs to."""
    if isinstance(row, NegotiationSession):
        return row
    if isinstance(row, SummaryRevision):
        summary = await db.get(Summary, row.summary_id)
        return await db.get(NegotiationSession, summary.session_id) if summary else None
    return await db.get(NegotiationSession, row.session_id)


async def _count(db: Db, negotiation_id: str, parts: str | Iterable[str]) -> None:
    link, on_sqlite = await db.connection(), is_sqlite(db)
    counted = await link.execute(_one_more(on_sqlite), {"talks": negotiation_id})
    told = {"negotiation_id": negotiation_id, "number": counted.scalar_one()}
    listed = [parts] if isinstance(parts, str) else sorted(parts)
    await link.execute(_told(on_sqlite), [{**told, "part": one} for one in listed])


_KEY = ("negotiation_id", "part")


@cache
def _one_more(on_sqlite: bool) -> Any:
    first = inserting(on_sqlite, MatrixChange).values(
        negotiation_id=bindparam("talks"), part=COUNT, number=1
    )
    return first.on_conflict_do_update(
        index_elements=_KEY, set_={"number": col(MatrixChange.number) + 1}
    ).returning(col(MatrixChange.number))


@cache
def _told(on_sqlite: bool) -> Any:
    given = inserting(on_sqlite, MatrixChange)
    return given.on_conflict_do_update(index_elements=_KEY, set_={"number": given.excluded.number})
