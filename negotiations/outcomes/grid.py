"""The matrix as SQL picks it: what stands in each cell, as tuples, for answers in JSON.

`matrix.cells` is the definition, and what is told here is the same (tests/outcomes/test_grid.py).
Model objects of every row that ever stood would take ten times as long.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import CTE, Label, String, cast, type_coerce, union_all
from sqlalchemy.orm import aliased
from sqlmodel import and_, case, col, func, select

from negotiations.access.actor import Actor
from negotiations.access.visible import visible
from negotiations.db import Db
from negotiations.documents.queries import DocumentLine, document_lines
from negotiations.errors import NotFound
from negotiations.models import (
    Issue,
    Negotiation,
    NegotiationSession,
    Outcome,
    Party,
    SessionParty,
    Track,
)
from negotiations.models.sessions import SessionKind, SessionStatus
from negotiations.parties.codes import code_order


class Listed(NamedTuple):
    """An issue (`code` and title) or the jurisdiction of a track (`code` is its slug)."""

    id: str
    code: str
    title: str


class Standing(NamedTuple):
    """What stands in one cell, of `history` outcomes behind it; the day as it is written."""

    track_id: str
    issue_id: str
    history: int
    value: str
    partial: bool
    text: str
    reason: str | None
    decided_by_id: str | None
    effective_on: str
    certainty: str
    basis: str
    session_id: str
    id: str


@dataclass(frozen=True, slots=True)
class Grid:
    """The matrix of what one actor may see; `held` are the tracks that have had a session."""

    negotiation: Negotiation
    as_of: date | None
    known_at: datetime | None
    issues: Sequence[Listed]
    tracks: Sequence[Listed]
    standing: Mapping[tuple[str, str], Standing]
    held: frozenset[str]
    slugs: Mapping[str, str]
    documents: Sequence[DocumentLine]


async def grid(
    db: Db,
    actor: Actor,
    negotiation: Negotiation,
    *,
    as_of: date | None = None,
    known_at: datetime | None = None,
    jurisdiction: str | None = None,
    issue: str | None = None,
    today: date | None = None,
) -> Grid:
    """As queries.matrix, by a constant number of queries.

    Raises NotFound for a jurisdiction or an issue that isn't there (or not to be seen).
    """
    issues = await _issues(db, actor, negotiation.id, issue)
    tracks = await _tracks(db, actor, negotiation.id, jurisdiction)
    if (issue is not None and not issues) or (jurisdiction is not None and not tracks):
        raise NotFound
    columns = _columns(actor, negotiation.id, jurisdiction)
    picked = _latest if _is_sqlite(db) else _first
    found = await db.exec(picked(columns, _counts(issue, issues, as_of, known_at)))
    slugs = await db.exec(
        select(Party.id, Party.slug).where(
            col(Party.negotiation_id) == negotiation.id, visible(actor, Party)
        )
    )
    documents: Sequence[DocumentLine] = ()
    if issue is None:
        documents = await document_lines(
            db, actor, negotiation, as_of=as_of, known_at=known_at, today=today
        )
    return Grid(
        negotiation,
        as_of,
        known_at,
        issues,
        tracks,
        {(row[0], row[1]): Standing(*row) for row in found.all()},
        await _held(db, columns, as_of),
        dict(slugs.all()),
        documents,
    )


async def _issues(db: Db, actor: Actor, negotiation_id: str, code: str | None) -> list[Listed]:
    query = select(Issue.id, Issue.code, Issue.title).where(
        col(Issue.negotiation_id) == negotiation_id, visible(actor, Issue)
    )
    if code is not None:
        query = query.where(col(Issue.code) == code)
    rows = [Listed(*row) for row in await db.exec(query)]
    return sorted(rows, key=lambda one: code_order(one.code))


async def _tracks(db: Db, actor: Actor, negotiation_id: str, slug: str | None) -> list[Listed]:
    query = (
        select(Track.id, Party.slug, Party.name)
        .join(Party, col(Party.id) == Track.party_id)
        .where(col(Track.negotiation_id) == negotiation_id, visible(actor, Track))
        .order_by(col(Party.name), col(Party.id))
    )
    if slug is not None:
        query = query.where(col(Party.slug) == slug)
    return [Listed(*row) for row in await db.exec(query)]


def _columns(actor: Actor, negotiation_id: str, slug: str | None) -> CTE:
    """Each visible session with the tracks in whose columns it counts."""
    session = NegotiationSession
    told: Any = (
        col(Track.id).label("track_id"),
        session.id,
        session.starts_at,
        session.local_start,
        session.status,
    )
    wanted = [
        col(Track.negotiation_id) == negotiation_id,
        visible(actor, Track),
        visible(actor, session),
    ]
    if slug is not None:
        named = select(Party.id).where(
            col(Party.negotiation_id) == negotiation_id, col(Party.slug) == slug
        )
        wanted.append(col(Track.party_id).in_(named))
    own: Any = select(*told).join(Track, col(Track.id) == session.track_id)
    plenary: Any = (
        select(*told)
        .join(SessionParty, col(SessionParty.session_id) == session.id)
        .join(Track, col(Track.party_id) == SessionParty.party_id)
        .where(col(session.kind) == SessionKind.plenary, col(session.track_id).is_(None))
    )
    return union_all(own.where(*wanted), plenary.where(*wanted)).cte("columns")


async def _held(db: Db, columns: CTE, as_of: date | None) -> frozenset[str]:
    query = select(columns.c.track_id).distinct().where(columns.c.status == SessionStatus.held)
    if as_of is not None and as_of < date.max:
        next_day = datetime.combine(as_of + timedelta(days=1), datetime.min.time())
        query = query.where(columns.c.local_start < next_day)
    return frozenset(await db.exec(query))


def _counts(
    issue: str | None, issues: Sequence[Listed], as_of: date | None, known_at: datetime | None
) -> Any:
    """Which rows count, as a condition on the outcome or on what would supersede it."""

    def condition(row: type[Outcome]) -> Any:
        conditions: list[Any] = [col(row.id).is_not(None)]
        if issue is not None:
            conditions.append(col(row.issue_id).in_([one.id for one in issues]))
        if as_of is not None:
            conditions.append(col(row.effective_on) <= as_of)
        if known_at is not None:  # to the second, as answers show it
            second = known_at.replace(microsecond=0)
            conditions.append(col(row.recorded_at) < second + timedelta(seconds=1))
        return and_(*conditions)

    return condition


def _told(row: Any, text: Any) -> list[Any]:
    return [
        text(row.value), row.partial, row.text, row.reason, row.decided_by_id,
        text(row.effective_on), text(row.certainty), text(row.basis), row.session_id, row.id,
    ]  # fmt: skip


def _latest(columns: CTE, counts: Any) -> Any:
    """SQLite: the greatest of texts that sort as the rows do, which is quicker than a window."""
    row, later, picked = Outcome, aliased(Outcome), aliased(Outcome)

    def text(column: Any) -> Any:
        return type_coerce(column, String)

    key = text(row.effective_on) + text(columns.c.starts_at) + text(row.recorded_at)
    key = func.max(case((col(later.id).is_(None), key + "|" + col(row.id))))
    cells = (
        select(columns.c.track_id, row.issue_id, func.count().label("history"), key.label("key"))
        .select_from(columns)
        .join(row, col(row.session_id) == columns.c.id)
        .outerjoin(later, and_(col(later.supersedes_id) == row.id, counts(later)))
        .where(counts(row))
        .group_by(columns.c.track_id, row.issue_id)
        .subquery()
    )
    id_ = func.substr(cells.c.key, func.instr(cells.c.key, "|") + 1)
    return select(cells.c.track_id, cells.c.issue_id, cells.c.history, *_told(picked, text)).join(
        picked, col(picked.id) == id_
    )


def _first(columns: CTE, counts: Any) -> Any:
    """PostgreSQL: the first of each cell's rows."""
    row, later = Outcome, aliased(Outcome)

    def text(column: Any) -> Label[Any]:
        return cast(column, String).label(column.key)

    cell = (columns.c.track_id, col(row.issue_id))
    order = (
        col(later.id).is_not(None),
        col(row.effective_on).desc(),
        columns.c.starts_at.desc(),
        col(row.recorded_at).desc(),
        col(row.id).desc(),
    )
    ranked = (
        select(  # type: ignore[call-overload]
            *cell,
            func.count().over(partition_by=cell).label("history"),
            *_told(row, text),
            func.row_number().over(partition_by=cell, order_by=order).label("place"),
            col(later.id).label("later_id"),
        )
        .select_from(columns)
        .join(row, col(row.session_id) == columns.c.id)
        .outerjoin(later, and_(col(later.supersedes_id) == row.id, counts(later)))
        .where(counts(row))
        .subquery()
    )
    names = ["track_id", "issue_id", *Standing._fields[2:]]
    return select(*(ranked.c[name] for name in names)).where(
        ranked.c.place == 1, ranked.c.later_id.is_(None)
    )


def _is_sqlite(db: Db) -> bool:
    return bool(db.get_bind().dialect.name == "sqlite")
