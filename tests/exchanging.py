"""Taking talks in from a file and handing them over, as the commands do."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from factories import Standing, World
from sqlmodel import col, select

from negotiations import audit
from negotiations.access.actor import load_actor
from negotiations.access.logins import make_token
from negotiations.app import create_app, open_database
from negotiations.clock import Clock
from negotiations.exchange import document
from negotiations.exchange.actions import import_document
from negotiations.exchange.exporting import Format, files_of
from negotiations.exchange.sections import SECTIONS
from negotiations.exchange.tree import Faulty
from negotiations.exchange.work import Report
from negotiations.feeds import actions as feeds
from negotiations.models import Negotiation, Person
from negotiations.models.access import TokenScope
from negotiations.settings import Settings

HERE = Path(__file__).parent / "exchange"
LABOUR = (HERE / "labour_round.yaml").read_bytes()
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@dataclass
class Held:
    """A database with talks in it, and nobody who is signed in."""

    database: Any


SEATED = ("secretary", "personnel", "weavers", "machinists")


async def make_mill_round(settings: Settings) -> World:
    """The service with the labour round imported; clients for those who can sign in."""
    clock = Standing(NOW)
    world = World(create_app(settings, clock=clock), settings, clock)
    tokens: dict[str, str | None] = {"nobody": None}
    await take_in(world.database, LABOUR)
    async with world.database.write() as db:
        for name in SEATED:
            rows = await db.exec(select(Person).where(col(Person.email) == f"{name}@mill.example"))
            person = rows.one()
            world.people[name] = person.id
            tokens[name] = await make_token(
                db, person, label="test", scope=TokenScope.write, days=3, now=NOW
            )
            actor = await load_actor(db, person)
            _, secret = await feeds.create(db, actor, label="Mine", negotiation=None, now=NOW)
            world.feeds[name] = f"/feeds/{secret}.ics"
    world.give_clients(tokens)
    return world


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
    """Take the talks elsewhere: there they are told by the same bytes, as the audit has them."""
    told = await one_file(database, slug)
    report = await take_in(elsewhere.database, told, is_json=True, now=now)
    assert report.notices == []
    assert await one_file(elsewhere.database, slug) == told
    async with elsewhere.database.read() as db:
        report_of = await audit.verify(db)
    assert [fault for one in report_of.values() for fault in one["faults"]] == []
