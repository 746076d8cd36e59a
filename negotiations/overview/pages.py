"""Pages that read across the domains: the start page, one negotiation, one track, the public."""

from starlette.responses import Response
from starlette.routing import BaseRoute

from negotiations.access.policy import can
from negotiations.parties import queries as parties
from negotiations.scheduling import queries as scheduling
from negotiations.web.html import Page, page_route


async def talks(page: Page) -> Response:
    """`/n/{neg}`: the sessions by day, for whoever takes part."""
    async with page.read() as (db, actor):
        negotiation = await parties.negotiation(db, actor, page.path["neg"])
        sessions = await scheduling.sessions(db, actor, negotiation.id)
        settings = await scheduling.settings_of(db, sessions)
        tracks = await parties.tracks(db, actor, negotiation.id)
    return page.show(
        "overview/talks.html",
        negotiation=negotiation,
        sessions=sessions,
        settings=settings,
        tracks=tracks,
        may_propose=can(actor, "session.propose", negotiation),
    )


routes: list[BaseRoute] = [
    page_route("/n/{neg}", talks),
]
