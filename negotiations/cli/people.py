"""People on the operator's console: add, link (a one-time sign-in link), list.

A link is printed here only, never shown to a coordinator, who could accept in a head's name.
"""

from typing import Annotated

import typer
from pydantic import ValidationError

from negotiations.access.actor import operator
from negotiations.access.logins import link_address, make_link
from negotiations.cli.base import (
    AsJson,
    Console,
    app,
    negotiation,
    person,
    refusing,
    show,
    with_console,
)
from negotiations.db import Db
from negotiations.errors import Refused
from negotiations.models import Membership, Person
from negotiations.parties import queries, seats
from negotiations.parties.bodies import NewPerson
from negotiations.web.problems import invalid_from

people = typer.Typer(help="Add people, list them, print one-time sign-in links.")
app.add_typer(people, name="people")


async def new_link(console: Console, db: Db, person_id: str) -> str:
    """A one-time sign-in link for a person, as it is printed."""
    secret = await make_link(
        db, person_id, now=console.now(), minutes=console.settings.link_minutes
    )
    return link_address(console.settings.base_url, secret)


@people.command("add")
@refusing
async def add(
    talks: Annotated[str, typer.Argument(help="Short name of the talks.")],
    mail: Annotated[str, typer.Argument(help="Mail address to sign in with.")],
    name: Annotated[str, typer.Option(help="Name or function.")],
    role: Annotated[str, typer.Option(help="coordinator, note_taker, head, delegate, …")],
    party: Annotated[str | None, typer.Option(help="Short name of the party.")] = None,
    zone: Annotated[str | None, typer.Option(help="Their own IANA zone.")] = None,
    as_json: AsJson = False,
) -> None:
    """Add a person to talks, and print a one-time sign-in link for them.

    Example: negotiations people add water-talks head@example.org --name "Head" --role head
    --party north
    """
    try:
        body = NewPerson.model_validate(
            {"name": name, "email": mail, "role": role, "party": party, "tz": zone}
        )
    except ValidationError as error:
        raise Refused(invalid_from(error).detail) from None

    async def work(console: Console) -> str:
        now = console.now()
        async with console.database.write() as db:
            row = await negotiation(db, talks)
            seat = await seats.add_person(db, operator(row.id), row, body, now=now)
            return await new_link(console, db, seat.person_id)

    link = await with_console(work)
    show(
        {"mail": mail, "login": link}, f"Added {name}. Sign in once with:\n{link}", as_json=as_json
    )


@people.command("link")
@refusing
async def link(
    mail: Annotated[str, typer.Argument(help="Mail address of the person.")],
    as_json: AsJson = False,
) -> None:
    """Print a one-time sign-in link for a person.

    Example: negotiations people link head@example.org
    """

    async def work(console: Console) -> str:
        async with console.database.write() as db:
            return await new_link(console, db, (await person(db, mail)).id)

    address = await with_console(work)
    show({"mail": mail, "login": address}, address, as_json=as_json)


@people.command("list")
@refusing
async def list_(
    talks: Annotated[str, typer.Argument(help="Short name of the talks.")],
    as_json: AsJson = False,
) -> None:
    """List who takes part in talks.

    Example: negotiations people list secure-communities-2010
    """

    async def work(console: Console) -> list[dict[str, str | None]]:
        async with console.database.read() as db:
            row = await negotiation(db, talks)
            seats = await queries.members(db, operator(row.id), row.id)
        return [_line(seat, found, party.slug if party else None) for seat, found, party in seats]

    def _line(seat: Membership, found: Person, party: str | None) -> dict[str, str | None]:
        return {"name": found.name, "mail": found.email, "role": seat.role.value, "party": party}

    rows = await with_console(work)
    text = "\n".join(
        f"{row['name']}  <{row['mail'] or 'no address'}>  {row['role']}"
        + (f" of {row['party']}" if row["party"] else "")
        for row in rows
    )
    show(rows, text, as_json=as_json)
