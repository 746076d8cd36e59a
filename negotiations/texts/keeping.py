"""Texts whose save was refused: kept for who typed them, until taken up or discarded.

Notes and summaries have a table each, since different people may see them. A `spot` says by columns
and values what such a text was meant for: a note's place, or the session of a summary.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, bindparam
from sqlmodel import col, delete, select

from negotiations.access.actor import Actor
from negotiations.access.prepared import prepared
from negotiations.access.visible import visible
from negotiations.db import Db
from negotiations.errors import Conflict, NotFound
from negotiations.locks import locked
from negotiations.models import KeptNote, NoteDraft
from negotiations.web.cursors import Part, Sorted, in_order, rows_of

Kept = TypeVar("Kept", KeptNote, NoteDraft)
Spot = Mapping[str, Any]

# Per person and spot. None gives way to a newer one: nobody would see it go.
MOST = 50
FULL = (
    "This wasn't saved: someone changed it since you read it, and what you sent can't be kept for "
    f"you either, as {MOST} texts of yours that came too late lie here already. Take up or discard "
    "some of them, then save again."
)


def sha256_of(text: str) -> str:
    """Of its UTF-8 bytes."""
    return hashlib.sha256(text.encode()).hexdigest()


async def keep(
    db: Db,
    actor: Actor,
    table: type[Kept],
    spot: Spot,
    text: str,
    *,
    base: str | None,
    now: datetime,
) -> Kept | None:
    """Keep a refused text, once; None where there is nobody to keep it for, Conflict where MOST of
    theirs are kept.

    The spot is held for a change. Not audited or announced: it is nobody else's business.
    """
    if actor.person_id is None:
        return None
    sha256 = sha256_of(text)
    kept = {row.sha256: row for row in await own(db, actor, table, spot)}
    row = kept.get(sha256)
    if row is None:
        if len(kept) >= MOST:
            raise Conflict(FULL)
        row = table(
            created_at=now, person_id=actor.person_id, body=text, sha256=sha256, kept_at=now, **spot
        )
    row.kept_at, row.base = now, base[:80] if base else None
    db.add(row)
    await db.flush()
    return row


async def own(
    db: Db, actor: Actor, table: type[Kept], spot: Spot, *, part: Part | None = None
) -> Sequence[Kept]:
    """The actor's kept texts of this spot, or of all where it names nothing; the newest first."""
    narrowed, missing = _parted(spot)
    query = _own(actor, table, tuple(narrowed), missing)
    return await rows_of(db, query, part=part, params=narrowed)


@prepared
def _own(actor: Actor, table: Any, names: Sequence[str], missing: Sequence[str]) -> Sorted:
    """`names` are the columns of the spot, `missing` those that hold nothing there."""
    query = select(table).where(visible(actor, table), *_at(table, names, missing))
    return in_order(query, table.kept_at.desc(), table.id)


async def one(
    db: Db, actor: Actor, table: type[Kept], draft_id: str, *, lock: bool = False
) -> Kept:
    """One of the actor's own kept texts; with `lock`, to discard it."""
    query = select(table).where(col(table.id) == draft_id, visible(actor, table))
    found = (await db.exec(locked(query) if lock else query)).first()
    if found is None:
        raise NotFound
    return found


async def taken_up(db: Db, actor: Actor, table: type[Kept], spot: Spot, text: str) -> None:
    """What is saved needs no keeping any more."""
    narrowed, missing = _parted(spot)
    given = {**narrowed, "person": actor.person_id, "sha256": sha256_of(text)}
    await db.exec(_taken_up(table, tuple(narrowed), missing), params=given)


@cache
def _taken_up(table: Any, names: tuple[str, ...], missing: tuple[str, ...]) -> Any:
    return delete(table).where(
        *_at(table, names, missing),
        table.person_id == bindparam("person"),
        table.sha256 == bindparam("sha256"),
    )


def _parted(spot: Spot) -> tuple[Spot, tuple[str, ...]]:
    """The columns of a spot that hold something there, and the names of those that don't."""
    narrowed = {name: value for name, value in spot.items() if value is not None}
    return narrowed, tuple(name for name in spot if name not in narrowed)


def _at(table: Any, names: Iterable[str], missing: Iterable[str]) -> list[ColumnElement[bool]]:
    return [
        *(getattr(table, name) == bindparam(name) for name in names),
        *(getattr(table, name).is_(None) for name in missing),
    ]
