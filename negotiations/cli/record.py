"""Reading and writing the record on the console: matrix, next, summary post."""

import json
import sys
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from sqlmodel import col, select

from negotiations.access.actor import Actor, load_actor
from negotiations.civil import clock_time, local_date, long_day
from negotiations.cli.base import (
    AsJson,
    Console,
    acting,
    app,
    negotiation,
    person,
    refusing,
    show,
    with_console,
)
from negotiations.db import Db
from negotiations.errors import Invalid, Refused
from negotiations.models import NegotiationSession, Person
from negotiations.notes import actions as notes
from negotiations.notes.bodies import Result
from negotiations.outcomes import queries as outcomes
from negotiations.outcomes.matrix_views import matrix_view
from negotiations.outcomes.queries import Matrix
from negotiations.readings import Reader
from negotiations.scheduling import queries as scheduling
from negotiations.scheduling.rules import place_of
from negotiations.scheduling.views import SessionView, session_views
from negotiations.web.etags import encode
from negotiations.web.problems import invalid_from
from negotiations.web.showing import beside

summary = typer.Typer(help="Session summaries.")
app.add_typer(summary, name="summary")
As = Annotated[str | None, typer.Option("--as", help="Act as the person with this mail address.")]


@app.command("matrix")
@refusing
async def matrix_command(
    talks: Annotated[str, typer.Argument(help="Short name of the talks.")],
    as_of: Annotated[str | None, typer.Option(help="As of this date, 2010-11-05.")] = None,
    who: As = None,
    as_json: AsJson = False,
) -> None:
    """Print the outcomes of every jurisdiction, issue by issue.

    Example: negotiations matrix secure-communities-2010 --as-of 2010-11-05
    """
    day_ = _date(as_of)

    async def work(console: Console) -> Matrix:
        async with console.database.read() as db:
            row = await negotiation(db, talks)
            actor = await acting(db, who, row.id)
            today = local_date(console.now(), row.home_tz)
            return await outcomes.matrix(db, actor, row, as_of=day_, today=today)

    found = await with_console(work)
    show(json.loads(encode(matrix_view(found))), _table(found), as_json=as_json)


def _date(value: str | None) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise Refused(f"{value!r} is not a date. Write it as 2010-11-05.") from None


def _table(matrix: Matrix) -> str:
    """The matrix as lines of text: one block per issue, one line per jurisdiction."""
    width = max((len(party.name) for party in matrix.jurisdictions), default=0)
    lines = []
    for issue in matrix.issues:
        lines.append(f"{issue.code}  {issue.title}")
        for cell in matrix.row(issue):
            look, row = cell.look, cell.outcome
            said = f"{look.glyph} {look.word}"
            if row is not None:
                by = f", by {matrix.slugs[row.decided_by_id]}" if row.decided_by_id else ""
                doubt = f" ({row.certainty.mark})" if row.certainty.mark else ""
                said += f"{by}{doubt}, {long_day(row.effective_on)}: {row.text}"
            lines.append(f"   {cell.jurisdiction.name:{width}}  {said}")
    for line in matrix.documents:
        doubt = f" ({line.certainty.mark})" if line.certainty.mark else ""
        lines.append(f"Documents: {line.asked.row.title}")
        lines.append(f"   {'all':{width}}  {line.standing.state}{doubt}: {line.text}")
    return "\n".join(lines)


@app.command("next")
@refusing
async def next_command(
    who: Annotated[str, typer.Option("--as", help="Mail address of the person.")],
    as_json: AsJson = False,
) -> None:
    """Print where a person must be next, in the venue's time and their own.

    Example: negotiations next --as head@example.org
    """

    async def work(console: Console) -> tuple[list[SessionView], str]:
        async with console.database.read() as db:
            found = await person(db, who)
            actor = await load_actor(db, found)
            rows = await scheduling.upcoming(db, actor, after=console.now())
            lines = [_line(one, found) for one in rows]
            return await session_views(db, rows), "\n".join(lines)

    items, text = await with_console(work)
    show(json.loads(encode(items)), text or "Nothing is planned.", as_json=as_json)


def _line(one: NegotiationSession, reader: Person) -> str:
    own = beside(one, Reader(reader.tz))
    return (
        f"{long_day(one.local_start)}, {clock_time(one.starts_at, one.tz)}"
        f"{f' = {own}' if own else ''}  {one.title}"
        f"  {place_of(one) or one.conference_url or ''}  [{one.status.value}]"
    )


@summary.command("post")
@refusing
async def post(
    session_id: Annotated[str, typer.Argument(metavar="SESSION", help="The session's id.")],
    file: Annotated[Path, typer.Argument(help="Markdown, or JSON as for PUT …/summary.")],
    close: Annotated[str | None, typer.Option(help="Close the session: concluded, …")] = None,
    who: As = None,
    as_json: AsJson = False,
) -> None:
    """Post a session's summary, and with JSON its outcomes and commitments, all or nothing.

    Example: negotiations summary post 0f3c… summary.md --close concluded
    """
    body = _result(file, close)

    async def work(console: Console) -> dict[str, Any]:
        async with console.database.write() as db:
            actor = await _author(db, session_id, who)
            session = await scheduling.session_for_change(db, actor, session_id)
            made, revision = await notes.post_result(db, actor, session, body, now=console.now())
            return {"symbol": made.symbol, "revision": revision.number}

    value = await with_console(work)
    show(value, f"Saved {value['symbol']}, revision {value['revision']}.", as_json=as_json)


async def _author(db: Db, session_id: str, who: str | None) -> Actor:
    rows = await db.exec(
        select(NegotiationSession.negotiation_id).where(
            col(NegotiationSession.id) == session_id, col(NegotiationSession.caucus_id).is_(None)
        )
    )
    negotiation_id = rows.first()
    if negotiation_id is None:
        raise Refused(f"There is no session {session_id!r}.")
    return await acting(db, who, negotiation_id)


def _result(file: Path, close: str | None) -> Result:
    """The body from a file; Refused with what is wrong in it."""
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(f"Can't read {file}: {error}") from None
    try:
        data = json.loads(text) if file.suffix == ".json" else {"body": text}
        return Result.model_validate({**data, **({"close": close} if close else {})})
    except ValidationError as error:
        raise Refused(_where(invalid_from(error))) from None
    except (ValueError, TypeError) as error:
        raise Refused(f"{file} is not the JSON of a summary: {error}") from None


def _where(error: Invalid) -> str:
    return "; ".join(f"{one.pointer}: {one.detail}" for one in error.errors)
