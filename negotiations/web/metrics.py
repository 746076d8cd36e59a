"""What is counted for the operator: by route and kind, never by person, side or talks.

One process counts in memory. Several that share one port (`serve --workers`) count in files of one
folder, so that whichever answers tells of all of them.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from sqlalchemy import Pool, event

# Else each counter has a second series, with when it began, that nobody reads.
disable_created_metrics()  # type: ignore[no-untyped-call]
SHARED = "PROMETHEUS_MULTIPROC_DIR"  # read by prometheus_client when it is imported
VERBS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})
FEEDS = {
    "/feeds/{token}.ics": "personal",
    "/public/{neg}.ics": "public",
    "/public/{neg}/{jurisdiction}.ics": "public",
}
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)


def share_in(folder: Path) -> None:
    """Let the processes started from now on count in the files of this folder."""
    os.environ[SHARED] = str(folder)


def forget(pid: int, folder: Path) -> None:
    """Take a dead process out of the gauges; its counters stay."""
    with suppress(FileNotFoundError):
        mark_process_dead(pid, str(folder))  # type: ignore[no-untyped-call]


class Metrics:
    """The counters of one service. With `shared` they lie in that folder's files."""

    def __init__(self, shared: Path | None = None) -> None:
        self._shared = shared
        self.before_telling: list[Callable[[], None]] = []  # what has counted only for itself
        self._found: dict[tuple[str, str, int], tuple[Callable[..., None], ...]] = {}
        self.registry = registry = CollectorRegistry()
        if shared is None:
            ProcessCollector(registry=registry)
        self._requests = Counter(
            "negotiations_requests", "Requests answered.", ["route", "method", "status"],
            registry=registry,
        )  # fmt: skip
        self._seconds = Histogram(
            "negotiations_request_seconds", "How long answering took.", ["route"],
            buckets=SECONDS, registry=registry,
        )  # fmt: skip
        self._feeds = Counter(
            "negotiations_feed_answers", "Answers to calendar programs.", ["kind", "status"],
            registry=registry,
        )  # fmt: skip
        self.bookings_refused = Counter(
            "negotiations_bookings_refused", "Acts refused since a team or person wasn't free.",
            registry=registry,
        )  # fmt: skip
        self.rate_limited = Counter(
            "negotiations_rate_limited", "Requests refused as too many.", ["limit"],
            registry=registry,
        )  # fmt: skip
        self.in_flight = Gauge(
            "negotiations_requests_in_flight", "Requests being answered now.",
            registry=registry, multiprocess_mode="livesum",
        )  # fmt: skip
        self._connections = Gauge(
            "negotiations_database_connections_in_use", "Database connections at work now.",
            ["pool"], registry=registry, multiprocess_mode="livesum",
        )  # fmt: skip

        self._mails = Gauge(
            "negotiations_mails", "Mails that didn't go (yet), by how they stand.", ["state"],
            registry=registry, multiprocess_mode="mostrecent",
        )  # fmt: skip

    def count_mails(self, **states: int) -> None:
        """How many there are in each state: all processes find the same."""
        for state, number in states.items():
            self._mails.labels(state).set(number)

    def answered(self, route: str, method: str, status: int, *seconds: float) -> None:
        """Count requests of one kind by their route's template, with how long each took."""
        verb = method if method in VERBS else "other"
        # Finding a counter by its labels takes longer than counting.
        found = self._found.get((route, verb, status))
        if found is None:
            found = self._found[route, verb, status] = self._find(route, verb, status)
        observe, *counters = found
        for one in seconds:
            observe(one)
        for count in counters:
            count(len(seconds))

    def _find(self, route: str, verb: str, status: int) -> tuple[Callable[..., None], ...]:
        counters = [self._requests.labels(route, verb, f"{status // 100}xx")]
        if route in FEEDS:
            counters.append(self._feeds.labels(FEEDS[route], str(status)))
        return (self._seconds.labels(route).observe, *(one.inc for one in counters))

    def watch(self, name: str, pool: Pool) -> None:
        """Count how many of a pool's connections are at work."""
        gauge = self._connections.labels(name)
        event.listen(pool, "checkout", lambda *_: gauge.inc())
        event.listen(pool, "checkin", lambda *_: gauge.dec())

    def exposition(self) -> bytes:
        """All of it in Prometheus' text format."""
        for count in self.before_telling:
            count()
        if self._shared is None:
            return generate_latest(self.registry)
        together = CollectorRegistry()
        MultiProcessCollector(together, path=str(self._shared))  # type: ignore[no-untyped-call]
        return generate_latest(together)
