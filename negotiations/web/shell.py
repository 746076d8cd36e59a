"""What every answer carries: a request id and the headers that keep browsers honest.

One plain ASGI wrapper around the whole service. An error nobody expected becomes a generic 500
with the request id; what went wrong is in the log under the same id.
"""

import logging
import secrets

from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

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


class Shell:
    """Wraps the service; `https` adds Strict-Transport-Security."""

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self._app = app
        self._headers = dict(HEADERS)
        if https:
            self._headers["Strict-Transport-Security"] = "max-age=63072000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id, started = secrets.token_hex(8), False

        async def dressed(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = request_id
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self._app(scope, receive, dressed)
        except Exception:
            log.exception("request %s failed", request_id)
            if started:
                raise
            text = f"Something went wrong here, and nothing was changed. Request {request_id}.\n"
            await Response(text, 500, media_type="text/plain")(scope, receive, dressed)
