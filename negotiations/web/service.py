"""What every request finds in `request.app.state.service`."""

from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request

from negotiations.clock import Clock
from negotiations.db import Database
from negotiations.settings import Settings


@dataclass(frozen=True, slots=True)
class Service:
    """One installation: its settings, its database and its clock."""

    settings: Settings
    database: Database
    clock: Clock

    def now(self) -> datetime:
        return self.clock.now()


def service_of(request: Request) -> Service:
    """The service that answers this request."""
    service = request.app.state.service
    assert isinstance(service, Service)
    return service
