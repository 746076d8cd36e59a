"""What every request finds in `request.app.state.service`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request

from negotiations.access.secrets import fingerprint
from negotiations.clock import Clock
from negotiations.db import Database, Db
from negotiations.errors import BookingClash
from negotiations.settings import Settings
from negotiations.web.metrics import Metrics
from negotiations.web.rates import Rates, What


@dataclass(frozen=True, slots=True)
class Service:
    """One installation: its settings, its database, its clock and its counters."""

    settings: Settings
    database: Database
    clock: Clock
    metrics: Metrics
    rates: Rates

    def now(self) -> datetime:
        return self.clock.now()

    @asynccontextmanager
    async def write(self, *, dry_run: bool = False) -> AsyncIterator[Db]:
        """A transaction of someone's request; a booking that it was refused for is counted."""
        try:
            async with self.database.write(dry_run=dry_run) as db:
                yield db
        except BookingClash:
            if dry_run:
                raise
            self.metrics.bookings_refused.inc()
            raise


def service_of(request: Request) -> Service:
    """The service that answers this request."""
    service = request.app.state.service
    assert isinstance(service, Service)
    return service


def identified(request: Request, by: What, secret: str) -> None:
    """Count the request for the secret that proved who asks, once; TooMany when it is too many.

    What kind of proof it was stays in the request, for the log.
    """
    if "via" not in request.scope:
        request.scope["via"] = by
        service_of(request).rates.count(by, fingerprint(secret))
