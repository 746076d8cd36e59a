"""The summary of a session, its immutable revisions, who agreed to which, and what is public."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from negotiations.models.base import Row, choice
from negotiations.models.parties import Approval


class SummaryState(StrEnum):
    """Of the latest revision. A corrigendum goes the same way again beside what is published."""

    draft = "draft"
    circulated = "circulated"
    agreed = "agreed"
    published = "published"


class AgreedAs(StrEnum):
    """How a revision came to be agreed."""

    all_parties = "all_parties"
    recorded_disagreement = "recorded_disagreement"
    silence = "silence"
    secretariat = "secretariat"


class Summary(Row, table=True):
    """One per session. `symbol` is its document symbol, as `SC-ARL/S1/SUM`.

    `rule` is the approval rule of the talks as it was when the latest revision was circulated or
    declared, `due_on` the date in home_tz on which the time to comment on it ends.
    """

    __tablename__ = "summary"

    session_id: str = Field(foreign_key="session.id", unique=True, max_length=32)
    symbol: str = Field(max_length=64)
    state: SummaryState = Field(default=SummaryState.draft, sa_type=choice(SummaryState))
    rule: Approval | None = Field(default=None, sa_type=choice(Approval))
    due_on: date | None = None
    agreed_as: AgreedAs | None = Field(default=None, sa_type=choice(AgreedAs))
    agreed_at: datetime | None = None


class SummaryRevision(Row, table=True):
    """One text of a summary, never changed. `sha256` is of the body's UTF-8 bytes.

    `shared_at` is when the delegations could first read it: circulated, or declared agreed.
    `negotiation_id` is its session's, whose secretariat alone reads it before.
    """

    __tablename__ = "summary_revision"
    __table_args__ = (UniqueConstraint("summary_id", "number"),)

    negotiation_id: str = Field(foreign_key="negotiation.id", max_length=32)
    summary_id: str = Field(foreign_key="summary.id", max_length=32)
    number: int
    body: str
    sha256: str = Field(max_length=64)
    author_id: str | None = Field(default=None, foreign_key="person.id", max_length=32)
    shared_at: datetime | None = None


class Circulation(Row, table=True):
    """A revision sent round to a party. `delivered_at` is when a head of it first opened it."""

    __tablename__ = "circulation"
    __table_args__ = (UniqueConstraint("revision_id", "party_id"),)

    revision_id: str = Field(foreign_key="summary_revision.id", max_length=32)
    party_id: str = Field(foreign_key="party.id", max_length=32)
    delivered_at: datetime | None = None


class DecisionKind(StrEnum):
    approved = "approved"
    approved_with_statement = "approved_with_statement"
    objected = "objected"
    silent_consent = "silent_consent"


class SummaryDecision(Row, table=True):
    """What a party decided on one revision; never changed, a later one of its own replaces it.

    `number` counts the decisions on a revision. `statement` is the party's, annexed unedited.
    """

    __tablename__ = "summary_decision"
    __table_args__ = (UniqueConstraint("revision_id", "number"),)

    revision_id: str = Field(foreign_key="summary_revision.id", max_length=32)
    number: int
    party_id: str = Field(foreign_key="party.id", max_length=32)
    person_id: str | None = Field(default=None, foreign_key="person.id", max_length=32)
    kind: DecisionKind = Field(sa_type=choice(DecisionKind))
    statement: str | None = None
    decided_at: datetime


class SummaryComment(Row, table=True):
    """What a member of a party remarks on a revision; it decides nothing."""

    __tablename__ = "summary_comment"

    revision_id: str = Field(foreign_key="summary_revision.id", max_length=32, index=True)
    party_id: str = Field(foreign_key="party.id", max_length=32)
    person_id: str | None = Field(default=None, foreign_key="person.id", max_length=32)
    body: str
    written_at: datetime


class PublishedSummary(Row, table=True):
    """What became public of a summary: `frozen` is its JSON text, `sha256` of those bytes.

    The later ones of a summary correct the earlier.
    """

    __tablename__ = "published_summary"
    __table_args__ = (UniqueConstraint("summary_id", "number"),)

    summary_id: str = Field(foreign_key="summary.id", max_length=32)
    revision_id: str = Field(foreign_key="summary_revision.id", max_length=32)
    number: int
    frozen: str
    sha256: str = Field(max_length=64)
    published_at: datetime
    published_by_id: str | None = Field(default=None, foreign_key="person.id", max_length=32)


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
