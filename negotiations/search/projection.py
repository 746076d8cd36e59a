"""Keeping what can be found as it is, in the transaction of the change.

Of each object that a written row concerns the entries are made anew and compared with what is
stored: what is deleted, or not for an audience any more, leaves its index in the same transaction.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from itertools import groupby
from typing import Any

from sqlalchemy import bindparam, delete
from sqlmodel import col, or_, select

from negotiations.db import Db, Written, insert_all, written_in
from negotiations.models import SearchEntry
from negotiations.search.entries import SHOWN_FROM, Entry
from negotiations.search.kinds import KINDS, Kind
from negotiations.search.shelves import shelves_of
from negotiations.search.words import kept

STAMP = "4"  # raised when other entries or words are made of the same rows
AT_ONCE = 500  # objects: the databases take some ten thousand parameters in a statement
_TOLD = tuple(name for name in SearchEntry.model_fields if name not in ("number", "words"))


async def refresh(db: Db) -> None:
    """Bring the entries up to what this transaction has written (a projection)."""
    await _index(db, {kind: await _concerned(db, kind, written_in(db)) for kind in KINDS})


async def fill(db: Db) -> None:
    """Make the entries of what was there before them, or before their rules."""
    for kind in KINDS:
        current = select(SearchEntry.object_id).where(col(SearchEntry.stamp) == STAMP)
        rows = await db.exec(select(kind.table.id).where(kind.table.id.not_in(current)))
        await _index(db, {kind: rows.all()})


async def _concerned(db: Db, kind: Kind, written: Iterable[Written]) -> Collection[str]:
    """The ids of the objects of this kind that have to be made anew."""
    ids: set[str] = set()
    others: dict[Any, set[str]] = defaultdict(set)
    for row, comes_or_goes, changed in written:
        for concerns in kind.written.get(type(row), ()):
            value = getattr(row, concerns.field)
            untold = concerns.told is not None and concerns.told.isdisjoint(changed)
            if value is not None and (comes_or_goes or not untold):
                own = concerns.column is kind.table.id
                (ids if own else others[concerns.column]).add(value)
    if others:
        given = {column.key: list(values) for column, values in others.items()}
        table: Any = kind.table
        found: Any = await db.exec(_of_others(table, tuple(given)), params=given)
        ids.update(found)
    return ids


async def _index(db: Db, concerned: Mapping[Kind, Collection[str]]) -> None:
    """Make the entries of these objects anew: of a few, whatever they are, in one go."""
    listed = [(kind, id_) for kind, ids in concerned.items() for id_ in sorted(ids)]
    for begin in range(0, len(listed), AT_ONCE):
        some = listed[begin : begin + AT_ONCE]
        rows: list[dict[str, Any]] = []
        for kind, pairs in groupby(some, lambda pair: pair[0]):
            rows += map(_row, await kind.load(db, [id_ for _, id_ in pairs]))
        await _store(db, [id_ for _, id_ in some], rows)


def _row(entry: Entry) -> dict[str, Any]:
    """What is stored of it; a NUL, which PostgreSQL can't keep, stands in for nothing."""
    title = entry.title.replace("\x00", "")
    text = entry.text.replace("\x00", "")
    return {
        "negotiation_id": entry.negotiation_id,
        "audience": entry.readers.audience,
        "reader_id": entry.readers.id,
        "kind": entry.kind,
        "object_id": entry.object_id,
        "session_id": entry.session_id,
        "track_id": entry.track_id,
        "day": entry.day,
        "title": title[:300],
        "text": text[:SHOWN_FROM],
        "words": kept(shelves_of(*entry.readers, entry.negotiation_id), title, text),
        "superseded": entry.superseded,
        "stamp": STAMP,
    }


async def _store(db: Db, object_ids: Collection[str], wanted: list[dict[str, Any]]) -> None:
    """Write what differs from what is stored."""
    rows = await db.exec(_stored(), params={"ids": list(object_ids)})
    stored = {tuple(told): number for number, *told in rows}
    # Of a longer text nothing tells whether the end is the same.
    same = [row for row in wanted if _told(row) in stored and len(row["text"]) < SHOWN_FROM]
    for row in same:
        del stored[_told(row)]
    if stored:
        await db.exec(delete(SearchEntry).where(col(SearchEntry.number).in_(stored.values())))
    new = [row for row in wanted if row not in same]
    await insert_all(db, SearchEntry, new)


@cache
def _of_others(table: Any, names: tuple[str, ...]) -> Any:
    """The ids of the objects that have one of the values given for a column of one of the names."""
    named = [getattr(table, one).in_(bindparam(one, expanding=True)) for one in names]
    return select(table.id).where(or_(*named))


@cache
def _stored() -> Any:
    columns = [getattr(SearchEntry, name) for name in ("number", *_TOLD)]
    ids: Any = bindparam("ids", expanding=True)
    return select(*columns).where(col(SearchEntry.object_id).in_(ids))


def _told(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in _TOLD)
