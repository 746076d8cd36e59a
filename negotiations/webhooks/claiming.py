"""Who sends to an endpoint: whoever claimed it, one thing after the other.

So an endpoint is told one thing at a time, over all processes, and its slowness is its own.
"""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, func, select, update

from negotiations import leases
from negotiations.db import Database, Db
from negotiations.models import WebhookDelivery, WebhookEndpoint
from negotiations.models.webhooks import DeliveryEnd
from negotiations.webhooks import stopping
from negotiations.webhooks.gathering import STOPPED
from negotiations.webhooks.queries import is_ready
from negotiations.webhooks.retries import Outcome, has_recovered, verdict

LEASE = timedelta(seconds=30)  # longer than outgoing.client.TOTAL


@dataclass(frozen=True, slots=True)
class Held:
    """An endpoint that is ours until its lease ends, and what is to be sent to it."""

    endpoint: WebhookEndpoint
    delivery: WebhookDelivery


async def claim(database: Database, now: datetime, *, most: int, well: bool) -> list[Held]:
    """So many endpoints with something due, those first that were tried longest ago.

    Those that fail come last, and with `well` not at all. All in one transaction: begun and ended
    for each, it would take longer than the claim.
    """
    ready = [
        is_ready(now),
        _due(col(WebhookEndpoint.id), now).exists(),
    ]
    if well:
        ready.append(col(WebhookEndpoint.failing_since).is_(None))
    order = (
        col(WebhookEndpoint.failing_since).is_not(None),
        col(WebhookEndpoint.tried_at),
        col(WebhookEndpoint.id),
    )
    held: list[Held] = []
    async with database.write() as db:
        for _ in range(most):
            found = await leases.claim(
                db, WebhookEndpoint, *ready, order=order, now=now,
                claimed_until=now + LEASE, tried_at=now,
            )  # fmt: skip
            if found is None:
                break
            if (one := await _next(db, found, now)) is not None:
                held.append(one)
    return held


def _due(endpoint_id: object, now: datetime) -> Any:
    """What waits for this endpoint and is due."""
    return select(WebhookDelivery).where(
        col(WebhookDelivery.endpoint_id) == endpoint_id,
        col(WebhookDelivery.ended_as).is_(None),
        col(WebhookDelivery.due_at) <= now,
    )


async def _next(db: Db, endpoint_id: str, now: datetime) -> Held | None:
    """What was due first, with one try more; None, and the endpoint is free, without any."""
    endpoint = await db.get_one(WebhookEndpoint, endpoint_id, populate_existing=True)
    delivery = None
    if endpoint.ended_at is None and endpoint.stopped_at is None:
        order = (col(WebhookDelivery.due_at), col(WebhookDelivery.at), col(WebhookDelivery.id))
        delivery = (await db.exec(_due(endpoint_id, now).order_by(*order).limit(1))).first()
    if delivery is None:
        await leases.change(db, endpoint, claimed_until=None)
        return None
    delivery.tries += 1
    delivery.tried_at = now
    db.add(delivery)
    return Held(endpoint, delivery)


async def settle(
    database: Database, held: Held, outcome: Outcome | None, *, now: datetime, more: bool
) -> Held | None:
    """Keep what became of it, None for what wasn't sent since nobody there may learn of it.

    Returns what is to be sent next to the same endpoint, where there is something and `more` is
    wanted; else the endpoint is free. Nothing is written where it is another's by now.
    """
    endpoint, delivery = held.endpoint, held.delivery
    changes: dict[str, object] = {}
    if outcome is None:
        written: dict[str, object] = {"ended_as": DeliveryEnd.dropped, "ended_at": now}
    else:
        found = verdict(
            outcome, tries=delivery.tries, failures=endpoint.failures,
            failing_since=endpoint.failing_since, now=now, roll=random.random(),  # noqa: S311
        )  # fmt: skip
        written, changes = dict(found.delivery), dict(found.endpoint)
    goes_on = more and not changes.get("paused_until") and not changes.get("stopped_at")
    until = now + LEASE if goes_on else None
    async with database.write() as db:
        if not await leases.change(db, endpoint, claimed_until=until, tried_at=now, **changes):
            return None
        await db.exec(
            update(WebhookDelivery)
            .where(col(WebhookDelivery.id) == delivery.id, col(WebhookDelivery.ended_as).is_(None))
            .values(version=WebhookDelivery.version + 1, **written)
            .execution_options(synchronize_session=False)
        )
        if changes.get("stopped_at"):
            await give_up_rest(db, endpoint.id, now=now)
            await stopping.tell(db, endpoint, now=now)
        if has_recovered(outcome, failures=endpoint.failures):
            await _hasten(db, endpoint.id, now)
        return await _next(db, endpoint.id, now) if goes_on else None


async def _hasten(db: Db, endpoint_id: str, now: datetime) -> None:
    """What waits for its next try waits no longer."""
    await db.exec(
        update(WebhookDelivery)
        .where(
            col(WebhookDelivery.endpoint_id) == endpoint_id,
            col(WebhookDelivery.ended_as).is_(None),
            col(WebhookDelivery.due_at) > now,
        )
        .values(version=WebhookDelivery.version + 1, due_at=now)
        .execution_options(synchronize_session=False)
    )


async def give_up_rest(
    db: Db, endpoint_id: str, *, now: datetime, ended_as: DeliveryEnd = DeliveryEnd.given_up
) -> None:
    """What still waits for an endpoint that is stopped is kept, to be sent again by hand."""
    await db.exec(
        update(WebhookDelivery)
        .where(
            col(WebhookDelivery.endpoint_id) == endpoint_id, col(WebhookDelivery.ended_as).is_(None)
        )
        .values(
            version=WebhookDelivery.version + 1, ended_as=ended_as, ended_at=now,
            failure=func.coalesce(col(WebhookDelivery.failure), STOPPED),
        )
        .execution_options(synchronize_session=False)
    )  # fmt: skip
