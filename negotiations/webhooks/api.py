"""JSON for webhooks: the endpoints of one's side or of the secretariat, and what they were told."""

from typing import Literal

from starlette.responses import Response

from negotiations.outgoing.answers import rule_of
from negotiations.parties import queries as parties
from negotiations.scheduling.bodies import Nothing
from negotiations.web.routes import CREATED, Api, Call, Option
from negotiations.webhooks import actions, queries
from negotiations.webhooks.views import (
    AgainView,
    DeliveryView,
    MadeWebhook,
    NewWebhook,
    SecretRotation,
    WebhookChange,
    WebhookView,
    delivery_view,
    webhook_view,
)

api = Api()
STATUSES = ("waiting", "delivered", "given_up", "dropped")
STATUS = Option(
    "status",
    Literal["waiting", "delivered", "given_up", "dropped"],
    "Only those of which this became.",
)


@api.get("/webhooks", lists=WebhookView)
async def list_webhooks(call: Call) -> Response:
    """List the webhooks of one's side, or of the secretariat for coordinators, the newest first."""
    async with call.read() as (db, actor):
        part = call.part()
        rows = await queries.endpoints(db, actor, part=part)
    return call.listed([webhook_view(*row) for row in rows], part)


@api.post("/webhooks", body=NewWebhook, answers=MadeWebhook, gives=CREATED, told_once=True)
async def create_webhook(call: Call, body: NewWebhook) -> Response:
    """Make a webhook; this is the only answer that holds its secret.

    It is the side's on which one sits in these talks. So it takes no Idempotency-Key: if the answer
    is lost, end the webhook that GET lists and make another.
    """
    settings = call.service.settings
    async with call.write() as (db, actor):
        negotiation = await parties.named(db, actor, body.negotiation)
        row, secret = await actions.create(
            db, actor, negotiation, body,
            rule=rule_of(settings), key=settings.secret_key, now=call.now,
        )  # fmt: skip
        found = await queries.endpoint(db, actor, row.id)
    return call.created({**webhook_view(*found), "secret": secret}, at=row.id)


@api.get("/webhooks/{id}", answers=WebhookView)
async def show_webhook(call: Call) -> Response:
    """Show a webhook, without its secret."""
    async with call.read() as (db, actor):
        found = await queries.endpoint(db, actor, call.path["id"])
    return call.answer(webhook_view(*found))


@api.patch("/webhooks/{id}", body=WebhookChange, answers=WebhookView)
async def change_webhook(call: Call, body: WebhookChange) -> Response:
    """Change a webhook's address or types; stop it, or let it go on.

    While it is stopped, what happens is kept as given up, to be sent again.
    """
    rule = rule_of(call.service.settings)
    async with call.write() as (db, actor):
        found = await queries.endpoint(db, actor, call.path["id"], lock=True)
        call.require_match(webhook_view(*found))
        await actions.change(db, actor, found, body, rule=rule, now=call.now)
    return call.answer(webhook_view(*found))


@api.delete("/webhooks/{id}", answers=WebhookView)
async def end_webhook(call: Call) -> Response:
    """End a webhook: nothing more is sent to it."""
    async with call.write() as (db, actor):
        found = await queries.endpoint(db, actor, call.path["id"], lock=True)
        call.require_match(webhook_view(*found))
        await actions.end(db, actor, found, now=call.now)
    return call.answer(webhook_view(*found))


@api.post("/webhooks/{id}/rotate", body=SecretRotation, answers=MadeWebhook, told_once=True)
async def rotate_webhook(call: Call, body: SecretRotation) -> Response:
    """Give a webhook a new secret; only this answer holds it.

    For `grace_hours` each delivery has two signatures, by the old secret and by the new one.
    """
    key = call.service.settings.secret_key
    async with call.write() as (db, actor):
        found = await queries.endpoint(db, actor, call.path["id"], lock=True)
        call.require_match(webhook_view(*found))
        hours = body.grace_hours
        secret = await actions.rotate(db, actor, found, hours=hours, key=key, now=call.now)
    return call.answer({**webhook_view(*found), "secret": secret})


@api.post("/webhooks/{id}/test", body=Nothing, answers=DeliveryView, gives=CREATED)
async def try_webhook(call: Call, _body: Nothing) -> Response:
    """Send something that tells of nothing, of the type `webhook.test`, to see it arrive."""
    async with call.write() as (db, actor):
        found = await queries.endpoint(db, actor, call.path["id"], lock=True)
        row = await actions.try_out(db, actor, found, now=call.now)
    return call.created(delivery_view(row), at=f"/api/v1/deliveries/{row.id}")


@api.get("/webhooks/{id}/deliveries", lists=DeliveryView, options=(STATUS,))
async def list_deliveries(call: Call) -> Response:
    """List what a webhook was told or is to be told, the newest first, with what came back.

    What has ended is kept for 30 days.
    """
    ended = call.query("status", STATUSES)
    async with call.read() as (db, actor):
        endpoint, _, _ = await queries.endpoint(db, actor, call.path["id"])
        part = call.part()
        rows = await queries.deliveries(db, actor, endpoint.id, ended=ended, part=part)
    return call.listed([delivery_view(row) for row in rows], part)


@api.post("/webhooks/{id}/redeliver", body=Nothing, answers=AgainView)
async def redeliver_all(call: Call, _body: Nothing) -> Response:
    """Send all that was given up for this webhook again, each under its own webhook-id."""
    async with call.write() as (db, actor):
        found = await queries.endpoint(db, actor, call.path["id"], lock=True)
        call.require_match(webhook_view(*found))
        again = await actions.all_again(db, actor, found, now=call.now)
    return call.answer({**webhook_view(*found), "again": again})


@api.get("/deliveries/{id}", answers=DeliveryView)
async def show_delivery(call: Call) -> Response:
    """Show what a webhook was told or is to be told, and what came back."""
    async with call.read() as (db, actor):
        row = await queries.delivery(db, actor, call.path["id"])
    return call.answer(delivery_view(row))


@api.post("/deliveries/{id}/redeliver", body=Nothing, answers=DeliveryView)
async def redeliver(call: Call, _body: Nothing) -> Response:
    """Send this again under the same webhook-id, whatever became of it."""
    async with call.write() as (db, actor):
        seen = await queries.delivery(db, actor, call.path["id"])
        found = await queries.endpoint(db, actor, seen.endpoint_id, lock=True)
        row = await queries.delivery(db, actor, seen.id, lock=True)
        call.require_match(delivery_view(row))
        await actions.again(db, actor, found, row, now=call.now)
    return call.answer(delivery_view(row))
