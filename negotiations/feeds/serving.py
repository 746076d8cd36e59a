"""Answering calendar programs: from memory where that is right now, else what is put together.

Honest errors and never a false emptiness: programs delete what is absent.
"""

import asyncio
import gzip
import hashlib
import logging
import math
from collections.abc import Callable
from typing import cast

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Scope

from negotiations.access.secrets import fingerprint
from negotiations.errors import BadRequest, TooMany
from negotiations.feeds.answering import OF_JURISDICTION, PERSONAL, PUBLIC, answer, at_hand
from negotiations.feeds.asking import Asked
from negotiations.feeds.fetches import Fetches
from negotiations.feeds.memory import Memory
from negotiations.feeds.options import Options, parse
from negotiations.feeds.prepared import Address, Ended, Prepared
from negotiations.feeds.stored import Outdated
from negotiations.web import shell
from negotiations.web.problems import headers_of
from negotiations.web.service import Service, service_of
from negotiations.web.shell import Ready

log = logging.getLogger("negotiations")
UNKNOWN = "There is no such calendar. Check the address."
TRIES = 3


class Front:
    """Stands before the router and answers what memory has; the rest goes its usual way."""

    def __init__(self, service: Service, memory: Memory, fetches: Fetches) -> None:
        self._memory, self._fetches = memory, fetches
        self._clock, self._rates = service.clock, service.rates

    def __call__(self, scope: Scope) -> Ready | None:
        """The answer; None when it isn't at hand or isn't a plain 200 or 304."""
        path = scope["path"]
        if not path.endswith(".ics") or scope["method"] not in ("GET", "HEAD"):
            return None
        prepared = self._memory.ready(_key(path, scope["query_string"]))
        if prepared is None:
            return None
        asked = Asked(scope["headers"])
        secret, subscription = prepared.address.secret, prepared.subscription
        if secret is None:
            return at_hand(prepared, asked, self._memory)
        now = self._clock.now()
        if subscription.expires_at != math.inf and subscription.expires_at <= now.timestamp():
            return None
        ready = at_hand(prepared, asked, self._memory)
        if ready is None or self._rates.fetch(secret):
            return None
        if scope["method"] == "GET":
            self._fetches.note(str(subscription.feed_id), asked.agent, now, prepared.edition.etag)
        return ready


def _key(path: str, query: bytes) -> bytes:
    return hashlib.sha256(path.encode() + b"?" + query).digest()


async def person_feed(request: Request) -> Response:
    """`/feeds/{token}.ics`: 404 unknown, 410 once ended."""
    secret = fingerprint(request.path_params["token"])
    return await _serve(request, lambda options: Address(secret, options=options))


async def public_feed(request: Request) -> Response:
    """`/public/{neg}.ics` and `/public/{neg}/{jurisdiction}.ics`."""
    path = request.path_params
    if any("\x00" in value for value in path.values()):
        return _plain(404, UNKNOWN)  # PostgreSQL can't even be asked for it
    names = path["neg"], path.get("jurisdiction")
    return await _serve(request, lambda options: Address(None, *names, options=options))


async def _serve(request: Request, address_for: Callable[[Options], Address]) -> Response:
    memory = cast(Memory, request.app.state.memory)
    asked = Asked(request.scope["headers"])
    key = _key(request.scope["path"], request.scope["query_string"])
    try:
        address = address_for(parse(request.query_params.multi_items()))
        try:
            ready = await _made(request, memory, key, address, asked)
        except (BadRequest, TooMany):
            raise
        except Exception as error:
            ready = await _last_good(memory, key, asked, error)
    except BadRequest as error:
        return _plain(400, error.detail)
    except TooMany as error:
        return _plain(429, error.detail, **headers_of(error))
    if isinstance(ready, Response):
        return ready
    request.scope[shell.DRESSED] = True
    response = Response(ready.body, ready.status)
    response.raw_headers = list(ready.headers)
    return response


async def _made(
    request: Request, memory: Memory, key: bytes, address: Address, asked: Asked
) -> Ready | Response:
    for _ in range(TRIES):
        try:
            prepared = await memory.prepare(key, address, with_body=not asked.is_conditional)
            _count(request, address, prepared)
            if prepared is None:
                return _plain(404, UNKNOWN)
            if isinstance(prepared, Ended):
                return _ended()
            ready = await _sent(memory, prepared, asked)
        except Outdated:
            await memory.forget()
            continue
        if address.secret is not None and request.method == "GET":
            # Who asks for the headers alone hasn't seen what is in it.
            fetches = cast(Fetches, request.app.state.fetches)
            feed_id = str(prepared.subscription.feed_id)
            served = prepared.edition.etag
            fetches.note(feed_id, asked.agent, service_of(request).now(), served)
        return ready
    raise Outdated("It changed again and again while it was put together.")


def _count(request: Request, address: Address, found: object) -> None:
    """TooMany when this address, or unknown addresses from there, are asked for too often."""
    if address.secret is None:
        return
    if found is None:
        service_of(request).rates.count_wrong(request)
    elif "via" not in request.scope:
        request.scope["via"] = "feed"
        service_of(request).rates.count("feed", address.secret)


async def _sent(memory: Memory, prepared: Prepared, asked: Asked) -> Ready:
    """The answer, with its body put together where it isn't kept."""
    if asked.has(prepared.edition.etag, prepared.edition.last_modified):
        return answer(prepared, 304, asked.takes_gzip(), b"")
    body = await memory.pack(prepared)
    if asked.takes_gzip():
        return answer(prepared, 200, True, body)
    return answer(prepared, 200, False, await asyncio.to_thread(gzip.decompress, body))


async def _last_good(
    memory: Memory, key: bytes, asked: Asked, error: Exception
) -> Ready | Response:
    """What was right lately, while rights are what they were; else better no answer at all."""
    log.error("a feed failed: %s", type(error).__name__, exc_info=error)
    prepared = memory.last_good(key)
    if prepared is not None:
        try:
            return await _sent(memory, prepared, asked)
        except Exception as again:
            log.error("nor can its last body be sent: %s", type(again).__name__)
    text = "The calendar can't be put together right now. Try again later."
    return _plain(503, text, **{"Retry-After": "300"})


def _plain(status: int, text: str, **headers: str) -> Response:
    told = {"X-Robots-Tag": "noindex", "Cache-Control": "no-store", **headers}
    return Response(f"{text}\n", status, media_type="text/plain", headers=told)


def _ended() -> Response:
    return _plain(410, "This calendar subscription has ended. Make a new one under /feeds.")


routes = [
    Route(PERSONAL, person_feed),
    Route(OF_JURISDICTION, public_feed),
    Route(PUBLIC, public_feed),
]
