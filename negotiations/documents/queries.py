"""Reading document requests: only what the actor may see."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import col, select

from negotiations.access.actor import Actor
from negotiations.access.visible import visible
from negotiations.db import Db
from negotiations.documents import lines, states
from negotiations.documents.states import Standing
from negotiations.errors import NotFound
from negotiations.locks import locked
from negotiations.models import (
    DocumentRequest,
    DocumentRequestEvent,
    DocumentRequestParty,
    DocumentRequestSession,
    DocumentRequestSource,
    Negotiation,
    NegotiationSession,
    Party,
    Source,
)
from negotiations.models.outcomes import Certainty
from negotiations.web.cursors import Part
from negotiations.working_days import holidays_of

_LATEST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Requested:
    """A request with what its ids stand for.

    `sessions` are those it is needed before, as far as the actor may see them, by start.
    """

    row: DocumentRequest
    negotiation: Negotiation
    requester: Party
    co_requesters: Sequence[Party]
    holder: Party
    events: Sequence[DocumentRequestEvent]
    sessions: Sequence[NegotiationSession]

    @property
    def standing(self) -> Standing:
        found = states.standing(self.events)
        assert found is not None, "a request is made with an event that leads to a state"
        return found

    @property
    def warnings(self) -> list[str]:
        talks = self.negotiation
        off = holidays_of(talks.holidays)
        return lines.warnings(self.standing, self.sessions, talks.home_tz, off)


async def requests(
    db: Db,
    actor: Actor,
    negotiation: Negotiation,
    *,
    only: str | None = None,
    part: Part | None = None,
) -> list[Requested]:
    """The visible requests, by the first session they are needed before; the others last."""
    query = (
        select(DocumentRequest)
        .where(
            col(DocumentRequest.negotiation_id) == negotiation.id, visible(actor, DocumentRequest)
        )
        .order_by(col(DocumentRequest.created_at), col(DocumentRequest.id))
    )
    if only is not None:
        query = query.where(col(DocumentRequest.id) == only)
    rows = (await db.exec(query)).all()
    ids = [row.id for row in rows]
    joined = await _co_requesters(db, ids)
    named = {id_ for row in rows for id_ in (row.requester_id, row.holder_id, *joined[row.id])}
    parties = await db.exec(select(Party).where(col(Party.id).in_(named)))
    by_id = {party.id: party for party in parties}
    events = await events_of(db, ids)
    sessions = await _sessions(db, actor, ids)
    found = [
        Requested(
            row,
            negotiation,
            by_id[row.requester_id],
            [by_id[one] for one in joined[row.id]],
            by_id[row.holder_id],
            events[row.id],
            sessions[row.id],
        )
        for row in rows
    ]
    if part is not None:
        return part.cut(found, _place, lambda *place: place)
    return sorted(found, key=_place)


def _place(one: Requested) -> tuple[str, ...]:
    """By when it is needed, then by when it was entered."""
    first = lines.needed_first(one.sessions)
    needed_at = first.starts_at if first else _LATEST
    return needed_at.isoformat(), one.row.created_at.isoformat(), one.row.id


async def request(
    db: Db, actor: Actor, negotiation: Negotiation, request_id: str, *, lock: bool = False
) -> Requested:
    """One visible request; with `lock` nobody else writes to it until the commit."""
    if lock:
        held = locked(select(DocumentRequest).where(col(DocumentRequest.id) == request_id))
        await db.exec(held)
    found = await requests(db, actor, negotiation, only=request_id)
    if not found:
        raise NotFound
    return found[0]


async def _co_requesters(db: Db, ids: Sequence[str]) -> dict[str, list[str]]:
    """Ids of the parties that ask together with the requester, by name, by request."""
    rows = await db.exec(
        select(DocumentRequestParty)
        .join(Party, col(Party.id) == DocumentRequestParty.party_id)
        .where(col(DocumentRequestParty.request_id).in_(ids))
        .order_by(col(Party.short_name), col(Party.id))
    )
    grouped = defaultdict(list)
    for row in rows:
        grouped[row.request_id].append(row.party_id)
    return grouped


async def events_of(db: Db, ids: Sequence[str]) -> dict[str, list[DocumentRequestEvent]]:
    """What happened to each of these requests, by their ids."""
    grouped: dict[str, list[DocumentRequestEvent]] = defaultdict(list)
    if ids:
        for row in await db.exec(_events(), params={"ids": list(ids)}):
            grouped[row.request_id].append(row)
    return grouped


@cache
def _events() -> Any:
    row = DocumentRequestEvent
    within = col(row.request_id).in_(bindparam("ids", expanding=True))
    return select(row).where(within).order_by(col(row.number))


async def _sessions(
    db: Db, actor: Actor, ids: Sequence[str]
) -> dict[str, list[NegotiationSession]]:
    rows = await db.exec(
        select(DocumentRequestSession.request_id, NegotiationSession)
        .join(NegotiationSession, col(NegotiationSession.id) == DocumentRequestSession.session_id)
        .where(col(DocumentRequestSession.request_id).in_(ids), visible(actor, NegotiationSession))
        .order_by(col(NegotiationSession.starts_at), col(NegotiationSession.id))
    )
    grouped = defaultdict(list)
    for request_id, session in rows:
        grouped[request_id].append(session)
    return grouped


async def sources_of(db: Db, events: Iterable[DocumentRequestEvent]) -> dict[str, list[Source]]:
    """Where each event was read, by event id."""
    rows = await db.exec(
        select(DocumentRequestSource.event_id, Source)
        .join(Source, col(Source.id) == DocumentRequestSource.source_id)
        .where(col(DocumentRequestSource.event_id).in_([one.id for one in events]))
        .order_by(col(Source.citation), col(Source.id))
    )
    grouped = defaultdict(list)
    for event_id, source in rows:
        grouped[event_id].append(source)
    return grouped


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A request as it stood on a day, in one line: it spans every column of the matrix."""

    asked: Requested
    standing: Standing
    text: str
    certainty: Certainty
    due_on: date | None


async def document_lines(
    db: Db,
    actor: Actor,
    negotiation: Negotiation,
    *,
    as_of: date | None = None,
    known_at: datetime | None = None,
    today: date | None = None,
) -> list[DocumentLine]:
    """The visible requests as of a day and as known at an instant; those not begun left out.

    `due_on` is the deadline that comes next on `as_of`, without it on `today`; where no day is
    given, the last one.
    """
    found = []
    for one in await requests(db, actor, negotiation):
        stood = states.standing(one.events, as_of=as_of, known_at=known_at)
        if stood is not None:
            found.append(
                DocumentLine(
                    one,
                    stood,
                    lines.one_line(stood),
                    lines.certainty(one.row, stood),
                    stood.next_due(as_of or today or date.max),
                )
            )
    return found


async def published(db: Db, negotiation_id: str) -> list[dict[str, Any]]:
    """The public copies of these talks' requests, for whoever asks, by title."""
    rows = await db.exec(
        select(DocumentRequest)
        .where(
            col(DocumentRequest.negotiation_id) == negotiation_id,
            col(DocumentRequest.published_at).is_not(None),
        )
        .order_by(col(DocumentRequest.created_at), col(DocumentRequest.id))
    )
    return [row.public_copy for row in rows if row.public_copy is not None]
