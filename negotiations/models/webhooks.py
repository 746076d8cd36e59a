"""Programs that are told what happens, and each thing that they were told."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from negotiations.models.base import Row, Shaped, choice


class WebhookType(StrEnum):
    """What may be asked for; without any, everything."""

    session_proposed = "session.proposed"
    session_accepted = "session.accepted"
    session_declined = "session.declined"
    session_confirmed = "session.confirmed"
    session_moved = "session.moved"
    session_relocated = "session.relocated"
    session_changed = "session.changed"
    session_postponed = "session.postponed"
    session_reinstated = "session.reinstated"
    session_cancelled = "session.cancelled"
    session_opened = "session.opened"
    session_held = "session.held"
    session_published = "session.published"
    summary_circulated = "summary.circulated"
    summary_objected = "summary.objected"
    summary_agreed = "summary.agreed"
    summary_published = "summary.published"
    summary_corrected = "summary.corrected"
    outcome_recorded = "outcome.recorded"
    outcome_superseded = "outcome.superseded"
    commitment_created = "commitment.created"
    commitment_changed = "commitment.changed"
    commitment_done = "commitment.done"
    commitment_overdue = "commitment.overdue"
    document_request_changed = "document_request.changed"
    poll_opened = "poll.opened"
    poll_changed = "poll.changed"
    poll_answered = "poll.answered"
    poll_chosen = "poll.chosen"
    poll_closed = "poll.closed"


class StoppedAs(StrEnum):
    """`gone`: it said so (410). `failing`: nothing came through for days."""

    owner = "owner"
    gone = "gone"
    failing = "failing"


class DeliveryEnd(StrEnum):
    """`given_up`: kept to be sent again. `dropped`: nobody there may learn of it any more."""

    delivered = "delivered"
    given_up = "given_up"
    dropped = "dropped"


class WebhookEndpoint(Row, table=True):
    """Where a side's program is told, or one of the secretariat: then `owner_id` is the talks' id.

    Its secret follows from `salt` and the service's key (webhooks.signing); that of `former_salt`
    signs too until `former_until`. Whoever holds it until `claimed_until` sends to it, one thing at
    a time. `failures` are those in a row, of which the first was at `failing_since`.
    """

    __tablename__ = "webhook_endpoint"

    negotiation_id: str = Field(foreign_key="negotiation.id", max_length=32, index=True)
    owner_id: str = Field(max_length=32, index=True)
    url: str = Field(max_length=500)
    types: list[str] = Field(default_factory=list, sa_type=Shaped(list, of=str))
    salt: str = Field(max_length=64)
    former_salt: str | None = Field(default=None, max_length=64)
    former_until: datetime | None = None
    claimed_until: datetime | None = None
    tried_at: datetime
    paused_until: datetime | None = None
    failures: int = 0
    failing_since: datetime | None = None
    stopped_at: datetime | None = None
    stopped_as: StoppedAs | None = Field(default=None, sa_type=choice(StoppedAs))
    ended_at: datetime | None = None


class WebhookDelivery(Row, table=True):
    """One thing told to one endpoint, under the same id at each try.

    Without an event it was sent to try the endpoint. `answer` is the beginning of what came back.
    """

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        UniqueConstraint("endpoint_id", "event_id"),
        Index(
            "ix_webhook_delivery_waiting",
            "endpoint_id",
            "due_at",
            sqlite_where=text("ended_as IS NULL"),
            postgresql_where=text("ended_as IS NULL"),
        ),
    )

    endpoint_id: str = Field(foreign_key="webhook_endpoint.id", max_length=32)
    event_id: str | None = Field(
        default=None, foreign_key="outbox_event.id", max_length=32, index=True
    )
    type: str = Field(max_length=64)
    at: datetime
    due_at: datetime
    tries: int = 0
    tried_at: datetime | None = None
    answer_status: int | None = None
    answer: str = Field(default="", max_length=2048)
    failure: str | None = Field(default=None, max_length=80)
    ended_as: DeliveryEnd | None = Field(default=None, sa_type=choice(DeliveryEnd))
    ended_at: datetime | None = None
