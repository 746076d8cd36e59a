"""Setting up and looking after an installation: init, migrate, doctor."""

import re
from importlib.metadata import version
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer
from pydantic import ValidationError
from sqlalchemy.engine import make_url
from sqlmodel import select, text

from negotiations.access.actor import operator
from negotiations.busy import queries as busy
from negotiations.cli.base import (
    AsJson,
    Console,
    app,
    refusing,
    show,
    with_console,
)
from negotiations.cli.people import new_link
from negotiations.db import Db
from negotiations.durability import Findings, examine
from negotiations.errors import Refused
from negotiations.invitations.expecting import places
from negotiations.mail.queries import Standing, standing
from negotiations.mail.sending import post_of
from negotiations.models import Fence
from negotiations.models.parties import Role
from negotiations.parties import actions as parties
from negotiations.parties import seats
from negotiations.parties.bodies import NewNegotiation, NewParty, NewPerson
from negotiations.schema import migrate, revision_of
from negotiations.settings import Settings, load
from negotiations.web.problems import invalid_from
from negotiations.webhooks import queries as webhooks

FAR = 5  # seconds between two clocks


@app.command("migrate")
@refusing
async def migrate_command() -> None:
    """Bring the database's tables to this version.

    Example: negotiations migrate
    """
    settings = load()
    migrate(settings.database_url, role=settings.requests_role)
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
@refusing
async def doctor(as_json: AsJson = False) -> None:
    """Check this installation and list its settings.

    Example: negotiations doctor
    """
    settings = load()

    async def work(console: Console) -> tuple[Findings, Standing, str, str, int, bool, str]:
        console.database.for_requests(console.settings.requests_url)
        async with console.database.read() as db:
            mails, told = await standing(db), await webhooks.standing(db)
            read = await busy.standing(db)
            wanting = len({one.person_id for one in await places(db)})
            fenced = (await db.exec(select(Fence.id))).first() is not None
            ahead = await _clock(console, db)
        return await examine(console.database), mails, told, read, wanting, fenced, ahead

    findings, mails, told, read, wanting, fenced, ahead = await with_console(work)
    held = "NOTHING GOES: a restored copy; to let it send: negotiations release. " if fenced else ""
    keyless = "" if settings.secret_key else "none: no NEGOTIATIONS_SECRET_KEY; "
    report = {
        "database": " ".join(("answers.", *findings.remarks)),
        "what is saved": " ".join(findings.faults) or "outlives a crash",
        "mail": f"{held}goes {post_of(settings).where}; {mails}",
        "invitations": _invitations(settings, wanting),
        "webhooks": f"{keyless}{told}",
        "busy calendars": f"{keyless}{read}",
        "address": _address(settings),
        "clock": ahead,
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
    if findings.faults:
        raise Refused(findings.faults[0])


def _invitations(settings: Settings, wanting: int) -> str:
    """Where answers come back to, or why nobody is invited."""
    if not settings.invites:
        lacking = "NEGOTIATIONS_REPLY_ADDRESS" if settings.secret_key else "NEGOTIATIONS_SECRET_KEY"
        return f"none: no {lacking}; {wanting} people want them"
    name, _, domain = settings.reply_address.partition("@")
    return (
        f"answers come to {name}+…@{domain}, for negotiations mail receive; "
        f"{wanting} people want them"
    )


def _address(settings: Settings) -> str:
    """What people and calendar programs are led to, and what is wrong with that."""
    parsed = urlsplit(settings.base_url)
    if parsed.hostname in ("localhost", "127.0.0.1", "::1"):
        return f"{settings.base_url}: nobody elsewhere reaches it; set NEGOTIATIONS_BASE_URL"
    if parsed.scheme != "https":
        return f"{settings.base_url}: what is sent can be read on the way; use https"
    return settings.base_url


async def _clock(console: Console, db: Db) -> str:
    """How this machine's clock stands to the database's."""
    if console.database.is_sqlite:
        return "one machine's"
    found = await db.exec(text("SELECT clock_timestamp()"))  # type: ignore[call-overload]
    ahead = (console.now() - found.scalar_one()).total_seconds()
    if abs(ahead) < FAR:
        return "agrees with the database's"
    which = "ahead of" if ahead > 0 else "behind"
    return f"is {abs(ahead):.0f} s {which} the database's: set both by one time server"


def _shown(name: str, value: Any) -> str:
    """A setting as it may be printed: without any password."""
    if name == "database_url":
        return plain_address(value)
    if name == "requests_role":
        return str(value).partition(":")[0]
    if name == "secret_key":
        return "(set)" if value else ""
    return re.sub("//.*@", "//…@", str(value)) if name == "smtp_url" else str(value)


def plain_address(url: str) -> str:
    """A database address as the README writes it: without driver and password."""
    parsed = make_url(url)
    return parsed.set(drivername=parsed.get_backend_name()).render_as_string()
