"""What goes into an archive: every other form, the texts one by one, and the audit chains."""

from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import asdict
from typing import Any

from sqlmodel import col, select

from negotiations.chains import Head, as_values
from negotiations.db import Db
from negotiations.exchange.container import audit_lines, audit_name, packed, revision_name
from negotiations.exchange.record import Record
from negotiations.models import AuditEntry


async def archive(
    db: Db, told: Record, jurisdiction: str | None, forms: Mapping[str, bytes], program: str
) -> bytes:
    """The archive of a record, with the chains that the secretariat reads and no caucus's.

    Its time is that of the last entry: the same state is the same bytes.
    """
    files = dict(forms)
    summaries: dict[str, str] = {}
    for table in told.tables:
        for session in table.sessions:
            for summary, revision in session.texts:
                summaries[summary.id] = summary.symbol
                files[revision_name(summary.id, revision.number)] = revision.body.encode()
    chains = [f"track:{table.row.id}" for table in told.tables if table.row is not None]
    if jurisdiction is None:
        chains.append(f"negotiation:{told.negotiation.id}")
    about = {
        "program": program,
        "talks": told.negotiation.slug,
        "track": jurisdiction,
        "summaries": summaries,
    }
    return packed(files, {**about, **await with_chains(db, chains, files)})


async def with_chains(
    db: Db, chains: Iterable[str], files: MutableMapping[str, bytes]
) -> dict[str, Any]:
    """Put the entries of these chains to the `files`; what the manifest tells of them."""
    heads: list[dict[str, Any]] = []
    times: list[str] = []
    for chain in sorted(chains):
        rows = await db.exec(
            select(AuditEntry)
            .where(col(AuditEntry.chain) == chain)
            .order_by(col(AuditEntry.number))
        )
        entries = rows.all()
        if not entries:
            continue
        files[audit_name(chain)] = audit_lines(entries)
        heads.append(asdict(Head(chain, entries[-1].number, entries[-1].sha256)))
        times += [as_values(one)["at"] for one in entries]
    return {"as_of": max(times, default=None), "heads": heads}
