"""Making, changing and ending endpoints, and sending again. A secret is told once."""

from datetime import datetime, timedelta

from sqlmodel import col, update

from negotiations import audit
from negotiations.access.actor import Actor
from negotiations.access.policy import can, demand
from negotiations.db import Db
from negotiations.errors import Conflict, Forbidden, Invalid
from negotiations.models import Negotiation, WebhookDelivery, WebhookEndpoint
from negotiations.models.webhooks import DeliveryEnd, StoppedAs
from negotiations.outgoing.addresses import Rule, target_of
from negotiations.waking import WEBHOOKS, wake
from negotiations.webhooks import queries, signing
from negotiations.webhooks.claiming import give_up_rest
from negotiations.webhooks.gathering import of_types, side_of
from negotiations.webhooks.messages import TEST
from negotiations.webhooks.queries import Found
from negotiations.webhooks.views import NewWebhook, WebhookChange

MOST = 10  # endpoints of one side
NO_KEY = (
    "This service has no key to make secrets from, so it has no webhooks. Whoever runs it sets "
    "NEGOTIATIONS_SECRET_KEY."
)


async def create(
    db: Db, actor: Actor, negotiation: Negotiation, body: NewWebhook, *,
    rule: Rule, key: str, now: datetime,
) -> tuple[WebhookEndpoint, str]:  # fmt: skip
    """An endpoint of the side on which the actor sits, with its secret."""
    demand(actor, "webhooks.write", negotiation)
    seat = actor.seat_in(negotiation.id)
    owner_id = (seat.party_id if seat else None) or negotiation.id
    _check(body.url, rule)
    _demand_key(key)
    if len(await queries.endpoints(db, actor, negotiation_id=negotiation.id)) >= MOST:
        raise Conflict(f"There are {MOST} webhooks already. End one that isn't needed.")
    row = WebhookEndpoint(
        created_at=now, negotiation_id=negotiation.id, owner_id=owner_id, url=body.url,
        types=of_types(body.types), salt=signing.new_salt(), tried_at=now,
    )  # fmt: skip
    db.add(row)
    await db.flush()
    _record(db, actor, "webhook.created", row, now)
    return row, _told(key, row)


def _check(url: str, rule: Rule) -> None:
    fault = rule.fault(target_of(url))
    if fault is not None:
        raise Invalid.field("url", f"The address {fault}.")


def _demand_key(key: str) -> None:
    if not key:
        raise Conflict(NO_KEY)


def _told(key: str, row: WebhookEndpoint) -> str:
    return signing.told(signing.secret_of(key, row.salt))


def _demand(actor: Actor, found: Found) -> WebhookEndpoint:
    """The endpoint, if the actor may change it and it hasn't ended."""
    endpoint, negotiation, _ = found
    if not can(actor, "webhooks.write", negotiation):
        raise Forbidden("This token only reads. Use one that writes.")
    if endpoint.ended_at is not None:
        raise Conflict("This webhook has ended already. Make a new one.")
    return endpoint


async def change(
    db: Db, actor: Actor, found: Found, body: WebhookChange, *, rule: Rule, now: datetime
) -> None:  # fmt: skip
    """Another address, other types; stopped, or going on."""
    row = _demand(actor, found)
    if body.url is not None and body.url != row.url:
        _check(body.url, rule)
        row.url, row.failures, row.failing_since, row.paused_until = body.url, 0, None, None
    if body.types is not None:
        row.types = of_types(body.types)
    if body.stopped and row.stopped_at is None:
        row.stopped_at, row.stopped_as = now, StoppedAs.owner
        await give_up_rest(db, row.id, now=now)
    if body.stopped is False and row.stopped_at is not None:
        row.stopped_at = row.stopped_as = None
        row.failures, row.failing_since, row.paused_until = 0, None, None
    db.add(row)
    await db.flush()
    _record(db, actor, "webhook.changed", row, now)


async def rotate(
    db: Db, actor: Actor, found: Found, *, hours: int, key: str, now: datetime
) -> str:  # fmt: skip
    """A new secret; that of now signs beside it for so many hours, any before it no more."""
    row = _demand(actor, found)
    _demand_key(key)
    row.former_salt, row.former_until = row.salt, now + timedelta(hours=hours)
    row.salt = signing.new_salt()
    db.add(row)
    await db.flush()
    _record(db, actor, "webhook.rotated", row, now)
    return _told(key, row)


async def end(db: Db, actor: Actor, found: Found, *, now: datetime) -> None:
    """Nothing more is sent to it, and what waits isn't either."""
    row = _demand(actor, found)
    row.ended_at = now
    db.add(row)
    await give_up_rest(db, row.id, now=now, ended_as=DeliveryEnd.dropped)
    await db.flush()
    _record(db, actor, "webhook.ended", row, now)


async def try_out(db: Db, actor: Actor, found: Found, *, now: datetime) -> WebhookDelivery:
    """Queue something that tells of nothing, to see whether it arrives."""
    row = _going(actor, found)
    made = WebhookDelivery(created_at=now, endpoint_id=row.id, type=TEST, at=now, due_at=now)
    row.paused_until = None
    db.add_all([made, row])
    await db.flush()
    return made


def _going(actor: Actor, found: Found) -> WebhookEndpoint:
    row = _demand(actor, found)
    if row.stopped_at is not None:
        raise Conflict("This webhook is stopped. Let it go on first.")
    return row


async def again(
    db: Db, actor: Actor, found: Found, delivery: WebhookDelivery, *, now: datetime
) -> None:  # fmt: skip
    """Send this once more, under the same id, whatever became of it."""
    row = _going(actor, found)
    delivery.ended_as = delivery.ended_at = None
    delivery.tries, delivery.due_at = 0, now
    row.paused_until = None
    db.add_all([delivery, row])
    await db.flush()


async def all_again(db: Db, actor: Actor, found: Found, *, now: datetime) -> int:
    """Send all that was given up once more, in its order; returns how many."""
    row = _going(actor, found)
    row.paused_until = None
    db.add(row)
    changed = await db.exec(
        update(WebhookDelivery)
        .where(
            col(WebhookDelivery.endpoint_id) == row.id,
            col(WebhookDelivery.ended_as) == DeliveryEnd.given_up,
        )
        .values(
            version=WebhookDelivery.version + 1, ended_as=None, ended_at=None, tries=0, due_at=now
        )
        .execution_options(synchronize_session=False)
    )
    await db.flush()
    wake(db, WEBHOOKS)
    return int(changed.rowcount)


def _record(db: Db, actor: Actor, action: str, row: WebhookEndpoint, now: datetime) -> None:
    """Into the side's own chain, or the talks' for the secretariat; without what secrets follow
    from."""
    audit.record(
        db, at=now, actor=actor.signature, action=action, object_type="webhook_endpoint",
        object_id=row.id, content={"url": row.url, "types": row.types},
        negotiation_id=row.negotiation_id, party_id=side_of(row),
    )  # fmt: skip
