"""The matrix as SQL picks it: what stands in each cell, as tuples, for answers in JSON.

`matrix.cells` is the definition, and what is told here is the same (tests/outcomes/test_grid.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import CTE
from sqlmodel import and_, col, select

from negotiations.access.actor import Actor
from negotiations.access.visible import visible
from negotiations.db import Db
from negotiations.documents.queries import DocumentLine, document_lines
from negotiations.errors import NotFound
from negotiations.models import Issue, Negotiation, Party, Track
from negotiations.models.sessions import SessionStatus
from negotiations.outcomes.columns import columns
from negotiations.outcomes.picking import (
    Asked,
    at_plenaries,
    standing_now,
    standing_then,
)
from negotiations.outcomes.read_from import changed_revisions
from negotiations.outcomes.standing import Cell, Shown
from negotiations.parties.codes import code_order


class Listed(NamedTuple):
    """An issue (`code` and title) or the jurisdiction of a track (`code` is its slug)."""

    id: str
    code: str
    title: str


class Narrowed(NamedTuple):
    """What of a matrix is asked for: as of a day, as known at an instant, of one column or row."""

    as_of: date | None = None
    known_at: datetime | None = None
    jurisdiction: str | None = None
    issue: str | None = None


EVERYTHING = Narrowed()


@dataclass(frozen=True, slots=True)
class Grid:
    """The matrix of what one actor may see; `held` are the tracks that have had a session.

    `plenary` is what stands of plenaries alone, where the matrix isn't as of a day; `changed` the
    revisions of summaries after which there is a newer text.
    """

    negotiation: Negotiation
    as_of: date | None
    known_at: datetime | None
    issues: Sequence[Listed]
    tracks: Sequence[Listed]
    standing: Mapping[Cell, Shown]
    plenary: Mapping[Cell, Shown]
    held: frozenset[str]
    changed: frozenset[str]
    slugs: Mapping[str, str]
    documents: Sequence[DocumentLine]


async def grid(
    db: Db,
    actor: Actor,
    negotiation: Negotiation,
    narrowed: Narrowed = EVERYTHING,
    *,
    today: date | None = None,
) -> Grid:
    """As queries.matrix, by a constant number of queries.

    Raises NotFound for a jurisdiction or an issue that isn't there (or not to be seen).
    """
    as_of, known_at, jurisdiction, issue = narrowed
    issues = await _issues(db, actor, negotiation.id, issue)
    tracks, slugs = await _sides(db, actor, negotiation.id, jurisdiction)
    if (issue is not None and not issues) or (jurisdiction is not None and not tracks):
        raise NotFound
    only = issues[0].id if issue is not None else None
    asked = Asked(actor, negotiation.id, jurisdiction, only)
    plenary: Mapping[Cell, Shown] = {}
    if as_of is None and known_at is None:
        plenary = await at_plenaries(db, asked)
        standing = await standing_now(db, asked, plenary)
    else:
        standing = await standing_then(db, asked, as_of, known_at)
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
        standing,
        plenary,
        await _held(db, columns(actor, negotiation.id, jurisdiction), as_of),
        await changed_revisions(db, actor, negotiation.id),
        slugs,
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


async def _sides(
    db: Db, actor: Actor, negotiation_id: str, slug: str | None
) -> tuple[list[Listed], dict[str, str]]:
    """The visible tracks by their jurisdictions' names, and the slugs of all parties by id."""
    # The talks are named for the index, as in seats_query().
    own = and_(
        col(Track.negotiation_id) == negotiation_id,
        col(Track.party_id) == Party.id,
        visible(actor, Track),
    )
    found = await db.exec(
        select(Party.id, Party.slug, Party.name, Track.id)
        .outerjoin(Track, own)
        .where(col(Party.negotiation_id) == negotiation_id, visible(actor, Party))
        .order_by(col(Party.name), col(Party.id))
    )
    rows: list[tuple[str, str, str, str | None]] = list(found.all())
    tracks = [
        Listed(track_id, code, name)
        for _, code, name, track_id in rows
        if track_id is not None and slug in (None, code)
    ]
    return tracks, {row[0]: row[1] for row in rows}


async def _held(db: Db, told: CTE, as_of: date | None) -> frozenset[str]:
    """The tracks of which a session has been held, of these columns."""
    query = select(told.c.track_id).distinct().where(told.c.status == SessionStatus.held)
    if as_of is not None and as_of < date.max:
        next_day = datetime.combine(as_of + timedelta(days=1), datetime.min.time())
        query = query.where(told.c.local_start < next_day)
    return frozenset(await db.exec(query))
