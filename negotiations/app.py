"""The map of the service: its routes, its projections, and how it starts and stops."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from negotiations import audit, health, outbox, waking
from negotiations.availability import api as availability_api
from negotiations.availability import pages as availability_pages
from negotiations.busy import api as busy_api
from negotiations.busy import pages as busy_pages
from negotiations.caucuses import api as caucuses_api
from negotiations.caucuses import pages as caucuses_pages
from negotiations.clock import Clock
from negotiations.db import Database
from negotiations.documents import api as documents_api
from negotiations.documents import pages as documents_pages
from negotiations.errors import NotFound
from negotiations.exchange import api as exchange_api
from negotiations.exchange import pages as exchange_pages
from negotiations.feeds import api as feeds_api
from negotiations.feeds import generations, projection, serving
from negotiations.feeds import pages as feeds_pages
from negotiations.feeds.fetches import Fetches
from negotiations.feeds.memory import Memory
from negotiations.invitations import pages as invitations_pages
from negotiations.live import pages as live_pages
from negotiations.notebook import api as notebook_api
from negotiations.notebook import pages as notebook_pages
from negotiations.notes import api as notes_api
from negotiations.notes import pages as notes_pages
from negotiations.outcomes import api as outcomes_api
from negotiations.outcomes import keeping, matrix_changes
from negotiations.outcomes import pages as outcomes_pages
from negotiations.outcomes.kept_matrix import Matrices
from negotiations.overview import api as overview_api
from negotiations.overview import pages as overview_pages
from negotiations.overview import serving as overview_serving
from negotiations.parties import api as parties_api
from negotiations.parties import pages as parties_pages
from negotiations.plans import api as plans_api
from negotiations.plans import pages as plans_pages
from negotiations.polls import api as polls_api
from negotiations.polls import pages as polls_pages
from negotiations.scheduling import api as scheduling_api
from negotiations.scheduling import pages as scheduling_pages
from negotiations.scheduling.recomputing import recompute
from negotiations.search import api as search_api
from negotiations.search import pages as search_pages
from negotiations.search import projection as search_index
from negotiations.settings import Settings
from negotiations.ticks import Ticking, jobs_of
from negotiations.web import documentation, signing_in, static
from negotiations.web.html import Page
from negotiations.web.metrics import Metrics
from negotiations.web.problems import problem, problem_of, status_of
from negotiations.web.rates import Rates
from negotiations.web.routes import PREFIX, routes_of
from negotiations.web.service import Service
from negotiations.web.shell import Shell
from negotiations.webhooks import api as webhooks_api
from negotiations.webhooks import pages as webhooks_pages

# What is derived in the transaction of the change, in order. The audit comes last: its chains are
# locked after everything else and for the shortest time; before it what counts the changes.
PROJECTIONS = (
    outbox.store,
    projection.refresh,
    search_index.refresh,
    keeping.refresh,
    matrix_changes.refresh,
    waking.refresh,
    generations.refresh,
    audit.seal,
)
FEW = 2  # connections that a serving process keeps beside those of requests
APIS = (
    parties_api.api,
    caucuses_api.api,
    scheduling_api.api,
    plans_api.api,
    availability_api.api,
    busy_api.api,
    polls_api.api,
    documents_api.api,
    notebook_api.api,
    notes_api.api,
    outcomes_api.api,
    feeds_api.api,
    webhooks_api.api,
    search_api.api,
    overview_api.api,
    exchange_api.api,
)


def open_database(
    settings: Settings, clock: Clock, *, serving: bool = False, pool: int = 8
) -> Database:
    """The one maker of transactions, for requests, commands, ticks, the demonstration and tests."""
    return Database(
        settings.database_url,
        base_url=settings.base_url,
        clock=clock,
        projections=PROJECTIONS,
        serving=serving,
        pool=pool,
    )


def create_app(
    settings: Settings,
    *,
    clock: Clock | None = None,
    ticking: bool = True,
    metrics: Metrics | None = None,
) -> Starlette:
    """The service for these settings. Its database must be at the newest migration.

    Without `ticking` another process (`negotiations worker`) does what is due.
    """
    clock, metrics = clock or Clock(), metrics or Metrics()
    database = open_database(settings, clock, serving=True, pool=FEW)
    requests = database.for_requests(settings.requests_url)
    for name, engine in requests.engines.items():
        metrics.watch(name, engine.pool)
    fetches = Fetches()
    memory = Memory(database, settings.feed_cache_mb * 1024 * 1024)
    service = Service(settings, requests, clock, metrics, Rates(settings, metrics))

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        await freshen(database)
        ticks = Ticking(database, clock, jobs_of(settings))
        if ticking:
            ticks.start()
        await memory.warm()
        async with memory.watch.running(), fetches.writing(database):
            yield
        shell.flush()
        await ticks.stop()
        await database.close()

    app = Starlette(
        routes=_routes(),
        lifespan=lifespan,
        exception_handlers={404: not_found, 405: wrong_verb},
    )
    # Starlette's own outermost layer would answer what the shell answers better.
    inner = ExceptionMiddleware(app.router, handlers=app.exception_handlers)
    front = serving.Front(service, memory, fetches)
    shell = Shell(inner, https=settings.https, metrics=metrics, front=front)
    app.middleware_stack = shell
    app.router.redirect_slashes = False  # such a redirect would repeat whatever Host was sent
    app.state.service = service
    app.state.database, app.state.fetches = database, fetches
    app.state.memory, app.state.matrices = memory, Matrices()
    return app


async def freshen(database: Database) -> None:
    """Bring up to date what another version, address or time-zone data made, before it is read."""
    async with database.write() as db:
        await recompute(db, database.clock.now())
        await projection.refresh_stale(db)  # holds off other processes that start
        await search_index.fill(db)
        await keeping.fill(db)


def _routes() -> list[BaseRoute]:
    return [
        *serving.routes,
        *overview_serving.routes,  # before the page, whose path would take the data's for a name
        *signing_in.routes,
        *overview_pages.routes,
        *search_pages.routes,
        *parties_pages.routes,
        *caucuses_pages.routes,
        *feeds_pages.routes,
        *invitations_pages.routes,
        *webhooks_pages.routes,
        *scheduling_pages.routes,
        *plans_pages.routes,
        *availability_pages.routes,
        *busy_pages.routes,
        *polls_pages.routes,
        *documents_pages.routes,
        *live_pages.routes,
        *notebook_pages.routes,
        *notes_pages.routes,
        *outcomes_pages.routes,
        *exchange_pages.routes,
        *static.routes,
        *health.routes,
        Route("/robots.txt", robots),
        *documentation.routes(APIS),
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


async def robots(_request: Request) -> Response:
    """Calendar programs may fetch feeds; nobody needs to index private pages."""
    told = "User-agent: *\nDisallow: /s/\nDisallow: /n/\n"
    return Response(told, media_type="text/plain", headers={"Cache-Control": "max-age=86400"})
