"""The matrix as a page with the files beside it, the answers compared, one commitment's state."""

from datetime import date

from sqlmodel import col, select
from starlette.responses import Response
from starlette.routing import BaseRoute

from negotiations.access.actor import Actor
from negotiations.civil import local_date
from negotiations.db import Db, locked
from negotiations.errors import BadRequest, Conflict, Invalid, NegotiationsError, Stale
from negotiations.models import Negotiation, Track
from negotiations.models.outcomes import CommitmentStatus
from negotiations.outcomes import actions, matrix_views, queries, views
from negotiations.outcomes.bodies import CommitmentChange
from negotiations.outcomes.consistency import compare
from negotiations.outcomes.matrix import LOOKS
from negotiations.outcomes.position_forms import add_position, allow_quoting, show_position
from negotiations.outcomes.queries import Matrix, Promise
from negotiations.parties import queries as parties
from negotiations.web import etags
from negotiations.web.forms import body_of
from negotiations.web.html import Page, page_route, problems, require_base, version_of
from negotiations.web.problems import status_of
from negotiations.web.showing import words

STATES = [(state.value, words(state)) for state in CommitmentStatus]


async def show_matrix(page: Page) -> Response:
    """`/n/{neg}/matrix`: where every jurisdiction the reader sees stands on every issue."""
    async with page.read() as (db, actor):
        negotiation = await parties.negotiation(db, actor, page.path["neg"])
        matrix = await queries.matrix(
            db, actor, negotiation, as_of=_as_of(page), today=_today(page, negotiation)
        )
        everyone = await parties.parties(db, actor, negotiation.id)
    seat = actor.seat_in(negotiation.id)
    return page.show(
        "outcomes/matrix.html",
        negotiation=negotiation,
        matrix=matrix,
        columns=[
            (party, [cell for cell in matrix.cells if cell.jurisdiction.id == party.id])
            for party in matrix.jurisdictions
        ],
        names={party.id: party.short_name for party in everyone},
        legend=LOOKS.values(),
        own=matrix.jurisdictions[0] if seat and seat.side == "jurisdiction" else None,
        query=f"?as_of={matrix.as_of}" if matrix.as_of else "",
    )


async def show_consistency(page: Page) -> Response:
    """`/n/{neg}/consistency`: was everybody told the same, as far as the reader sees."""
    async with page.read() as (db, actor):
        negotiation = await parties.negotiation(db, actor, page.path["neg"])
        matrix = await queries.matrix(db, actor, negotiation, as_of=_as_of(page))
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
            db, actor, negotiation, as_of=_as_of(page), today=_today(page, negotiation)
        )


def _as_of(page: Page) -> date | None:
    value = page.request.query_params.get("as_of", "").strip()
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


async def commitment(page: Page) -> Response:
    """`/n/{neg}/commitments/{id}`: the form of one commitment's state, for who may change it."""
    return await _commitment(page)


async def _commitment(page: Page, error: NegotiationsError | None = None) -> Response:
    async with page.read() as (db, actor):
        negotiation, _, promise = await _promise(page, db, actor)
    return page.show(
        "outcomes/commitment.html",
        status_of(error)[0] if error else 200,
        negotiation=negotiation,
        promise=promise,
        states=STATES,
        state=page.form.get("status", promise.row.status.value),
        evidence=page.form.get("evidence", promise.row.evidence or ""),
        base=version_of(_view(page, negotiation, promise)),
        **(problems(error) if error else {}),
    )


async def _promise(
    page: Page, db: Db, actor: Actor, *, lock: bool = False
) -> tuple[Negotiation, Track, Promise]:
    """The commitment this page is about, for who may change it; its track is held first."""
    negotiation = await parties.negotiation(db, actor, page.path["neg"])
    promise = await queries.commitment(db, actor, negotiation.id, page.path["id"])
    query = select(Track).where(col(Track.id) == promise.row.track_id)
    track = (await db.exec(locked(query) if lock else query)).one()
    if lock:
        promise = await queries.commitment(db, actor, negotiation.id, promise.row.id, lock=True)
    actions.demand_change(actor, track, promise.row)
    return negotiation, track, promise


def _view(page: Page, negotiation: Negotiation, promise: Promise) -> views.CommitmentView:
    return views.commitment_view(promise, _today(page, negotiation))


async def change_commitment(page: Page) -> Response:
    """Another state, and what shows it."""
    try:
        async with page.write() as (db, actor):
            negotiation, track, promise = await _promise(page, db, actor, lock=True)
            require_base(page, _view(page, negotiation, promise))
            fields = {"evidence": page.form.get("evidence").strip() or None}
            body = body_of(CommitmentChange, {**fields, "status": page.form.get("status")})
            await actions.change_commitment(db, actor, track, promise.row, body, now=page.now)
    except (Invalid, Conflict, Stale) as error:
        return await _commitment(page, error)
    where = f"/n/{negotiation.slug}/tracks/{promise.jurisdiction.slug}"
    return page.go(f"{where}#c-{promise.row.id}")


routes: list[BaseRoute] = [
    page_route("/n/{neg}/matrix", show_matrix),
    page_route("/n/{neg}/matrix.csv", download_csv),
    page_route("/n/{neg}/matrix.json", download_json),
    page_route("/n/{neg}/consistency", show_consistency),
    page_route("/n/{neg}/tracks/{jurisdiction}/positions", show_position, add_position),
    page_route("/n/{neg}/positions/{id}", post=allow_quoting),
    page_route("/n/{neg}/commitments/{id}", commitment, change_commitment),
]
