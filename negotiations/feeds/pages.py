"""The pages of one's own calendar subscriptions. A new address is shown once and kept nowhere."""

from datetime import datetime, timedelta

from starlette.responses import Response
from starlette.routing import BaseRoute

from negotiations.civil import end_of_day, local_date
from negotiations.errors import BadRequest, Conflict, Invalid, NegotiationsError, Stale
from negotiations.feeds import actions, behaviour, ending, health, links, options
from negotiations.feeds.theirs import revoke_theirs, their_feeds
from negotiations.feeds.views import (
    FeedChange,
    NewFeed,
    Rotation,
    feed_view,
)
from negotiations.models import Feed, Negotiation
from negotiations.parties import queries as parties
from negotiations.web.fields import Body, Day
from negotiations.web.forms import body_of
from negotiations.web.html import Page, page_route, problems, public, require_base, version_of
from negotiations.web.problems import status_of

RECENTLY = timedelta(days=30)


class LastDay(Body):
    """The last day on which an address works, in its owner's zone; none for no end."""

    expires_on: Day | None = None


async def own_feeds(page: Page) -> Response:
    """`/feeds`: my subscriptions, and the form for one more."""
    return await _list(page)


async def _list(page: Page, error: NegotiationsError | None = None) -> Response:
    async with page.read() as (db, actor):
        rows = await actions.own(db, actor)
        gone = await ending.ended_by_others(db, actor, since=page.now - RECENTLY)
        talks = await parties.negotiations(db, actor)
        fetched = await health.fetches(db, [row for row, _ in rows])
    seated = {seat.negotiation_id for seat in actor.seats}
    offered = [(talk.slug, talk.title) for talk in talks if talk.id in seated]
    typed = ("alarms", "cancelled", "include", "negotiation", "links", "expires_on")
    return page.show(
        "feeds/feeds.html",
        status_of(error)[0] if error else 200,
        feeds=[(row, talk, version_of(feed_view(row, talk))) for row, talk in rows],
        gone=gone,
        fetched=fetched,
        options=offered,
        label=page.form.get("label", "My sessions"),
        typed={name: page.form.get(name) for name in typed},
        **(problems(error) if error else {}),
    )


async def create(page: Page) -> Response:
    """The one page that shows the address: it is the answer itself, so no other URL holds it."""
    negotiation = None
    try:
        async with page.write() as (db, actor):
            chosen = _chosen(page)
            body = body_of(NewFeed, {"label": page.form.get("label"), **_scope(page)})
            if body.negotiation is not None:
                negotiation = await parties.negotiation(db, actor, body.negotiation)
            row, secret = await actions.create(
                db,
                actor,
                label=body.label,
                negotiation=negotiation,
                expires_at=_last_day(page),
                shows_links=page.form.get("links") != "hide",
                now=page.now,
            )
    except Invalid as error:
        return await _list(page, _at_its_day(error))
    return _made(page, row, negotiation, secret, chosen)


def _chosen(page: Page) -> options.Options:
    """What the address shall say besides; Invalid where it can't be had."""
    given = page.form.given("cancelled", "alarms", "include")
    if "alarms" in given:
        given["alarms"] = given["alarms"].replace(" ", "")
    for name, value in given.items():
        try:
            options.parse([(name, value)])
        except BadRequest as error:
            raise Invalid.field(name, error.detail) from None
    return options.parse(given.items())


def _scope(page: Page) -> dict[str, str]:
    return page.form.given("negotiation")


def _last_day(page: Page) -> datetime | None:
    """The end of the day that was chosen, where its owner lives."""
    day = body_of(LastDay, page.form.given("expires_on")).expires_on
    return end_of_day(day, page.person.tz) if day else None


def _at_its_day(error: Invalid) -> Invalid:
    """The same, beside the field that the form has."""
    [first, *rest] = error.errors
    return (
        error
        if rest or first.pointer != "/expires_at"
        else Invalid.field("expires_on", first.detail)
    )


def _made(
    page: Page,
    row: Feed,
    negotiation: Negotiation | None,
    secret: str,
    chosen: options.Options,
    status: int = 201,
) -> Response:
    address = options.address(actions.address(page.service.settings.base_url, secret), chosen)
    return page.show(
        "feeds/made.html",
        status,
        feed=row,
        negotiation=negotiation,
        base=version_of(feed_view(row, negotiation)),
        address=address,
        webcal=links.webcal(address),
        google=links.google(address),
        outlook_work=links.outlook(address, row.label),
        outlook_home=links.outlook(address, row.label, "outlook.live.com"),
        qr=links.qr_code(address),
        outside=links.reachable_from_outside(page.service.settings.base_url),
    )


async def one(page: Page) -> Response:
    """`/feeds/{id}/change`: one of my subscriptions, for another address or another end."""
    return await _one(page)


async def _one(page: Page, error: NegotiationsError | None = None) -> Response:
    async with page.read() as (db, actor):
        row, negotiation = await actions.one(db, actor, page.path["id"])
        actions.demand_own(actor, row)
    last_day = local_date(row.expires_at, page.person.tz).isoformat() if row.expires_at else ""
    return page.show(
        "feeds/feed.html",
        status_of(error)[0] if error else 200,
        feed=row,
        negotiation=negotiation,
        base=version_of(feed_view(row, negotiation)),
        last_day=page.form.get("expires_on", last_day),
        most_days=page.service.settings.feed_grace_days,
        typed={
            name: page.form.get(name) for name in ("alarms", "cancelled", "include", "grace_days")
        },
        **(problems(error) if error else {}),
    )


async def change(page: Page) -> Response:
    """Another end of one subscription."""
    try:
        async with page.write() as (db, actor):
            row, negotiation = await actions.one(db, actor, page.path["id"], lock=True)
            require_base(page, feed_view(row, negotiation))
            body = body_of(FeedChange, {"expires_at": _last_day(page)})
            actions.set_end(db, actor, row, expires_at=body.expires_at, now=page.now)
    except Invalid as error:
        return await _one(page, _at_its_day(error))
    except (Conflict, Stale) as error:
        return await _one(page, error)
    return page.go("/feeds")


async def rotate(page: Page) -> Response:
    """A new address for the same subscription: shown by this answer and nothing else."""
    try:
        async with page.write() as (db, actor):
            row, negotiation = await actions.one(db, actor, page.path["id"], lock=True)
            require_base(page, feed_view(row, negotiation))
            chosen = _chosen(page)
            body = body_of(Rotation, page.form.given("grace_days"))
            grace = actions.grace(body.grace_days, page.service.settings.feed_grace_days)
            secret = await actions.rotate(db, actor, row, grace=grace, now=page.now)
    except (Invalid, Conflict, Stale) as error:
        return await _one(page, error)
    return _made(page, row, negotiation, secret, chosen, 200)


async def revoke(page: Page) -> Response:
    """End one subscription; its address answers 410 from now on."""
    try:
        async with page.write() as (db, actor):
            row, negotiation = await actions.one(db, actor, page.path["id"], lock=True)
            actions.demand_own(actor, row)
            require_base(page, feed_view(row, negotiation))
            await ending.revoke(db, actor, row, now=page.now)
    except (Conflict, Stale) as error:
        return await _list(page, error)
    return page.go("/feeds")


async def programs(page: Page) -> Response:
    """`/help`: what each program does with a calendar, and how to subscribe; for everybody."""
    return public(page, "feeds/help.html", programs=behaviour.PROGRAMS)


routes: list[BaseRoute] = [
    page_route("/help", programs),
    page_route("/feeds", own_feeds, create),
    page_route("/feeds/{id}/change", one, change),
    page_route("/feeds/{id}/rotate", post=rotate),
    page_route("/feeds/{id}/revoke", post=revoke),
    page_route("/n/{neg}/feeds", their_feeds),
    page_route("/n/{neg}/feeds/{id}/revoke", post=revoke_theirs),
]
