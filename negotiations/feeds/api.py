"""JSON for calendar subscriptions: one's own, and those that one may end."""

from datetime import UTC, datetime

from starlette.responses import Response

from negotiations.access.policy import can
from negotiations.errors import NotFound
from negotiations.feeds import actions, ending, health
from negotiations.feeds.views import (
    FeedChange,
    FeedView,
    FollowingView,
    MadeFeed,
    NewFeed,
    OwnFetchView,
    Rotation,
    TheirFeedView,
    feed_view,
    following_view,
    own_fetch_view,
    their_feed_view,
)
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
            negotiation = await parties.named(db, actor, body.negotiation)
        row, secret = await actions.create(
            db,
            actor,
            label=body.label,
            negotiation=negotiation,
            expires_at=_utc(body.expires_at),
            shows_links=body.shows_links,
            now=call.now,
        )
    url = actions.address(call.service.settings.base_url, secret)
    return call.created({**feed_view(row, negotiation), "url": url}, at=row.id)


def _utc(moment: datetime | None) -> datetime | None:
    return moment.astimezone(UTC) if moment else None


@api.get("/feeds/{id}", answers=FeedView)
async def show_feed(call: Call) -> Response:
    """Show a subscription of one's own, or one that one may end, without its address."""
    async with call.read() as (db, actor):
        row = await actions.one(db, actor, call.path["id"])
    return call.answer(feed_view(*row))


@api.get("/feeds/{id}/fetched", answers=OwnFetchView)
async def show_fetch(call: Call) -> Response:
    """Tell when such a subscription was fetched last, by which program, and which version it has.

    It is known half a minute later at most.
    """
    async with call.read() as (db, actor):
        row, _ = await actions.one(db, actor, call.path["id"])
        found = await health.fetches(db, [row])
    is_owner = row.person_id == actor.person_id
    return call.answer(own_fetch_view(found.get(row.id), is_owner=is_owner))


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


@api.patch("/feeds/{id}", body=FeedChange, answers=FeedView)
async def change_feed(call: Call, body: FeedChange) -> Response:
    """Set another end of a subscription of one's own."""
    async with call.write() as (db, actor):
        row, negotiation = await actions.one(db, actor, call.path["id"], lock=True)
        call.require_match(feed_view(row, negotiation))
        actions.set_end(db, actor, row, expires_at=_utc(body.expires_at), now=call.now)
    return call.answer(feed_view(row, negotiation))


@api.post("/feeds/{id}/rotate", body=Rotation, answers=MadeFeed, told_once=True)
async def rotate_feed(call: Call, body: Rotation) -> Response:
    """Give a subscription of one's own a new address; only this answer holds it.

    The old address goes on working for `grace_days` and then answers 410; any before it ends at
    once. It shows what it did: after a change of sides only the new one shows those of now.
    """
    async with call.write() as (db, actor):
        row, negotiation = await actions.one(db, actor, call.path["id"], lock=True)
        call.require_match(feed_view(row, negotiation))
        grace = actions.grace(body.grace_days, call.service.settings.feed_grace_days)
        secret = await actions.rotate(db, actor, row, grace=grace, now=call.now)
    url = actions.address(call.service.settings.base_url, secret)
    return call.answer({**feed_view(row, negotiation), "url": url})


@api.delete("/feeds/{id}", answers=FeedView)
async def revoke_feed(call: Call) -> Response:
    """End a subscription: calendars are told that it is gone.

    Coordinators end those of their talks' people, heads and deputies those of their own side's.
    One that shows several talks ends as a whole; its owner can make another.
    """
    async with call.write() as (db, actor):
        row, negotiation = await actions.one(db, actor, call.path["id"], lock=True)
        call.require_match(feed_view(row, negotiation))
        await ending.revoke(db, actor, row, now=call.now)
    return call.answer(feed_view(row, negotiation))


@api.get("/negotiations/{neg}/feeds", lists=TheirFeedView)
async def list_their_feeds(call: Call) -> Response:
    """List whose subscriptions show these talks, for coordinators; for heads, their own side's."""
    async with call.read() as (db, actor):
        negotiation = await parties.negotiation(db, actor, call.path["neg"])
        part = call.part()
        rows = await ending.theirs(db, actor, negotiation, now=call.now, part=part)
    return call.listed([their_feed_view(*row, negotiation) for row in rows], part)
