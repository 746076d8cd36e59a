"""The hash chains: one per negotiation, track, party and caucus, over canonical JSON.

`record` remembers an entry; `seal` numbers and chains all of them just before the commit, so that
a chain is locked for the shortest time and always after the bookings (one order, no deadlocks).
Each entry's hash covers the one before: edit, delete, swap and insert are found by `verify`.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlmodel import col, func, select

from negotiations.access.actor import Actor
from negotiations.db import Db, locked
from negotiations.models import (
    AuditEntry,
    Caucus,
    Negotiation,
    NegotiationSession,
    Party,
    Row,
    Track,
)

GENESIS = "0" * 64
CAUCUS = "caucus:"
PRIVATE = (CAUCUS, "party:")  # chains whose very being is one side's
_OWNERS: dict[str, Any] = {
    "negotiation": Negotiation,
    "track": Track,
    "party": Party,
    "caucus": Caucus,
}


@dataclass(frozen=True, slots=True)
class _Pending:
    chain: str
    at: datetime
    actor: str
    action: str
    object_type: str
    object_id: str
    content: Any


def record(
    db: Db,
    *,
    at: datetime,
    actor: str,
    action: str,
    object_type: str,
    object_id: str,
    content: Any,
    negotiation_id: str | None = None,
    track_id: str | None = None,
    caucus_id: str | None = None,
    party_id: str | None = None,
) -> None:
    """Enter an act into the chain of its caucus or party, else its track, else the negotiation.

    `content` is what was written, as JSON values; only its hash is kept.
    """
    chain = f"track:{track_id}" if track_id else f"negotiation:{negotiation_id}"
    if party_id is not None:
        chain = f"party:{party_id}"
    if caucus_id is not None:
        chain = f"{CAUCUS}{caucus_id}"
    pending: list[_Pending] = db.info.setdefault("audit", [])
    pending.append(_Pending(chain, at, actor, action, object_type, object_id, content))


def record_row(
    db: Db,
    actor: Actor,
    action: str,
    row: Row,
    *,
    at: datetime,
    negotiation_id: str | None = None,
    track_id: str | None = None,
    caucus_id: str | None = None,
) -> None:
    """Enter an act whose content is the row as it now is."""
    record(
        db,
        at=at,
        actor=actor.signature,
        action=action,
        object_type=str(row.__tablename__),
        object_id=row.id,
        content=row.model_dump(mode="json", exclude={"version"}),
        negotiation_id=negotiation_id,
        track_id=track_id,
        caucus_id=caucus_id,
    )


def place_of(session: NegotiationSession) -> dict[str, str | None]:
    """Into which chain an act on a session is entered, for `record` and `record_row`.

    A plenary's is the negotiation's: the secretariat alone reads it.
    """
    return {
        "negotiation_id": session.negotiation_id,
        "track_id": session.track_id,
        "caucus_id": session.caucus_id,
    }


async def seal(db: Db) -> None:
    """Chain what was recorded in this transaction; the last of the projections."""
    pending: list[_Pending] = db.info.get("audit", [])
    heads: dict[str, tuple[int, str]] = {}
    for chain in sorted({entry.chain for entry in pending}):
        heads[chain] = await _lock_head(db, chain)
    for entry in pending:
        number, previous = heads[entry.chain]
        row = AuditEntry(
            created_at=entry.at,
            chain=entry.chain,
            number=number + 1,
            at=entry.at,
            actor=entry.actor,
            action=entry.action,
            object_type=entry.object_type,
            object_id=entry.object_id,
            content_sha256=_sha256(entry.content),
            previous_sha256=previous,
            sha256="",
        )
        row.sha256 = entry_hash(row)
        heads[entry.chain] = (row.number, row.sha256)
        db.add(row)
    pending.clear()
    await db.flush()


async def _lock_head(db: Db, chain: str) -> tuple[int, str]:
    """Number and hash of the chain's last entry; nobody else adds to it until the commit."""
    kind, _, object_id = chain.partition(":")
    await db.exec(locked(select(_OWNERS[kind].id).where(col(_OWNERS[kind].id) == object_id)))
    last = await db.exec(
        select(AuditEntry.number, AuditEntry.sha256)
        .where(col(AuditEntry.chain) == chain)
        .order_by(col(AuditEntry.number).desc())
        .limit(1)
    )
    return last.first() or (0, GENESIS)


def entry_hash(entry: AuditEntry) -> str:
    """The hash an entry must carry; instants as UTC with microseconds."""
    return _sha256(
        {
            "chain": entry.chain,
            "number": entry.number,
            "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "actor": entry.actor,
            "action": entry.action,
            "object": [entry.object_type, entry.object_id],
            "content": entry.content_sha256,
            "previous": entry.previous_sha256,
        }
    )


def _sha256(value: Any) -> str:
    canonical = json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str
    )
    return hashlib.sha256(canonical.encode()).hexdigest()


def faults(entries: Sequence[AuditEntry]) -> list[str]:
    """What is wrong with one chain, given in order of number; empty when it verifies."""
    found, previous = [], GENESIS
    for place, entry in enumerate(entries, start=1):
        if entry.number != place:
            found.append(f"{entry.chain}: entry {place} is missing")
            break
        if entry.previous_sha256 != previous:
            found.append(f"{entry.chain}: entry {place} doesn't follow entry {place - 1}")
        if entry.sha256 != entry_hash(entry):
            found.append(f"{entry.chain}: entry {place} was altered")
        previous = entry.sha256
    return found


async def verify(db: Db) -> dict[str, dict[str, Any]]:
    """Every chain with its length, head and faults."""
    chains = (
        await db.exec(
            select(AuditEntry.chain, func.count())
            .group_by(AuditEntry.chain)
            .order_by(AuditEntry.chain)
        )
    ).all()
    report: dict[str, dict[str, Any]] = {}
    for chain, count in chains:
        rows = await db.exec(
            select(AuditEntry)
            .where(col(AuditEntry.chain) == chain)
            .order_by(col(AuditEntry.number))
        )
        entries = rows.all()
        report[chain] = {
            "entries": count,
            "head": entries[-1].sha256,
            "faults": faults(entries),
        }
    return report
