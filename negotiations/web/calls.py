"""One JSON request as its handler sees it: who asks, the transactions, and how it is answered."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import Response

from negotiations.access.actor import Actor, actor_of_token
from negotiations.db import Db, admit
from negotiations.errors import BadRequest, Unauthenticated
from negotiations.web import etags
from negotiations.web.cursors import Part, part_of
from negotiations.web.pieces import InPieces
from negotiations.web.service import Service, identified, service_of


class Call:
    """One JSON request, with its transactions and its answer."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.path: dict[str, str] = request.path_params
        self.service: Service = service_of(request)
        self._around: tuple[Db, Actor] | None = None

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
        if self._around is not None:
            yield self._around
            return
        async with self.service.database.read() as db:
            yield db, await self._actor(db)

    @asynccontextmanager
    async def write(self, *, dry_run: bool = False) -> AsyncIterator[tuple[Db, Actor]]:
        """A transaction and who is asking; the rights are read inside it."""
        if self._around is not None:
            yield self._around
            return
        async with self.service.write(dry_run=dry_run) as db:
            yield db, await self._actor(db)

    @asynccontextmanager
    async def around(self, *, dry_run: bool = False) -> AsyncIterator[tuple[Db, Actor]]:
        """One transaction around the handler: its own `read` and `write` join it."""
        async with self.write(dry_run=dry_run) as (db, actor):
            self._around = db, actor
            try:
                yield db, actor
            finally:
                self._around = None

    async def _actor(self, db: Db) -> Actor:
        token = bearer(self.request)
        try:
            actor = await actor_of_token(db, token, self.now)
        except Unauthenticated:
            self.service.rates.count_wrong(self.request)
            raise
        identified(self.request, "token", token)
        await admit(db, actor.readers)
        return actor

    def require_match(self, representation: Any) -> None:
        """If-Match must name the representation as it is now, inside the transaction."""
        current = etags.etag(etags.encode(representation))
        etags.require_match(etags.of(self.request.headers, "if-match"), current)

    def answer(self, content: Any, status: int = 200, **headers: str) -> Response:
        """JSON with its ETag, or 304 when the caller has it already."""
        return self.answer_bytes(etags.encode(content), status, **headers)

    def answer_bytes(
        self,
        body: bytes,
        status: int = 200,
        *,
        media: str = "application/json",
        **headers: str,
    ) -> Response:
        """As answer(), of JSON that is written already, or of a file."""
        tag = etags.etag(body)
        common = {"ETag": tag, "Cache-Control": "private, no-cache", **headers}
        if self._has(tag):
            return Response(status_code=304, headers=common)
        return Response(body, status, media_type=media, headers=common)

    def answer_pieces(self, pieces: Sequence[bytes], *, tag: str) -> Response:
        """As answer(), of JSON that is written already in parts, and its ETag known."""
        common = {"ETag": tag, "Cache-Control": "private, no-cache"}
        if self._has(tag):
            return Response(status_code=304, headers=common)
        return InPieces(pieces, media_type="application/json", headers=common)

    def _has(self, tag: str) -> bool:
        sent = etags.of(self.request.headers, "if-none-match")
        return self.request.method in ("GET", "HEAD") and etags.none_match(sent, tag)

    def part(self) -> Part:
        """The part of a list that is asked for; BadRequest for a limit or cursor that is none."""
        limit, after = self.query("limit"), self.query("after")
        # A cursor is of one list, with what it was narrowed to.
        narrowed = sorted(
            (name, value)
            for name, value in self.request.query_params.multi_items()
            if name not in ("limit", "after")
        )
        return part_of(f"{self.request.url.path}?{urlencode(narrowed)}", limit, after)

    def listed(self, items: Sequence[Mapping[str, object]], part: Part) -> Response:
        """A part of a list, with where the next one is (RFC 8288)."""
        headers: dict[str, str] = {}
        if part.next is not None:
            options = {**self.request.query_params, "after": part.next}
            address = f"{quote(self.request.url.path)}?{urlencode(options)}"
            headers["Link"] = f'<{address}>; rel="next"'
        return self.answer({"items": items, "next": part.next}, 200, **headers)

    def created(self, content: Any, *, at: str) -> Response:
        """What was made, and in Location where it is: a path under this one, or a whole one."""
        path = at if at.startswith("/") else f"{quote(self.request.url.path)}/{at}"
        return self.answer(content, 201, Location=path)

    def done(
        self,
        representation: Mapping[str, object],
        *,
        warnings: list[str],
        status: int = 200,
        **headers: str,
    ) -> Response:
        """The answer to an act: what GET would give now, with `warnings` beside it.

        The ETag is that of GET, so that the next act can name it.
        """
        tag = etags.etag(etags.encode(representation))
        body = etags.encode({**representation, "warnings": warnings})
        common = {"ETag": tag, "Cache-Control": "private, no-cache", **headers}
        return Response(body, status, media_type="application/json", headers=common)


def bearer(request: Request) -> str:
    """The token of a request; Unauthenticated without one."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("Send your token as “Authorization: Bearer neg_…”.")
    return token.strip()
