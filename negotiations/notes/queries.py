"""Reading summaries and their revisions: only what the actor may see."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, literal, union_all
from sqlmodel import and_, case, col, func, or_, select

from negotiations.access.actor import Actor
from negotiations.access.prepared import prepared
from negotiations.access.visible import visible
from negotiations.db import Db
from negotiations.errors import NotFound
from negotiations.models import (
    Commitment,
    NegotiationSession,
    Outcome,
    Position,
    Summary,
    SummaryRevision,
)
from negotiations.models.sessions import AttendanceMode, Presence, Rsvp, SessionStatus
from negotiations.scheduling import queries as scheduling
from negotiations.web.answers import Id, TypedDict
from negotiations.web.cursors import Part, Sorted, in_order, rows_of


async def summary(db: Db, actor: Actor, session_id: str) -> tuple[Summary, SummaryRevision] | None:
    """The visible summary of a session with its latest visible revision, or None."""
    rows = await db.exec(_summary(actor), params={"session": session_id})
    found: tuple[Summary, SummaryRevision] | None = rows.first()
    return found


@prepared
def _summary(actor: Actor) -> Any:
    return (
        select(Summary, SummaryRevision)
        .join(SummaryRevision, col(SummaryRevision.summary_id) == Summary.id)
        .where(
            col(Summary.session_id) == bindparam("session"),
            visible(actor, Summary),
            visible(actor, SummaryRevision),
        )
        .order_by(col(SummaryRevision.number).desc())
        .limit(1)
    )


class AttendedView(TypedDict):
    person: Id
    rsvp: Rsvp
    actual: Presence
    mode: AttendanceMode


class RecordedView(TypedDict):
    """What is recorded beside a summary: ids, and who came."""

    session_status: SessionStatus
    outcomes: list[Id]
    positions: list[Id]
    commitments: list[Id]
    attendance: list[AttendedView]


async def recorded(db: Db, actor: Actor, session: NegotiationSession) -> RecordedView:
    """What of a session is written together with its summary, as far as the actor may see it: what
    one side holds or undertakes at a plenary is no other side's. Ids, and who came."""
    ids: dict[str, list[str]] = defaultdict(list)
    for kind, id_ in await db.exec(_recorded_ids(actor), params={"session": session.id}):
        ids[kind].append(id_)
    attendance = [row for row, _ in await scheduling.attendance(db, session.id)]
    return {
        "session_status": session.status,
        "outcomes": sorted(ids["outcome"]),
        "positions": sorted(ids["position"]),
        "commitments": sorted(ids["commitment"]),
        "attendance": [
            {"person": row.person_id, "rsvp": row.rsvp, "actual": row.actual, "mode": row.mode}
            for row in sorted(attendance, key=lambda row: row.person_id)
        ],
    }


@prepared
def _recorded_ids(actor: Actor) -> Any:
    of_each: list[Any] = [
        select(literal(str(table.__tablename__)), table.id).where(
            col(table.session_id) == bindparam("session"), visible(actor, table)
        )
        for table in (Outcome, Position, Commitment)
    ]
    return union_all(*of_each)


async def revisions(
    db: Db, actor: Actor, session_id: str, *, part: Part | None = None
) -> Sequence[SummaryRevision]:
    """All visible revisions, the newest first; NotFound where there is none to see."""
    found = await rows_of(db, _revisions(actor), part=part, params={"session": session_id})
    if not found and (part is None or part.after is None):
        raise NotFound
    return found


@prepared
def _revisions(actor: Actor) -> Sorted:
    query = (
        select(SummaryRevision)
        .join(Summary, col(Summary.id) == SummaryRevision.summary_id)
        .where(col(Summary.session_id) == bindparam("session"), visible(actor, SummaryRevision))
    )
    return in_order(query, col(SummaryRevision.number).desc())


async def revision(db: Db, actor: Actor, session_id: str, revision_id: str) -> SummaryRevision:
    """One visible revision of a session's summary."""
    for row in await revisions(db, actor, session_id):
        if row.id == revision_id:
            return row
    raise NotFound


async def has_text(db: Db, actor: Actor, session_id: str, sha256: str) -> bool:
    """Whether a visible revision of the session's summary is this very text."""
    rows = await db.exec(
        select(SummaryRevision.id)
        .join(Summary, col(Summary.id) == SummaryRevision.summary_id)
        .where(
            col(Summary.session_id) == session_id,
            col(SummaryRevision.sha256) == sha256,
            visible(actor, SummaryRevision),
        )
        .limit(1)
    )
    return rows.first() is not None


async def numbers(db: Db, session_id: str) -> dict[int, str]:
    """The ids of all texts of a session's summary, by their numbers; not for delegations' eyes."""
    rows = await db.exec(
        select(SummaryRevision.number, SummaryRevision.id)
        .join(Summary, col(Summary.id) == SummaryRevision.summary_id)
        .where(col(Summary.session_id) == session_id)
    )
    return dict(rows.all())


async def states(db: Db, session_ids: Iterable[str]) -> dict[str, Summary]:
    """The summary of each session that has one, by session id; not for delegations' eyes."""
    ids = list(session_ids)
    if not ids:
        return {}
    rows = await db.exec(select(Summary).where(col(Summary.session_id).in_(ids)))
    return {row.session_id: row for row in rows}


Texts = tuple[str, str | None, datetime | None, bool]


async def texts(db: Db, summaries: Iterable[Summary], most: int) -> dict[str, Texts]:
    """What each says, by session id, the first `most` characters; not for delegations' eyes.

    The newest text; the newest that the delegations may read; since when they could read any; and
    whether these two are one.
    """
    of_summary = {summary.id: summary.session_id for summary in summaries}
    if not of_summary:
        return {}
    rows = await db.exec(_texts(), params={"ids": list(of_summary), "most": most})
    found: dict[str, Texts] = {}
    for summary_id, place, text, newest, shared, since in rows:
        one = found.get(of_summary[summary_id], ("", None, since, newest == shared))
        found[of_summary[summary_id]] = (
            text if place == newest else one[0],
            text if place == shared else one[1],
            *one[2:],
        )
    return found


@cache
def _texts() -> Any:
    revision, number, shared_at = SummaryRevision, SummaryRevision.number, SummaryRevision.shared_at
    last = (
        select(
            revision.summary_id,
            func.max(number).label("number"),
            func.max(case((col(shared_at).is_not(None), col(number)))).label("shared"),
            func.min(shared_at).label("shared_at"),
        )
        .where(col(revision.summary_id).in_(bindparam("ids", expanding=True)))
        .group_by(col(revision.summary_id))
        .subquery()
    )
    either = or_(last.c.number == number, last.c.shared == number)
    texts_ = select(revision.summary_id, number, func.substr(revision.body, 1, bindparam("most")))
    return texts_.add_columns(last.c.number, last.c.shared, last.c.shared_at).join(
        last, and_(last.c.summary_id == revision.summary_id, either)
    )


async def symbols(db: Db, negotiation_id: str, *, but: str = "") -> set[str]:
    """The document symbols in use in a negotiation, `but` that of one summary."""
    rows = await db.exec(_symbols(), params={"talks": negotiation_id, "but": but})
    return set(rows.all())


@cache
def _symbols() -> Any:
    session = NegotiationSession
    return (
        select(Summary.symbol)
        .join(session, col(session.id) == Summary.session_id)
        .where(
            col(session.negotiation_id) == bindparam("talks"), col(Summary.id) != bindparam("but")
        )
        .execution_options(passage="table")
    )
