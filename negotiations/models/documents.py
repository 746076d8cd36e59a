"""Document requests: who asked whom for what, before which sessions, and what became of it."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from negotiations.models.base import Row, Shaped, choice
from negotiations.models.outcomes import Certainty
from negotiations.models.sessions import Basis


class LegalBasis(StrEnum):
    voluntary = "voluntary"
    foia = "foia"
    state_records_act = "state_records_act"
    court_order = "court_order"


class RequestState(StrEnum):
    drafted = "drafted"
    submitted = "submitted"
    perfected = "perfected"
    processing = "processing"
    disposed = "disposed"
    appealed = "appealed"
    litigated = "litigated"
    ordered = "ordered"
    produced = "produced"
    closed = "closed"


class Disposition(StrEnum):
    """How the holder answered."""

    granted = "granted"
    partial = "partial"
    denied = "denied"
    no_records = "no_records"
    referred = "referred"
    withdrawn = "withdrawn"


class RequestEventKind(StrEnum):
    state = "state"
    hearing = "hearing"
    motion = "motion"
    deadline = "deadline"
    release = "release"
    note = "note"


# What `documents.publication` writes: a copy that lacks any of it isn't shown.
PUBLIC_COPY = Shaped(
    dict,
    holds=(
        "title", "scope", "requesters", "holder", "legal_basis", "reference", "basis", "state",
        "text", "certainty", "published_on", "events",
    ),
)  # fmt: skip


class DocumentRequest(Row, table=True):
    """A request for documents, read by every side of the talks.

    `state` and `disposition` are where its events lead (`documents.states`), kept up with each
    event. `public_copy` is what the public sees of it, as it was at `published_at`.
    """

    __tablename__ = "document_request"
    __table_args__ = (
        CheckConstraint("requester_id <> holder_id", name="holder_is_another"),
        CheckConstraint(
            "state <> 'disposed' OR disposition IS NOT NULL", name="disposed_has_disposition"
        ),
    )

    negotiation_id: str = Field(foreign_key="negotiation.id", max_length=32, index=True)
    requester_id: str = Field(foreign_key="party.id", max_length=32)
    holder_id: str = Field(foreign_key="party.id", max_length=32)
    title: str = Field(max_length=200)
    scope: str = Field(default="", max_length=1000)
    legal_basis: LegalBasis = Field(sa_type=choice(LegalBasis))
    reference: str | None = Field(default=None, max_length=300)
    state: RequestState = Field(default=RequestState.drafted, sa_type=choice(RequestState))
    disposition: Disposition | None = Field(default=None, sa_type=choice(Disposition))
    basis: Basis = Field(default=Basis.live, sa_type=choice(Basis))
    certainty: Certainty = Field(default=Certainty.A, sa_type=choice(Certainty))
    published_at: datetime | None = None
    public_copy: dict[str, Any] | None = Field(default=None, sa_type=PUBLIC_COPY)


class DocumentRequestParty(SQLModel, table=True):
    """Who asks together with the requester."""

    __tablename__ = "document_request_party"

    request_id: str = Field(foreign_key="document_request.id", primary_key=True, max_length=32)
    party_id: str = Field(foreign_key="party.id", primary_key=True, max_length=32)


class DocumentRequestSession(SQLModel, table=True):
    """A session before which the documents are needed."""

    __tablename__ = "document_request_session"

    request_id: str = Field(foreign_key="document_request.id", primary_key=True, max_length=32)
    session_id: str = Field(foreign_key="session.id", primary_key=True, index=True, max_length=32)


class DocumentRequestEvent(Row, table=True):
    """What happened to a request. Append-only: a wrong entry is superseded by a later one.

    `happened_on` is a civil date in home_tz, `recorded_at` the server's clock. `state` is the one
    that the request came to; `due_on` a deadline set with the event, ending 23:59:59 in home_tz.
    `label` is what the event is called where there is one line for all of them.
    """

    __tablename__ = "document_request_event"
    __table_args__ = (
        UniqueConstraint("request_id", "number"),
        CheckConstraint("kind <> 'state' OR state IS NOT NULL", name="state_has_state"),
        CheckConstraint("kind <> 'deadline' OR due_on IS NOT NULL", name="deadline_has_day"),
    )

    request_id: str = Field(foreign_key="document_request.id", max_length=32)
    number: int
    kind: RequestEventKind = Field(sa_type=choice(RequestEventKind))
    happened_on: date
    state: RequestState | None = Field(default=None, sa_type=choice(RequestState))
    disposition: Disposition | None = Field(default=None, sa_type=choice(Disposition))
    due_on: date | None = None
    label: str | None = Field(default=None, max_length=80)
    text: str = Field(default="", max_length=1000)
    certainty: Certainty = Field(default=Certainty.A, sa_type=choice(Certainty))
    supersedes_id: str | None = Field(
        default=None, foreign_key="document_request_event.id", unique=True, max_length=32
    )
    set_by_id: str | None = Field(default=None, foreign_key="person.id", max_length=32)
    recorded_at: datetime


class DocumentRequestSource(SQLModel, table=True):
    """Where an event was read."""

    __tablename__ = "document_request_source"

    event_id: str = Field(foreign_key="document_request_event.id", primary_key=True, max_length=32)
    source_id: str = Field(foreign_key="source.id", primary_key=True, max_length=32)
