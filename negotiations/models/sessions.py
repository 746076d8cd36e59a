"""Sessions, their log of changes, agenda, bookings and attendance."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import NaiveDatetime
from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from negotiations.models.base import Row, Shaped, choice


class SessionKind(StrEnum):
    """`plenary` and `caucus` sessions belong to no track and name who takes part."""

    joint = "joint"
    technical = "technical"
    call = "call"
    plenary = "plenary"
    caucus = "caucus"


class SessionStatus(StrEnum):
    proposed = "proposed"
    confirmed = "confirmed"
    in_progress = "in_progress"
    held = "held"
    postponed = "postponed"
    cancelled = "cancelled"


class CloseKind(StrEnum):
    concluded = "concluded"
    adjourned_to_date = "adjourned_to_date"
    adjourned_sine_die = "adjourned_sine_die"
    broken_off = "broken_off"


class Basis(StrEnum):
    """Where a row's content comes from."""

    live = "live"
    public_source = "public_source"
    invented_for_demo = "invented_for_demo"


class ChangeKind(StrEnum):
    created = "created"
    accepted = "accepted"
    declined = "declined"
    confirmed = "confirmed"
    moved = "moved"
    relocated = "relocated"
    agenda = "agenda"
    postponed = "postponed"
    reinstated = "reinstated"
    cancelled = "cancelled"
    opened = "opened"
    closed = "closed"
    adjourned = "adjourned"
    published = "published"
    recomputed = "recomputed"


class ItemKind(StrEnum):
    without_debate = "without_debate"
    for_information = "for_information"
    for_discussion = "for_discussion"
    for_decision = "for_decision"
    procedural = "procedural"


class ItemState(StrEnum):
    proposed = "proposed"
    adopted = "adopted"
    dropped = "dropped"
    carried_over = "carried_over"


class Rsvp(StrEnum):
    needs_action = "needs_action"
    accepted = "accepted"
    tentative = "tentative"
    declined = "declined"


class AnsweredBy(StrEnum):
    """How somebody said themselves whether they come: by their calendar program's mail, or by the
    link of an invitation."""

    mail = "mail"
    link = "link"


class Presence(StrEnum):
    unknown = "unknown"
    present = "present"
    absent = "absent"
    left_early = "left_early"


class AttendanceMode(StrEnum):
    in_person = "in_person"
    remote = "remote"
    unknown = "unknown"


CONSENTS = Shaped(list, of=dict, holds=("party_id", "by", "how"))
# What `scheduling.publication` writes: a copy that lacks any of it isn't shown.
PUBLIC_COPY = Shaped(
    dict,
    holds=(
        "title", "tz", "fold", "location", "room", "status", "sequence", "basis_note",
        "local_start", "local_end", "starts_at", "ends_at", "agenda", "moved_from",
    ),
)  # fmt: skip


class NegotiationSession(Row, table=True):
    """One meeting: of a track, or a plenary or caucus session of the parties it names.

    The agreed fact is `local_start`, `local_end`, `tz` and, at the end of daylight saving,
    `fold`; `starts_at` and `ends_at` are derived from them (UTC). `public_copy` is what the public
    sees once it is published (`scheduling.publication`). `continues_id` is the session that
    adjourned to this one, `instead_of_id` the one this is a counter-proposal to.
    """

    __tablename__ = "session"
    __table_args__ = (
        UniqueConstraint("track_id", "number"),
        UniqueConstraint("caucus_id", "number"),
        Index(
            "uq_session_plenary_number",
            "negotiation_id",
            "number",
            unique=True,
            sqlite_where=text("kind = 'plenary'"),
            postgresql_where=text("kind = 'plenary'"),
        ),
        CheckConstraint(
            "(track_id IS NULL) = (kind IN ('plenary', 'caucus'))", name="track_by_kind"
        ),
        CheckConstraint("(caucus_id IS NOT NULL) = (kind = 'caucus')", name="caucus_by_kind"),
        CheckConstraint("starts_at < ends_at", name="end_after_start"),
        CheckConstraint("status <> 'held' OR close_kind IS NOT NULL", name="held_has_close_kind"),
    )

    negotiation_id: str = Field(foreign_key="negotiation.id", max_length=32, index=True)
    track_id: str | None = Field(default=None, foreign_key="track.id", max_length=32)
    caucus_id: str | None = Field(default=None, foreign_key="caucus.id", max_length=32)
    number: int
    title: str = Field(max_length=200)
    kind: SessionKind = Field(default=SessionKind.joint, sa_type=choice(SessionKind))
    status: SessionStatus = Field(default=SessionStatus.proposed, sa_type=choice(SessionStatus))
    local_start: NaiveDatetime
    local_end: NaiveDatetime
    tz: str = Field(max_length=64)
    fold: int | None = None
    starts_at: datetime = Field(index=True)
    ends_at: datetime
    location: str | None = Field(default=None, max_length=300)
    room: str | None = Field(default=None, max_length=300)
    access_note: str | None = Field(default=None, max_length=1000)
    conference_url: str | None = Field(default=None, max_length=500)
    chair_id: str | None = Field(default=None, foreign_key="person.id", max_length=32)
    note_taker_id: str | None = Field(default=None, foreign_key="person.id", max_length=32)
    uid: str = Field(unique=True, max_length=100)
    sequence: int = 0
    cancel_reason: str | None = Field(default=None, max_length=1000)
    close_kind: CloseKind | None = Field(default=None, sa_type=choice(CloseKind))
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    continues_id: str | None = Field(default=None, foreign_key="session.id", max_length=32)
    instead_of_id: str | None = Field(default=None, foreign_key="session.id", max_length=32)
    basis: Basis = Field(default=Basis.live, sa_type=choice(Basis))
    basis_note: str | None = Field(default=None, max_length=500)
    published_at: datetime | None = None
    public_copy: dict[str, Any] | None = Field(default=None, sa_type=PUBLIC_COPY)


class SessionTeam(SQLModel, table=True):
    """Which team sits for each side."""

    __tablename__ = "session_team"

    session_id: str = Field(foreign_key="session.id", primary_key=True, max_length=32)
    team_id: str = Field(foreign_key="team.id", primary_key=True, max_length=32)


class SessionParty(SQLModel, table=True):
    """Who takes part in a plenary or caucus session; what they are is settled when it is made."""

    __tablename__ = "session_party"

    session_id: str = Field(foreign_key="session.id", primary_key=True, max_length=32)
    party_id: str = Field(foreign_key="party.id", primary_key=True, index=True, max_length=32)


class SessionChange(Row, table=True):
    """Append-only log. `consents` lists `{"party_id", "by", "how"}` given with this change.

    `party_id` is the side that declined; places are one line of text.
    """

    __tablename__ = "session_change"
    __table_args__ = (UniqueConstraint("session_id", "number"),)

    session_id: str = Field(foreign_key="session.id", max_length=32)
    number: int
    kind: ChangeKind = Field(sa_type=choice(ChangeKind))
    from_start: NaiveDatetime | None = None
    from_tz: str | None = Field(default=None, max_length=64)
    from_fold: int | None = None
    to_start: NaiveDatetime | None = None
    to_tz: str | None = Field(default=None, max_length=64)
    to_fold: int | None = None
    from_place: str | None = Field(default=None, max_length=500)
    to_place: str | None = Field(default=None, max_length=500)
    party_id: str | None = Field(default=None, foreign_key="party.id", max_length=32)
    reason: str | None = Field(default=None, max_length=1000)
    person_id: str | None = Field(default=None, foreign_key="person.id", max_length=32)
    recorded_by: str = Field(default="person", max_length=16)
    consents: list[dict[str, Any]] = Field(default_factory=list, sa_type=CONSENTS)


class AgendaItem(Row, table=True):
    """One item of a session's agenda, in the order of `position`."""

    __tablename__ = "agenda_item"
    __table_args__ = (UniqueConstraint("session_id", "position"),)

    session_id: str = Field(foreign_key="session.id", max_length=32)
    position: int
    issue_id: str | None = Field(default=None, foreign_key="issue.id", max_length=32)
    title: str = Field(max_length=200)
    kind: ItemKind = Field(default=ItemKind.for_discussion, sa_type=choice(ItemKind))
    minutes: int | None = None
    state: ItemState = Field(default=ItemState.proposed, sa_type=choice(ItemState))
    carried_to_id: str | None = Field(default=None, foreign_key="agenda_item.id", max_length=32)


class Booking(Row, table=True):
    """A resource (team or person) taken for `[starts_at, ends_at)`, UTC.

    For the session itself, or for a time that is asked about in its poll (`option_id`).

    That no two bookings of a resource overlap is refused by the database itself: an exclusion
    constraint on PostgreSQL, triggers on SQLite; both live in the migration.
    """

    __tablename__ = "booking"
    __table_args__ = (
        UniqueConstraint("session_id", "resource_no", "starts_at"),
        CheckConstraint("starts_at < ends_at", name="end_after_start"),
    )

    session_id: str = Field(foreign_key="session.id", max_length=32)
    option_id: str | None = Field(default=None, foreign_key="poll_option.id", max_length=32)
    resource_no: int = Field(sa_type=BigInteger, index=True)
    starts_at: datetime
    ends_at: datetime


class Attendance(Row, table=True):
    """Who is expected at a session and who came. An indispensable person is booked.

    `answered_by` is how they gave their answer themselves, None where others entered it. The newest
    that they gave was to this SEQUENCE of the session. `answered_at` is when `rsvp` was said (by
    mail the reply's DTSTAMP) or entered.
    """

    __tablename__ = "attendance"
    __table_args__ = (UniqueConstraint("session_id", "person_id"),)

    session_id: str = Field(foreign_key="session.id", max_length=32)
    person_id: str = Field(foreign_key="person.id", max_length=32)
    rsvp: Rsvp = Field(default=Rsvp.needs_action, sa_type=choice(Rsvp))
    actual: Presence = Field(default=Presence.unknown, sa_type=choice(Presence))
    mode: AttendanceMode = Field(default=AttendanceMode.unknown, sa_type=choice(AttendanceMode))
    indispensable: bool = False
    answered_by: AnsweredBy | None = Field(default=None, sa_type=choice(AnsweredBy))
    answered_sequence: int | None = None
    answered_at: datetime | None = None
