"""The matrix as a page with the files beside it, and the answers compared."""

from datetime import date

from starlette.responses import Response
from starlette.routing import BaseRoute

from negotiations.access.policy import can
from negotiations.civil import local_date
from negotiations.errors import BadRequest
from negotiations.models import Issue, Negotiation
from negotiations.outcomes import matrix_views, queries
from negotiations.outcomes.commitment_pages import change_commitment, commitment, show_all
from negotiations.outcomes.consistency import compare
from negotiations.outcomes.gaps import gaps
from negotiations.outcomes.matrix import LOOKS
from negotiations.outcomes.position_forms import (
    add_position,
    allow_quoting,
    show_course,
    show_position,
)
from negotiations.outcomes.queries import Matrix
from negotiations.parties import queries as parties
from negotiations.web import etags
from negotiations.web.html import Page, page_route

# Cells whose texts stand in the page; where there are more, they are a click away.
MOST_WHOLE = 120


async def show_matrix(page: Page) -> Response:
    """`/n/{neg}/matrix?as_of=&since=`: where every jurisdiction stands on every issue."""
    since, found = _day(page, "since"), None
    async with page.read() as (db, actor):
        negotiation = await parties.negotiation(db, actor, page.path["neg"])
        today = _today(page, negotiation)
        matrix = await queries.matrix(
            db, actor, negotiation, as_of=_day(page, "as_of"), today=today
        )
        if can(actor, "summary.read", negotiation) and matrix.as_of is None:
            found = await gaps(db, actor, negotiation, matrix.cells, today)
        everyone = await parties.parties(db, actor, negotiation.id)
    seat = actor.seat_in(negotiation.id)
    return page.show(
        "outcomes/matrix.html",
        negotiation=negotiation,
        matrix=matrix,
        since=since,
        gaps=found,
        shown=[issue for issue in matrix.issues if _shows(matrix, issue, since)],
        columns=[(party, matrix.column(party)) for party in matrix.jurisdictions],
        whole=len(matrix.cells) <= MOST_WHOLE,
        names={party.id: party.short_name for party in everyone},
        legend=LOOKS.values(),
        own=matrix.jurisdictions[0] if seat and seat.side == "jurisdiction" else None,
        query=f"?as_of={matrix.as_of}" if matrix.as_of else "",
    )


async def show_consistency(page: Page) -> Response:
    """`/n/{neg}/consistency`: was everybody told the same, as far as the reader sees."""
    async with page.read() as (db, actor):
        negotiation = await parties.negotiation(db, actor, page.path["neg"])
        matrix = await queries.matrix(
            db, actor, negotiation, as_of=_day(page, "as_of"), with_documents=False
        )
        everyone = await parties.parties(db, actor, negotiation.id)
    return page.show(
        "outcomes/consistency.html",
        negotiation=negotiation,
        matrix=matrix,
        found=compare(matrix.cells),
        names={party.id: party.short_name for party in everyone},
        query=f"?as_of={matrix.as_of}" if matrix.as_of else "",
    )


async def download_csv(page: Page) -> Response:
    """`/n/{neg}/matrix.csv`: one line per cell."""
    matrix = await _matrix(page)
    return _file(matrix, "csv", matrix_views.matrix_csv(matrix).encode(), "text/csv; charset=utf-8")


async def download_json(page: Page) -> Response:
    """`/n/{neg}/matrix.json`: the same as the JSON interface gives."""
    matrix = await _matrix(page)
    return _file(matrix, "json", etags.encode(matrix_views.matrix_view(matrix)), "application/json")


async def _matrix(page: Page) -> Matrix:
    async with page.read() as (db, actor):
        negotiation = await parties.negotiation(db, actor, page.path["neg"])
        return await queries.matrix(
            db, actor, negotiation, as_of=_day(page, "as_of"), today=_today(page, negotiation)
        )


def _shows(matrix: Matrix, issue: Issue, since: date | None) -> bool:
    return since is None or any(cell.changed_since(since) for cell in matrix.row(issue))


def _day(page: Page, name: str) -> date | None:
    value = page.request.query_params.get(name, "").strip()
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise BadRequest("Write the day as 2010-11-05: year, month, day.") from None


def _today(page: Page, negotiation: Negotiation) -> date:
    return local_date(page.now, negotiation.home_tz)


def _file(matrix: Matrix, kind: str, content: bytes, media_type: str) -> Response:
    day = f"-{matrix.as_of}" if matrix.as_of else ""
    name = f"{matrix.negotiation.slug}-outcomes{day}.{kind}"
    headers = {
        "Cache-Control": "private, no-store",
        "Content-Disposition": f'attachment; filename="{name}"',
    }
    return Response(content, media_type=media_type, headers=headers)


routes: list[BaseRoute] = [
    page_route("/n/{neg}/matrix", show_matrix),
    page_route("/n/{neg}/matrix.csv", download_csv),
    page_route("/n/{neg}/matrix.json", download_json),
    page_route("/n/{neg}/consistency", show_consistency),
    page_route("/n/{neg}/tracks/{jurisdiction}/issues/{code}", show_course),
    page_route("/n/{neg}/tracks/{jurisdiction}/positions", show_position, add_position),
    page_route("/n/{neg}/positions/{id}", post=allow_quoting),
    page_route("/n/{neg}/commitments", show_all),
    page_route("/n/{neg}/commitments/{id}", commitment, change_commitment),
]
