"""What every command shares: how it opens the service, prints, and says no."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Annotated, Any, TypeVar

import typer
import uvloop
from sqlalchemy.exc import InterfaceError, OperationalError, ProgrammingError
from sqlmodel import col, select

from negotiations.access.actor import Actor, load_actor, operator
from negotiations.app import open_database
from negotiations.clock import Clock
from negotiations.db import Database, Db
from negotiations.errors import NegotiationsError, Refused
from negotiations.models import Membership, Negotiation, Person
from negotiations.models.parties import Role
from negotiations.schema import head_revision, revision_of
from negotiations.settings import Settings, load

app = typer.Typer(
    name="negotiations",
    help="The calendar, the notes and the outcome record of parallel talks.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Console:
    """The service as a command sees it."""

    settings: Settings
    database: Database
    clock: Clock

    def now(self) -> datetime:
        return self.clock.now()


def refuse(message: str) -> typer.Exit:
    """Say why on standard error; the command then ends with 1."""
    print(f"negotiations: {message}", file=sys.stderr)
    return typer.Exit(1)


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """Run it to its end on the loop that serves fastest."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


def refusing(
    command: Callable[..., Coroutine[Any, Any, None] | None],
) -> Callable[..., None]:
    """Run a command, async or not; an error of ours becomes one line."""

    @wraps(command)
    def answer(*args: Any, **kwargs: Any) -> None:
        try:
            work = command(*args, **kwargs)
            if work is not None:
                run(work)
        except NegotiationsError as error:
            raise refuse(error.detail) from None
        except (OperationalError, InterfaceError, ProgrammingError) as error:
            raise refuse(database_trouble(error)) from None

    return answer


def database_trouble(error: Exception) -> str:
    """One line about a database that can't be used."""
    text = " ".join(str(getattr(error, "orig", error)).split())
    if "no such table" in text or "does not exist" in text:
        return "The database has no tables of this version. Run: negotiations migrate"
    return f"The database of NEGOTIATIONS_DATABASE_URL can't be used: {text[:200]}"


def check_schema(settings: Settings) -> None:
    """Refuse to start on tables of another version."""
    found, wanted = revision_of(settings.database_url), head_revision()
    if found != wanted:
        raise Refused(
            f"The database is at revision {found or 'none'}, this version needs {wanted}. "
            "Run: negotiations migrate"
        )


async def with_console(work: Callable[[Console], Awaitable[Result]]) -> Result:
    """Open the service of this environment, do the work, close it."""
    settings, clock = load(), Clock()
    check_schema(settings)
    database = open_database(settings, clock)
    try:
        return await work(Console(settings, database, clock))
    finally:
        await database.close()


def show(value: Any, text: str, *, as_json: bool) -> None:
    """Print for people, or JSON on one line."""
    print(json.dumps(value, ensure_ascii=False, default=str) if as_json else text)


async def negotiation(db: Db, slug: str) -> Negotiation:
    """One negotiation for the operator; Refused with the names there are."""
    rows = (await db.exec(select(Negotiation).order_by(Negotiation.slug))).all()
    for row in rows:
        if row.slug == slug:
            return row
    known = ", ".join(row.slug for row in rows) or "none yet"
    raise Refused(f"There are no talks called {slug!r}. Known: {known}.")


async def person(db: Db, email: str) -> Person:
    """A person by mail address; Refused when unknown."""
    rows = await db.exec(select(Person).where(col(Person.email) == email.strip().lower()))
    found = rows.first()
    if found is None:
        raise Refused(f"Nobody has the address {email!r}. See: negotiations people list")
    return found


async def acting(db: Db, email: str | None, negotiation_id: str) -> Actor:
    """The person named with --as, else the negotiation's first coordinator, else the operator."""
    if email is not None:
        return await load_actor(db, await person(db, email), via="console")
    rows = await db.exec(
        select(Person)
        .join(Membership, col(Membership.person_id) == Person.id)
        .where(
            col(Membership.negotiation_id) == negotiation_id,
            col(Membership.role) == Role.coordinator,
            col(Membership.ended_at).is_(None),
        )
        .order_by(col(Membership.created_at), col(Membership.id))
    )
    first = rows.first()
    return operator(negotiation_id) if first is None else await load_actor(db, first)
