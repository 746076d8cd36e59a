"""The summary of a session, its immutable revisions, and texts kept when a save was refused."""

from datetime import datetime
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


class KeptWhy(StrEnum):
    """Why a text is kept: it was saved on an older version than the one that stood."""

    stale = "stale"


class NoteDraft(Row, table=True):
    """A text whose save was refused, kept for its author alone; the same text once.

    `base` is the version (ETag) it was written on, as its author named it.
    """

    __tablename__ = "note_draft"
    __table_args__ = (UniqueConstraint("session_id", "person_id", "sha256"),)

    session_id: str = Field(foreign_key="session.id", max_length=32)
    person_id: str = Field(foreign_key="person.id", max_length=32, index=True)
    body: str
    sha256: str = Field(max_length=64)
    base: str | None = Field(default=None, max_length=80)
    why: KeptWhy = Field(default=KeptWhy.stale, sa_type=choice(KeptWhy))
    kept_at: datetime
