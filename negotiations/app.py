"""The map of the service: its routes, its projections, and how it starts and stops."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from negotiations import audit, ticks
from negotiations.clock import Clock
from negotiations.db import Database
from negotiations.documents import api as documents_api
from negotiations.documents import pages as documents_pages
from negotiations.errors import NotFound
from negotiations.feeds import api as feeds_api
from negotiations.feeds import pages as feeds_pages
from negotiations.feeds import projection, serving
from negotiations.notes import api as notes_api
from negotiations.notes import pages as notes_pages
from negotiations.outcomes import api as outcomes_api
from negotiations.outcomes import pages as outcomes_pages
from negotiations.overview import api as overview_api
from negotiations.overview import pages as overview_pages
from negotiations.parties import api as parties_api
from negotiations.parties import pages as parties_pages
from negotiations.scheduling import api as scheduling_api
from negotiations.scheduling import pages as scheduling_pages
from negotiations.settings import Settings
from negotiations.web import signing_in
from negotiations.web.html import ROOT, Page
from negotiations.web.problems import problem, problem_of, status_of
from negotiations.web.routes import PREFIX, routes_of
from negotiations.web.service import Service
from negotiations.web.shell import Shell

# What is derived in the transaction of the change, in order. The audit comes last: its chains are
# locked after everything else and for the shortest time.
PROJECTIONS = (projection.refresh, audit.seal)
APIS = (
    parties_api.api,
    scheduling_api.api,
    documents_api.api,
    notes_api.api,
    outcomes_api.api,
    feeds_api.api,
    overview_api.api,
)


def open_database(settings: Settings, clock: Clock, *, serving: bool = False) -> Database:
    """The one maker of transactions, for requests, commands, ticks, the demonstration and tests."""
    return Database(
        settings.database_url,
        base_url=settings.base_url,
        clock=clock,
        projections=PROJECTIONS,
        serving=serving,
    )


def create_app(settings: Settings, *, clock: Clock | None = None) -> Starlette:
    """The service for these settings. Its database must be at the newest migration."""
    clock = clock or Clock()
    service = Service(settings, open_database(settings, clock, serving=True), clock)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with service.database.write() as db:
            await projection.refresh_stale(db)
        ticking = ticks.scheduler(service.database, clock)
        ticking.start()
        yield
        ticking.shutdown(wait=False)
        await service.database.close()

    app = Starlette(
        routes=_routes(),
        lifespan=lifespan,
        middleware=[Middleware(Shell, https=settings.https)],
        exception_handlers={404: not_found, 405: wrong_verb},
    )
    app.router.redirect_slashes = False  # such a redirect would repeat whatever Host was sent
    app.state.service = service
    return app


def _routes() -> list[BaseRoute]:
    return [
        *serving.routes,
        *signing_in.routes,
        *overview_pages.routes,
        *parties_pages.routes,
        *feeds_pages.routes,
        *scheduling_pages.routes,
        *documents_pages.routes,
        *notes_pages.routes,
        *outcomes_pages.routes,
        Mount("/static", StaticFiles(directory=ROOT / "static")),
        Route("/healthz", healthz),
        Route("/robots.txt", robots),
        *routes_of(*APIS),
    ]


async def not_found(request: Request, _error: Exception) -> Response:
    """The same answer as for what one may not see."""
    if request.url.path.startswith(PREFIX):
        return problem_of(NotFound())
    page, error = Page(request), NotFound()
    return page.show("error.html", 404, title=status_of(error)[1], detail=error.detail)


async def wrong_verb(request: Request, error: Exception) -> Response:
    """405 with every right verb."""
    allow = getattr(error, "headers", None) or {}
    detail = f"{request.method} isn't possible here."
    return problem(405, "Wrong verb", detail, headers=dict(allow))


async def healthz(_request: Request) -> Response:
    """Whether the process answers."""
    return JSONResponse({"status": "ok"})


async def robots(_request: Request) -> Response:
    """Calendar programs may fetch feeds; nobody needs to index private pages."""
    return Response("User-agent: *\nDisallow: /s/\nDisallow: /n/\n", media_type="text/plain")
