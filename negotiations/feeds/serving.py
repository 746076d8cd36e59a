"""Answering calendar programs: validators, honest errors, and never a false emptiness."""

import asyncio
import gzip
import logging
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from negotiations.access.addresses import actor_of_feed, subscription_at
from negotiations.access.scope import is_over
from negotiations.errors import BadRequest, TooMany
from negotiations.feeds.bodies import FeedBody, person_body, public_body
from negotiations.feeds.options import parse
from negotiations.web import etags
from negotiations.web.codings import takes_gzip
from negotiations.web.problems import headers_of
from negotiations.web.service import identified, service_of

log = logging.getLogger("negotiations")
TYPE = "text/calendar; charset=utf-8"
UNKNOWN = "There is no such calendar. Check the address."
COMMON = {
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    "X-Content-Type-Options": "nosniff",
}


async def person_feed(request: Request) -> Response:
    """`/feeds/{token}.ics`: 404 unknown, 410 once ended."""
    service = service_of(request)
    token = request.path_params["token"]
    try:
        options = parse(request.query_params.multi_items())
        async with service.database.read() as db:
            found = await subscription_at(db, token)
            if found is None:
                service.rates.count_wrong(request)
                return _plain(404, UNKNOWN)
            feed, _, former = found
            identified(request, "feed", token)
            if is_over(feed, former, service.now()):
                return _ended()
            actor = await actor_of_feed(db, found)
            body = await person_body(db, actor, feed, service.settings.base_url, options)
    except BadRequest as error:
        return _plain(400, error.detail)
    except TooMany as error:
        return _plain(429, error.detail, **headers_of(error))
    except Exception as error:
        return _failed(error)
    if body is not None:
        agent = request.headers.get("user-agent", "")
        request.app.state.fetches.note(feed.id, agent, service.now())
    return _ended() if body is None else await answer(request, body, "private, no-cache")


async def public_feed(request: Request) -> Response:
    """`/public/{neg}.ics` and `/public/{neg}/{jurisdiction}.ics`."""
    service = service_of(request)
    path = request.path_params
    if any("\x00" in value for value in path.values()):
        return _plain(404, UNKNOWN)  # PostgreSQL can't even be asked for it
    try:
        options = parse(request.query_params.multi_items())
        async with service.database.read() as db:
            body = await public_body(
                db, path["neg"], path.get("jurisdiction"), service.settings.base_url, options
            )
    except BadRequest as error:
        return _plain(400, error.detail)
    except Exception as error:
        return _failed(error)
    if body is None:
        return _plain(404, UNKNOWN)
    return await answer(request, body, "public, no-cache")


async def answer(request: Request, feed: FeedBody, cache: str) -> Response:
    """200 with the body, or 304 when the program has it (RFC 9110 §13.2.2).

    One entity tag may not serve two codings: that of the gzip form ends in `-gz`, and a program
    that sends either has what it needs.
    """
    zipped = takes_gzip(request.headers.get("accept-encoding"))
    in_gzip = f'{feed.etag[:-1]}-gz"'
    headers = {
        **COMMON,
        "ETag": in_gzip if zipped else feed.etag,
        "Last-Modified": format_datetime(feed.last_modified.astimezone(UTC), usegmt=True),
        "Cache-Control": cache,
        "Vary": "Accept-Encoding",
    }
    if _has_it(request, feed, in_gzip):
        return Response(status_code=304, headers=headers)
    headers["Content-Type"] = TYPE
    if not zipped:
        return Response(feed.body, headers=headers)
    body = await asyncio.to_thread(gzip.compress, feed.body, 6, mtime=0)
    return Response(body, headers={**headers, "Content-Encoding": "gzip"})


def _has_it(request: Request, feed: FeedBody, in_gzip: str) -> bool:
    sent = request.headers.get("if-none-match")
    if sent is not None:  # it wins over If-Modified-Since
        return etags.none_match(sent, feed.etag) or etags.none_match(sent, in_gzip)
    since = _date(request.headers.get("if-modified-since"))
    return since is not None and feed.last_modified <= since


def _date(value: str | None) -> datetime | None:
    """An HTTP date, or None for garbage, which counts as not sent."""
    try:
        parsed = parsedate_to_datetime(value) if value else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return parsed if parsed is None or parsed.tzinfo else parsed.replace(tzinfo=UTC)


def _plain(status: int, text: str, **headers: str) -> Response:
    return Response(
        f"{text}\n",
        status,
        media_type="text/plain",
        headers={**COMMON, "Cache-Control": "no-store", **headers},
    )


def _ended() -> Response:
    return _plain(410, "This calendar subscription has ended. Make a new one under /feeds.")


def _failed(error: Exception) -> Response:
    # Programs delete what is absent: better no answer than an empty one.
    log.error("a feed failed: %s", type(error).__name__, exc_info=error)
    headers = {"Retry-After": "300"}
    return _plain(503, "The calendar can't be put together right now. Try again later.", **headers)


routes = [
    Route("/feeds/{token}.ics", person_feed),
    Route("/public/{neg}/{jurisdiction}.ics", public_feed),
    Route("/public/{neg}.ics", public_feed),
]
