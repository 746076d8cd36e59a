"""What the matrix is read from at once: what stands in each cell, and what of it has changed."""

from sqlalchemy import BigInteger, Index, Text
from sqlmodel import Field, SQLModel


class StandingOutcome(SQLModel, table=True):
    """What stands on an issue of the sessions of one track, as the matrix tells it in JSON.

    Derived, and written in the transaction of the outcome (outcomes.keeping). Plenaries are left
    out: not everybody who reads a track's column sees them. `history` counts the outcomes behind
    it; `place` sorts as those do, the latest last. `before` and `after` are JSON around the name of
    whose decision it is (standing.shown): whoever changes their form empties the table in a
    migration, and it is filled anew at the next start.
    """

    __tablename__ = "standing_outcome"

    track_id: str = Field(foreign_key="track.id", primary_key=True, max_length=32)
    issue_id: str = Field(foreign_key="issue.id", primary_key=True, max_length=32)
    history: int
    place: str = Field(max_length=120)
    before: str = Field(sa_type=Text)
    decided_by_id: str | None = Field(default=None, max_length=32)
    after: str = Field(sa_type=Text)
    revision_id: str | None = Field(default=None, max_length=32)


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
