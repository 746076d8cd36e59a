"""Calendar subscriptions, and each event's bytes as they were rendered when its row changed."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from negotiations.models.base import Row, Shaped, choice
from negotiations.models.sessions import SessionStatus

SIDES = Shaped(dict)


class EventAudience(StrEnum):
    """Whose eyes a rendered event is for; one text each."""

    public = "public"
    public_jurisdiction = "public_jurisdiction"
    track = "track"
    secretariat = "secretariat"
    caucus = "caucus"


class EndedBy(StrEnum):
    """Who ended a subscription, where it wasn't the end of its owner's last seat."""

    owner = "owner"
    party = "party"
    secretariat = "secretariat"
    operator = "operator"


class EventComponent(StrEnum):
    """As what a stored item is served (RFC 5545 §3.6): a session, a commitment, minutes."""

    vevent = "vevent"
    vtodo = "vtodo"
    vjournal = "vjournal"


class Feed(Row, table=True):
    """A person's secret subscription, of which only the SHA-256 is kept.

    It shows what its owner may see at each fetch, narrowed to `negotiation_id` if set, and at most
    the `sides` where they sat when the address was made (access.scope). `former_until` is when the
    last of the addresses before this one ends or ended.
    """

    __tablename__ = "feed"

    person_id: str = Field(foreign_key="person.id", max_length=32, index=True)
    negotiation_id: str | None = Field(default=None, foreign_key="negotiation.id", max_length=32)
    token_sha256: str = Field(unique=True, max_length=64)
    label: str = Field(max_length=80)
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    ended_by: EndedBy | None = Field(default=None, sa_type=choice(EndedBy))
    shows_links: bool = True
    sides: dict[str, str] = Field(default_factory=dict, sa_type=SIDES)
    former_until: datetime | None = None


class FormerAddress(SQLModel, table=True):
    """An address that a subscription had before the one it has now; it works `until` then.

    Its `sides` are those of its own making. Kept, so that it is told apart from one that never was.
    """

    __tablename__ = "former_address"

    token_sha256: str = Field(primary_key=True, max_length=64)
    feed_id: str = Field(foreign_key="feed.id", max_length=32, index=True)
    sides: dict[str, str] = Field(default_factory=dict, sa_type=SIDES)
    until: datetime


class FeedFetch(SQLModel, table=True):
    """The newest fetch of a subscription, and by which program.

    Apart from `feed`: it changes without anybody's act, and is no version of the subscription.
    """

    __tablename__ = "feed_fetch"

    feed_id: str = Field(foreign_key="feed.id", primary_key=True, max_length=32)
    fetched_at: datetime
    program: str = Field(max_length=40)
    program_version: str | None = Field(default=None, max_length=20)
    # The entity tag of what it was given or has: for the owner's eyes, since one side's feed
    # changes with its caucuses.
    served: str | None = Field(default=None, max_length=64)


class Generation(SQLModel, table=True):
    """How often something that feeds are made of has changed: processes compare it with theirs.

    `key` names the thing (feeds.generations); `number` rises in the transaction of each change.
    `changed_at` is milliseconds since 1970 by the database's clock. `risen_at` is seconds since
    1970 by the service's, a second at least above the one before.
    """

    __tablename__ = "generation"

    key: str = Field(primary_key=True, max_length=80)
    number: int = Field(sa_type=BigInteger)
    changed_at: int = Field(sa_type=BigInteger, index=True)
    risen_at: int = Field(sa_type=BigInteger)


class EventBytes(Row, table=True):
    """One VEVENT, VTODO or VJOURNAL for one audience, as it is served.

    `object_id` is a session's id, or the track's or negotiation's for the event of its window, a
    commitment's for a to-do, a summary's for a journal, a time's that a poll asks about; of the
    last two `session_id` names the session.
    `revised_at` is its DTSTAMP and LAST-MODIFIED and rises exactly when a byte changes.
    `state` is the session's as this audience sees it, cancelled for a to-do that was dropped, None
    for all else. A to-do lies at the end of its day, without one at when it was entered.
    `stamp` names what made the bytes (renderer, base address, time-zone data); `defect` says why
    an older or a minimal text is served. `generation` is that of its audience (see Generation)
    when the bytes were written.
    """

    __tablename__ = "event_bytes"
    __table_args__ = (
        UniqueConstraint("object_id", "audience"),
        Index(None, "negotiation_id", "audience", "generation"),
    )

    object_id: str = Field(max_length=32)
    audience: EventAudience = Field(sa_type=choice(EventAudience))
    component: EventComponent = Field(sa_type=choice(EventComponent))
    negotiation_id: str = Field(foreign_key="negotiation.id", max_length=32, index=True)
    track_id: str | None = Field(default=None, foreign_key="track.id", max_length=32, index=True)
    session_id: str | None = Field(default=None, max_length=32)
    uid: str = Field(max_length=100)
    starts_at: datetime
    ends_at: datetime
    tz: str | None = Field(default=None, max_length=64)
    state: SessionStatus | None = Field(default=None, sa_type=choice(SessionStatus))
    body: bytes = Field(sa_type=LargeBinary)
    sha256: str = Field(max_length=64)
    revised_at: datetime
    stamp: str = Field(max_length=200)
    defect: str | None = Field(default=None, max_length=300)
    generation: int = Field(default=0, sa_type=BigInteger)
