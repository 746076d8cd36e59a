"""From what was announced to a delivery for each endpoint whose side may learn of it."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select

from negotiations import outbox
from negotiations.db import Db
from negotiations.mail.gathering import Who, noted
from negotiations.mail.telling import Table, sits
from negotiations.models import OutboxEvent, WebhookDelivery, WebhookEndpoint
from negotiations.models.outcomes import CommitmentStatus
from negotiations.models.webhooks import DeliveryEnd, WebhookType

MOST = 200  # events at once
STOPPED = "the endpoint was stopped"


async def gather(db: Db, *, now: datetime) -> int:
    """Make deliveries of what was announced, in its order; returns of how many events.

    For an endpoint that is stopped they are given up from the beginning: kept to be sent again.
    """
    events = await outbox.waiting(db, "to_webhooks", MOST)
    endpoints = await _endpoints(db, {event.negotiation_id for event in events})
    who = Who(db)
    for event in events:
        event.to_webhooks = False
        db.add(event)
        there = endpoints[event.negotiation_id]
        if not there:
            continue
        table = await who.table(event)
        db.add_all(
            [_delivery(one, event, now=now) for one in there if may_learn(one, event, table)]
        )
    return len(events)


async def _endpoints(
    db: Db, negotiation_ids: set[str]
) -> defaultdict[str, list[WebhookEndpoint]]:  # fmt: skip
    found: defaultdict[str, list[WebhookEndpoint]] = defaultdict(list)
    if negotiation_ids:
        rows = await db.exec(
            select(WebhookEndpoint)
            .where(
                col(WebhookEndpoint.negotiation_id).in_(negotiation_ids),
                col(WebhookEndpoint.ended_at).is_(None),
            )
            .order_by(col(WebhookEndpoint.created_at), col(WebhookEndpoint.id))
        )
        for row in rows:
            found[row.negotiation_id].append(row)
    return found


def _delivery(endpoint: WebhookEndpoint, event: OutboxEvent, *, now: datetime) -> WebhookDelivery:
    made = WebhookDelivery(
        created_at=now, endpoint_id=endpoint.id, event_id=event.id, type=type_of(event),
        at=event.at, due_at=now,
    )  # fmt: skip
    if endpoint.stopped_at is not None:
        made.ended_as, made.ended_at, made.failure = DeliveryEnd.given_up, now, STOPPED
    return made


def side_of(endpoint: WebhookEndpoint) -> str | None:
    """The party whose endpoint it is; None for the secretariat."""
    return None if endpoint.owner_id == endpoint.negotiation_id else endpoint.owner_id


def may_learn(endpoint: WebhookEndpoint, event: OutboxEvent, table: Table) -> bool:
    """Whether this endpoint is told: its side sits there, and it asked for the type."""
    side = side_of(endpoint)
    if event.negotiation_id != endpoint.negotiation_id or not sits(table, side):
        return False
    if event.for_secretariat and side is not None:
        return False
    return not endpoint.types or type_of(event) in endpoint.types


def type_of(event: OutboxEvent) -> str:
    """Under which type it is told: of a commitment that came to be done that it is."""
    if event.type == WebhookType.commitment_changed and (
        noted(event, "status") == CommitmentStatus.done.value
    ):
        return WebhookType.commitment_done.value
    return event.type


def of_types(types: Sequence[WebhookType]) -> list[str]:
    """As they are stored: each once, in the order of the list there is."""
    return [one.value for one in WebhookType if one in types]
