"""JSON for one's own calendar subscriptions."""

from datetime import UTC

from starlette.responses import Response

from negotiations.access.actor import Actor
from negotiations.db import Db
from negotiations.errors import Invalid, NotFound
from negotiations.feeds import actions
from negotiations.feeds.views import FeedView, MadeFeed, NewFeed, feed_view
from negotiations.models import Negotiation
from negotiations.parties import queries as parties
from negotiations.web.routes import CREATED, Api, Call

api = Api()


@api.get("/feeds", lists=FeedView)
async def list_feeds(call: Call) -> Response:
    """List one's calendar subscriptions that haven't ended, the newest first."""
    async with call.read() as (db, actor):
        part = call.part()
        rows = await actions.own(db, actor, part=part)
    return call.listed([feed_view(*row) for row in rows], part)


@api.post("/feeds", body=NewFeed, answers=MadeFeed, gives=CREATED, told_once=True)
async def create_feed(call: Call, body: NewFeed) -> Response:
    """Make a calendar subscription; this is the only answer that holds its secret address.

    So it takes no Idempotency-Key: the address isn't kept and can't be told again. If the answer
    is lost, end the subscription that GET lists and make another.
    """
    async with call.write() as (db, actor):
        negotiation = None
        if body.negotiation is not None:
            negotiation = await _talks(db, actor, body.negotiation)
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
    return call.created({**feed_view(row, negotiation), "url": url}, at=row.id)


async def _talks(db: Db, actor: Actor, slug: str) -> Negotiation:
    try:
        return await parties.negotiation(db, actor, slug)
    except NotFound:
        raise Invalid.field("negotiation", f"You take part in no talks {slug!r}.") from None


@api.get("/feeds/{id}", answers=FeedView)
async def show_feed(call: Call) -> Response:
    """Show one of one's subscriptions, without its address."""
    async with call.read() as (db, actor):
        row = await actions.one(db, actor, call.path["id"])
    return call.answer(feed_view(*row))


@api.delete("/feeds/{id}", answers=FeedView)
async def revoke_feed(call: Call) -> Response:
    """End a subscription: calendars are told that it is gone."""
    async with call.write() as (db, actor):
        row, negotiation = await actions.one(db, actor, call.path["id"], lock=True)
        call.require_match(feed_view(row, negotiation))
        await actions.revoke(db, row, now=call.now)
    return call.answer(feed_view(row, negotiation))
