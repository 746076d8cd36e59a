"""What a program is told of an event: ids and where to ask, nothing that anybody wrote."""

from datetime import datetime
from typing import Any

from sqlmodel import col, select

from negotiations.db import Db
from negotiations.mail.gathering import Who
from negotiations.models import Negotiation, OutboxEvent, WebhookDelivery, WebhookEndpoint
from negotiations.web.endpoints import PREFIX
from negotiations.webhooks import signing
from negotiations.webhooks.gathering import may_learn

TEST = "webhook.test"


async def body_of(
    db: Db, endpoint: WebhookEndpoint, delivery: WebhookDelivery, *, base_url: str
) -> bytes | None:
    """The body, the same bytes at each try; None where the endpoint may no longer learn of it."""
    slug = (
        await db.exec(
            select(Negotiation.slug).where(col(Negotiation.id) == endpoint.negotiation_id)
        )
    ).one()
    at = f"{base_url}{PREFIX}"
    if delivery.event_id is None:
        data = {"negotiation": slug, "id": endpoint.id, "link": f"{at}/webhooks/{endpoint.id}"}
        return signing.body_of(delivery.type, delivery.at, data)
    event = await db.get_one(OutboxEvent, delivery.event_id)
    if not may_learn(endpoint, event, await Who(db).table(event)):
        return None
    data = {"negotiation": slug, "id": event.object_id, "link": at + _path(event, slug)}
    if event.session_id is not None:
        data["session"] = event.session_id
    return signing.body_of(delivery.type, delivery.at, data)


def _path(event: OutboxEvent, slug: str) -> str:
    """Where what it happened to is read."""
    kind = event.type.partition(".")[0]
    of_talks = {"commitment": "commitments", "document_request": "document-requests"}
    if kind in of_talks:
        return f"/negotiations/{slug}/{of_talks[kind]}/{event.object_id}"
    if kind == "poll":
        return f"/polls/{event.object_id}"
    inside = {"summary": "/summary", "outcome": "/outcomes"}.get(kind, "")
    return f"/sessions/{event.session_id}{inside}"


def keys_of(endpoint: WebhookEndpoint, key: str, now: datetime) -> list[bytes]:
    """What deliveries are signed with now: two secrets while the former one still counts."""
    salts: list[Any] = [endpoint.salt]
    if endpoint.former_until is not None and now < endpoint.former_until:
        salts.append(endpoint.former_salt)
    return [signing.secret_of(key, salt) for salt in salts if salt]
