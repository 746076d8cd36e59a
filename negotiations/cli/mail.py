"""What became of the mails, on the operator's console: list, retry."""

import typer

from negotiations.cli.base import AsJson, Console, app, refusing, show, with_console
from negotiations.mail import claiming, queries
from negotiations.mail.queries import Standing
from negotiations.models import Mail

mail = typer.Typer(help="See which mails couldn't be sent, and try them again.")
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
