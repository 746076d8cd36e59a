"""What stands in a cell of the matrix as a tuple, picked from tuples by the matrix's own rule."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime
from json.encoder import encode_basestring as quoted
from typing import Any, NamedTuple

from sqlmodel import col, select

from negotiations.db import Db
from negotiations.models import Outcome
from negotiations.outcomes.matrix import latest

Cell = tuple[str, str]  # the ids of a track and an issue


class Standing(NamedTuple):
    """What stands in one cell, of `history` outcomes behind it; the day as it is written.

    `place` sorts as the outcomes of a cell do, the latest last.
    """

    track_id: str
    issue_id: str
    history: int
    place: str
    value: str
    partial: bool
    text: str
    reason: str | None
    decided_by_id: str | None
    effective_on: str
    certainty: str
    basis: str
    session_id: str
    revision_id: str | None
    id: str


class Shown(NamedTuple):
    """The same as it is written in JSON: two texts, with whose decision it is between them."""

    track_id: str
    issue_id: str
    history: int
    place: str
    before: str
    decided_by_id: str | None
    after: str
    revision_id: str | None


def shown(row: Standing) -> Shown:
    """How it is stored (models.matrix), and what an answer says around whose decision it is."""
    before = (
        f'"value":{quoted(row.value)},"partial":{"true" if row.partial else "false"},'
        f'"text":{quoted(row.text)},'
        f'"reason":{"null" if row.reason is None else quoted(row.reason)},"decided_by":'
    )
    after = (
        f',"effective_on":{quoted(row.effective_on)},"certainty":{quoted(row.certainty)},'
        f'"basis":{quoted(row.basis)},"session":{quoted(row.session_id)},'
        f'"outcome":{quoted(row.id)},"summary_changed":'
    )
    return Shown(
        row.track_id, row.issue_id, row.history, row.place,
        before, row.decided_by_id, after, row.revision_id,
    )  # fmt: skip


class _Said(NamedTuple):
    """An outcome in a cell, as it would stand there."""

    supersedes_id: str | None
    row: Standing

    @property
    def id(self) -> str:
        return self.row.id


def place_of(effective_on: date, starts_at: datetime, recorded_at: datetime, id_: str) -> str:
    """A text that sorts as `matrix.cells` does: by day, session, time of recording, id."""
    instants = (
        one.astimezone(UTC).isoformat(timespec="microseconds") for one in (starts_at, recorded_at)
    )
    return " ".join((effective_on.isoformat(), *instants, id_))


async def pick(db: Db, columns: Any) -> dict[Cell, Standing]:
    """What stands in each cell of these sessions; `columns` as of outcomes.columns."""
    return picked(await db.exec(said_in(columns)))


def said_in(columns: Any) -> Any:
    """The statement that asks for what was said there, for `picked`."""
    row = Outcome
    return select(  # type: ignore[call-overload]
        columns.c.track_id, row.issue_id, columns.c.starts_at, row.recorded_at,
        row.supersedes_id, row.value, row.partial, row.text, row.reason, row.decided_by_id,
        row.effective_on, row.certainty, row.basis, row.session_id, row.revision_id, row.id,
    ).join(columns, col(row.session_id) == columns.c.id)  # fmt: skip


def picked(found: Iterable[Any]) -> dict[Cell, Standing]:
    """What stands in each cell, of all that was said there."""
    cells: dict[Cell, list[_Said]] = defaultdict(list)
    for track_id, issue_id, starts_at, recorded_at, supersedes_id, *told in found:
        value, partial, text, reason, by, on, certainty, basis, session_id, revision, id_ = told
        said = Standing(
            track_id, issue_id, 0, place_of(on, starts_at, recorded_at, id_), str(value), partial,
            text, reason, by, on.isoformat(), str(certainty), str(basis), session_id, revision, id_,
        )  # fmt: skip
        cells[track_id, issue_id].append(_Said(supersedes_id, said))
    standing = {}
    for cell, rows in cells.items():
        history, stands = latest(rows, lambda one: one.row.place)
        if stands is not None:
            standing[cell] = stands.row._replace(history=len(history))
    return standing
