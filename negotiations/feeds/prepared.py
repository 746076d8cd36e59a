"""A feed as it is kept in memory: which one, whose, and what is sent, as far as it is shared."""

from dataclasses import dataclass
from datetime import datetime

from negotiations.feeds.options import USUAL, Options
from negotiations.feeds.packing import Part as Packed
from negotiations.feeds.sights import Part, Sight
from negotiations.feeds.subscriptions import Subscription
from negotiations.feeds.tails import Tail


@dataclass(frozen=True, slots=True)
class Address:
    """Which feed is asked for: a secret's SHA-256, or the slugs of a public one; and how."""

    secret: str | None
    negotiation: str | None = None
    jurisdiction: str | None = None
    options: Options = USUAL


@dataclass(slots=True)
class Shared:
    """A tail with what it was made from: the newest change of each part of its sight.

    `version` is the watch's at which it was last found to be right.
    """

    sight: Sight
    tail: Tail
    made_of: tuple[tuple[str, Part, int], ...]
    version: int = -1


Headers = list[tuple[bytes, bytes]]


@dataclass(slots=True)
class Edition:
    """What is sent to all who share a calendar's own part, a tail and a last change.

    `etag` is that of the plain form.
    """

    opening: bytes
    shared: Shared
    etag: str
    last_modified: datetime
    head: Packed
    is_private: bool
    https: bool
    headers: Headers | None = None
    headers_of_gzip: Headers | None = None
    headers_of_body: Headers | None = None  # of a 200 in gzip form

    @property
    def tail(self) -> Tail:
        return self.shared.tail


@dataclass(slots=True)
class Prepared:
    """A feed ready to be sent.

    `version` is the watch's at which it was last found to be right, `good_at` when that was so
    (time.monotonic()).
    """

    address: Address
    subscription: Subscription
    edition: Edition
    version: int = -1
    good_at: float = 0.0


class Ended:
    """The address of a subscription that has ended."""
