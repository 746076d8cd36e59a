"""Reading HTML forms: the same bodies as the JSON, and proof that the form is one of ours."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import TypeVar
from urllib.parse import parse_qsl, urlsplit

from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from negotiations.errors import BadRequest, Forbidden
from negotiations.web.limits import MEGABYTE, read_body
from negotiations.web.problems import invalid_from

Model = TypeVar("Model", bound=BaseModel)
MOST_FIELDS = 5000


class Form:
    """The fields of a posted form in their order; a name may come several times."""

    def __init__(self, fields: list[tuple[str, str]]) -> None:
        self.fields = fields

    def get(self, name: str, default: str = "") -> str:
        """The last value of a field."""
        return next((value for key, value in reversed(self.fields) if key == name), default)

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.fields if key == name]

    def given(self, *names: str) -> dict[str, str]:
        """These fields without the empty ones, for a body in which they are optional."""
        return {name: self.get(name) for name in names if self.get(name).strip()}


async def read_form(request: Request, most: int = 2 * MEGABYTE) -> Form:
    """The posted fields; BadRequest when it isn't a form, TooLarge over `most` bytes."""
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    raw = await read_body(request, most)
    if media != "application/x-www-form-urlencoded":
        raise BadRequest("Send the form as application/x-www-form-urlencoded.")
    try:
        fields = parse_qsl(
            raw.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS,
            errors="strict",
        )  # fmt: skip
    except (UnicodeDecodeError, ValueError):
        raise BadRequest("The form can't be read. Load the page again.") from None
    return Form(fields)


def body_of(model: type[Model], fields: Mapping[str, object]) -> Model:
    """The body these fields make; Invalid with each field's pointer."""
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        raise invalid_from(error) from None


def csrf_token(cookie: str) -> str:
    """What our own forms carry: derived from the login's cookie, which no other site knows."""
    return hashlib.sha256(f"form:{cookie}".encode()).hexdigest()[:40]


def has_token(form: Form, cookie: str) -> bool:
    """Whether the form came from a page we gave to this login."""
    return hmac.compare_digest(form.get("csrf").encode(), csrf_token(cookie).encode())


def check_same_site(request: Request) -> None:
    """Forbidden when the browser says that another site sent this (Fetch Metadata, Origin)."""
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site is not None:
        same = site == "same-origin"
    elif origin is not None:
        same = urlsplit(origin).netloc == request.headers.get("host")
    else:
        same = True
    if not same:
        raise Forbidden("This form was sent from another site. Open the page here and repeat it.")
