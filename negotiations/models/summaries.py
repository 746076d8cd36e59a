"""The summary of a session and its immutable revisions."""

from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from negotiations.models.base import Row, choice


class SummaryState(StrEnum):
    """The later states come with circulation."""

    draft = "draft"


class Summary(Row, table=True):
    """One per session. `symbol` is its document symbol, as `SC-ARL/S1/SUM`."""

    __tablename__ = "summary"

    session_id: str = Field(foreign_key="session.id", unique=True, max_length=32)
    symbol: str = Field(max_length=64)
    state: SummaryState = Field(default=SummaryState.draft, sa_type=choice(SummaryState))


class SummaryRevision(Row, table=True):
    """One text of a summary, never changed. `sha256` is of the body's UTF-8 bytes."""

    __tablename__ = "summary_revision"
    __table_args__ = (UniqueConstraint("summary_id", "number"),)

    summary_id: str = Field(foreign_key="summary.id", max_length=32)
    number: int
    body: str
    sha256: str = Field(max_length=64)
    author_id: str | None = Field(default=None, foreign_key="person.id", max_length=32)
