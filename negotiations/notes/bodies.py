"""What may be written of a summary: the whole result of a session in one request."""

from typing import Annotated

from pydantic import Field

from negotiations.models.sessions import CloseKind
from negotiations.outcomes.bodies import NewCommitment, NewOutcome, NewPosition
from negotiations.scheduling.bodies import Attendee
from negotiations.web.fields import Body, Markdown


class Result(Body):
    """A session's summary (Markdown), and with it whatever else there is to report."""

    body: Markdown
    outcomes: Annotated[list[NewOutcome], Field(max_length=200)] = []
    positions: Annotated[list[NewPosition], Field(max_length=200)] = []
    commitments: Annotated[list[NewCommitment], Field(max_length=200)] = []
    attendance: Annotated[list[Attendee], Field(max_length=500)] | None = None
    close: CloseKind | None = None


class Close(Body):
    close_kind: CloseKind
