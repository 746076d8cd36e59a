"""Copies of the whole database: backup, restore, release."""

from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import col, delete, update

from negotiations import backups
from negotiations.cli.base import AsJson, Console, app, refusing, show, with_console
from negotiations.models import Fence, Mail
from negotiations.models.mail import MailEnd
from negotiations.settings import load

File = Annotated[Path, typer.Argument(help="The file of the copy.")]


@app.command()
@refusing
def backup(file: File, as_json: AsJson = False) -> None:
    """Copy the whole database into a new file, while the service is at work.

    Example: negotiations backup /var/backups/negotiations-2010-11-12
    """
    size = backups.back_up(load().database_url, file)
    show(
        {"file": str(file), "bytes": size}, f"Copied into {file}, {size:,} bytes.", as_json=as_json
    )


@app.command()
@refusing
def restore(file: File, as_json: AsJson = False) -> None:
    """Bring a copy back, into a database that has no tables yet. It sends nothing until `release`.

    Example: negotiations restore /var/backups/negotiations-2010-11-12
    """
    settings = load()
    revision = backups.restore(settings.database_url, file, role=settings.requests_role)
    text = (
        f"Restored, at revision {revision}. No mail and nothing else is sent from this copy until: "
        "negotiations release"
    )
    show({"revision": revision, "fenced": True}, text, as_json=as_json)


@app.command()
@refusing
async def release(
    drop: Annotated[
        bool,
        typer.Option(
            "--drop", help="Forget the mails that waited in the copy: they went since it was made."
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Let a restored copy send again, once the database it was made of sends no more.

    What waited in it when it was made may have been sent by that one since, under the same
    Message-ID: with --drop it isn't sent again.

    Example: negotiations release --drop
    """

    async def work(console: Console) -> tuple[bool, int]:
        async with console.database.write() as db:
            gone = 0
            if drop:
                waiting = update(Mail).where(col(Mail.ended_as).is_(None))
                ended = waiting.values(
                    ended_as=MailEnd.dropped, ended_at=console.now(), gathering=False
                )
                gone = (await db.exec(ended)).rowcount
            was = (await db.exec(delete(Fence))).rowcount
            return bool(was), gone

    was_fenced, dropped = await with_console(work)
    told = "It sends from now on." if was_fenced else "It was no restored copy: it sends anyway."
    text = f"{told} {dropped} mails were dropped." if drop else told
    show({"released": was_fenced, "dropped": dropped}, text, as_json=as_json)
