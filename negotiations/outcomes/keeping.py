"""Keeping what stands in each cell of the matrix, in the transaction of the change.

Of each track that a written row concerns it is picked anew. Plenaries are picked when they are
read: see models.matrix.
"""

from collections.abc import Collection, Iterable
from functools import cache
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import and_, col, exists, select

from negotiations.db import Db, Written, inserting, is_sqlite, written_in
from negotiations.models import NegotiationSession, Outcome, StandingOutcome
from negotiations.outcomes.standing import Shown, picked, said_in, shown

AT_ONCE = 50  # tracks: the databases take some ten thousand parameters in a statement
_KEY = ("track_id", "issue_id")


async def refresh(db: Db) -> None:
    """Bring what stands up to what this transaction has written (a projection)."""
    await _store(db, await _concerned(db, written_in(db)))


async def fill(db: Db) -> None:
    """Pick what stands in the tracks where it is missing."""
    session, standing = NegotiationSession, StandingOutcome
    cell = and_(
        col(standing.track_id) == session.track_id, col(standing.issue_id) == Outcome.issue_id
    )
    rows = await db.exec(
        select(session.track_id)
        .distinct()
        .join(Outcome, col(Outcome.session_id) == session.id)
        .where(col(session.track_id).is_not(None), ~exists().where(cell))
    )
    await _store(db, {one for one in rows if one is not None})


async def _concerned(db: Db, written: Iterable[Written]) -> set[str]:
    """The ids of the tracks in which something else may stand now."""
    found: set[str | None] = set()
    for row, _, changed in list(written):
        if isinstance(row, Outcome):
            session = await db.get(NegotiationSession, row.session_id)
            found.add(session.track_id if session else None)
        elif isinstance(row, NegotiationSession) and "starts_at" in changed:
            found.add(row.track_id)
    return {one for one in found if one is not None}


async def _store(db: Db, track_ids: Collection[str]) -> None:
    listed = sorted(track_ids)
    for begin in range(0, len(listed), AT_ONCE):
        said = await db.exec(_of_tracks(), params={"ids": listed[begin : begin + AT_ONCE]})
        rows = [shown(standing)._asdict() for standing in picked(said).values()]
        if rows:
            await (await db.connection()).execute(_upsert(is_sqlite(db)), rows)


@cache
def _of_tracks() -> Any:
    session = NegotiationSession
    theirs = col(session.track_id).in_(bindparam("ids", expanding=True))
    told = select(session.track_id, session.id, session.starts_at)
    return said_in(told.where(theirs).cte("columns"))


@cache
def _upsert(on_sqlite: bool) -> Any:
    given = inserting(on_sqlite, StandingOutcome)
    others = {name: given.excluded[name] for name in Shown._fields if name not in _KEY}
    return given.on_conflict_do_update(index_elements=_KEY, set_=others)
