"""The pages on which heads and coordinators look after webhooks. A secret is shown once."""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.responses import Response
from starlette.routing import BaseRoute

from negotiations.access.actor import Actor
from negotiations.access.policy import can
from negotiations.db import Db
from negotiations.errors import Conflict, Invalid, NegotiationsError, NotFound, Stale
from negotiations.models import Negotiation
from negotiations.models.webhooks import WebhookType
from negotiations.outgoing.answers import rule_of
from negotiations.parties import queries as parties
from negotiations.web.forms import body_of
from negotiations.web.html import Page, page_route, problems, require_base, version_of
from negotiations.web.problems import status_of
from negotiations.webhooks import actions, queries
from negotiations.webhooks.queries import Found
from negotiations.webhooks.views import (
    MOST_GRACE,
    USUAL_GRACE,
    NewWebhook,
    SecretRotation,
    WebhookChange,
    delivery_view,
    webhook_view,
)

SHOWN = 50  # deliveries on a page


async def _talks(page: Page, db: Db, actor: Actor) -> Negotiation:
    """The talks; NotFound for who looks after no webhooks there."""
    negotiation = await parties.negotiation(db, actor, page.path["neg"])
    if not can(actor, "webhooks.read", negotiation):
        raise NotFound
    return negotiation


async def _one(page: Page, db: Db, actor: Actor, *, lock: bool = False) -> Found:
    negotiation = await _talks(page, db, actor)
    found = await queries.endpoint(db, actor, page.path["id"], lock=lock)
    if found[1].id != negotiation.id:
        raise NotFound
    return found


def _path(found: Found) -> str:
    endpoint, negotiation, _ = found
    return f"/n/{negotiation.slug}/webhooks/{endpoint.id}"


async def webhooks(page: Page) -> Response:
    """`/n/{neg}/webhooks`: of one's side, or of the secretariat, and the form for another."""
    return await _list(page)


async def _list(page: Page, error: NegotiationsError | None = None) -> Response:
    async with page.read() as (db, actor):
        negotiation = await _talks(page, db, actor)
        rows = await queries.endpoints(db, actor, negotiation_id=negotiation.id)
    return page.show(
        "webhooks/webhooks.html",
        status_of(error)[0] if error else 200,
        negotiation=negotiation,
        seat=actor.seat_in(negotiation.id),
        webhooks=[row for row, _, _ in rows],
        has_key=bool(page.service.settings.secret_key),
        no_key=actions.NO_KEY,
        url=page.form.get("url"),
        types=list(WebhookType),
        chosen=page.form.all("types"),
        **(problems(error) if error else {}),
    )


async def create(page: Page) -> Response:
    """The one page that shows the secret: it is the answer itself, so no other address holds it."""
    settings = page.service.settings
    try:
        async with page.write() as (db, actor):
            negotiation = await _talks(page, db, actor)
            given = {"url": page.form.get("url"), "types": page.form.all("types")}
            body = body_of(NewWebhook, {"negotiation": negotiation.slug, **given})
            row, secret = await actions.create(
                db, actor, negotiation, body,
                rule=rule_of(settings), key=settings.secret_key, now=page.now,
            )  # fmt: skip
            found = await queries.endpoint(db, actor, row.id)
    except (Invalid, Conflict) as error:
        return await _list(page, error)
    return _made(page, found, secret, 201)


def _made(page: Page, found: Found, secret: str, status: int = 200) -> Response:
    endpoint, negotiation, _ = found
    return page.show(
        "webhooks/made.html", status, negotiation=negotiation, webhook=endpoint, secret=secret
    )


async def webhook(page: Page) -> Response:
    """`/n/{neg}/webhooks/{id}`: one of them, and what it was told."""
    return await _show(page)


async def _show(page: Page, error: NegotiationsError | None = None) -> Response:
    async with page.read() as (db, actor):
        found = await _one(page, db, actor)
        rows = await queries.deliveries(db, actor, found[0].id, most=SHOWN)
        lost = await queries.given_up(db, actor, found[0].id)
    endpoint, negotiation, _ = found
    chosen = page.form.all("types") if error else endpoint.types
    return page.show(
        "webhooks/webhook.html",
        status_of(error)[0] if error else 200,
        negotiation=negotiation,
        webhook=endpoint,
        base=version_of(webhook_view(*found)),
        deliveries=[(row, delivery_view(row), version_of(delivery_view(row))) for row in rows],
        given_up=lost,
        shown=SHOWN,
        url=page.form.get("url", endpoint.url),
        types=list(WebhookType),
        chosen=chosen,
        grace=page.form.get("grace_hours", str(USUAL_GRACE)),
        most_grace=MOST_GRACE,
        **(problems(error) if error else {}),
    )


Act = Callable[[Page, Db, Actor, Found], Awaitable[Any]]


def _acting(act: Act) -> Callable[[Page], Awaitable[Response]]:
    """A button of that page: acts on the webhook as it was seen, and leads back to it."""

    async def answer(page: Page) -> Response:
        try:
            async with page.write() as (db, actor):
                found = await _one(page, db, actor, lock=True)
                require_base(page, webhook_view(*found))
                told = await act(page, db, actor, found)
        except (Invalid, Conflict, Stale) as error:
            return await _show(page, error)
        return told if isinstance(told, Response) else page.go(_path(found))

    return answer


async def _change(page: Page, db: Db, actor: Actor, found: Found) -> None:
    body = body_of(WebhookChange, {"url": page.form.get("url"), "types": page.form.all("types")})
    rule = rule_of(page.service.settings)
    await actions.change(db, actor, found, body, rule=rule, now=page.now)


def _stopping(stopped: bool) -> Act:
    async def act(page: Page, db: Db, actor: Actor, found: Found) -> None:
        body, rule = WebhookChange(stopped=stopped), rule_of(page.service.settings)
        await actions.change(db, actor, found, body, rule=rule, now=page.now)

    return act


async def _rotate(page: Page, db: Db, actor: Actor, found: Found) -> Response:
    body = body_of(SecretRotation, page.form.given("grace_hours"))
    key = page.service.settings.secret_key
    secret = await actions.rotate(
        db, actor, found, hours=body.grace_hours, key=key, now=page.now
    )  # fmt: skip
    return _made(page, found, secret)


async def _test(page: Page, db: Db, actor: Actor, found: Found) -> None:
    await actions.try_out(db, actor, found, now=page.now)


async def _all_again(page: Page, db: Db, actor: Actor, found: Found) -> None:
    await actions.all_again(db, actor, found, now=page.now)


async def _end(page: Page, db: Db, actor: Actor, found: Found) -> Response:
    await actions.end(db, actor, found, now=page.now)
    return page.go(f"/n/{found[1].slug}/webhooks")


async def redeliver(page: Page) -> Response:
    """Send one of the things that it was told again, as it was seen."""
    try:
        async with page.write() as (db, actor):
            found = await _one(page, db, actor, lock=True)
            row = await queries.delivery(db, actor, page.path["delivery"], lock=True)
            if row.endpoint_id != found[0].id:
                raise NotFound
            require_base(page, delivery_view(row))
            await actions.again(db, actor, found, row, now=page.now)
    except (Conflict, Stale) as error:
        return await _show(page, error)
    return page.go(_path(found))


ONE = "/n/{neg}/webhooks/{id}"
routes: list[BaseRoute] = [
    page_route("/n/{neg}/webhooks", webhooks, create),
    page_route(ONE, webhook, _acting(_change)),
    page_route(f"{ONE}/stop", post=_acting(_stopping(True))),
    page_route(f"{ONE}/go-on", post=_acting(_stopping(False))),
    page_route(f"{ONE}/rotate", post=_acting(_rotate)),
    page_route(f"{ONE}/test", post=_acting(_test)),
    page_route(f"{ONE}/redeliver", post=_acting(_all_again)),
    page_route(f"{ONE}/end", post=_acting(_end)),
    page_route(f"{ONE}/deliveries/{{delivery}}/redeliver", post=redeliver),
]
