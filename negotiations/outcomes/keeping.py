"""Keeping what stands in each cell of the matrix, in the transaction of the change.

Of each track that a written row concerns it is picked anew. Plenaries are picked when they are
read: see models.matrix.
"""

from collections.abc import Collection, Iterable
from typing import Any

from sqlmodel import and_, col, exists, select

from negotiations.db import Db, Written, inserting, written_in
from negotiations.models import NegotiationSession, Outcome, StandingOutcome
from negotiations.outcomes.standing import Shown, pick, shown

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
    for row, comes_or_goes in list(written):
        if isinstance(row, Outcome):
            session = await db.get(NegotiationSession, row.session_id)
            found.add(session.track_id if session else None)
        elif isinstance(row, NegotiationSession) and not comes_or_goes:
            found.add(row.track_id)  # its time may be another one
    return {one for one in found if one is not None}


async def _store(db: Db, track_ids: Collection[str]) -> None:
    listed = sorted(track_ids)
    session = NegotiationSession
    for begin in range(0, len(listed), AT_ONCE):
        some = listed[begin : begin + AT_ONCE]
        told = select(session.track_id, session.id, session.starts_at)
        columns = told.where(col(session.track_id).in_(some)).cte("columns")
        rows = [shown(standing)._asdict() for standing in (await pick(db, columns)).values()]
        if rows:
            await db.exec(_upsert(db, rows))


def _upsert(db: Db, rows: list[dict[str, Any]]) -> Any:
    given = inserting(db, StandingOutcome).values(rows)
    others = {name: given.excluded[name] for name in Shown._fields if name not in _KEY}
    return given.on_conflict_do_update(index_elements=_KEY, set_=others)
