"""Mails that wait, those that went, and what each tells of."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from negotiations.models.base import Row, choice


class MailKind(StrEnum):
    changes = "changes"
    invitation = "invitation"
    sign_in = "sign_in"
    address_changed = "address_changed"
    reminder = "reminder"
    waiting = "waiting"
    digest = "digest"
    scheduling = "scheduling"  # of one session, for calendar programs (RFC 5546)
    webhook_stopped = "webhook_stopped"
    busy_calendar = "busy_calendar"


class MailEnd(StrEnum):
    """`dropped`: when its turn came there was nothing to tell, or nobody to tell it to."""

    sent = "sent"
    dropped = "dropped"
    given_up = "given_up"


class Mail(Row, table=True):
    """One mail to one person, of which no text is kept: it is written when it goes.

    `address` is what somebody typed to be sent a sign-in link, whether or not anybody has it, or
    one that somebody had until it was changed; the others go to a person of these talks. While it
    is `gathering`, more that happens is added to it; `first_at` is when the first of it happened.
    Who holds it until `claimed_until` sends it. `actor_id` is who invited. `failure` says why it
    couldn't be sent last, in kinds and codes.
    """

    __tablename__ = "mail"
    __table_args__ = (
        Index(
            "uq_mail_one_gathering",
            "person_id",
            "negotiation_id",
            unique=True,
            sqlite_where=text("gathering AND session_id IS NULL"),
            postgresql_where=text("gathering AND session_id IS NULL"),
        ),
        Index(
            "uq_mail_one_of_session",
            "person_id",
            "session_id",
            unique=True,
            sqlite_where=text("gathering AND session_id IS NOT NULL"),
            postgresql_where=text("gathering AND session_id IS NOT NULL"),
        ),
        Index(
            "ix_mail_waiting",
            "due_at",
            sqlite_where=text("ended_as IS NULL"),
            postgresql_where=text("ended_as IS NULL"),
        ),
    )

    kind: MailKind = Field(sa_type=choice(MailKind))
    person_id: str | None = Field(default=None, foreign_key="person.id", max_length=32)
    negotiation_id: str | None = Field(default=None, foreign_key="negotiation.id", max_length=32)
    session_id: str | None = Field(default=None, foreign_key="session.id", max_length=32)
    starts_at: datetime | None = None
    address: str | None = Field(default=None, max_length=254, index=True)
    actor_id: str | None = Field(default=None, foreign_key="person.id", max_length=32, index=True)
    gathering: bool = False
    first_at: datetime
    due_at: datetime
    claimed_until: datetime | None = None
    tries: int = 0
    failure: str | None = Field(default=None, max_length=80)
    ended_as: MailEnd | None = Field(default=None, sa_type=choice(MailEnd))
    ended_at: datetime | None = None


class MailTrouble(SQLModel, table=True):
    """That mails of these talks don't get through to somebody, since when, as far as the
    secretariat may know of the mails; `again`: somebody wants them tried again."""

    __tablename__ = "mail_trouble"

    person_id: str = Field(foreign_key="person.id", primary_key=True, max_length=32)
    negotiation_id: str = Field(foreign_key="negotiation.id", primary_key=True, max_length=32)
    since: datetime
    again: bool = False


class MailEvent(SQLModel, table=True):
    """What a mail tells of."""

    __tablename__ = "mail_event"

    mail_id: str = Field(foreign_key="mail.id", primary_key=True, max_length=32)
    event_id: str = Field(foreign_key="outbox_event.id", primary_key=True, max_length=32)
