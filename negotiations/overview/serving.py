"""Answering programs that read what is published: no login, no cookie, from any site."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from negotiations.errors import NotFound
from negotiations.feeds.links import public_page
from negotiations.overview import queries
from negotiations.overview.open_civic_data import open_data
from negotiations.web import etags
from negotiations.web.conditional import conditional
from negotiations.web.problems import BUSY, log, problem, problem_of, unavailable
from negotiations.web.service import service_of

# Scripts of any site may read what is public.
OPEN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


async def public_data(request: Request) -> Response:
    """`/public/{neg}.json`: the published part of these talks, as Open Civic Data has events."""
    try:
        answer = await _data(request)
    except Exception as error:
        if not unavailable(error):
            raise
        log.warning("database unavailable: %s", type(error).__name__)
        answer = problem(503, "Try again", BUSY, headers={"Retry-After": "5"})
    answer.headers.update(OPEN)
    return answer


async def _data(request: Request) -> Response:
    service, slug = service_of(request), request.path_params["neg"]
    if "\x00" in slug:
        return problem_of(NotFound())  # PostgreSQL can't even be asked for it
    async with service.database.read() as db:
        found = await queries.public_talks(db, slug)
    if found is None:
        return problem_of(NotFound())
    page = public_page(service.settings.base_url, found.negotiation.slug)
    body = etags.encode(open_data(found, page))
    headers = {"Cache-Control": "public, no-cache"}
    return await conditional(request, body, "application/json", headers)


routes: list[BaseRoute] = [Route("/public/{neg}.json", public_data)]
