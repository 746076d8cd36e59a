"""What may be written of outcomes, positions and commitments: the input, checked once."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from negotiations.models.outcomes import Certainty, CommitmentStatus, OutcomeValue
from negotiations.models.sessions import Basis
from negotiations.sources import NewSource
from negotiations.web.fields import Body, Day, Id, Line, Slug, Text

IssueCode = Annotated[Line, Field(max_length=16, examples=["1.a"])]


class NewOutcome(Body):
    """What was said on an issue (by its code).

    `supersedes` names the outcome that stands for this issue in this session, if there is one.
    `effective_on` is a civil date in home_tz; without it, the session's, or
    today where that began before its day.
    """

    issue: IssueCode
    value: OutcomeValue
    partial: bool = False
    text: Text
    reason: Text | None = None
    decided_by: Slug | None = None
    basis: Basis = Basis.live
    certainty: Certainty = Certainty.A
    effective_on: Day | None = None
    supersedes: Id | None = None
    sources: Annotated[list[NewSource], Field(max_length=20)] = []

    @model_validator(mode="after")
    def _declined_is_explained(self) -> Self:
        if self.value is OutcomeValue.declined and not (self.reason and self.decided_by):
            raise ValueError("declined needs a reason and decided_by, the party that declined")
        return self


class NewPosition(Body):
    """What a side holds on an issue (by its code), in a jurisdiction's track.

    `supersedes` names the position of that side that stands, if there is one. `stated_on` is a
    civil date in home_tz; without it, the session's, or today. `attributed`: the words may be
    quoted as that side's.
    """

    jurisdiction: Slug | None = None
    session: Id | None = None
    issue: IssueCode
    party: Slug
    text: Annotated[Text, Field(min_length=1)]
    attributed: bool = False
    stated_on: Day | None = None
    basis: Basis = Basis.live
    certainty: Certainty = Certainty.A
    supersedes: Id | None = None
    sources: Annotated[list[NewSource], Field(max_length=20)] = []


class PositionChange(Body):
    """Leave to quote, given or taken back: all that can change of a position."""

    attributed: bool


class NewCommitment(Body):
    """What a party undertook, in a session of a jurisdiction's track; `person`: who of its people
    is to do it."""

    jurisdiction: Slug | None = None
    session: Id | None = None
    issue: IssueCode | None = None
    text: Annotated[Text, Field(min_length=1)]
    owner: Slug
    person: Id | None = None
    beneficiary: Slug | None = None
    due_on: Day | None = None
    status: CommitmentStatus = CommitmentStatus.open
    evidence: Text | None = None


class CommitmentChange(Body):
    person: Id | None = None
    text: Annotated[Text, Field(min_length=1)] | None = None
    due_on: Day | None = None
    status: CommitmentStatus | None = None
    evidence: Text | None = None
