"""What people were reminded of, so that nobody is of the same thing twice."""

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from negotiations.models.base import Row


class Reminder(Row, table=True):
    """That the moment `minutes` before this start of a session has been dealt with."""

    __tablename__ = "reminder"
    __table_args__ = (UniqueConstraint("session_id", "starts_at", "minutes"),)

    session_id: str = Field(foreign_key="session.id", max_length=32)
    starts_at: datetime
    minutes: int


class Notice(Row, table=True):
    """One thing that somebody is told waits for them, or for others and too long; once at each
    stage.

    `subject` is the key of a `waiting.Item` with its day; `asked_by_id` who wanted them reminded.
    `to_mail` as long as no mail was made of it; `mail_id` is null also once that mail is forgotten.
    """

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("person_id", "subject", "stage"),
        Index(
            "ix_notice_to_mail",
            "created_at",
            sqlite_where=text("to_mail"),
            postgresql_where=text("to_mail"),
        ),
    )

    person_id: str = Field(foreign_key="person.id", max_length=32)
    subject: str = Field(max_length=80)
    stage: str = Field(max_length=32)
    asked_by_id: str | None = Field(default=None, foreign_key="person.id", max_length=32)
    to_mail: bool = False
    mail_id: str | None = Field(default=None, foreign_key="mail.id", max_length=32, index=True)


class Look(SQLModel, table=True):
    """The last day, by a person's own clock, on which it was looked what waits for them."""

    __tablename__ = "look"

    person_id: str = Field(foreign_key="person.id", primary_key=True, max_length=32)
    day: date
