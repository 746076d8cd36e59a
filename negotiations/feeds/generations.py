"""Counting the changes of what feeds are made of, in the transaction that makes them.

A process keeps feeds in memory with the numbers they were put together from, and compares. The
keys: `person:`, `party:` and `talks:` (their rows and what hangs on them), `events:` (one audience
of some talks) and `tracks:` (what an agency sees of some talks).
"""

import sys
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, case, cast, func, literal_column, text
from sqlmodel import col, select, update

from negotiations.db import Db, Written, inserting, is_sqlite, written_in
from negotiations.models import (
    Feed,
    Generation,
    Membership,
    Negotiation,
    Party,
    Person,
    SessionParty,
    Track,
)
from negotiations.models.feeds import EventAudience

CHANNEL = "negotiations_generations"
AT_ONCE = 80  # keys: PostgreSQL takes messages of less than 8000 bytes


def person_key(person_id: str) -> str:
    return sys.intern(f"person:{person_id}")  # kept in memory many times


def party_key(party_id: str) -> str:
    return sys.intern(f"party:{party_id}")


def talks_key(negotiation_id: str) -> str:
    return f"talks:{negotiation_id}"


def events_key(negotiation_id: str, audience: EventAudience) -> str:
    return f"events:{negotiation_id}:{audience}"


def tracks_key(negotiation_id: str) -> str:
    return f"tracks:{negotiation_id}"


def _keys_of(written: Written) -> tuple[str, ...]:
    """What a written row belongs to; nothing for most rows."""
    match written.row:
        case Person() as row:
            return (person_key(row.id),)
        case Membership() | Feed() as row:
            return (person_key(row.person_id),)
        case Party() as row:
            return (party_key(row.id),)
        case Track() | SessionParty() as row if written.comes_or_goes:
            return (party_key(row.party_id),)
        case Negotiation() as row:
            return (talks_key(row.id),)
        case _:
            return ()


async def refresh(db: Db) -> None:
    """Count what this transaction has written (a projection; events are counted with their
    bytes)."""
    await rise(db, {key for written in written_in(db) for key in _keys_of(written)})
    written_in(db).clear()
    await _tell(db)


async def rise(db: Db, keys: Iterable[str]) -> Mapping[str, Generation]:
    """One more for each of these keys, which no other transaction can change until the commit."""
    listed = sorted(keys)  # in one order: no two writers wait in a circle
    if not listed:
        return {}
    now = int(db.info["clock"].now().timestamp())
    given = [{"key": key, "number": 1, "risen_at": now} for key in listed]
    rows = await (await db.connection()).execute(_one_more(is_sqlite(db)), given)
    found = {row.key: Generation(**row._mapping) for row in rows}
    risen_in(db.info).update({key: row.number for key, row in found.items()})
    return found


def risen_in(info: dict[str, Any]) -> dict[str, int]:
    """The numbers that a transaction has raised."""
    numbers: dict[str, int] = info.setdefault("risen", {})
    return numbers


@cache
def _one_more(on_sqlite: bool) -> Any:
    given = inserting(on_sqlite, Generation).values(changed_at=_clock(on_sqlite))
    own = col(Generation.risen_at)
    return given.on_conflict_do_update(
        index_elements=["key"],
        set_={
            "number": col(Generation.number) + 1,
            "changed_at": given.excluded.changed_at,
            "risen_at": case(
                (given.excluded.risen_at > own, given.excluded.risen_at), else_=own + 1
            ),
        },
    ).returning(*Generation.__table__.c)  # type: ignore[attr-defined]


def _clock(on_sqlite: bool) -> Any:
    """The time by the database's own clock (those of several machines differ), never earlier than
    any before it (it may be set back)."""
    latest = select(func.coalesce(func.max(Generation.changed_at), 0)).scalar_subquery()
    if on_sqlite:
        now: Any = literal_column("CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)")
        return func.max(now, latest)
    return func.greatest(
        cast(func.extract("epoch", func.clock_timestamp()) * 1000, BigInteger), latest
    )


async def _tell(db: Db) -> None:
    """Let the other processes know at the commit (PostgreSQL)."""
    listed = sorted(risen_in(db.info).items())
    if not listed or is_sqlite(db):
        return
    for begin in range(0, len(listed), AT_ONCE):
        some = listed[begin : begin + AT_ONCE]
        # Again, since much may have been written after the first were counted.
        stamped = update(Generation).where(col(Generation.key).in_([key for key, _ in some]))
        await db.exec(stamped.values(changed_at=_clock(False)))
        told = " ".join(f"{key}={number}" for key, number in some)
        given = {"channel": CHANNEL, "told": told}
        await db.exec(text("SELECT pg_notify(:channel, :told)"), params=given)  # type: ignore[call-overload]
