"""Reading HTML forms: the same bodies as the JSON, and proof that the form is one of ours."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar
from urllib.parse import parse_qsl

from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from negotiations.errors import BadRequest, FieldError, Forbidden, Invalid
from negotiations.web.limits import MEGABYTE, read_body
from negotiations.web.problems import invalid_from

Model = TypeVar("Model", bound=BaseModel)
MOST_FIELDS = 5000
TOKEN_BYTES = 20
mask: Callable[[int], bytes] = secrets.token_bytes


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

    def rows(self, table: str) -> dict[int, dict[str, str]]:
        """The rows of fields named `table/0/name`, by number: a field's name is its pointer."""
        found: dict[int, dict[str, str]] = {}
        for key, value in self.fields:
            name, _, rest = key.partition("/")
            number, _, column = rest.partition("/")
            if name == table and column and re.fullmatch("[0-9]{1,4}", number):
                found.setdefault(int(number), {})[column] = value
        return dict(sorted(found.items()))


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
    if any("\x00" in part for field in fields for part in field):
        raise BadRequest("The form holds a NUL character. Take it out.")
    return Form(fields)


def body_of(model: type[Model], fields: Mapping[str, object]) -> Model:
    """The body these fields make; Invalid with each field's pointer."""
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        raise invalid_from(error) from None


def at_rows(error: Invalid, table: str, numbers: Sequence[int]) -> Invalid:
    """The error with its pointers into `table` leading to the rows of the form.

    `numbers` are the form's numbers of the rows that were sent on: empty rows are left out.
    """
    return Invalid([_at_row(one, table, numbers) for one in error.errors])


def _at_row(one: FieldError, table: str, numbers: Sequence[int]) -> FieldError:
    found = re.fullmatch(rf"/{table}/([0-9]+)(/.*)?", one.pointer)
    if found is None or int(found[1]) >= len(numbers):
        return one
    detail = one.detail.removeprefix(f"{found[1]}: ")
    return FieldError(f"/{table}/{numbers[int(found[1])]}{found[2] or ''}", detail)


def csrf_token(cookie: str) -> str:
    """What our own forms carry: derived from the login's cookie, which no other site knows.

    It is another one each time, since pages are compressed: from the lengths of pages that hold the
    same secret again and again, beside a text of another's choice, it could be guessed (BREACH).
    """
    by = mask(TOKEN_BYTES)
    return (by + _masked(_derived(cookie), by)).hex()


def _derived(cookie: str) -> bytes:
    return hashlib.sha256(f"form:{cookie}".encode()).digest()[:TOKEN_BYTES]


def _masked(octets: bytes, by: bytes) -> bytes:
    return bytes(one ^ other for one, other in zip(octets, by, strict=True))


def has_token(form: Form, cookie: str) -> bool:
    """Whether the form came from a page we gave to this login."""
    sent = form.get("csrf")
    if not re.fullmatch(f"[0-9a-f]{{{4 * TOKEN_BYTES}}}", sent):
        return False
    octets = bytes.fromhex(sent)
    by, masked = octets[:TOKEN_BYTES], octets[TOKEN_BYTES:]
    return hmac.compare_digest(_masked(masked, by), _derived(cookie))


def check_same_site(request: Request) -> None:
    """Forbidden when the browser says that another site sent this (Fetch Metadata, Origin)."""
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site is not None:
        same = site == "same-origin"
    elif origin is not None:
        same = origin.partition("://")[2] == request.headers.get("host")
    else:
        same = True
    if not same:
        raise Forbidden("This form was sent from another site. Open the page here and repeat it.")
