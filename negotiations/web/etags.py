"""Versions as the caller sees them: an ETag is a hash of the representation this actor gets.

Never the row's version: that would tell of edits the caller can't see.
"""

import hashlib
import json
import re
from datetime import UTC, datetime
from typing import Any

from starlette.datastructures import Headers

from negotiations.errors import BadRequest, PreconditionMissing, Stale

_TAG = re.compile(r'(W/)?"[\x21\x23-\x7e\x80-\xff]*"')


def encode(value: Any) -> bytes:
    """The one JSON encoding that is sent and hashed."""
    return json.dumps(
        value, ensure_ascii=False, separators=(",", ":"), sort_keys=False, default=_plain
    ).encode()


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return instant(value) if value.tzinfo else value.isoformat(timespec="minutes")
    return str(value)


def instant(value: datetime) -> str:
    """RFC 3339 in UTC, as `2010-11-05T18:00:00Z`."""
    return value.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def etag(body: bytes) -> str:
    """The strong entity tag of these bytes (RFC 9110 §8.8.3)."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def parse(header: str) -> list[str]:
    """The tags of an If-Match or If-None-Match; BadRequest when it isn't one."""
    tags = [part.strip() for part in header.split(",")]
    if not all(tag == "*" or _TAG.fullmatch(tag) for tag in tags):
        raise BadRequest('An entity tag is written in quotes, as "3f2a…". Send the one you got.')
    return tags


def require_match(header: str | None, current: str) -> None:
    """Compare If-Match with the current tag (strong comparison, RFC 9110 §13.1.1).

    Raises PreconditionMissing without one that names a version, Stale when it names another.
    """
    tags = parse(header) if header is not None else []
    if not tags or "*" in tags:
        raise PreconditionMissing(
            "Send If-Match with the ETag of the version you saw, so that no change is lost."
        )
    if current not in tags:
        raise Stale(
            "Someone changed this since you read it. Read it again, then repeat your change.",
            current,
        )


def of(headers: Headers, name: str) -> str | None:
    """The tags of a request's If-Match or If-None-Match, which may stand on several lines."""
    lines = headers.getlist(name)
    return ", ".join(lines) if lines else None


def none_match(header: str | None, current: str) -> bool:
    """Whether If-None-Match holds the current tag (weak comparison): the caller has it already."""
    if header is None:
        return False
    tags = {tag.removeprefix("W/") for tag in (part.strip() for part in header.split(","))}
    return "*" in tags or current in tags
