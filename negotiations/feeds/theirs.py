"""The page on which coordinators and heads see and end the subscriptions of others."""

from starlette.responses import Response

from negotiations.errors import Conflict, NegotiationsError, Stale
from negotiations.feeds import actions, ending
from negotiations.feeds.views import feed_view
from negotiations.models import Feed, Negotiation
from negotiations.parties import queries as parties
from negotiations.web.html import Page, problems, require_base, version_of
from negotiations.web.problems import status_of


async def their_feeds(page: Page) -> Response:
    """`/n/{neg}/feeds`: the subscriptions that the coordinator, or a head, may end."""
    return await _their_list(page)


async def _their_list(page: Page, error: NegotiationsError | None = None) -> Response:
    async with page.read() as (db, actor):
        negotiation = await parties.negotiation(db, actor, page.path["neg"])
        rows = await ending.theirs(db, actor, negotiation, now=page.now)
    shown = [
        (feed, person, party, fetch, version_of(feed_view(feed, _of(feed, negotiation))))
        for feed, person, party, fetch in rows
    ]
    return page.show(
        "feeds/theirs.html",
        status_of(error)[0] if error else 200,
        negotiation=negotiation,
        feeds=shown,
        **(problems(error) if error else {}),
    )


def _of(feed: Feed, negotiation: Negotiation) -> Negotiation | None:
    """The talks it is narrowed to: those in whose list it stands, or none."""
    return negotiation if feed.negotiation_id else None


async def revoke_theirs(page: Page) -> Response:
    """End somebody's subscription; its owner is told by whom."""
    try:
        async with page.write() as (db, actor):
            negotiation = await parties.negotiation(db, actor, page.path["neg"])
            row, talks = await actions.one(db, actor, page.path["id"], lock=True)
            require_base(page, feed_view(row, talks))
            await ending.revoke(db, actor, row, now=page.now)
    except (Conflict, Stale) as error:
        return await _their_list(page, error)
    return page.go(f"/n/{negotiation.slug}/feeds")
