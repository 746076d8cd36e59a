"""F23: chains that many write at once are linear, and no tampering with one goes unseen.

Writers enter acts into a few chains at once; then copies of the longest chain are edited, cut,
swapped and written anew. What breaks the chain must be found without an anchor, what leaves it
whole with one. At last a long chain is verified from the database, against the clock.
"""

import asyncio
import random
import resource
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from exchanging import LABOUR, take_in
from faults.engines import Databases, engine_of
from sqlmodel import col, select

from negotiations import audit
from negotiations.app import open_database
from negotiations.chains import GENESIS, Check, Entry, Head, as_values, entry_hash, entry_of
from negotiations.clock import Clock
from negotiations.models import AuditEntry, Track
from negotiations.settings import Settings

WRITERS = 64
Chain = list[Entry]


@dataclass
class Report:
    seed: str
    acts: int = 0
    chains: int = 0
    found: Counter[str] = field(default_factory=Counter)
    tampered: Counter[str] = field(default_factory=Counter)
    entries: int = 0
    seconds: float = 0.0
    megabytes: float = 0.0
    broken: list[str] = field(default_factory=list)

    def text(self) -> str:
        verified = f"{self.entries:,} entries verified in {self.seconds:.1f} s"
        lines = [
            f"{self.acts} acts of {WRITERS} writers in {self.chains} chains, seed {self.seed}",
            *(f"{how}: {self.found[how]} of {of} found" for how, of in self.tampered.items()),
            f"{verified}, {self.megabytes:.0f} MB more memory",
        ]
        return "\n".join(lines + [f"  {one}" for one in self.broken[:20]])


def _sealed(entries: Chain) -> Chain:
    """Numbered and hashed anew from the first to the last."""
    made, previous = [], GENESIS
    for number, entry in enumerate(entries, start=1):
        one = replace(entry, number=number, previous_sha256=previous)
        one = replace(one, sha256=entry_hash(one))
        previous = one.sha256
        made.append(one)
    return made


def _changed(entry: Entry, chance: random.Random) -> Entry:
    name = chance.choice(["actor", "action", "object_type", "object_id", "content_sha256", "at"])
    if name == "at":
        return replace(entry, at=entry.at + timedelta(microseconds=chance.randint(1, 10**9)))
    return replace(entry, **{name: getattr(entry, name)[:-1] + chance.choice("XYZ")})


def edit(entries: Chain, at: int, chance: random.Random) -> Chain:
    """Sometimes with its own hash made right, which the next entry then doesn't follow."""
    one = _changed(entries[at], chance)
    if chance.random() < 0.5:
        one = replace(one, sha256=entry_hash(one))
    return [*entries[:at], one, *entries[at + 1 :]]


def _perhaps_numbered(entries: Chain, chance: random.Random) -> Chain:
    if chance.random() < 0.5:
        return entries
    return [replace(one, number=number) for number, one in enumerate(entries, start=1)]


def delete_middle(entries: Chain, at: int, chance: random.Random) -> Chain:
    return _perhaps_numbered(entries[:at] + entries[at + 1 :], chance)


def swap(entries: Chain, at: int, chance: random.Random) -> Chain:
    swapped = [*entries[:at], entries[at + 1], entries[at], *entries[at + 2 :]]
    return _perhaps_numbered(swapped, chance)


def insert(entries: Chain, at: int, chance: random.Random) -> Chain:
    one = _changed(entries[at], chance)
    one = replace(one, sha256=entry_hash(one))
    return _perhaps_numbered([*entries[:at], one, *entries[at:]], chance)


def delete_tail(entries: Chain, at: int, chance: random.Random) -> Chain:
    return entries[: at + 1]


def cut_and_append(entries: Chain, at: int, chance: random.Random) -> Chain:
    others = [_changed(one, chance) for one in entries[at:]]
    return _sealed(entries[:at] + others)


def rewrite_all(entries: Chain, at: int, chance: random.Random) -> Chain:
    return _sealed([_changed(one, chance) for one in entries])


Tamper = Callable[[Chain, int, random.Random], Chain]
ALONE: tuple[Tamper, ...] = (edit, delete_middle, swap, insert)
ANCHORED: tuple[Tamper, ...] = (delete_tail, cut_and_append, rewrite_all)


def _faults(entries: Chain, *anchors: Head) -> list[str]:
    check = Check(entries[0].chain, anchors)
    for entry in entries:
        check.take(entry)
    return check.end()


def tamper(entries: Chain, times: int, chance: random.Random, report: Report) -> None:
    """Each way in turn; the anchor is the head as it was, and the one of some time before."""
    last = entries[-1]
    for turn in range(times):
        way = (*ALONE, *ANCHORED)[turn % (len(ALONE) + len(ANCHORED))]
        at = chance.randrange(1, len(entries) - 2)
        forged = way(entries, at, chance)
        report.tampered[way.__name__] += 1
        alone = _faults(forged)
        # Any head from what was tampered with on: the first that the forger could not foresee.
        kept = chance.choice([last, entries[chance.randrange(at + 1, len(entries))]])
        anchored = _faults(forged, Head(kept.chain, kept.number, kept.sha256))
        if way in ANCHORED and alone:
            report.broken.append(f"{way.__name__} at {at} breaks the chain: {alone[0]}")
        if alone if way in ALONE else anchored:
            report.found[way.__name__] += 1
        else:
            report.broken.append(f"{way.__name__} at {at} of {len(entries)} was not found")


async def _write(database: Any, chains: list[str], name: str, acts: int) -> None:
    for number in range(acts):
        async with database.write() as db:
            for track in chains:  # (each writer's order is another)
                audit.record(
                    db, at=datetime.now(UTC), actor=name, action="test.acted", object_type="test",
                    object_id=f"{number}", content={"by": name, "act": number}, track_id=track,
                )  # fmt: skip


async def together(database: Any, acts: int, chance: random.Random, report: Report) -> Chain:
    """All writers at once; returns the longest chain."""
    async with database.read() as db:
        tracks = list((await db.exec(select(Track.id).order_by(Track.id))).all())
    orders = [chance.sample(tracks, len(tracks)) for _ in range(WRITERS)]
    await asyncio.gather(
        *(_write(database, order, f"writer {n}", acts) for n, order in enumerate(orders))
    )
    async with database.read() as db:
        told = await audit.verify(db)
        rows = await db.exec(
            select(AuditEntry)
            .where(col(AuditEntry.chain) == f"track:{tracks[0]}")
            .order_by(col(AuditEntry.number))
        )
        entries = [entry_of(as_values(row)) for row in rows]
    report.acts, report.chains = WRITERS * acts * len(tracks), len(tracks)
    report.broken += [fault for one in told.values() for fault in one["faults"]]
    written = Counter(one.actor for one in entries if one.action == "test.acted")
    if written != {f"writer {n}": acts for n in range(WRITERS)}:
        report.broken.append(f"entries are lost or doubled: {written}")
    return entries


def _long(count: int) -> Iterator[dict[str, Any]]:
    previous, at = GENESIS, datetime(2026, 1, 5, tzinfo=UTC)
    for number in range(1, count + 1):
        one = Entry(
            "track:long", number, at + timedelta(seconds=number), "person", "session.proposed",
            "session", f"{number}", f"{number:064x}", previous, "",
        )  # fmt: skip
        previous = entry_hash(one)
        values = {**as_values(one), "at": one.at, "sha256": previous}
        yield {**values, "id": f"long-{number}", "created_at": one.at, "version": 1}


async def long_chain(database: Any, url: str, count: int, report: Report) -> None:
    table = AuditEntry.__table__  # type: ignore[attr-defined]
    engine, rows = engine_of(url), _long(count)
    with engine.begin() as connection:
        while part := [one for _, one in zip(range(5000), rows, strict=False)]:
            connection.execute(table.insert(), part)
    engine.dispose()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.monotonic()
    async with database.read() as db:
        told = await audit.verify(db)
    report.seconds = time.monotonic() - began
    report.megabytes = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    report.entries = told["track:long"]["entries"]
    if report.entries != count or told["track:long"]["faults"]:
        report.broken.append(f"the long chain: {told['track:long']}")
    if report.seconds > 60:
        report.broken.append(f"{count:,} entries took {report.seconds:.0f} s")
    if report.megabytes > 100:
        report.broken.append(f"verifying took {report.megabytes:.0f} MB")


async def run(own: Databases, acts: int, times: int, count: int, seed: str) -> Report:
    chance, report = random.Random(seed), Report(seed)
    url = own.new()
    settings = Settings(database_url=url, base_url="http://testserver")
    database = open_database(settings, Clock())
    try:
        await take_in(database, LABOUR)
        entries = await together(database, acts, chance, report)
        tamper(entries, times, chance, report)
        await long_chain(database, url, count, report)
    finally:
        await database.close()
    return report
