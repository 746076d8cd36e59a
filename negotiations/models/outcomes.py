"""Outcomes per issue and session, where they were read, and what was undertaken."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from negotiations.models.base import Row, choice
from negotiations.models.sessions import Basis


class OutcomeValue(StrEnum):
    not_reached = "not_reached"
    noted = "noted"
    clarified = "clarified"
    deferred = "deferred"
    referred = "referred"
    ad_referendum = "ad_referendum"
    agreed_in_principle = "agreed_in_principle"
    tentatively_agreed = "tentatively_agreed"
    agreed = "agreed"
    declined = "declined"
    withdrawn = "withdrawn"
    impasse = "impasse"


class Certainty(StrEnum):
    """A: primary document or two independent reports; B: one report; C: disputed or inferred."""

    A = "A"
    B = "B"
    C = "C"

    @property
    def mark(self) -> str:
        """What stands beside whatever isn't certain, wherever it is shown; else empty."""
        return "C: disputed or inferred" if self is Certainty.C else ""


class CommitmentStatus(StrEnum):
    """Overdue is derived from `due_on`, never stored."""

    open = "open"
    in_progress = "in_progress"
    done = "done"
    disputed = "disputed"
    dropped = "dropped"


class Outcome(Row, table=True):
    """What was said on an issue in a session. Append-only: a later row supersedes an earlier.

    `effective_on` is the civil date in home_tz when it was said, `recorded_at` the server's clock.
    """

    __tablename__ = "outcome"
    __table_args__ = (
        CheckConstraint(
            "value <> 'declined' OR (reason IS NOT NULL AND decided_by_id IS NOT NULL)",
            name="declined_has_reason_and_decider",
        ),
        # One line per issue and session: one first row, and each row superseded at most once.
        Index(
            "uq_outcome_first",
            "session_id",
            "issue_id",
            unique=True,
            sqlite_where=text("supersedes_id IS NULL"),
            postgresql_where=text("supersedes_id IS NULL"),
        ),
    )

    session_id: str = Field(foreign_key="session.id", max_length=32, index=True)
    issue_id: str = Field(foreign_key="issue.id", max_length=32)
    value: OutcomeValue = Field(sa_type=choice(OutcomeValue))
    partial: bool = False
    text: str = Field(max_length=1000)
    reason: str | None = Field(default=None, max_length=1000)
    decided_by_id: str | None = Field(default=None, foreign_key="party.id", max_length=32)
    basis: Basis = Field(default=Basis.live, sa_type=choice(Basis))
    certainty: Certainty = Field(default=Certainty.A, sa_type=choice(Certainty))
    revision_id: str | None = Field(default=None, foreign_key="summary_revision.id", max_length=32)
    supersedes_id: str | None = Field(
        default=None, foreign_key="outcome.id", unique=True, max_length=32
    )
    set_by_id: str | None = Field(default=None, foreign_key="person.id", max_length=32)
    effective_on: date
    recorded_at: datetime


class Source(Row, table=True):
    """A citation that rows of a negotiation can point to."""

    __tablename__ = "source"

    negotiation_id: str = Field(foreign_key="negotiation.id", max_length=32, index=True)
    citation: str = Field(max_length=500)
    url: str | None = Field(default=None, max_length=500)
    certainty: Certainty = Field(sa_type=choice(Certainty))


class OutcomeSource(SQLModel, table=True):
    """Where an outcome was read."""

    __tablename__ = "outcome_source"

    outcome_id: str = Field(foreign_key="outcome.id", primary_key=True, max_length=32)
    source_id: str = Field(foreign_key="source.id", primary_key=True, max_length=32)


class Commitment(Row, table=True):
    """What a party undertook, and who of its people is to do it, if that was said.

    `due_on` is a date that ends 23:59:59 in home_tz.
    `done_at` is when it was said to be done, None where that isn't known.
    """

    __tablename__ = "commitment"

    track_id: str = Field(foreign_key="track.id", max_length=32, index=True)
    session_id: str | None = Field(default=None, foreign_key="session.id", max_length=32)
    issue_id: str | None = Field(default=None, foreign_key="issue.id", max_length=32)
    text: str = Field(max_length=1000)
    owner_id: str = Field(foreign_key="party.id", max_length=32)
    person_id: str | None = Field(default=None, foreign_key="person.id", max_length=32)
    beneficiary_id: str | None = Field(default=None, foreign_key="party.id", max_length=32)
    due_on: date | None = None
    status: CommitmentStatus = Field(
        default=CommitmentStatus.open, sa_type=choice(CommitmentStatus)
    )
    evidence: str | None = Field(default=None, max_length=1000)
    done_at: datetime | None = None
