"""From an error to its answer: one status per class, one problem+json shape (RFC 9457)."""

import json
import logging
from typing import Any, NotRequired

from pydantic import ValidationError
from sqlalchemy import exc
from starlette.responses import Response

from negotiations import errors
from negotiations.web.answers import Id, TypedDict

log = logging.getLogger("negotiations")

STATUS: dict[type[errors.NegotiationsError], tuple[int, str]] = {
    errors.BadRequest: (400, "Malformed request"),
    errors.Unauthenticated: (401, "Sign in first"),
    errors.Forbidden: (403, "Not allowed"),
    errors.NotFound: (404, "Not found"),
    errors.Conflict: (409, "Not possible now"),
    errors.Stale: (412, "Changed meanwhile"),
    errors.TooSlow: (408, "Too slow"),
    errors.TooLarge: (413, "Too large"),
    errors.UnsupportedMediaType: (415, "Not JSON"),
    errors.Invalid: (422, "Fields need a change"),
    errors.TooMany: (429, "Too many requests"),
    errors.PreconditionMissing: (428, "Say which version you saw"),
}


class FieldProblem(TypedDict):
    """What is wrong with one field, by its JSON pointer (RFC 6901)."""

    pointer: str
    detail: str


class CurrentText(TypedDict):
    """The text that was saved first."""

    etag: str
    revision: int
    sha256: str
    body: str


class Problem(TypedDict):
    """What stood in the way (RFC 9457): `detail` says what to do, `errors` for each field.

    Where a text came too late, `current` is the one that is there, and `yours` the id of the draft
    under which one's own is kept.
    """

    type: str
    title: str
    status: int
    detail: str
    errors: NotRequired[list[FieldProblem]]
    current: NotRequired[CurrentText | None]
    yours: NotRequired[Id | None]


BUSY = "The database can't be reached right now. Try again in a few seconds."


def status_of(error: errors.NegotiationsError) -> tuple[int, str]:
    """Status code and title of an error, by its nearest class in the table."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def problem(
    status: int,
    title: str,
    detail: str,
    *,
    headers: dict[str, str] | None = None,
    **more: Any,
) -> Response:
    """An `application/problem+json` answer."""
    content = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    return Response(
        json.dumps(content, ensure_ascii=False),
        status_code=status,
        media_type="application/problem+json",
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


def headers_of(error: errors.NegotiationsError) -> dict[str, str]:
    """What an answer to this error carries, whatever its shape."""
    if isinstance(error, errors.TooMany):
        return {"Retry-After": str(error.retry_after)}
    # The rest of the body may still come: nothing more is read on this connection.
    return {"Connection": "close"} if isinstance(error, errors.TooSlow) else {}


def problem_of(error: errors.NegotiationsError) -> Response:
    """The JSON answer to one of our errors."""
    status, title = status_of(error)
    headers = headers_of(error)
    more: dict[str, Any] = {}
    if isinstance(error, errors.Unauthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, errors.Stale):
        more = dict(error.beside)
        if error.current:
            headers["ETag"] = error.current
    if isinstance(error, errors.Invalid):
        more["errors"] = [{"pointer": one.pointer, "detail": one.detail} for one in error.errors]
    return problem(status, title, error.detail, headers=headers, **more)


def invalid_from(error: ValidationError) -> errors.Invalid:
    """Our error from pydantic's, each field with its JSON pointer."""
    return errors.Invalid(
        [
            errors.FieldError(
                "".join(f"/{_escape(part)}" for part in one["loc"]), _sentence(dict(one))
            )
            for one in error.errors(include_url=False)
        ]
    )


def _escape(part: int | str) -> str:
    return str(part).replace("~", "~0").replace("/", "~1")


def _sentence(one: dict[str, Any]) -> str:
    name = one["loc"][-1] if one["loc"] else "The body"
    if one["type"] == "extra_forbidden":
        return f"{name} is not a field here. Take it out."
    if one["type"] == "missing":
        return f"{name} is missing."
    ours = str(one["msg"]).startswith("Value error, ")
    message = str(one["msg"]).removeprefix("Value error, ").rstrip(".")
    if ours and (not one["loc"] or isinstance(name, int)):
        return f"{message[0].upper()}{message[1:]}."
    return f"{name} {message}." if ours else f"{name}: {message}."


def unavailable(error: Exception) -> bool:
    """Whether it is the database that can't be reached, and a later try may work."""
    return isinstance(error, exc.OperationalError | exc.InterfaceError | exc.TimeoutError)
