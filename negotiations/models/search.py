"""What can be searched: the words of each object, once for each audience that may read them."""

from datetime import date
from enum import StrEnum

from sqlalchemy import BigInteger, Integer, UniqueConstraint
from sqlmodel import Field, SQLModel

from negotiations.models.base import choice


class SearchAudience(StrEnum):
    """Whose index an entry belongs to, and what its `reader_id` is the id of.

    `track`: both delegations of a track and the secretariat. `party`: the members of one party, as
    of its caucus. `mine`: one person.
    """

    public = "public"  # of the negotiation
    negotiation = "negotiation"  # all its parties and the secretariat
    track = "track"
    party = "party"
    secretariat = "secretariat"  # of the negotiation
    mine = "mine"


class SearchKind(StrEnum):
    session = "session"
    summary = "summary"
    outcome = "outcome"
    position = "position"
    commitment = "commitment"
    note = "note"
    document_request = "document_request"


# A word index goes by the row's number, which nobody is told. SQLite wants it to be INTEGER, and to
# rise: FTS5 begins a new part of its index with each row whose number doesn't.
_NUMBER = BigInteger().with_variant(Integer(), "sqlite")


class SearchEntry(SQLModel, table=True):
    """One text of an object, as one audience may read it; derived, and written with the object.

    `words` are those of title and text, folded, on the shelves of who reads them (search.words).
    `day` is the civil date that results are sorted by; `stamp` names the rules that made it.
    """

    __tablename__ = "search_entry"
    __table_args__ = (UniqueConstraint("object_id", "audience", "reader_id"),)

    number: int | None = Field(default=None, primary_key=True, sa_type=_NUMBER)
    negotiation_id: str = Field(foreign_key="negotiation.id", max_length=32, index=True)
    audience: SearchAudience = Field(sa_type=choice(SearchAudience))
    reader_id: str = Field(max_length=32)
    kind: SearchKind = Field(sa_type=choice(SearchKind))
    object_id: str = Field(max_length=32)
    session_id: str | None = Field(default=None, foreign_key="session.id", max_length=32)
    track_id: str | None = Field(default=None, foreign_key="track.id", max_length=32)
    day: date
    title: str = Field(max_length=300)
    superseded: bool = False
    stamp: str = Field(max_length=32)
    text: str
    words: str
