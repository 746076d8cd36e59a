"""What somebody's calendar program was last told of a session, by mail."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from negotiations.models.base import Row


class Invitation(Row, table=True):
    """One person's invitation to one session, of which the same row is kept for life.

    What was told last: to which `address`, under which `sequence` (RFC 5545) of theirs and which
    `revision`, the session's own SEQUENCE, for which times, when (its DTSTAMP), in which mail, and
    up to which `change` of the session's log; `from_change` is up to which the mail before did,
    None of a new one. `cancelled_at` is when it was taken back.
    """

    __tablename__ = "invitation"
    __table_args__ = (
        UniqueConstraint("person_id", "session_id"),
        Index(
            "ix_invitation_open",
            "ends_at",
            sqlite_where=text("cancelled_at IS NULL"),
            postgresql_where=text("cancelled_at IS NULL"),
        ),
    )

    person_id: str = Field(foreign_key="person.id", max_length=32)
    session_id: str = Field(foreign_key="session.id", max_length=32, index=True)
    negotiation_id: str = Field(foreign_key="negotiation.id", max_length=32)
    address: str = Field(max_length=254)
    sequence: int
    revision: int
    change: int = 0
    from_change: int | None = None
    starts_at: datetime
    ends_at: datetime
    told_at: datetime
    mail_id: str | None = Field(default=None, max_length=32)
    cancelled_at: datetime | None = None
