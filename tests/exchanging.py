"""Taking talks in from a file and handing them over, as the commands do."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlmodel import col, select

from negotiations.app import open_database
from negotiations.clock import Clock
from negotiations.exchange import document
from negotiations.exchange.actions import import_document
from negotiations.exchange.exporting import Format, files_of
from negotiations.exchange.sections import SECTIONS
from negotiations.exchange.tree import Faulty
from negotiations.exchange.work import Report
from negotiations.models import Negotiation
from negotiations.settings import Settings

HERE = Path(__file__).parent / "exchange"
LABOUR = (HERE / "labour_round.yaml").read_bytes()
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@dataclass
class Held:
    """A database with talks in it, and nobody who is signed in."""

    database: Any


def opened(file: Path) -> Any:
    settings = Settings(database_url=f"sqlite:///{file}", base_url="http://testserver")
    return open_database(settings, Clock())


async def take_in(
    database: Any, raw: bytes | str, *, is_json: bool = False, now: datetime = NOW
) -> Report:
    """Import a file; Faulty with all its mistakes."""
    content = raw.encode() if isinstance(raw, str) else raw
    read = document.read(content, is_json=is_json, sections=SECTIONS)
    async with database.write() as db:
        return await import_document(db, read, now=now)


async def refused(
    database: Any, raw: bytes | str, *, is_json: bool = False, now: datetime = NOW
) -> list[str]:
    """The lines with which a file is refused; none when it is taken in."""
    try:
        await take_in(database, raw, is_json=is_json, now=now)
    except Faulty as faulty:
        return [str(fault) for fault in faulty.faults]
    return []


async def handed(
    database: Any, slug: str, form: Format = Format.json, track: str | None = None
) -> dict[str, bytes]:
    """The files of an export."""
    async with database.read() as db:
        rows = await db.exec(select(Negotiation).where(col(Negotiation.slug) == slug))
        return await files_of(db, rows.one(), track, form, "http://testserver")


async def one_file(*arguments: Any, **options: Any) -> bytes:
    """The only file of an export."""
    [content] = (await handed(*arguments, **options)).values()
    return content


def counts(report: Report, what: str) -> dict[str, int]:
    """How many items of each kind were created, updated or unchanged, without the zeros."""
    return {kind: one[what] for kind, one in report.counts.items() if one[what]}


async def carried(database: Any, elsewhere: Held, slug: str, *, now: datetime = NOW) -> None:
    """Take the talks elsewhere: there they are told by the same bytes."""
    told = await one_file(database, slug)
    report = await take_in(elsewhere.database, told, is_json=True, now=now)
    assert report.notices == []
    assert await one_file(elsewhere.database, slug) == told
