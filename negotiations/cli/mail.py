"""Mails on the operator's console: what became of those that went, and what is answered to them."""

import os
import sys
from typing import Annotated

import typer
from sqlalchemy.exc import SQLAlchemyError

from negotiations.cli.base import (
    AsJson,
    Console,
    app,
    check_schema,
    refusing,
    run,
    show,
    with_console,
)
from negotiations.errors import Refused
from negotiations.invitations.incoming import MOST
from negotiations.invitations.receiving import Returned, receive
from negotiations.mail import claiming, queries
from negotiations.mail.queries import Standing
from negotiations.models import Mail
from negotiations.settings import load

mail = typer.Typer(help="See which mails couldn't be sent, try them again, and take answers.")
app.add_typer(mail, name="mail")


@mail.command("list")
@refusing
async def list_(as_json: AsJson = False) -> None:
    """List the mails that couldn't be sent, and how many wait.

    Example: negotiations mail list
    """

    async def work(console: Console) -> tuple[Standing, list[dict[str, str | int | None]]]:
        async with console.database.read() as db:
            found = await queries.unsent(db)
            return await queries.standing(db), [_line(one) for one in found]

    told, rows = await with_console(work)
    lines = [
        f"{row['id']}  {row['kind']}  {row['state']}  {row['tries']} tries  {row['failure']}"
        for row in rows
    ]
    show({"mails": str(told), "unsent": rows}, "\n".join([*lines, f"{told}."]), as_json=as_json)


def _line(row: Mail) -> dict[str, str | int | None]:
    state = "given up" if row.ended_as else f"next at {row.due_at:%Y-%m-%d %H:%M} UTC"
    return {
        "id": row.id, "kind": row.kind.value, "state": state, "tries": row.tries,
        "failure": row.failure,
    }  # fmt: skip


@mail.command("retry")
@refusing
async def retry(as_json: AsJson = False) -> None:
    """Try the mails that were given up once more, at once.

    Example: negotiations mail retry
    """

    async def work(console: Console) -> int:
        async with console.database.write() as db:
            return await claiming.again(db, now=console.now())

    count = await with_console(work)
    show({"again": count}, f"{count} mails are tried again.", as_json=as_json)


@mail.command("receive")
def receive_(
    to: Annotated[str, typer.Option(help="The address that it was delivered to.")] = "",
) -> None:
    """Take the answer of a calendar program, one mail on standard input, from a mail server.

    Ends with 0 for what was taken or is left alone, else as sysexits.h has it: 65, 67 and 77 give
    the mail back to its sender, 75 has it tried again later, 78 is a setting.
    Example: negotiations mail receive --to reply+q3…@talks.example < answer.eml
    """
    try:
        settings = load()
    except Refused as error:
        raise _ended(os.EX_CONFIG, error.detail) from None
    raw = sys.stdin.buffer.read(MOST + 1)

    async def work(console: Console) -> str:
        given = to or None
        return await receive(console.database, console.settings, raw, to=given, now=console.now())

    try:
        check_schema(settings)
        told = run(with_console(work))
    except Returned as error:
        raise _ended(error.code, error.line) from None
    except (Refused, SQLAlchemyError, OSError) as error:
        # The mail server keeps it until this is mended.
        raise _ended(os.EX_TEMPFAIL, f"Not now: {type(error).__name__}.") from None
    print(told)


def _ended(code: int, line: str) -> typer.Exit:
    print(f"negotiations: {line}", file=sys.stderr)
    return typer.Exit(code)
