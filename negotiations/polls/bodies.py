"""What may be written of polls: checked once for JSON and forms."""

from datetime import date
from typing import Annotated

from pydantic import ConfigDict, Field

from negotiations.models.polls import Answer
from negotiations.scheduling.bodies import Fold
from negotiations.web.fields import Body, Id, Line, LocalTime, Name, Slug, Text, Zone

MOST = 20  # times at once


class Time(Body):
    """One time; without `local_end` as long as the session, without `tz` in its zone."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"local_start": "2030-11-09T10:00"}]})

    local_start: LocalTime
    local_end: LocalTime | None = None
    tz: Zone | None = None
    fold: Fold | None = None


class NewPoll(Body):
    """Which times are asked about, and until the end of which day, by the talks' home zone."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"due_on": "2030-11-01", "options": [{"local_start": "2030-11-09T10:00"}]}]
        }
    )

    due_on: date
    options: Annotated[list[Time], Field(min_length=1, max_length=MOST)]


class Withdraw(Body):
    """Which of the times is no longer asked about."""

    option: Id


class OneAnswer(Body):
    option: Id
    answer: Answer


class Answers(Body):
    """A head answers for their own side; the coordinator names the party, by whom and how."""

    answers: Annotated[list[OneAnswer], Field(min_length=1, max_length=MOST)]
    party: Slug | None = None
    by: Name | None = None
    how: Line | None = None


class Choose(Body):
    """The time to be the session's. A head chooses for their own side, which thereby accepts it.

    The coordinator may name the party that chose, by whom and how.
    """

    option: Id
    party: Slug | None = None
    by: Name | None = None
    how: Line | None = None


class ClosePoll(Body):
    reason: Text
