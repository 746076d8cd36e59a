"""What may be asked for a busy calendar, and how one looks in JSON: never where it is."""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from negotiations.models import BusyCalendar
from negotiations.models.availability import BusyFault, BusyState
from negotiations.outgoing.addresses import target_of
from negotiations.web.answers import Id, Moment, TypedDict
from negotiations.web.fields import Body, Secret

LONGEST_URL = 1000


def _reachable(value: str) -> str:
    """Programs write `webcal://` for the address of a calendar."""
    scheme, _, rest = value.partition("://")
    if scheme.lower() in ("webcal", "webcals"):
        value = f"https://{rest}"
    return target_of(value).url


CalendarUrl = Annotated[
    str,
    StringConstraints(min_length=1, max_length=LONGEST_URL),
    AfterValidator(_reachable),
    Field(examples=["https://calendar.example.org/private-0123/basic.ics"]),
]


class NewBusyCalendar(Body):
    """Where one's calendar is (iCalendar, by https), and the name and password it wants, if any.

    They are sealed at once, and told to nobody again.
    """

    url: CalendarUrl
    user: Annotated[Secret, Field(max_length=100)] = ""
    password: Secret = ""

    @model_validator(mode="after")
    def _both(self) -> "NewBusyCalendar":
        if ":" in self.user:
            raise ValueError("user holds a colon, which no name for a password can")
        if self.password and not self.user:
            raise ValueError("password stands without a user; give both or none")
        return self


class BusyCalendarView(TypedDict):
    """One of one's calendars. `origin` is where it is without its path; `fingerprint` tells two of
    one place apart.

    The blocks are those of `read_at`. `fault` is what is wrong while it is `failing`, since
    `failing_since`.
    """

    id: Id
    origin: str
    fingerprint: str
    state: BusyState
    fault: BusyFault | None
    read_at: Moment | None
    failing_since: Moment | None
    created_at: Moment


def calendar_view(row: BusyCalendar) -> BusyCalendarView:
    return {
        "id": row.id,
        "origin": row.origin,
        "fingerprint": row.fingerprint,
        "state": row.state,
        "fault": row.fault,
        "read_at": row.read_at,
        "failing_since": row.failing_since,
        "created_at": row.created_at,
    }
