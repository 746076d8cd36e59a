"""What is sent of a prepared feed: 200 with its body, or 304 to a program that has it."""

import time
from datetime import UTC
from email.utils import format_datetime

from negotiations.feeds.asking import Asked, in_gzip_form
from negotiations.feeds.memory import Memory, Prepared
from negotiations.web import shell
from negotiations.web.shell import Ready

PERSONAL = "/feeds/{token}.ics"
PUBLIC, OF_JURISDICTION = "/public/{neg}.ics", "/public/{neg}/{jurisdiction}.ics"
VARY = (b"vary", b"Accept-Encoding")
WITH_BODY = [
    (b"content-type", b"text/calendar; charset=utf-8"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-robots-tag", b"noindex"),
    (b"referrer-policy", b"no-referrer"),
]
STRICTLY = [(name.lower().encode(), value.encode()) for name, value in (shell.STRICTLY,)]


def at_hand(prepared: Prepared, asked: Asked, memory: Memory) -> Ready | None:
    """The answer, if the body that it needs is at hand."""
    zipped = asked.takes_gzip()
    if asked.has(prepared.etag, prepared.last_modified):
        prepared.good_at = time.monotonic()
        return answer(prepared, 304, zipped, b"")
    body = memory.packed(prepared) if zipped else None
    if body is None:
        return None
    prepared.good_at = time.monotonic()
    return answer(prepared, 200, zipped, body)


def answer(prepared: Prepared, status: int, zipped: bool, body: bytes) -> Ready:
    """This status for this feed; `body` is in gzip form if it is `zipped`."""
    headers = prepared.answers.get((status, zipped))
    if headers is None:
        headers = _headers(prepared, status, zipped, len(body))
        prepared.answers[status, zipped] = headers
    address = prepared.address
    if address.secret is not None:
        return Ready(status, headers, body, PERSONAL, "feed")
    return Ready(status, headers, body, OF_JURISDICTION if address.jurisdiction else PUBLIC)


def _headers(
    prepared: Prepared, status: int, zipped: bool, length: int
) -> list[tuple[bytes, bytes]]:
    """All of an answer's headers. A 304 has those that RFC 9110 §15.4.5 names and no others: the
    program has the rest."""
    etag = in_gzip_form(prepared.etag) if zipped else prepared.etag
    cache = b"private, no-cache" if prepared.address.secret else b"public, no-cache"
    modified = format_datetime(prepared.last_modified.astimezone(UTC), usegmt=True)
    headers = [
        (b"etag", etag.encode()),
        (b"last-modified", modified.encode()),
        (b"cache-control", cache),
        VARY,
        *(STRICTLY if prepared.https else ()),
    ]
    if status == 304:
        return headers
    coding = [(b"content-encoding", b"gzip")] if zipped else []
    return [*headers, *WITH_BODY, *coding, (b"content-length", str(length).encode())]
