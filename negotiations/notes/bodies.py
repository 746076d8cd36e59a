"""What may be written of a summary: a session's whole result, and what is decided on it."""

from typing import Annotated

from pydantic import BeforeValidator, Field, StringConstraints

from negotiations.models.summaries import DecisionKind
from negotiations.outcomes.bodies import NewCommitment, NewOutcome, NewPosition
from negotiations.scheduling.bodies import Attendee, Close
from negotiations.web.fields import Body, Markdown, Words


def _plain(value: object) -> object:
    # A close_kind alone says all there is to say, unless the session goes on at a date.
    return {"close_kind": value} if isinstance(value, str) else value


class Result(Body):
    """A session's summary (Markdown), and with it whatever else there is to report."""

    body: Markdown
    outcomes: Annotated[list[NewOutcome], Field(max_length=200)] = []
    positions: Annotated[list[NewPosition], Field(max_length=200)] = []
    commitments: Annotated[list[NewCommitment], Field(max_length=200)] = []
    attendance: Annotated[list[Attendee], Field(max_length=500)] | None = None
    close: Annotated[Close | None, BeforeValidator(_plain)] = None


class Decide(Body):
    """A party's word on the text with this SHA-256; with an objection or a statement its words."""

    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$"), Field(examples=["0" * 64])]
    decision: DecisionKind
    statement: Words | None = None


class NewComment(Body):
    """A remark on the circulated text."""

    body: Words


class Corrigendum(Body):
    """The text that is to stand instead of the one published, whole."""

    body: Markdown
