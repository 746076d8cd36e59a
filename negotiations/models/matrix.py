"""What the matrix is read from at once: what stands in each cell, and what of it has changed."""

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel


class StandingOutcome(SQLModel, table=True):
    """What stands on an issue of the sessions of one track, a copy of the outcome's own row.

    Derived, and written in the transaction of the outcome (outcomes.keeping). Plenaries are left
    out: not everybody who reads a track's column sees them. `history` counts the outcomes behind
    it; `place` sorts as those do, the latest last.
    """

    __tablename__ = "standing_outcome"

    track_id: str = Field(foreign_key="track.id", primary_key=True, max_length=32)
    issue_id: str = Field(foreign_key="issue.id", primary_key=True, max_length=32)
    history: int
    place: str = Field(max_length=120)
    value: str = Field(max_length=32)
    partial: bool
    text: str = Field(max_length=1000)
    reason: str | None = Field(default=None, max_length=1000)
    decided_by_id: str | None = Field(default=None, max_length=32)
    effective_on: str = Field(max_length=10)
    certainty: str = Field(max_length=32)
    basis: str = Field(max_length=32)
    session_id: str = Field(max_length=32)
    revision_id: str | None = Field(default=None, max_length=32)
    outcome_id: str = Field(max_length=32)


class MatrixChange(SQLModel, table=True):
    """At which of its changes a part of a negotiation's matrix changed last.

    `part` is a track's id, or one of the words of outcomes.matrix_changes; `number` rises in the
    transaction of each change, and no two of them get the same.
    """

    __tablename__ = "matrix_change"
    __table_args__ = (Index(None, "negotiation_id", "number"),)

    negotiation_id: str = Field(foreign_key="negotiation.id", primary_key=True, max_length=32)
    part: str = Field(primary_key=True, max_length=32)
    number: int = Field(sa_type=BigInteger)
