"""What every answer carries and leaves behind: a request id, safe headers, one line in the log.

One plain ASGI wrapper around the whole service. An error nobody expected becomes a generic 500
with the request id; where it happened is in the log under the same id. The log and the counters
know the route's template, never the path: paths hold secrets.
"""

import asyncio
import itertools
import logging
import secrets
import time
from collections.abc import Callable
from typing import NamedTuple

from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from negotiations.logs import Line, logger, write_requests
from negotiations.web.metrics import Metrics
from negotiations.web.problems import problem

log = logging.getLogger("negotiations")
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": CSP,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Pages that need their own address back (our forms) say same-origin themselves.
    "Referrer-Policy": "no-referrer",
}
STRICTLY = ("Strict-Transport-Security", "max-age=63072000")
DRESSED = "negotiations.dressed"  # in the scope: the answer has all the headers it shall have
STOPPING = "The service is being stopped. Look whether it was saved, and try again."
FLUSH_AFTER = 0.2  # seconds
# Said by requests that a service of ours sends (`outgoing`): no service of ours answers them.
HOPS = b"negotiations-hops"
LOOP = "A webhook can't call this service, which would go round in circles."
GONE = 499  # nginx's number for: the client left before the answer


class Ready(NamedTuple):
    """An answer that is at hand as it is; `headers` are raw and all but the request's id."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes
    route: str
    via: str = "nobody"


Front = Callable[[Scope], Ready | None]


class Shell:
    """Wraps the service; `https` adds Strict-Transport-Security.

    `front` is asked first and may have an answer at hand: that one costs no router, and is logged
    and counted with others a moment later. (A crash loses a fifth of a second of such lines.)
    """

    def __init__(self, app: ASGIApp, *, https: bool, metrics: Metrics, front: Front) -> None:
        self._app = app
        self._metrics = metrics
        self._front = front
        self._waiting: list[Line] = []
        metrics.before_telling.append(self.flush)
        self._process, self._count = secrets.token_hex(4), itertools.count()
        told = dict(HEADERS)
        if https:
            told.update((STRICTLY,))
        self._headers = [(name.lower().encode(), value.encode()) for name, value in told.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            ready = self._front(scope)
        except Exception:
            log.exception("what is at hand can't be looked through")
            ready = None  # its usual way is still there
        if ready is not None:
            await self._at_once(ready, scope, send)
            return
        app = self._app
        if any(name == HOPS for name, _ in scope["headers"]):
            app = _told(scope, 508, "Loop", LOOP, {})
        answer = _Answer(scope, send, self._headers)
        self._metrics.in_flight.inc()
        try:
            await app(scope, receive, answer.send)
        except ClientDisconnect:
            answer.status = answer.status or GONE
        except asyncio.CancelledError:  # the service stops, and has waited long enough
            if answer.status:
                raise
            more = {"Retry-After": "10", "Connection": "close"}
            await _told(scope, 503, "Try again", STOPPING, more)(scope, receive, answer.send)
        except Exception:
            log.exception("request %s failed", answer.request_id)
            if answer.status:
                raise
            sorry = _told(scope, 500, "Our fault", answer.apology(), {})
            await sorry(scope, receive, answer.send)
        finally:
            self._metrics.in_flight.dec()
            self._note(scope, answer)

    async def _at_once(self, ready: Ready, scope: Scope, send: Send) -> None:
        # Random and counted: as good as random for each, and far cheaper.
        began, request_id = time.perf_counter(), f"{self._process}{next(self._count):08x}"
        headers = [*ready.headers, (b"x-request-id", request_id.encode())]
        status, method = ready.status, scope["method"]
        try:
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": ready.body})
        finally:
            seconds, size = time.perf_counter() - began, len(ready.body)
            if not self._waiting:
                asyncio.get_running_loop().call_later(FLUSH_AFTER, self.flush)
            self._waiting.append(
                (time.time(), request_id, method, ready.route, status, seconds, size, ready.via)
            )

    def flush(self) -> None:
        """Log and count what was answered at once."""
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        write_requests(waiting)
        kinds: dict[tuple[str, str, int], list[float]] = {}
        for _, _, method, route, status, seconds, _, _ in waiting:
            kinds.setdefault((route, method, status), []).append(seconds)
        for kind, took in kinds.items():
            self._metrics.answered(*kind, *took)

    def _note(self, scope: Scope, answer: "_Answer") -> None:
        seconds = time.perf_counter() - answer.began
        route = getattr(scope.get("route"), "path", "") or "none"
        status = answer.status or GONE
        self._metrics.answered(route, scope["method"], status, seconds)
        logger.info(
            "request",
            id=answer.request_id,
            method=scope["method"][:16],
            route=route,
            status=status,
            ms=round(seconds * 1000, 1),
            bytes=answer.size,
            via=scope.get("via", "nobody"),
        )


class _Answer:
    """One answer on its way: dressed with headers, measured, not yet begun while `status` is 0."""

    def __init__(self, scope: Scope, send: Send, headers: list[tuple[bytes, bytes]]) -> None:
        self.request_id = secrets.token_hex(8)
        self.status = 0
        self.size = 0
        self.began = time.perf_counter()
        self._scope, self._send, self._headers = scope, send, headers

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = list(message["headers"])
            if not self._scope.get(DRESSED):
                given = {name for name, _ in headers}
                headers += [one for one in self._headers if one[0] not in given]
            headers.append((b"x-request-id", self.request_id.encode()))
            message = {**message, "headers": headers}
        elif message["type"] == "http.response.body":
            self.size += len(message.get("body", b""))
        await self._send(message)

    def apology(self) -> str:
        return f"Something went wrong here, and nothing was changed. Request {self.request_id}."


def _told(scope: Scope, status: int, title: str, text: str, headers: dict[str, str]) -> Response:
    """What the service says in place of an answer: to programs as a problem (RFC 9457)."""
    if scope["path"].startswith("/api/"):
        return problem(status, title, text, headers=headers)
    return Response(f"{text}\n", status, headers, media_type="text/plain")
