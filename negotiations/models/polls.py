"""Asking the sides which of several times suits them for a session, and what they answered."""

from datetime import date, datetime
from enum import StrEnum

from pydantic import NaiveDatetime
from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from negotiations.models.base import Row, choice


class PollStatus(StrEnum):
    """`closed`: somebody ended it without a choice; `expired`: nobody had chosen when its day was
    over; `overtaken`: the session itself was moved, confirmed, postponed or cancelled."""

    open = "open"
    chosen = "chosen"
    closed = "closed"
    expired = "expired"
    overtaken = "overtaken"


class OptionStatus(StrEnum):
    """`offered`: it is held for the session; `chosen` and `released`: it no longer is."""

    offered = "offered"
    chosen = "chosen"
    released = "released"


class Answer(StrEnum):
    """What a side says to a time: `yes` is its acceptance, should that time be chosen."""

    yes = "yes"
    if_need_be = "if_need_be"
    no = "no"


class Poll(Row, table=True):
    """One round of asking about other times for a session; open until the end of `due_on` in the
    talks' home zone. A session has at most one that is open.

    `reason` says why it ended without a choice.
    """

    __tablename__ = "poll"
    __table_args__ = (
        Index(
            "uq_poll_open",
            "session_id",
            unique=True,
            sqlite_where=text("status = 'open'"),
            postgresql_where=text("status = 'open'"),
        ),
    )

    negotiation_id: str = Field(foreign_key="negotiation.id", max_length=32, index=True)
    session_id: str = Field(foreign_key="session.id", max_length=32, index=True)
    status: PollStatus = Field(default=PollStatus.open, sa_type=choice(PollStatus))
    due_on: date
    opened_by_id: str | None = Field(default=None, foreign_key="person.id", max_length=32)
    ended_at: datetime | None = None
    ended_by_id: str | None = Field(default=None, foreign_key="person.id", max_length=32)
    reason: str | None = Field(default=None, max_length=1000)


class PollOption(Row, table=True):
    """One of the times: civil and in a zone as a session's, with the instants they mean (UTC).

    As long as it is `offered` the session's teams and people are booked for it, and calendars show
    it as TENTATIVE under a UID of its own. `session_id` is its poll's.
    """

    __tablename__ = "poll_option"
    __table_args__ = (
        UniqueConstraint("poll_id", "position"),
        CheckConstraint("starts_at < ends_at", name="end_after_start"),
    )

    poll_id: str = Field(foreign_key="poll.id", max_length=32)
    session_id: str = Field(foreign_key="session.id", max_length=32, index=True)
    position: int
    status: OptionStatus = Field(default=OptionStatus.offered, sa_type=choice(OptionStatus))
    local_start: NaiveDatetime
    local_end: NaiveDatetime
    tz: str = Field(max_length=64)
    fold: int | None = None
    starts_at: datetime
    ends_at: datetime
    uid: str = Field(unique=True, max_length=100)
    sequence: int = 0


class Vote(Row, table=True):
    """A party's answer to one of the times: the last that one of its heads gave, or that was
    recorded for it, and `by` whom and `how`. It is kept when the poll is over."""

    __tablename__ = "vote"
    __table_args__ = (UniqueConstraint("option_id", "party_id"),)

    option_id: str = Field(foreign_key="poll_option.id", max_length=32)
    party_id: str = Field(foreign_key="party.id", max_length=32)
    answer: Answer = Field(sa_type=choice(Answer))
    by: str = Field(max_length=200)
    how: str = Field(max_length=500)
    person_id: str | None = Field(default=None, foreign_key="person.id", max_length=32)
    answered_at: datetime


class Acknowledgement(Row, table=True):
    """That the secretariat knows of what a session's time is warned of, and why it stands.

    `kind` and `facts` (a digest) say of what: where they change, the warning is another one.
    """

    __tablename__ = "acknowledgement"
    __table_args__ = (UniqueConstraint("session_id", "kind", "facts"),)

    session_id: str = Field(foreign_key="session.id", max_length=32)
    kind: str = Field(max_length=32)
    facts: str = Field(max_length=64)
    note: str = Field(max_length=1000)
    person_id: str | None = Field(default=None, foreign_key="person.id", max_length=32)
