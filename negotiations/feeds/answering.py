"""What is sent of a prepared feed: 200 with its body, or 304 to a program that has it."""

import time
from datetime import UTC
from email.utils import format_datetime

from negotiations.feeds.asking import Asked, in_gzip_form
from negotiations.feeds.memory import Memory
from negotiations.feeds.prepared import Edition, Headers, Prepared
from negotiations.web import shell
from negotiations.web.shell import Ready

PERSONAL = "/feeds/{token}.ics"
PUBLIC, OF_JURISDICTION = "/public/{neg}.ics", "/public/{neg}/{jurisdiction}.ics"
VARY = (b"vary", b"Accept-Encoding")
FOR_ONE = (b"cache-control", b"private, no-cache")
FOR_ALL = (b"cache-control", b"public, no-cache")
AS_IT_IS = [
    (b"content-type", b"text/calendar; charset=utf-8"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-robots-tag", b"noindex"),
    (b"referrer-policy", b"no-referrer"),
]
IN_GZIP = [*AS_IT_IS, (b"content-encoding", b"gzip")]
STRICTLY = [(name.lower().encode(), value.encode()) for name, value in (shell.STRICTLY,)]


def at_hand(prepared: Prepared, asked: Asked, memory: Memory) -> Ready | None:
    """The answer, if the body that it needs is at hand."""
    edition, zipped = prepared.edition, asked.takes_gzip()
    if asked.has(edition.etag, edition.last_modified):
        prepared.good_at = time.monotonic()
        return answer(prepared, 304, zipped, b"")
    body = memory.packed(edition) if zipped else None
    if body is None:
        return None
    prepared.good_at = time.monotonic()
    return answer(prepared, 200, zipped, body)


def answer(prepared: Prepared, status: int, zipped: bool, body: bytes) -> Ready:
    """This status for this feed; `body` is in gzip form if it is `zipped`."""
    edition = prepared.edition
    headers = edition.headers_of_gzip if zipped else edition.headers
    if headers is None:
        headers = _headers(edition, zipped)
        if zipped:
            edition.headers_of_gzip = headers
        else:
            edition.headers = headers
    if status == 200:
        headers = _with_body(edition, headers, zipped, len(body))
    if edition.is_private:
        return Ready(status, headers, body, PERSONAL, "feed")
    return Ready(
        status, headers, body, OF_JURISDICTION if prepared.address.jurisdiction else PUBLIC
    )


def _with_body(edition: Edition, headers: Headers, zipped: bool, length: int) -> Headers:
    if zipped and edition.headers_of_body is not None:
        return edition.headers_of_body
    size = (b"content-length", str(length).encode())
    headers = [*headers, *(IN_GZIP if zipped else AS_IT_IS), size]
    if zipped:
        edition.headers_of_body = headers
    return headers


def _headers(edition: Edition, zipped: bool) -> Headers:
    """What a 304 carries: what RFC 9110 §15.4.5 names and nothing else; the program has the
    rest."""
    etag = in_gzip_form(edition.etag) if zipped else edition.etag
    modified = format_datetime(edition.last_modified.astimezone(UTC), usegmt=True)
    return [
        (b"etag", etag.encode()),
        (b"last-modified", modified.encode()),
        FOR_ONE if edition.is_private else FOR_ALL,
        VARY,
        *(STRICTLY if edition.https else ()),
    ]
