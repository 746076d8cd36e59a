"""JSON for one's own calendar subscriptions."""

from datetime import UTC
from typing import Annotated, Any

from pydantic import AwareDatetime, Field
from starlette.responses import Response

from negotiations.feeds import actions
from negotiations.models import Feed, Negotiation
from negotiations.parties import queries as parties
from negotiations.web.fields import Body, ShortName, Slug
from negotiations.web.routes import Api, Call

api = Api()


class NewFeed(Body):
    """A subscription to all one's talks, or to `negotiation` only."""

    label: ShortName = "My sessions"
    negotiation: Slug | None = None
    expires_at: Annotated[AwareDatetime, Field()] | None = None


def feed_view(feed: Feed, negotiation: Negotiation | None) -> dict[str, Any]:
    return {
        "id": feed.id,
        "label": feed.label,
        "negotiation": negotiation.slug if negotiation else None,
        "created_at": feed.created_at,
        "expires_at": feed.expires_at,
        "revoked_at": feed.revoked_at,
    }


@api.get("/feeds")
async def list_feeds(call: Call) -> Response:
    async with call.read() as (db, actor):
        rows = await actions.own(db, actor)
    return call.answer({"items": [feed_view(*row) for row in rows], "next": None})


@api.post("/feeds", body=NewFeed)
async def create_feed(call: Call, body: NewFeed) -> Response:
    """The only answer that holds the address."""
    async with call.write() as (db, actor):
        negotiation = None
        if body.negotiation is not None:
            negotiation = await parties.negotiation(db, actor, body.negotiation)
        expires_at = body.expires_at.astimezone(UTC) if body.expires_at else None
        row, secret = await actions.create(
            db,
            actor,
            label=body.label,
            negotiation=negotiation,
            expires_at=expires_at,
            now=call.now,
        )
    url = actions.address(call.service.settings.base_url, secret)
    return call.answer({**feed_view(row, negotiation), "url": url}, 201)


@api.get("/feeds/{id}")
async def show_feed(call: Call) -> Response:
    async with call.read() as (db, actor):
        row = await actions.one(db, actor, call.path["id"])
    return call.answer(feed_view(*row))


@api.delete("/feeds/{id}")
async def revoke_feed(call: Call) -> Response:
    async with call.write() as (db, actor):
        row, negotiation = await actions.one(db, actor, call.path["id"], lock=True)
        call.require_match(feed_view(row, negotiation))
        await actions.revoke(db, row, now=call.now)
    return call.answer(feed_view(row, negotiation))
