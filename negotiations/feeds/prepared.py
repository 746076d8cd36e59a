"""A feed as it is kept in memory: which one, whose, what it shows, and under which version."""

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


@dataclass(slots=True)
class Prepared:
    """A feed ready to be sent. `etag` is that of its plain form.

    `version` is the watch's at which it was last found to be right, `good_at` when that was so
    (time.monotonic()).
    """

    address: Address
    subscription: Subscription
    shared: Shared
    etag: str
    last_modified: datetime
    head: Packed
    https: bool
    version: int = -1
    good_at: float = 0.0
    headers: list[tuple[bytes, bytes]] | None = None
    headers_of_gzip: list[tuple[bytes, bytes]] | None = None
    headers_of_body: list[tuple[bytes, bytes]] | None = None  # of a 200 in gzip form

    @property
    def tail(self) -> Tail:
        return self.shared.tail


class Ended:
    """The address of a subscription that has ended."""
