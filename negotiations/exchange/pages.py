"""The page of one's own notes: to take them along, and to destroy those of one's side."""

from importlib.metadata import version

from starlette.responses import Response
from starlette.routing import BaseRoute

from negotiations.access.policy import can
from negotiations.errors import Invalid, NegotiationsError, NotFound, Stale
from negotiations.exchange.own_notes import archive
from negotiations.exchange.views import own_notes_view
from negotiations.notebook import purging
from negotiations.parties import queries as parties
from negotiations.web.html import Page, page_route, problems, require_base, version_of
from negotiations.web.problems import status_of


async def show(page: Page) -> Response:
    """`/n/{neg}/own-notes`, for everybody who has a seat."""
    return await _page(page)


async def _page(page: Page, error: NegotiationsError | None = None) -> Response:
    async with page.read() as (db, actor):
        negotiation = await parties.negotiation(db, actor, page.path["neg"])
        seat = actor.seat_in(negotiation.id)
        if seat is None:
            raise NotFound
        heads = can(actor, "notes.export.read", negotiation)
        own = await purging.owned(db, actor, negotiation) if heads else None
    view = own_notes_view(own) if own else None
    return page.show(
        "exchange/own_notes.html",
        status_of(error)[0] if error else 200,
        negotiation=negotiation,
        own=own,
        about=view,
        base=version_of(view) if view else "",
        purged="purged" in page.request.query_params and error is None,
        **(problems(error) if error else {}),
    )


async def download(page: Page) -> Response:
    """`/n/{neg}/own-notes.zip`: the same as the JSON interface gives."""
    async with page.read() as (db, actor):
        negotiation = await parties.negotiation(db, actor, page.path["neg"])
        made = await archive(db, actor, negotiation, f"negotiations {version('negotiations')}")
    headers = {
        "Cache-Control": "private, no-store",
        "Content-Disposition": f'attachment; filename="{negotiation.slug}-notes.zip"',
    }
    return Response(made, media_type="application/zip", headers=headers)


async def purge(page: Page) -> Response:
    """What the page showed is destroyed, if nothing was written since and the word is right."""
    try:
        async with page.write() as (db, actor):
            negotiation = await parties.negotiation(db, actor, page.path["neg"])
            own = await purging.held(db, actor, negotiation)
            require_base(page, own_notes_view(own))
            purging.check_meant(own, page.form.get("confirm").strip())
            await purging.purge(db, actor, negotiation, own, page.now)
    except (Invalid, Stale) as error:
        return await _page(page, error)
    return page.go(f"/n/{negotiation.slug}/own-notes?purged=1")


routes: list[BaseRoute] = [
    page_route("/n/{neg}/own-notes", show, purge),
    page_route("/n/{neg}/own-notes.zip", download),
]
