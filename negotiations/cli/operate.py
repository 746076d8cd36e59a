"""Setting up and running the service: init, migrate, serve, doctor."""

import fcntl
import logging
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer
import uvicorn
from pydantic import ValidationError
from sqlalchemy.engine import make_url
from sqlmodel import text

from negotiations.access.actor import operator
from negotiations.app import create_app
from negotiations.cli.base import (
    AsJson,
    Console,
    app,
    check_schema,
    refusing,
    show,
    with_console,
)
from negotiations.cli.people import new_link
from negotiations.db import migrate, revision_of
from negotiations.errors import Refused
from negotiations.models.parties import Role
from negotiations.parties import actions as parties
from negotiations.parties import seats
from negotiations.parties.bodies import NewNegotiation, NewParty, NewPerson
from negotiations.settings import Settings, load
from negotiations.web.problems import invalid_from


@app.command("migrate")
@refusing
async def migrate_command() -> None:
    """Bring the database's tables to this version.

    Example: negotiations migrate
    """
    settings = load()
    migrate(settings.database_url)
    print(f"The tables are at revision {revision_of(settings.database_url)}.")


@app.command()
@refusing
async def init(
    title: Annotated[str, typer.Option(help="What the talks are called.")],
    agency: Annotated[str, typer.Option(help="The agency's name.")],
    home_zone: Annotated[str, typer.Option(help="IANA zone of the deadlines.")],
    mail: Annotated[str, typer.Option(help="The first coordinator's address.")],
    name: Annotated[str, typer.Option(help="The coordinator's name.")] = "Coordinator",
    short_name: Annotated[str, typer.Option(help="The agency's short name.")] = "",
    slug: Annotated[str, typer.Option(help="Short name of the talks in addresses.")] = "",
    as_json: AsJson = False,
) -> None:
    """Found talks with their agency and first coordinator; prints a one-time sign-in link.

    Example: negotiations init --title "Water talks" --agency "Water Agency"
    --home-zone America/New_York --mail coordinator@example.org
    """
    migrate(load().database_url)
    body, first = _founding(title, agency, home_zone, mail, name, short_name, slug)

    async def work(console: Console) -> str:
        now = console.now()
        async with console.database.write() as db:
            row = await parties.create_negotiation(db, operator(), body, now=now)
            seat = await seats.add_person(db, operator(row.id), row, first, now=now)
            return await new_link(console, db, seat.person_id)

    link = await with_console(work)
    value = {"negotiation": body.slug, "login": link}
    show(value, f"Founded {body.slug}. Sign in once with:\n{link}", as_json=as_json)


def _founding(
    title: str, agency: str, home_zone: str, mail: str, name: str, short_name: str, slug: str
) -> tuple[NewNegotiation, NewPerson]:
    made = slug or _slug(title)
    try:
        body = NewNegotiation(
            slug=made,
            title=title,
            home_tz=home_zone,
            symbol_prefix="".join(word[0] for word in made.split("-"))[:4].upper(),
            agency=NewParty.model_validate(
                {
                    "slug": _slug(short_name or agency),
                    "name": agency,
                    "short_name": short_name or agency,
                    "kind": "agency",
                    "tz": home_zone,
                }
            ),
        )
        return body, NewPerson(name=name, email=mail, role=Role.coordinator)
    except ValidationError as error:
        raise Refused(invalid_from(error).detail) from None


def _slug(name: str) -> str:
    words = "".join(letter if letter.isalnum() else " " for letter in name.lower())
    return "-".join(words.encode("ascii", "ignore").decode().split()) or "talks"


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
) -> None:
    """Serve pages, JSON and feeds.

    Example: negotiations serve --host 0.0.0.0 --port 8000
    """
    _serve(host, port)


@refusing
async def _serve(host: str, port: int) -> None:
    settings = load()
    check_schema(settings)
    server = uvicorn.Server(server_config(create_app(settings), settings, host, port))
    check_port(host, port)
    with alone(settings):
        print(f"Serving {settings.base_url} on {host}:{port}. Stop with Ctrl-C.", flush=True)
        await server.serve()


@contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """Hold the lock file beside an SQLite database: it takes one serving process.

    Refused when another holds it: two that write and checkpoint could lose what was written.
    """
    url = make_url(settings.database_url)
    if url.get_backend_name() != "sqlite":
        yield
        return
    with Path(f"{url.database}.lock").open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Refused(
                f"Another process serves {url.database} already. Stop it, or use PostgreSQL."
            ) from None
        yield


def check_port(host: str, port: int) -> None:
    """Refuse in one line when the port is taken, before anything is opened."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Refused(f"Can't listen on {host}:{port}: {error.strerror}.") from None


def server_config(asgi: Any, settings: Settings, host: str, port: int) -> uvicorn.Config:
    """How uvicorn runs us: its own access log is off, since it would hold secret addresses."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    return uvicorn.Config(
        asgi,
        host=host,
        port=port,
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_level="warning",
        forwarded_allow_ips=settings.forwarded_allow_ips,
        server_header=False,
        timeout_graceful_shutdown=10,
    )


@app.command()
@refusing
async def doctor(as_json: AsJson = False) -> None:
    """Check this installation and list its settings.

    Example: negotiations doctor
    """
    settings = load()

    async def work(console: Console) -> dict[str, str]:
        async with console.database.read() as db:
            await db.exec(text("SELECT 1"))  # type: ignore[call-overload]
        return {"database": "answers", "sqlite": sqlite3.sqlite_version}

    report = {
        **await with_console(work),
        "tables": revision_of(settings.database_url) or "none; run: negotiations migrate",
        "time-zone data": version("tzdata"),
    }
    values = {
        f"NEGOTIATIONS_{name.upper()}": (_shown(name, getattr(settings, name)), field.description)
        for name, field in Settings.model_fields.items()
    }
    lines = [f"{name}: {value}" for name, value in report.items()]
    lines += [f"{name}={value}   {what}" for name, (value, what) in values.items()]
    known = {name: value for name, (value, _) in values.items()}
    show({**report, "settings": known}, "\n".join(lines), as_json=as_json)


def _shown(name: str, value: Any) -> str:
    """A setting as it may be printed: a database address without its password."""
    return plain_address(value) if name == "database_url" else str(value)


def plain_address(url: str) -> str:
    """A database address as the README writes it: without driver and password."""
    parsed = make_url(url)
    return parsed.set(drivername=parsed.get_backend_name()).render_as_string()
