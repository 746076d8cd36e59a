"""What may be written of office hours and busy blocks: the input, checked once."""

from datetime import timedelta
from itertools import pairwise
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from negotiations.availability.office_hours import read_day, written
from negotiations.web.fields import Body, Instant, IsoDay, Zone

MOST_EXCEPTIONS = 400
LONGEST = timedelta(days=366)


def _hours(value: str) -> str:
    return written(read_day(value))


Hours = Annotated[
    str,
    StringConstraints(max_length=200),
    AfterValidator(_hours),
    Field(
        description="The hours of a day, as 09:00-12:00, 13:00-17:00; empty when closed.",
        examples=["09:00-12:00, 13:00-17:00"],
    ),
]


class DayHours(Body):
    """The hours of one day in place of those of its weekday."""

    on: IsoDay
    hours: Hours


class OfficeHoursBody(Body):
    """Office hours as a whole: what is left out is empty.

    `weekly` are the hours of Monday to Sunday on the clock of `tz`; on the talks' holidays only
    those in `exceptions` count. A session is kept `preparation_minutes` apart from what comes
    before it.
    """

    tz: Zone
    weekly: Annotated[
        list[Hours],
        Field(min_length=7, max_length=7, examples=[["09:00-17:00"] * 5 + ["", ""]]),
    ]
    exceptions: Annotated[list[DayHours], Field(max_length=MOST_EXCEPTIONS)] = []
    preparation_minutes: Annotated[int, Field(ge=0, le=1440)] = 0

    @model_validator(mode="after")
    def _once(self) -> "OfficeHoursBody":
        self.exceptions.sort(key=lambda one: one.on)
        days = [one.on for one in self.exceptions]
        twice = next((day for day, other in pairwise(days) if day == other), "")
        if twice:
            raise ValueError(f"exceptions holds {twice} twice; write all its hours once")
        return self


class NewBusyBlock(Body):
    """When one isn't free; why is nobody's business, and is kept nowhere."""

    starts_at: Instant
    ends_at: Annotated[Instant, Field(examples=["2030-11-09T17:00:00Z"])]

    @model_validator(mode="after")
    def _in_order(self) -> "NewBusyBlock":
        if self.ends_at <= self.starts_at:
            raise ValueError("ends_at must lie after starts_at; move it")
        if self.ends_at - self.starts_at > LONGEST:
            raise ValueError("a busy block lasts a year at most; make several")
        return self
