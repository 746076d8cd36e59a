"""Calendar addresses and API tokens on the operator's console: create, list, revoke."""

from datetime import datetime
from typing import Annotated, Any, TypeVar

import typer
from sqlmodel import col, select

from negotiations.access.actor import load_actor
from negotiations.access.logins import make_token
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
from negotiations.errors import Refused
from negotiations.feeds import actions as feeds
from negotiations.models import ApiToken, Feed, Person
from negotiations.models.access import TokenScope
from negotiations.models.feeds import EndedBy

feed = typer.Typer(help="Secret calendar addresses.")
token = typer.Typer(help="Bearer tokens for programs.")
app.add_typer(feed, name="feed")
app.add_typer(token, name="token")
Mail = Annotated[str, typer.Argument(help="Mail address of the person.")]
RowId = Annotated[str, typer.Argument(help="The id that “list” shows.")]


@feed.command("create")
@refusing
async def create_feed(
    mail: Mail,
    label: Annotated[str, typer.Option(help="What to call it.")] = "My sessions",
    talks: Annotated[str | None, typer.Option(help="Only these talks.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make a calendar subscription for a person; prints its address, once.

    Example: negotiations feed create head@example.org --label Phone
    """

    async def work(console: Console) -> str:
        async with console.database.write() as db:
            actor = await load_actor(db, await person(db, mail))
            row = await negotiation(db, talks) if talks else None
            _, secret = await feeds.create(
                db, actor, label=label, negotiation=row, now=console.now()
            )
        return feeds.address(console.settings.base_url, secret)

    address = await with_console(work)
    show({"mail": mail, "url": address}, address, as_json=as_json)


@token.command("create")
@refusing
async def create_token(
    mail: Mail,
    label: Annotated[str, typer.Option(help="What it is for.")] = "program",
    scope: Annotated[TokenScope, typer.Option(help="read or write.")] = TokenScope.read,
    days: Annotated[int, typer.Option(min=1, max=3650, help="Days it is good for.")] = 90,
    as_json: AsJson = False,
) -> None:
    """Make a bearer token for a person; prints it, once.

    Example: negotiations token create coordinator@example.org --scope write --days 30
    """

    async def work(console: Console) -> str:
        async with console.database.write() as db:
            owner = await person(db, mail)
            return await make_token(
                db, owner, label=label, scope=scope, days=days, now=console.now()
            )

    secret = await with_console(work)
    show({"mail": mail, "token": secret}, secret, as_json=as_json)


Proof = TypeVar("Proof", ApiToken, Feed)


async def _listed(table: type[Proof], as_json: bool) -> None:
    async def work(console: Console) -> list[dict[str, Any]]:
        async with console.database.read() as db:
            rows = await db.exec(
                select(table, Person.email)
                .join(Person, col(Person.id) == table.person_id)
                .order_by(col(Person.email), col(table.created_at))
            )
            return [_line(row, mail, console.now()) for row, mail in rows]

    rows = await with_console(work)
    text = "\n".join(f"{one['id']}  {one['mail']}  {one['label']}  {one['state']}" for one in rows)
    show(rows, text or "None yet.", as_json=as_json)


def _line(row: ApiToken | Feed, mail: str | None, now: datetime) -> dict[str, Any]:
    state = "good"
    if row.revoked_at is not None:
        state = "revoked"
    elif row.expires_at is not None and row.expires_at <= now:
        state = "expired"
    return {"id": row.id, "mail": mail, "label": row.label, "state": state}


@feed.command("list")
@refusing
async def list_feeds(as_json: AsJson = False) -> None:
    """List the subscriptions, without their addresses.

    Example: negotiations feed list
    """
    await _listed(Feed, as_json)


@token.command("list")
@refusing
async def list_tokens(as_json: AsJson = False) -> None:
    """List the tokens, without their secrets.

    Example: negotiations token list
    """
    await _listed(ApiToken, as_json)


async def _revoked(table: type[Proof], row_id: str, **besides: EndedBy) -> None:
    async def work(console: Console) -> None:
        async with console.database.write() as db:
            row = await db.get(table, row_id)
            if row is None or row.revoked_at is not None:
                raise Refused(f"{row_id} is not the id of one that is still good.")
            row.revoked_at = console.now()
            for name, value in besides.items():
                setattr(row, name, value)
            db.add(row)

    await with_console(work)
    print("Revoked.")


@feed.command("revoke")
@refusing
async def revoke_feed(row_id: RowId) -> None:
    """End a subscription: its address answers 410 from now on.

    Example: negotiations feed revoke 0f3c…
    """
    await _revoked(Feed, row_id, ended_by=EndedBy.operator)


@token.command("revoke")
@refusing
async def revoke_token(row_id: RowId) -> None:
    """End a token.

    Example: negotiations token revoke 0f3c…
    """
    await _revoked(ApiToken, row_id)
