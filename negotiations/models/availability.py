"""Office hours, busy blocks, and the calendars that busy blocks are read from."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from negotiations.models.base import Row, Shaped, choice


class BusyState(StrEnum):
    """`waiting`: not read yet. `failing`: the blocks are those of the last time it could be."""

    waiting = "waiting"
    good = "good"
    failing = "failing"


class BusyFault(StrEnum):
    """Why a calendar can't be read: no word of whoever answers is kept."""

    unreached = "unreached"
    refused = "refused"
    gone = "gone"
    answered_wrong = "answered_wrong"
    too_large = "too_large"
    packed = "packed"
    no_calendar = "no_calendar"
    not_utf8 = "not_utf8"
    bad_time = "bad_time"
    bad_zone = "bad_zone"
    bad_rule = "bad_rule"
    too_much = "too_much"
    too_slow = "too_slow"
    sealed = "sealed"


class Availability(Row, table=True):
    """When a party's office, or a person, can meet at all: on the clock of `tz`.

    `weekly` holds the hours of Monday to Sunday, `exceptions` those of single days, each written
    as `09:00-12:00, 13:00-17:00`, empty when closed (availability.office_hours). A session is kept
    `preparation_minutes` apart from what came before it.
    """

    __tablename__ = "availability"
    __table_args__ = (
        CheckConstraint("(party_id IS NULL) <> (person_id IS NULL)", name="one_owner"),
    )

    party_id: str | None = Field(default=None, foreign_key="party.id", max_length=32, unique=True)
    person_id: str | None = Field(default=None, foreign_key="person.id", max_length=32, unique=True)
    tz: str = Field(max_length=64)
    weekly: list[str] = Field(default_factory=list, sa_type=Shaped(list, of=str))
    exceptions: list[dict[str, str]] = Field(
        default_factory=list, sa_type=Shaped(list, of=dict, holds=("on", "hours"))
    )
    preparation_minutes: int = 0


class BusyCalendar(Row, table=True):
    """A calendar of a person's, somewhere else; its address and password are sealed (busy.sealing).

    `origin` is its scheme and host, `fingerprint` tells two addresses there apart; `validators`,
    sealed too, are what the next request asks by whether anything changed. It was as it is here at
    `read_at`; its blocks were worked out at `expanded_at`. Whoever holds it until `claimed_until`
    reads it. `failures` are those in a row, the first at `failing_since`; its owner was told of
    its state at `told_at`.
    """

    __tablename__ = "busy_calendar"
    __table_args__ = (Index("ix_busy_calendar_due_at", "due_at"),)

    person_id: str = Field(foreign_key="person.id", max_length=32, index=True)
    origin: str = Field(max_length=300)
    fingerprint: str = Field(max_length=16)
    sealed: str = Field(max_length=4000)
    validators: str | None = Field(default=None, max_length=2000)
    state: BusyState = Field(default=BusyState.waiting, sa_type=choice(BusyState))
    fault: BusyFault | None = Field(default=None, sa_type=choice(BusyFault))
    read_at: datetime | None = None
    expanded_at: datetime | None = None
    tried_at: datetime | None = None
    due_at: datetime
    claimed_until: datetime | None = None
    failures: int = 0
    failing_since: datetime | None = None
    told_at: datetime | None = None


class BusyBlock(Row, table=True):
    """That a person isn't free in `[starts_at, ends_at)`, UTC, and nothing of why.

    Typed in by themselves, or of their calendar, whose are replaced all at once.
    """

    __tablename__ = "busy_block"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="end_after_start"),
        Index("ix_busy_block_person_id_ends_at", "person_id", "ends_at"),
        Index(
            "ix_busy_block_calendar_id",
            "calendar_id",
            sqlite_where=text("calendar_id IS NOT NULL"),
            postgresql_where=text("calendar_id IS NOT NULL"),
        ),
    )

    person_id: str = Field(foreign_key="person.id", max_length=32)
    calendar_id: str | None = Field(default=None, foreign_key="busy_calendar.id", max_length=32)
    starts_at: datetime
    ends_at: datetime
