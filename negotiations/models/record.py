"""What happened: the audit chains and the outbox."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint, text
from sqlmodel import Field

from negotiations.models.base import Row


class AuditEntry(Row, table=True):
    """One link of a hash chain; `chain` is `negotiation:ID`, `track:ID`, `party:ID` or
    `caucus:ID`.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (UniqueConstraint("chain", "number"),)

    chain: str = Field(max_length=64)
    number: int
    at: datetime
    actor: str = Field(max_length=64)
    action: str = Field(max_length=64)
    object_type: str = Field(max_length=32)
    object_id: str = Field(max_length=32)
    content_sha256: str = Field(max_length=64)
    previous_sha256: str = Field(max_length=64)
    sha256: str = Field(max_length=64)


class OutboxEvent(Row, table=True):
    """An announcement, written in the transaction of the change it tells of.

    Where it is `for_secretariat`, no side may learn of it (see outbox.Announced). `person_id` is
    who did it. While it is `to_mail`, mails about it have still to be queued, and deliveries while
    it is `to_webhooks`.
    """

    __tablename__ = "outbox_event"
    __table_args__ = (
        Index(
            "ix_outbox_event_to_mail",
            "at",
            sqlite_where=text("to_mail"),
            postgresql_where=text("to_mail"),
        ),
        Index(
            "ix_outbox_event_to_webhooks",
            "at",
            sqlite_where=text("to_webhooks"),
            postgresql_where=text("to_webhooks"),
        ),
    )

    type: str = Field(max_length=64)
    at: datetime
    negotiation_id: str = Field(foreign_key="negotiation.id", max_length=32, index=True)
    track_id: str | None = Field(default=None, foreign_key="track.id", max_length=32)
    caucus_id: str | None = Field(default=None, foreign_key="caucus.id", max_length=32)
    session_id: str | None = Field(default=None, foreign_key="session.id", max_length=32)
    object_id: str = Field(max_length=32)
    person_id: str | None = Field(default=None, foreign_key="person.id", max_length=32)
    for_secretariat: bool = False
    to_mail: bool = False
    to_webhooks: bool = False
    payload: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
