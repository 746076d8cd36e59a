"""How often one may ask: per token, login and calendar address; per network for wrong secrets.

Whoever asks with a good secret is counted by that secret alone, never by where they come from: the
big calendar services fetch thousands of feeds from a few shared addresses. A network is counted
only for the secrets that nobody has. The counts are those of one process.

Calendar addresses are counted by our own hand: there are many, each fetch must cost next to
nothing, and one number for each is enough (when it would be back at nothing; GCRA).
"""

import math
import time
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Literal

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.requests import Request

from negotiations.errors import TooMany
from negotiations.settings import Settings
from negotiations.web.metrics import Metrics

HOUR = 3600.0  # seconds
MOST_KEYS = 100_000
What = Literal["token", "login", "feed", "wrong secret", "sign-in link"]


class Rates:
    """The counters of one process; a limit of 0 in the settings is none."""

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._metrics = metrics
        self._items: dict[What, RateLimitItem] = {}
        if settings.requests_per_minute:
            for what in ("token", "login"):
                self._items[what] = RateLimitItemPerMinute(settings.requests_per_minute)
        self._fetches = settings.feed_fetches_per_hour
        self._until: dict[str, float] = {}
        if settings.wrong_secrets_per_hour:
            hourly = RateLimitItemPerHour(settings.wrong_secrets_per_hour)
            self._items["wrong secret"] = self._items["sign-in link"] = hourly

    def require(self, what: What, key: str) -> None:
        """TooMany when no more is allowed; counts nothing, so that unknown keys take no room."""
        item = self._items.get(what)
        if item is not None and not self._limiter.test(item, what, key):
            raise self._too_many(item, what, key)

    def fetch(self, key: str) -> float:
        """One more fetch of a calendar address: 0, or in how many seconds it may be tried again."""
        if not self._fetches:
            return 0.0
        now = time.monotonic()
        until = max(self._until.get(key, now), now) + HOUR / self._fetches
        if until > now + HOUR + 1e-6:
            return until - now - HOUR
        if len(self._until) >= MOST_KEYS:
            self._until = {one: end for one, end in self._until.items() if end > now}
        self._until[key] = until
        return 0.0

    def count(self, what: What, key: str) -> None:
        """One more; TooMany when it is one too many."""
        if what == "feed":
            seconds = self.fetch(key)
            if seconds:
                self._metrics.rate_limited.labels(what).inc()
                raise TooMany(max(1, math.ceil(seconds)))
            return
        item = self._items.get(what)
        if item is not None and not self._limiter.hit(item, what, key):
            raise self._too_many(item, what, key)

    def count_wrong(self, request: Request) -> None:
        """One more secret that nobody has; TooMany when its network tries too many."""
        self.count("wrong secret", _network(request))

    def count_asked(self, request: Request) -> None:
        """One more sign-in link that is asked for; TooMany when its network asks for too many."""
        self.count("sign-in link", _network(request))

    def _too_many(self, item: RateLimitItem, what: What, key: str) -> TooMany:
        self._metrics.rate_limited.labels(what).inc()
        until = self._limiter.get_window_stats(item, what, key).reset_time
        return TooMany(max(1, min(round(until - time.time()), item.get_expiry())))


def _network(request: Request) -> str:
    return network_of(request.client.host if request.client else "")


def network_of(host: str) -> str:
    """The /24 of an IPv4 address, the /64 of an IPv6 one: what one household or office has."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is None:
            return str(ip_network((int(address), 64), strict=False))
        address = address.ipv4_mapped
    return str(ip_network((int(address), 24), strict=False))
