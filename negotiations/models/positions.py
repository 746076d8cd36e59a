"""What each side holds on an issue in a track, and where that was read."""

from datetime import date, datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from negotiations.models.base import Row, choice
from negotiations.models.outcomes import Certainty
from negotiations.models.sessions import Basis


class Position(Row, table=True):
    """What a party holds on an issue. Append-only: a later row supersedes an earlier.

    `party_id` is one of the track's two sides. `attributed` says whether the words may be quoted
    as that party's; otherwise they are the record's own. `stated_on` is the civil date in home_tz
    when it was said, `recorded_at` the server's clock.
    """

    __tablename__ = "position"
    __table_args__ = (
        # One line per track, issue and party: one first row, each row superseded at most once.
        Index(
            "uq_position_first",
            "track_id",
            "issue_id",
            "party_id",
            unique=True,
            sqlite_where=text("supersedes_id IS NULL"),
            postgresql_where=text("supersedes_id IS NULL"),
        ),
    )

    track_id: str = Field(foreign_key="track.id", max_length=32, index=True)
    issue_id: str = Field(foreign_key="issue.id", max_length=32)
    party_id: str = Field(foreign_key="party.id", max_length=32)
    session_id: str | None = Field(default=None, foreign_key="session.id", max_length=32)
    text: str = Field(max_length=1000)
    attributed: bool = False
    stated_on: date
    basis: Basis = Field(default=Basis.live, sa_type=choice(Basis))
    certainty: Certainty = Field(default=Certainty.A, sa_type=choice(Certainty))
    supersedes_id: str | None = Field(
        default=None, foreign_key="position.id", unique=True, max_length=32
    )
    set_by_id: str | None = Field(default=None, foreign_key="person.id", max_length=32)
    recorded_at: datetime


class PositionSource(SQLModel, table=True):
    """Where a position was read."""

    __tablename__ = "position_source"

    position_id: str = Field(foreign_key="position.id", primary_key=True, max_length=32)
    source_id: str = Field(foreign_key="source.id", primary_key=True, max_length=32)
