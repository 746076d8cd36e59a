"""What a domain declares of its JSON interface: one record per verb and path.

The record is all there is to know of an endpoint: `routes` answers by it, `openapi` describes it.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, TypedDict, Unpack

from pydantic import BaseModel, Field
from starlette.responses import Response

from negotiations.web.cursors import MOST, USUAL
from negotiations.web.limits import MEGABYTE

PREFIX = "/api/v1"
CREATED = (201,)
JSON = "application/json"
Handler = Callable[..., Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Option:
    """A query option: what it may be, as a type for pydantic, and what it does, in a sentence.

    With an `example` it has to be given.
    """

    name: str
    kind: Any = str
    says: str = ""
    example: str = ""


DRY_RUN = (
    Option("dry_run", bool, "Only try: the answer is what it would be, and nothing is kept."),
)
PART = (
    Option(
        "limit", Annotated[int, Field(ge=1, le=MOST)], f"How many at most; {USUAL} if left out."
    ),
    Option("after", str, "The `next` of the answer before: gives what follows it."),
)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One verb on one path. `body` is the model its JSON must fit, None where it takes none.

    `options` are the query options it knows; any other is refused. `answers` is the type of what it
    gives, or of each item where it is `listed`; `gives` are the statuses of success. What is
    `told_once` holds a secret of which only the hash is kept. `media` is the type of a file.
    """

    method: str
    path: str
    handler: Handler
    body: type[BaseModel] | None
    most: int = MEGABYTE
    options: tuple[Option, ...] = ()
    answers: Any = None
    listed: bool = False
    gives: tuple[int, ...] = (200,)
    told_once: bool = False
    media: str = JSON

    @property
    def versioned(self) -> bool:
        """Whether it changes what is there, so that If-Match must name the version one saw."""
        makes = not {201, 202}.isdisjoint(self.gives)
        return self.method in ("PUT", "PATCH", "DELETE") or (self.method == "POST" and not makes)

    @property
    def repeatable(self) -> bool:
        """Whether it can be sent again under one Idempotency-Key."""
        return self.method == "POST" and not self.told_once


class More(TypedDict, total=False):
    """What else is said of an endpoint; see Endpoint."""

    most: int
    options: Sequence[Option | str]
    answers: Any
    gives: tuple[int, ...]
    told_once: bool
    media: str


@dataclass(slots=True)
class Api:
    """The JSON endpoints of one domain, in the order they were declared."""

    endpoints: list[Endpoint] = field(default_factory=list)

    def get(
        self, path: str, *, lists: Any = None, **more: Unpack[More]
    ) -> Callable[[Handler], Handler]:
        """A read; `lists` is the type of an item where it gives a list in parts."""
        return self._add("GET", path, None, lists, more)

    def post(
        self, path: str, body: type[BaseModel], **more: Unpack[More]
    ) -> Callable[[Handler], Handler]:
        """An act, or something new where it gives 201."""
        return self._add("POST", path, body, None, more)

    def put(
        self, path: str, body: type[BaseModel], **more: Unpack[More]
    ) -> Callable[[Handler], Handler]:
        return self._add("PUT", path, body, None, more)

    def patch(
        self, path: str, body: type[BaseModel], **more: Unpack[More]
    ) -> Callable[[Handler], Handler]:
        return self._add("PATCH", path, body, None, more)

    def delete(self, path: str, **more: Unpack[More]) -> Callable[[Handler], Handler]:
        return self._add("DELETE", path, None, None, more)

    def _add(
        self, method: str, path: str, body: type[BaseModel] | None, lists: Any, more: More
    ) -> Callable[[Handler], Handler]:
        named = more.get("options", ())
        options = [Option(one) if isinstance(one, str) else one for one in named]

        def add(handler: Handler) -> Handler:
            self.endpoints.append(
                Endpoint(
                    method,
                    path,
                    handler,
                    body,
                    most=more.get("most", MEGABYTE),
                    options=(*options, *(PART if lists is not None else ())),
                    answers=more.get("answers", lists),
                    listed=lists is not None,
                    gives=more.get("gives", (200,)),
                    told_once=more.get("told_once", False),
                    media=more.get("media", JSON),
                )
            )
            return handler

        return add
