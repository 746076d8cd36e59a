"""Negotiations, their parties, teams, tracks, people and the list of issues."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from negotiations.models.base import Row, Shaped, choice, new_resource_no

# Minutes before a session at which somebody may want to be reminded: a week to a quarter.
LEADS = (10080, 2880, 1440, 240, 60, 15)
USUAL_LEADS = (1440, 60)


class NegotiationStatus(StrEnum):
    planned = "planned"
    open = "open"
    suspended = "suspended"
    concluded = "concluded"
    abandoned = "abandoned"


class Approval(StrEnum):
    """Who must agree a summary before it may be published."""

    all_parties = "all_parties"
    silence = "silence"
    secretariat = "secretariat"


class SummaryTemplate(StrEnum):
    """How the first draft of a summary is put together from what is recorded (notes.compile)."""

    action = "action"
    summary = "summary"
    joint_record = "joint_record"


class PartyKind(StrEnum):
    agency = "agency"
    jurisdiction = "jurisdiction"
    state_body = "state_body"
    requester = "requester"
    mediator = "mediator"
    observer = "observer"


class TrackStatus(StrEnum):
    not_started = "not_started"
    scheduling = "scheduling"
    active = "active"
    adjourned = "adjourned"
    concluded = "concluded"
    withdrawn = "withdrawn"


class Role(StrEnum):
    """The first two belong to the secretariat, the others to one party."""

    coordinator = "coordinator"
    note_taker = "note_taker"
    head = "head"
    deputy = "deputy"
    delegate = "delegate"
    counsel = "counsel"
    adviser = "adviser"
    party_note_taker = "party_note_taker"
    observer = "observer"


class Times(StrEnum):
    """By which clock somebody reads times first: the venue's, their own or UTC."""

    venue = "venue"
    local = "local"
    utc = "utc"


SECRETARIAT_ROLES = frozenset({Role.coordinator, Role.note_taker})
HEADS = frozenset({Role.head, Role.deputy})  # who speak for their party


class Negotiation(Row, table=True):
    """One agency's parallel talks with many jurisdictions. `home_tz` is the zone of deadlines."""

    __tablename__ = "negotiation"

    slug: str = Field(unique=True, max_length=80)
    title: str = Field(max_length=200)
    subject: str = Field(default="", max_length=2000)
    home_tz: str = Field(max_length=64)
    opens_on: date | None = None
    closes_on: date | None = None
    window_sequence: int = 0  # SEQUENCE of the window's event: rises with its days and its title
    status: NegotiationStatus = Field(
        default=NegotiationStatus.open, sa_type=choice(NegotiationStatus)
    )
    symbol_prefix: str = Field(max_length=16)
    approval: Approval = Field(default=Approval.all_parties, sa_type=choice(Approval))
    holidays: list[str] = Field(
        default_factory=list, sa_type=Shaped(list, of=str)
    )  # ISO dates in home_tz
    circulate_days: int = 5  # working days from a session's end until its summary goes round
    comment_days: int = 7  # calendar days for a circulated summary
    publish_days: int = 21  # calendar days from its agreement until it is public
    summary_template: SummaryTemplate = Field(
        default=SummaryTemplate.action, sa_type=choice(SummaryTemplate)
    )
    notice_hours: int = 72
    travel_buffer_minutes: int = 60


class Party(Row, table=True):
    """Who takes part or is named. Only agency and jurisdictions sign in for now."""

    __tablename__ = "party"
    __table_args__ = (
        UniqueConstraint("negotiation_id", "slug"),
        Index(
            "uq_party_one_agency",
            "negotiation_id",
            unique=True,
            sqlite_where=text("kind = 'agency'"),
            postgresql_where=text("kind = 'agency'"),
        ),
    )

    negotiation_id: str = Field(foreign_key="negotiation.id", max_length=32)
    slug: str = Field(max_length=80)
    name: str = Field(max_length=200)
    short_name: str = Field(max_length=80)
    kind: PartyKind = Field(sa_type=choice(PartyKind))
    city: str | None = Field(default=None, max_length=80)
    tz: str = Field(max_length=64)
    ocd_division_id: str | None = Field(default=None, max_length=300)
    same_as: list[str] = Field(default_factory=list, sa_type=Shaped(list, of=str))
    parent: str | None = Field(default=None, max_length=200)
    url: str | None = Field(default=None, max_length=500)


class Team(Row, table=True):
    """Who of a party sits at one table at one time; each party has one by default."""

    __tablename__ = "team"
    __table_args__ = (UniqueConstraint("party_id", "name"),)

    party_id: str = Field(foreign_key="party.id", max_length=32)
    name: str = Field(max_length=80)
    is_default: bool = False
    resource_no: int = Field(default_factory=new_resource_no, unique=True, sa_type=BigInteger)


class Track(Row, table=True):
    """The bilateral of one jurisdiction with the agency."""

    __tablename__ = "track"
    __table_args__ = (UniqueConstraint("negotiation_id", "party_id"),)

    negotiation_id: str = Field(foreign_key="negotiation.id", max_length=32)
    party_id: str = Field(foreign_key="party.id", max_length=32)
    status: TrackStatus = Field(default=TrackStatus.not_started, sa_type=choice(TrackStatus))
    closed_reason: str | None = Field(default=None, max_length=500)


class Person(Row, table=True):
    """A person or a function ("Arlington delegate"). Without an e-mail nobody can sign in as it."""

    __tablename__ = "person"

    name: str = Field(max_length=200)
    title: str | None = Field(default=None, max_length=200)
    email: str | None = Field(default=None, unique=True, max_length=254)
    tz: str = Field(max_length=64)
    times: Times = Field(default=Times.venue, sa_type=choice(Times))
    by_mail: bool = True  # whether told of anything by mail; sign-in links come in any case
    # Minutes before the sessions they take part in (LEADS) at which they are reminded.
    reminders: list[int] = Field(
        default_factory=lambda: list(USUAL_LEADS), sa_type=Shaped(list, of=int)
    )
    weekly: bool = True  # whether told each week what lies ahead
    # Whether sessions come as invitations too, and not in the calendars they subscribe to only.
    invitations: bool = False
    is_administrator: bool = False
    resource_no: int = Field(default_factory=new_resource_no, unique=True, sa_type=BigInteger)


class Membership(Row, table=True):
    """A person's one place in a negotiation; `party_id` is null for the secretariat."""

    __tablename__ = "membership"
    __table_args__ = (
        Index(
            "uq_membership_one_side",
            "negotiation_id",
            "person_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    negotiation_id: str = Field(foreign_key="negotiation.id", max_length=32)
    person_id: str = Field(foreign_key="person.id", max_length=32, index=True)
    party_id: str | None = Field(default=None, foreign_key="party.id", max_length=32)
    role: Role = Field(sa_type=choice(Role))
    ended_at: datetime | None = None


class Issue(Row, table=True):
    """One line of the shared list of issues, under a neutral title."""

    __tablename__ = "issue"
    __table_args__ = (UniqueConstraint("negotiation_id", "code"),)

    negotiation_id: str = Field(foreign_key="negotiation.id", max_length=32)
    code: str = Field(max_length=16)
    title: str = Field(max_length=200)
    description: str = Field(default="", max_length=2000)
    raised_by_id: str | None = Field(default=None, foreign_key="party.id", max_length=32)


class Caucus(Row, table=True):
    """A party by itself, or several of one side: a space no one else sees or knows of."""

    __tablename__ = "caucus"

    negotiation_id: str = Field(foreign_key="negotiation.id", max_length=32, index=True)
    name: str = Field(max_length=200)
    founded_by_id: str = Field(foreign_key="party.id", max_length=32)


class CaucusParty(SQLModel, table=True):
    """A party asked into a caucus; it belongs to it from `joined_at` on.

    One that declined stays asked and may still join.
    """

    __tablename__ = "caucus_party"

    caucus_id: str = Field(foreign_key="caucus.id", primary_key=True, max_length=32)
    party_id: str = Field(foreign_key="party.id", primary_key=True, index=True, max_length=32)
    joined_at: datetime | None = None
    declined_at: datetime | None = None
