"""PURE: what does a calendar program ask for, by the headers of its request?"""

from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from negotiations.web import codings, etags

MOST, LONGEST = 1000, 100  # of them, in bytes: anybody may send anything
_GZIP: dict[bytes | None, bool] = {}  # by Accept-Encoding: few are sent


class Asked:
    """What of a request's headers decides about the answer."""

    __slots__ = ("agent", "coding", "none_match", "since")

    def __init__(self, headers: Iterable[tuple[bytes, bytes]]) -> None:
        self.none_match: bytes | None = None
        self.since: bytes | None = None
        self.coding: bytes | None = None
        agent = b""
        for name, value in headers:
            if name == b"if-none-match":
                self.none_match = (
                    value if self.none_match is None else self.none_match + b"," + value
                )
            elif name == b"accept-encoding":
                self.coding = value if self.coding is None else self.coding + b"," + value
            elif name == b"if-modified-since":
                self.since = value
            elif name == b"user-agent":
                agent = value
        self.agent = agent.decode("latin-1")

    @property
    def is_conditional(self) -> bool:
        """Whether the program has some version."""
        return self.none_match is not None or self.since is not None

    def takes_gzip(self) -> bool:
        """Whether the body shall be in gzip form."""
        found = _GZIP.get(self.coding)
        if found is None:
            found = codings.takes_gzip(self.coding.decode("latin-1") if self.coding else None)
            if len(_GZIP) < MOST and len(self.coding or b"") <= LONGEST:
                _GZIP[self.coding] = found
        return found

    def has(self, etag: str, last_modified: datetime) -> bool:
        """Whether the program has this version already; `etag` is that of the plain form, and
        either coding's will do (RFC 9110 §13.2.2)."""
        in_gzip = in_gzip_form(etag)
        if self.none_match is not None:  # it wins over If-Modified-Since
            sent = self.none_match.decode("latin-1")
            if sent in (etag, in_gzip):
                return True
            return etags.none_match(sent, etag) or etags.none_match(sent, in_gzip)
        since = _date(self.since)
        return since is not None and last_modified <= since


def in_gzip_form(etag: str) -> str:
    """One entity tag may not serve two codings."""
    return f'{etag[:-1]}-gz"'


def _date(value: bytes | None) -> datetime | None:
    """An HTTP date, or None for garbage, which counts as not sent."""
    try:
        parsed = parsedate_to_datetime(value.decode("latin-1")) if value else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return parsed if parsed is None or parsed.tzinfo else parsed.replace(tzinfo=UTC)
