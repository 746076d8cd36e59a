"""JSON for one's own calendar subscriptions."""

from datetime import UTC

from starlette.responses import Response

from negotiations.feeds import actions
from negotiations.feeds.views import NewFeed, feed_view
from negotiations.parties import queries as parties
from negotiations.web.routes import Api, Call

api = Api()


@api.get("/feeds")
async def list_feeds(call: Call) -> Response:
    async with call.read() as (db, actor):
        rows = await actions.own(db, actor)
    return call.answer({"items": [feed_view(*row) for row in rows], "next": None})


@api.post("/feeds", body=NewFeed, told_once=True)
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
