"""Reading what each side holds on each issue: only what the actor may see."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import bindparam
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from negotiations.access.actor import Actor
from negotiations.access.prepared import prepared
from negotiations.access.visible import visible
from negotiations.db import Db
from negotiations.errors import NotFound
from negotiations.locks import locked
from negotiations.models import Issue, Party, Position, PositionSource, Source, Track
from negotiations.models.outcomes import Certainty
from negotiations.models.sessions import Basis
from negotiations.parties.codes import code_order
from negotiations.parties.queries import everyone
from negotiations.sources import SourceView, source_view
from negotiations.web.answers import Id, Moment, TypedDict
from negotiations.web.cursors import Part

_LATER = aliased(Position)  # what replaced it; an alias costs more to make than to ask for


@dataclass(frozen=True, slots=True)
class Stance:
    """A position with what its ids stand for; `superseded_by` is the id of what replaced it."""

    row: Position
    jurisdiction: Party
    party: Party
    issue: Issue
    superseded_by: str | None
    sources: Sequence[Source]

    @property
    def stands(self) -> bool:
        return self.superseded_by is None


async def positions(
    db: Db,
    actor: Actor,
    negotiation_id: str,
    *,
    track_id: str | None = None,
    issue_id: str | None = None,
    party_id: str | None = None,
    only: str | None = None,
    part: Part | None = None,
) -> list[Stance]:
    """The visible positions by jurisdiction, issue and side; of each line the oldest first.

    At most three statements, however many there are.
    """
    wanted = {
        name: value
        for name, value in (
            ("track_id", track_id), ("issue_id", issue_id), ("party_id", party_id), ("id", only),
        )
        if value is not None
    }  # fmt: skip
    asked = await db.exec(_positions(actor, *wanted), params={"talks": negotiation_id, **wanted})
    rows: Sequence[tuple[Position, Issue, str, str | None]] = asked.all()
    by_id = await everyone(db, negotiation_id)
    sources = await _sources_of(db, [row.id for row, *_ in rows])
    found = [
        Stance(row, by_id[ours], by_id[row.party_id], issue, later_id, sources[row.id])
        for row, issue, ours, later_id in rows
    ]
    depth = _depths(one.row for one in found)

    def key(one: Stance) -> tuple[str, ...]:
        return (*_place(one), f"{depth[one.row.id]:09}", one.row.id)

    if part is not None:
        return part.cut(found, key, _order)
    return sorted(found, key=lambda one: _order(*key(one)))


@prepared
def _positions(actor: Actor, *names: str) -> Any:
    """`names` are the columns by which they are narrowed."""
    row = Position
    return (
        select(row, Issue, Track.party_id, col(_LATER.id))
        .join(Issue, col(Issue.id) == row.issue_id)
        .join(Track, col(Track.id) == row.track_id)
        .outerjoin(_LATER, col(_LATER.supersedes_id) == row.id)
        .where(col(Track.negotiation_id) == bindparam("talks"), visible(actor, row))
        .where(*(getattr(row, name) == bindparam(name) for name in names))
    )


def _place(one: Stance) -> tuple[str, ...]:
    """The issue's code, the jurisdiction's name, the jurisdiction's side before the agency's."""
    side = "1" if one.party.id == one.jurisdiction.id else "2"
    return one.issue.code, one.jurisdiction.name, one.jurisdiction.id, side


def _order(code: str, name: str, jurisdiction_id: str, *rest: str) -> tuple[Any, ...]:
    """By the jurisdiction, then by the order of the codes."""
    return name, jurisdiction_id, code_order(code), *rest


def _depths(rows: Iterable[Position]) -> dict[str, int]:
    """How many rows each one stands upon: two recorded at one instant keep their order."""
    before = {row.id: row.supersedes_id for row in rows}
    found: dict[str, int] = {}
    for row_id in before:
        line = []
        at: str | None = row_id
        while at in before and at not in found:
            line.append(at)
            at = before[at]
        first = found.get(at or "", -1) + 1
        found |= {one: first + place for place, one in enumerate(reversed(line))}
    return found


async def _sources_of(db: Db, position_ids: Sequence[str]) -> Mapping[str, list[Source]]:
    grouped: dict[str, list[Source]] = defaultdict(list)
    if not position_ids:
        return grouped
    for position_id, source in await db.exec(_sources(), params={"ids": list(position_ids)}):
        grouped[position_id].append(source)
    return grouped


@cache
def _sources() -> Any:
    return (
        select(PositionSource.position_id, Source)
        .join(Source, col(Source.id) == PositionSource.source_id)
        .where(col(PositionSource.position_id).in_(bindparam("ids", expanding=True)))
        .order_by(col(Source.citation), col(Source.id))
    )


async def position(db: Db, actor: Actor, negotiation_id: str, position_id: str) -> Stance:
    """One visible position."""
    found = await positions(db, actor, negotiation_id, only=position_id)
    if not found:
        raise NotFound
    return found[0]


async def position_held(
    db: Db, actor: Actor, negotiation_id: str, position_id: str
) -> tuple[Track, Stance]:
    """One visible position and its track, both held until the commit."""
    seen = await position(db, actor, negotiation_id, position_id)
    track = await db.exec(locked(select(Track).where(col(Track.id) == seen.row.track_id)))
    await db.exec(locked(select(Position).where(col(Position.id) == position_id)))
    return track.one(), await position(db, actor, negotiation_id, position_id)


@dataclass(frozen=True, slots=True)
class Line:
    """What one side holds on one issue: the position that stands, and the earlier ones.

    The latest comes first; there is none at all where nothing was recorded.
    """

    issue: Issue
    party: Party
    rows: Sequence[Stance]

    @property
    def current(self) -> Stance | None:
        return self.rows[0] if self.rows else None


def lines(
    issues: Sequence[Issue], sides: Sequence[Party], found: Iterable[Stance]
) -> list[tuple[Issue, Sequence[Line]]]:
    """Every issue with one line for each of a track's two sides."""
    grouped: dict[tuple[str, str], list[Stance]] = defaultdict(list)
    for one in found:
        grouped[one.issue.id, one.party.id].insert(0, one)
    return [
        (issue, [Line(issue, side, grouped[issue.id, side.id]) for side in sides])
        for issue in issues
    ]


class PositionView(TypedDict):
    """What a side holds on an issue, or held before `superseded_by` replaced it."""

    id: Id
    jurisdiction: str
    issue: str
    party: str
    session: Id | None
    text: str
    attributed: bool
    stated_on: date
    basis: Basis
    certainty: Certainty
    recorded_at: Moment
    supersedes: Id | None
    superseded_by: Id | None
    sources: list[SourceView]


def position_view(one: Stance) -> PositionView:
    """How a position looks in JSON."""
    row = one.row
    return {
        "id": row.id,
        "jurisdiction": one.jurisdiction.slug,
        "issue": one.issue.code,
        "party": one.party.slug,
        "session": row.session_id,
        "text": row.text,
        "attributed": row.attributed,
        "stated_on": row.stated_on,
        "basis": row.basis,
        "certainty": row.certainty,
        "recorded_at": row.recorded_at,
        "supersedes": row.supersedes_id,
        "superseded_by": one.superseded_by,
        "sources": [source_view(source) for source in one.sources],
    }
