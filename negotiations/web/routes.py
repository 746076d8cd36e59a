"""How the JSON interface is answered: each declared endpoint as a route, each error as a problem.

Domains find here what they declare with.
"""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from negotiations.access.secrets import fingerprint
from negotiations.errors import BadRequest, NegotiationsError, NotFound, UnsupportedMediaType
from negotiations.web import idempotency
from negotiations.web.calls import Call, bearer
from negotiations.web.endpoints import CREATED, DRY_RUN, PREFIX, Api, Endpoint, Option
from negotiations.web.limits import read_body
from negotiations.web.problems import (
    BUSY,
    invalid_from,
    log,
    problem,
    problem_of,
    unavailable,
)
from negotiations.web.service import service_of

__all__ = ["CREATED", "DRY_RUN", "PREFIX", "Api", "Call", "Endpoint", "Option", "routes_of"]


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
    service_of(request).rates.require("token", fingerprint(bearer(request)))
    if any("\x00" in str(value) for value in request.path_params.values()):
        raise NotFound  # PostgreSQL can't even be asked for it
    call = Call(request)
    call.only_queries(*(option.name for option in endpoint.options))
    key = idempotency.key_of(request, endpoint)
    if endpoint.body is None:
        return await endpoint.handler(call)
    raw = await read_body(request, endpoint.most)
    try:
        body = endpoint.body.model_validate(_json(request, raw))
    except ValidationError as error:
        raise invalid_from(error) from None
    if key is None or call.dry_run:
        return await endpoint.handler(call, body)
    return await idempotency.once(call, endpoint, key, raw, body)


def _json(request: Request, raw: bytes) -> Any:
    if not raw:
        return {}
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != "application/json":
        raise UnsupportedMediaType("Send the body as application/json.")
    try:
        return json.loads(raw)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise BadRequest(f"The body is not JSON: {str(error)[:200]}.") from None
