"""The hash chains: one per negotiation, track, party and caucus, over canonical JSON.

`record` remembers an entry; `seal` numbers and chains all of them just before the commit, so that
a chain is locked for the shortest time and always after the bookings (one order, no deadlocks).
Each entry's hash covers the one before: edit, delete, swap and insert are found by
`verify`, and with an anchor a cut tail and a chain written anew (see `chains`).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import and_, col, func, select

from negotiations.access.actor import Actor
from negotiations.chains import (
    CAUCUS,
    GENESIS,
    SUMMARY_SAVED,
    Check,
    Entry,
    Head,
    Link,
    canonical_sha256,
    entry_hash,
    saved_sha256,
)
from negotiations.db import Db, hold, insert_all, is_held, locked
from negotiations.models import (
    AuditEntry,
    Caucus,
    Negotiation,
    NegotiationSession,
    Outcome,
    Party,
    Row,
    SummaryRevision,
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


def content_of(row: Row) -> dict[str, Any]:
    """What an entry covers of a row: every column but `version`, as JSON values."""
    return row.model_dump(mode="json", exclude={"version"})


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
    for fault in [*await _altered_texts(db), *await _altered_outcomes(db)]:
        chain = fault.partition(": ")[0]
        report.setdefault(chain, Check(chain).report())["faults"].append(fault)
    return dict(sorted(report.items()))


async def _altered_texts(db: Db) -> list[str]:
    """The revisions of summaries that aren't what was recorded when they were saved."""
    recorded: dict[str, list[tuple[str, int, str]]] = defaultdict(list)
    entries = await db.exec(
        select(AuditEntry.object_id, AuditEntry.chain, AuditEntry.number, AuditEntry.content_sha256)
        .where(col(AuditEntry.action) == SUMMARY_SAVED)
        .order_by(col(AuditEntry.object_id), col(AuditEntry.number))
    )
    for object_id, chain, number, content in entries:
        recorded[object_id].append((chain, number, content))
    found: dict[str, dict[int, str]] = defaultdict(dict)
    revision = SummaryRevision
    rows = await db.stream(
        select(revision.summary_id, revision.number, revision.body)
        .order_by(col(revision.summary_id), col(revision.number))
        .execution_options(yield_per=200)
    )
    async for summary_id, number, body in rows:
        found[summary_id][number] = saved_sha256(number, body.encode())
    return [
        f"{chain}: the text of summary {summary_id}, revision {of}, "
        f"is not what entry {number} recorded"
        for summary_id, saved in recorded.items()
        for of, (chain, number, content) in enumerate(saved, start=1)
        if found[summary_id].get(of) != content
    ]


async def _altered_outcomes(db: Db) -> list[str]:
    """The outcomes that aren't what was recorded of them last, and those of which nothing was."""
    recorded: dict[str, Any] = {}
    entries = await db.exec(
        select(AuditEntry.object_id, AuditEntry.chain, AuditEntry.number, AuditEntry.content_sha256)
        .where(col(AuditEntry.object_type) == Outcome.__tablename__)
        .order_by(col(AuditEntry.chain), col(AuditEntry.number))
    )
    for object_id, *entry in entries:
        recorded[object_id] = tuple(entry)
    found = []
    session = NegotiationSession
    rows = await db.stream(
        select(Outcome, session.negotiation_id, session.track_id)
        .join(session, col(session.id) == Outcome.session_id)
        .order_by(col(Outcome.id))
        .execution_options(yield_per=500)
    )
    async for row, negotiation_id, track_id in rows:
        chain, number, content = recorded.pop(row.id, ("", 0, ""))
        if not chain:
            own = f"track:{track_id}" if track_id else f"negotiation:{negotiation_id}"
            found.append(f"{own}: no entry has recorded outcome {row.id}")
        elif canonical_sha256(content_of(row)) != content:
            found.append(f"{chain}: outcome {row.id} is not what entry {number} recorded")
    found += [
        f"{chain}: outcome {row_id} is gone, which entry {number} recorded"
        for row_id, (chain, number, _) in recorded.items()
    ]
    return found


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
