"""Importing a document: every item through the actions of its domain, all or nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import inspect
from sqlmodel import col, select

from negotiations import audit
from negotiations.access.actor import operator
from negotiations.db import Db
from negotiations.errors import NegotiationsError
from negotiations.exchange import checks
from negotiations.exchange.document import Document
from negotiations.exchange.entry import Entry
from negotiations.exchange.section import Section
from negotiations.exchange.sections import SECTIONS
from negotiations.exchange.sections.negotiation import found
from negotiations.exchange.telling import Telling, telling_of
from negotiations.exchange.tree import Fault, Faulty
from negotiations.exchange.work import At, NotThere, Report, Work
from negotiations.locks import locked
from negotiations.models import ExternalId, Negotiation
from negotiations.parties import going_on
from negotiations.scheduling import settling
from negotiations.web.fields import Body

Progress = Callable[[int, int], None]
_BY_KIND: Mapping[str, Section[Any]] = {section.kind: section for section in SECTIONS}


async def import_document(
    db: Db, document: Document, *, now: datetime, progress: Progress = lambda done, of: None
) -> Report:
    """Write what the document says and isn't there; Faulty with all that is wrong with it.

    Whoever calls it leaves the transaction by that error, so that nothing of the file is kept.
    `progress` is told how many of the items are done. What is missing in the file stays.
    """
    first = document.one("negotiation")
    if first is None:
        wrong = checks.missing(document, SECTIONS, {})
        raise Faulty([*document.faults, *(fault for _, fault in wrong)])
    plan = await _begin(db, document, first, now)
    for done, entry in enumerate(plan.entries, start=1):
        await put(plan.work, entry)
        progress(done, len(plan.entries))
    for entry in plan.entries:
        await _finish(plan.work, entry)
    await _book(plan.work)
    faults = [*document.faults, *plan.wrong, *plan.work.faults]
    if faults:
        raise Faulty(faults)
    await _conclude(plan, now)
    return plan.work.report


@dataclass(slots=True)
class _Plan:
    """What is to be written: the entries in order, without those that name what isn't there."""

    work: Work
    telling: Telling
    entries: list[Entry[Any]]
    wrong: list[Fault]


async def _begin(db: Db, document: Document, first: Entry[Any], now: datetime) -> _Plan:
    """Found the talks or hold them, and see what is there."""
    rows = await db.exec(
        locked(select(Negotiation).where(col(Negotiation.slug) == first.item.slug))
    )
    row = rows.first()
    is_new = row is None
    if row is None:
        row = await found(db, operator(via="import"), first, now=now)
    actor = operator(row.id, via="import")
    await going_on.hold_tracks(db, row.id)
    telling = await telling_of(db, actor, row)
    stored: dict[str, list[tuple[str, Body]]] = {}
    items: dict[tuple[str, str], Body] = {}
    for section in SECTIONS:
        told = await section.tell(telling)
        stored[section.kind] = [(telling.keys[section.kind][one.row_id], one.item) for one in told]
        items.update({(section.kind, one.row_id): one.item for one in told})
    wrong = checks.by_entry(list(checks.missing(document, SECTIONS, stored)))
    entries = {
        kind: [one for one in listed if (one.kind, one.key) not in wrong]
        for kind, listed in document.entries.items()
    }
    work = Work(db, actor, now, row, telling.ids, items, telling.external, entries, put)
    settling.book_at_the_end(db)
    if is_new:
        work.changed.add((first.kind, first.key))
        work.report.count(first.kind, "created")
        work.rows[first.kind, first.key] = row.id
        work.begun.add((first.kind, first.key))
    ordered = [entry for section in SECTIONS for entry in entries.get(section.kind, ())]
    return _Plan(work, telling, ordered, [one for told in wrong.values() for one in told])


async def put(work: Work, entry: Entry[Any]) -> None:
    """Create the item or change its row; what is refused is kept in `work.faults`."""
    name = (entry.kind, entry.key)
    if name in work.begun:
        return
    work.begun.add(name)
    mark = len(work.added)
    try:
        async with work.db.begin_nested():
            row_id, what = await _write(work, entry)
        work.rows[name] = row_id
        work.place(*name, row_id)
        work.report.count(entry.kind, what)
        return
    except At as told:
        work.refused(entry, told.error, told.path)
    except NegotiationsError as error:
        work.refused(entry, error)
    except NotThere:
        pass
    work.forget(mark)
    await _load_again(work.db)


async def _write(work: Work, entry: Entry[Any]) -> tuple[str, str]:
    """The item's row, and what became of it: the same as in the last file, it isn't looked at."""
    section = _BY_KIND[entry.kind]
    row_id = work.row_of(entry.kind, entry.key, section.key(entry.item))
    if row_id is None:
        row_id = await section.create(work, entry)
        work.claim(row_id)
        return row_id, "created"
    stored = work.stored.get((entry.kind, row_id))
    if stored is None:
        await section.complete(work, entry, row_id)
        return row_id, "created"
    came = work.came.get((entry.kind, row_id))
    if came is None or came.sha256 != entry.sha256:
        await section.update(work, entry, row_id, stored)
    changed = (entry.kind, entry.key) in work.changed
    return work.replaced.get(row_id, row_id), "updated" if changed else "unchanged"


async def _load_again(db: Db) -> None:
    """Read again what a rolled-back savepoint has made the session forget."""
    for row in list(db.identity_map.values()):
        if inspect(row).expired:
            await db.refresh(row)


async def _finish(work: Work, entry: Entry[Any]) -> None:
    """What waits for everything else, of items that are done and not the same as before."""
    row_id = work.rows.get((entry.kind, entry.key))
    came = work.came.get((entry.kind, row_id or ""))
    if row_id is None or (came is not None and came.sha256 == entry.sha256):
        return
    before = (entry.kind, entry.key) in work.changed
    is_new = (entry.kind, row_id) not in work.stored
    try:
        async with work.db.begin_nested():
            await _BY_KIND[entry.kind].finish(work, entry, row_id)
    except At as told:
        work.refused(entry, told.error, told.path)
        await _load_again(work.db)
    except NegotiationsError as error:
        work.refused(entry, error)
        await _load_again(work.db)
    except NotThere:
        await _load_again(work.db)
    if not is_new and not before and (entry.kind, entry.key) in work.changed:
        work.report.count(entry.kind, "updated")
        work.report.counts[entry.kind]["unchanged"] -= 1


async def _book(work: Work) -> None:
    """Take the teams and people of all sessions at once; each clash at its session's line."""
    sessions = work.entries.get("session", ())
    entries = {work.rows.get((one.kind, one.key)): one for one in sessions}
    for session_id, clash in await settling.book_all(work.db, work.actor):
        if session_id in entries:
            work.refused(entries[session_id], clash)


async def _conclude(plan: _Plan, now: datetime) -> None:
    """Keep what the rows are called in the file, and enter the import in the audit chain."""
    work, report = plan.work, plan.work.report
    for entry in plan.entries:
        _remember(plan, entry, work.rows[entry.kind, entry.key], now)
    keys = {(entry.kind, entry.key) for entry in plan.entries}
    report.missing += sorted(
        f"{row.kind} {row.external_id}"
        for row in plan.telling.external.values()
        if (row.kind, row.external_id) not in keys
    )
    done = {kind: dict(one) for kind, one in sorted(report.counts.items())}
    if report.total("created") + report.total("updated"):
        audit.record(
            work.db, at=now, actor=work.actor.signature, action="negotiation.import",
            object_type="negotiation", object_id=work.negotiation.id, content=done,
            negotiation_id=work.negotiation.id,
        )  # fmt: skip


def _remember(plan: _Plan, entry: Entry[Any], row_id: str, now: datetime) -> None:
    row = plan.telling.external.get((entry.kind, row_id))
    if row is None:
        row = ExternalId(
            created_at=now, negotiation_id=plan.work.negotiation.id, kind=entry.kind,
            external_id=entry.key, object_id=row_id, sha256="",
        )  # fmt: skip
    # What couldn't all be taken over is looked at, and told of, again the next time.
    said = "" if (entry.kind, entry.key) in plan.work.kept else entry.sha256
    row.sha256 = said
    plan.work.db.add(row)
