"""The hash chains: one per negotiation, track, party and caucus, over canonical JSON.

`record` remembers an entry; `seal` numbers and chains all of them just before the commit, so that
a chain is locked for the shortest time and always after the bookings (one order, no deadlocks).
Each entry's hash covers the one before: edit, delete, swap and insert are found by
`verify`, and with an anchor a cut tail and a chain written anew (see `chains`). Rows that aren't
what was recorded of them are found by `audited`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import and_, col, func, select

from negotiations.access.actor import Actor
from negotiations.audited import altered, content_of
from negotiations.chains import (
    CAUCUS,
    GENESIS,
    Check,
    Entry,
    Head,
    Link,
    canonical_sha256,
    entry_hash,
)
from negotiations.db import Db, insert_all
from negotiations.locks import hold, is_held, locked
from negotiations.models import (
    AuditEntry,
    Caucus,
    Negotiation,
    NegotiationSession,
    Party,
    Row,
    Track,
)
from negotiations.models.base import new_id

_READ = (
    "chain", "number", "at", "actor", "action", "object_type", "object_id", "content_sha256",
    "previous_sha256", "sha256",
)  # fmt: skip
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
        content=content_of(row),
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
    pending: list[_Pending] = db.info.pop("audit", [])
    heads: dict[str, tuple[int, str]] = {}
    for chain in sorted({entry.chain for entry in pending}):
        heads[chain] = await _lock_head(db, chain)
    rows = []
    for entry in pending:
        number, previous = heads[entry.chain]
        link = Entry(
            entry.chain, number + 1, entry.at, entry.actor, entry.action, entry.object_type,
            entry.object_id, canonical_sha256(entry.content), previous, "",
        )  # fmt: skip
        sealed = replace(link, sha256=entry_hash(link))
        heads[entry.chain] = (sealed.number, sealed.sha256)
        own = {"id": new_id(), "version": 1, "created_at": entry.at}
        rows.append(own | asdict(sealed))
    await insert_all(db, AuditEntry, rows)


async def _lock_head(db: Db, chain: str) -> tuple[int, str]:
    """Number and hash of the chain's last entry; nobody else adds to it until the commit."""
    kind, _, object_id = chain.partition(":")
    if not is_held(db, _OWNERS[kind], [object_id]):
        await hold(db, _owner(kind), {"id": object_id})
    last = await db.exec(_last(), params={"chain": chain})
    return last.first() or (0, GENESIS)


@cache
def _owner(kind: str) -> Any:
    return locked(select(_OWNERS[kind].id).where(col(_OWNERS[kind].id) == bindparam("id")))


@cache
def _last() -> Any:
    entry = AuditEntry
    of_chain = select(entry.number, entry.sha256).where(col(entry.chain) == bindparam("chain"))
    return of_chain.order_by(col(entry.number).desc()).limit(1)


def faults(entries: Iterable[Link]) -> list[str]:
    """What is wrong with one chain, given in order of number; empty when it verifies."""
    check: Check | None = None
    for entry in entries:
        check = check or Check(entry.chain)
        check.take(entry)
    return check.end() if check else []


async def verify(db: Db, anchors: Sequence[Head] = ()) -> dict[str, dict[str, Any]]:
    """Every chain with its length, head and faults; a chain that only an anchor knows is cut.

    Reads entry by entry, so that a long record takes no more memory than a short one.
    """
    report: dict[str, dict[str, Any]] = {}
    check: Check | None = None
    columns = [getattr(AuditEntry, name) for name in _READ]
    query = select(*columns).order_by(col(AuditEntry.chain), col(AuditEntry.number))
    # By the batch: to wait for each row would cost more than its hash.
    rows = await db.stream(query.execution_options(yield_per=2000))
    async for batch in rows.partitions():
        for row in batch:
            if check is None or check.chain != row.chain:
                if check is not None:
                    report[check.chain] = check.report()
                check = Check(row.chain, anchors)
            check.take(row)
    if check is not None:
        report[check.chain] = check.report()
    for chain in {one.chain for one in anchors} - set(report):
        report[chain] = Check(chain, anchors).report()
    for fault in await altered(db):
        chain = fault.partition(": ")[0]
        report.setdefault(chain, Check(chain).report())["faults"].append(fault)
    return dict(sorted(report.items()))


async def heads(db: Db, chains: Sequence[str] | None = None) -> list[Head]:
    """The last entry of each chain, or of these; what `--anchor` takes later."""
    last = select(AuditEntry.chain, func.max(AuditEntry.number).label("number")).group_by(
        col(AuditEntry.chain)
    )
    if chains is not None:
        last = last.where(col(AuditEntry.chain).in_(chains))
    found = last.subquery()
    rows = await db.exec(
        select(AuditEntry.chain, AuditEntry.number, AuditEntry.sha256).join(
            found,
            and_(col(AuditEntry.chain) == found.c.chain, col(AuditEntry.number) == found.c.number),
        )
    )
    return sorted((Head(*row) for row in rows), key=lambda one: one.chain)
