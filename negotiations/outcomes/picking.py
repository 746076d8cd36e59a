"""What stands in each cell of the matrix, read by SQL as tuples: now, or as of a day."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import String, bindparam, cast, collate, type_coerce
from sqlalchemy.orm import aliased
from sqlmodel import and_, case, col, func, select

from negotiations.access.actor import Actor
from negotiations.access.visible import visible
from negotiations.db import Db, is_sqlite
from negotiations.models import (
    Outcome,
    Party,
    StandingOutcome,
    Track,
)
from negotiations.outcomes.columns import columns, plenary_columns
from negotiations.outcomes.standing import Cell, Shown, Standing, pick, shown


class Asked(NamedTuple):
    """Whose matrix is asked for, and what of it; None means all of them."""

    actor: Actor
    negotiation_id: str
    slug: str | None = None
    issue_id: str | None = None


_STORED: Any = select(*(getattr(StandingOutcome, name) for name in Shown._fields))
_OF_TRACKS = _STORED.where(col(StandingOutcome.track_id).in_(bindparam("ids", expanding=True)))


async def standing_now(
    db: Db, asked: Asked, at_plenaries: Mapping[Cell, Shown]
) -> dict[Cell, Shown]:
    """What stands, of what is stored of each track and of what stands of plenaries."""
    row = StandingOutcome
    query = _STORED.join(Track, col(Track.id) == row.track_id).where(
        col(Track.negotiation_id) == asked.negotiation_id, visible(asked.actor, Track)
    )
    if asked.slug is not None:
        query = query.join(Party, col(Party.id) == Track.party_id)
        query = query.where(col(Party.slug) == asked.slug)
    if asked.issue_id is not None:
        query = query.where(col(row.issue_id) == asked.issue_id)
    return _with(at_plenaries, await (await db.connection()).execute(query))


async def standing_in(
    db: Db, track_ids: Collection[str], at_plenaries: Mapping[Cell, Shown]
) -> dict[Cell, Shown]:
    """The same of some tracks of which it is known that the actor sees them."""
    rows = await (await db.connection()).execute(_OF_TRACKS, {"ids": list(track_ids)})
    theirs = {cell: one for cell, one in at_plenaries.items() if cell[0] in track_ids}
    return _with(theirs, rows)


def _with(at_plenaries: Mapping[Cell, Shown], rows: Any) -> dict[Cell, Shown]:
    found: dict[Cell, Shown] = {(one[0], one[1]): one for one in rows.all()}
    for cell, standing in at_plenaries.items():
        if asked_for := found.get(cell):
            found[cell] = _later(Shown._make(asked_for), standing)
        else:
            found[cell] = standing
    return found


def _later(one: Shown, other: Shown) -> Shown:
    latest = max(one, other, key=lambda row: row.place)
    return latest._replace(history=one.history + other.history)


async def at_plenaries(db: Db, asked: Asked) -> dict[Cell, Shown]:
    """What stands in each cell of what was said at plenaries."""
    found = await pick(db, plenary_columns(asked.actor, asked.negotiation_id, asked.slug))
    return {cell: shown(one) for cell, one in found.items()}


async def standing_then(
    db: Db, asked: Asked, as_of: date | None, known_at: datetime | None
) -> dict[Cell, Shown]:
    """What stood in each cell on a day, as far as it was known at an instant.

    The greatest of texts that sort as the rows do: quicker than a window.
    """
    said = columns(asked.actor, asked.negotiation_id, asked.slug)
    on_sqlite = is_sqlite(db)
    row, later, picked = Outcome, aliased(Outcome), aliased(Outcome)

    def counts(one: type[Outcome]) -> list[Any]:
        return _counts(one, asked.issue_id, as_of, known_at)

    place = _place(row, said.c.starts_at, on_sqlite)
    cells = (
        select(
            said.c.track_id,
            row.issue_id,
            func.count().label("history"),
            func.max(case((col(later.id).is_(None), place))).label("place"),
        )
        .select_from(said)
        .join(row, col(row.session_id) == said.c.id)
        .outerjoin(later, and_(col(later.supersedes_id) == row.id, *counts(later)))
        .where(*counts(row))
        .group_by(said.c.track_id, row.issue_id)
        .subquery()
    )
    query = select(*cells.c, *_told(picked, on_sqlite)).join(
        picked, col(picked.id) == _id_in(cells.c.place, on_sqlite)
    )
    rows = await (await db.connection()).execute(query)
    return {(one[0], one[1]): shown(Standing._make(one)) for one in rows}


def _counts(
    row: type[Outcome], issue_id: str | None, as_of: date | None, known_at: datetime | None
) -> list[Any]:
    """Which rows count: the outcome itself, and what would supersede it."""
    conditions: list[Any] = []
    if issue_id is not None:
        conditions.append(col(row.issue_id) == issue_id)
    if as_of is not None:
        conditions.append(col(row.effective_on) <= as_of)
    if known_at is not None:  # to the second, as answers show it
        second = known_at.replace(microsecond=0)
        conditions.append(col(row.recorded_at) < second + timedelta(seconds=1))
    return conditions


def _text(column: Any, on_sqlite: bool) -> Any:
    return type_coerce(column, String) if on_sqlite else cast(column, String)


def _place(row: type[Outcome], starts_at: Any, on_sqlite: bool) -> Any:
    """A text that sorts as the rows do, with the id behind a bar. (SQLite keeps times as texts.)"""
    instants = [starts_at, col(row.recorded_at)]
    if not on_sqlite:
        instants = [func.timezone("UTC", one) for one in instants]
    parts = [_text(one, on_sqlite) for one in (row.effective_on, *instants)]
    place = parts[0] + " " + parts[1] + " " + parts[2] + " |" + row.id
    return place if on_sqlite else collate(place, "C")


def _id_in(place: Any, on_sqlite: bool) -> Any:
    if on_sqlite:
        return func.substr(place, func.instr(place, "|") + 1)
    return func.split_part(place, "|", 2)


def _told(row: Any, on_sqlite: bool) -> list[Any]:
    """The columns of Standing from `value` on, without types to be made of them."""
    return [
        type_coerce(row.value, String), row.partial, row.text, row.reason, row.decided_by_id,
        _text(row.effective_on, on_sqlite), type_coerce(row.certainty, String),
        type_coerce(row.basis, String), row.session_id, row.revision_id, row.id,
    ]  # fmt: skip
