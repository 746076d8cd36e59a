"""How a domain declares its JSON interface: one record per verb and path, one way to answer."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from negotiations.access.actor import Actor, actor_of_token
from negotiations.access.secrets import fingerprint
from negotiations.db import Db
from negotiations.errors import (
    BadRequest,
    NegotiationsError,
    NotFound,
    Unauthenticated,
    UnsupportedMediaType,
)
from negotiations.web import etags
from negotiations.web.limits import MEGABYTE, read_body
from negotiations.web.problems import (
    BUSY,
    invalid_from,
    log,
    problem,
    problem_of,
    unavailable,
)
from negotiations.web.service import Service, identified, service_of

PREFIX = "/api/v1"
DRY_RUN = ("dry_run",)


class Call:
    """One JSON request, with its transactions and its answer."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.path: dict[str, str] = request.path_params
        self.service: Service = service_of(request)

    @property
    def now(self) -> datetime:
        return self.service.now()

    @property
    def dry_run(self) -> bool:
        return self.query("dry_run", ("true", "false")) == "true"

    def query(self, name: str, allowed: tuple[str, ...] | None = None) -> str | None:
        """One query option; BadRequest when it isn't one of `allowed`."""
        value = self.request.query_params.get(name)
        if value is not None and "\x00" in value:
            raise BadRequest(f"{name} holds a NUL character. Take it out.")
        if value is not None and allowed is not None and value not in allowed:
            raise BadRequest(f"{name} is one of: {', '.join(allowed)}.")
        return value

    def only_queries(self, *names: str) -> None:
        """Refuse options that would be ignored without a word."""
        unknown = sorted(set(self.request.query_params) - set(names))
        if unknown:
            known = ", ".join(names) or "none"
            raise BadRequest(f"{unknown[0]} is not an option here. Options: {known}.")

    @asynccontextmanager
    async def read(self) -> AsyncIterator[tuple[Db, Actor]]:
        """A snapshot and who is asking, with the rights of this moment."""
        async with self.service.database.read() as db:
            yield db, await self._actor(db)

    @asynccontextmanager
    async def write(self, *, dry_run: bool = False) -> AsyncIterator[tuple[Db, Actor]]:
        """A transaction and who is asking; the rights are read inside it."""
        async with self.service.write(dry_run=dry_run) as db:
            yield db, await self._actor(db)

    async def _actor(self, db: Db) -> Actor:
        token = _bearer(self.request)
        try:
            actor = await actor_of_token(db, token, self.now)
        except Unauthenticated:
            self.service.rates.count_wrong(self.request)
            raise
        identified(self.request, "token", token)
        return actor

    def require_match(self, representation: Any) -> None:
        """If-Match must name the representation as it is now, inside the transaction."""
        current = etags.etag(etags.encode(representation))
        etags.require_match(self.request.headers.get("if-match"), current)

    def answer(self, content: Any, status: int = 200, **headers: str) -> Response:
        """JSON with its ETag, or 304 when the caller has it already."""
        body = etags.encode(content)
        tag = etags.etag(body)
        common = {"ETag": tag, "Cache-Control": "private, no-cache", **headers}
        if self.request.method in ("GET", "HEAD") and etags.none_match(
            self.request.headers.get("if-none-match"), tag
        ):
            return Response(status_code=304, headers=common)
        return Response(body, status, media_type="application/json", headers=common)

    def done(self, representation: Any, *, warnings: list[str], status: int = 200) -> Response:
        """The answer to an act: what GET would give now, with `warnings` beside it.

        The ETag is that of GET, so that the next act can name it.
        """
        tag = etags.etag(etags.encode(representation))
        body = etags.encode({**representation, "warnings": warnings})
        headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
        return Response(body, status, media_type="application/json", headers=headers)


Handler = Callable[..., Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One verb on one path. `body` is the model its JSON must fit, None where it takes none.

    `options` are the query options it knows; any other is refused.
    """

    method: str
    path: str
    handler: Handler
    body: type[BaseModel] | None
    most: int = MEGABYTE
    options: tuple[str, ...] = ()


@dataclass(slots=True)
class Api:
    """The JSON endpoints of one domain, in the order they were declared."""

    endpoints: list[Endpoint] = field(default_factory=list)

    def get(self, path: str, *, options: tuple[str, ...] = ()) -> Callable[[Handler], Handler]:
        return self._add("GET", path, None, options=options)

    def post(
        self, path: str, body: type[BaseModel], *, options: tuple[str, ...] = ()
    ) -> Callable[[Handler], Handler]:
        return self._add("POST", path, body, options=options)

    def put(
        self, path: str, body: type[BaseModel], *, most: int = MEGABYTE
    ) -> Callable[[Handler], Handler]:
        return self._add("PUT", path, body, most)

    def patch(
        self, path: str, body: type[BaseModel], *, options: tuple[str, ...] = ()
    ) -> Callable[[Handler], Handler]:
        return self._add("PATCH", path, body, options=options)

    def delete(self, path: str) -> Callable[[Handler], Handler]:
        return self._add("DELETE", path, None)

    def _add(
        self,
        method: str,
        path: str,
        body: type[BaseModel] | None,
        most: int = MEGABYTE,
        options: tuple[str, ...] = (),
    ) -> Callable[[Handler], Handler]:
        def add(handler: Handler) -> Handler:
            self.endpoints.append(Endpoint(method, path, handler, body, most, options))
            return handler

        return add


def routes_of(*apis: Api) -> list[Route]:
    """One Starlette route per path, so that a wrong verb is told every right one."""
    by_path: dict[str, dict[str, Endpoint]] = {}
    for api in apis:
        for endpoint in api.endpoints:
            by_path.setdefault(endpoint.path, {})[endpoint.method] = endpoint
    return [
        Route(PREFIX + path, _dispatch(verbs), methods=list(verbs))
        for path, verbs in by_path.items()
    ]


def _dispatch(verbs: dict[str, Endpoint]) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        endpoint = verbs["GET" if request.method == "HEAD" else request.method]
        try:
            return await _handle(endpoint, request)
        except NegotiationsError as error:
            return problem_of(error)
        except Exception as error:
            if not unavailable(error):
                raise
            log.warning("database unavailable: %s", type(error).__name__)
            return problem(503, "Try again", BUSY, headers={"Retry-After": "5"})

    return answer


async def _handle(endpoint: Endpoint, request: Request) -> Response:
    service_of(request).rates.require("token", fingerprint(_bearer(request)))
    if any("\x00" in str(value) for value in request.path_params.values()):
        raise NotFound  # PostgreSQL can't even be asked for it
    call = Call(request)
    call.only_queries(*endpoint.options)
    if endpoint.body is None:
        return await endpoint.handler(call)
    data = await _json(request, endpoint.most)
    try:
        body = endpoint.body.model_validate(data)
    except ValidationError as error:
        raise invalid_from(error) from None
    return await endpoint.handler(call, body)


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("Send your token as “Authorization: Bearer neg_…”.")
    return token.strip()


async def _json(request: Request, most: int) -> Any:
    raw = await read_body(request, most)
    if not raw:
        return {}
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != "application/json":
        raise UnsupportedMediaType("Send the body as application/json.")
    try:
        return json.loads(raw)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise BadRequest(f"The body is not JSON: {str(error)[:200]}.") from None
