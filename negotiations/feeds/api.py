"""JSON for one's own calendar subscriptions."""

from datetime import UTC

from starlette.responses import Response

from negotiations.access.actor import Actor
from negotiations.access.policy import can
from negotiations.db import Db
from negotiations.errors import Invalid, NotFound
from negotiations.feeds import actions, health
from negotiations.feeds.views import (
    FeedView,
    FetchView,
    FollowingView,
    MadeFeed,
    NewFeed,
    feed_view,
    fetch_view,
    following_view,
)
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


@api.get("/feeds/{id}/fetched", answers=FetchView)
async def show_fetch(call: Call) -> Response:
    """Tell when a subscription of one's own was fetched last, and by which program.

    It is known half a minute later at most.
    """
    async with call.read() as (db, actor):
        row, _ = await actions.one(db, actor, call.path["id"])
        found = await health.fetches(db, [row])
    return call.answer(fetch_view(found.get(row.id)))


@api.get("/negotiations/{neg}/calendars", lists=FollowingView)
async def list_calendars(call: Call) -> Response:
    """List whose calendars follow these talks, and who hasn't seen the last move; coordinators."""
    async with call.read() as (db, actor):
        negotiation = await parties.negotiation(db, actor, call.path["neg"])
        if not can(actor, "calendars.read", negotiation):
            raise NotFound
        part = call.part()
        rows = await parties.members(db, actor, negotiation.id, part=part)
        seats = [(seat, party) for seat, _, party in rows]
        found = await health.following(db, actor, negotiation.id, seats, now=call.now)
    items = [following_view(person, party, found[person.id]) for _, person, party in rows]
    return call.listed(items, part)


@api.delete("/feeds/{id}", answers=FeedView)
async def revoke_feed(call: Call) -> Response:
    """End a subscription: calendars are told that it is gone."""
    async with call.write() as (db, actor):
        row, negotiation = await actions.one(db, actor, call.path["id"], lock=True)
        call.require_match(feed_view(row, negotiation))
        await actions.revoke(db, row, now=call.now)
    return call.answer(feed_view(row, negotiation))
