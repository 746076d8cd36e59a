"""The page of one's own calendar subscriptions. A new address is shown once and kept nowhere."""

from starlette.responses import Response
from starlette.routing import BaseRoute

from negotiations.errors import BadRequest, Conflict, Invalid, NegotiationsError, Stale
from negotiations.feeds import actions, behaviour, health, links, options
from negotiations.feeds.views import NewFeed, feed_view
from negotiations.models import Feed, Negotiation
from negotiations.parties import queries as parties
from negotiations.web.forms import body_of
from negotiations.web.html import Page, page_route, problems, public, require_base, version_of
from negotiations.web.problems import status_of


async def own_feeds(page: Page) -> Response:
    """`/feeds`: my subscriptions, and the form for one more."""
    return await _list(page)


async def _list(page: Page, error: NegotiationsError | None = None) -> Response:
    async with page.read() as (db, actor):
        rows = await actions.own(db, actor)
        talks = await parties.negotiations(db, actor)
        fetched = await health.fetches(db, [row for row, _ in rows])
    seated = {seat.negotiation_id for seat in actor.seats}
    offered = [(talk.slug, talk.title) for talk in talks if talk.id in seated]
    return page.show(
        "feeds/feeds.html",
        status_of(error)[0] if error else 200,
        feeds=[(row, talk, version_of(feed_view(row, talk))) for row, talk in rows],
        fetched=fetched,
        options=offered,
        label=page.form.get("label", "My sessions"),
        chosen=page.form.get("negotiation"),
        alarms=page.form.get("alarms", ""),
        cancelled=page.form.get("cancelled", ""),
        include=page.form.get("include", ""),
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
                db, actor, label=body.label, negotiation=negotiation, now=page.now
            )
    except Invalid as error:
        return await _list(page, error)
    address = options.address(actions.address(page.service.settings.base_url, secret), chosen)
    return _made(page, row, negotiation, address)


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


def _made(page: Page, row: Feed, negotiation: Negotiation | None, address: str) -> Response:
    return page.show(
        "feeds/made.html",
        201,
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


async def revoke(page: Page) -> Response:
    """End one subscription; its address answers 410 from now on."""
    try:
        async with page.write() as (db, actor):
            row, negotiation = await actions.one(db, actor, page.path["id"], lock=True)
            require_base(page, feed_view(row, negotiation))
            await actions.revoke(db, row, now=page.now)
    except (Conflict, Stale) as error:
        return await _list(page, error)
    return page.go("/feeds")


async def programs(page: Page) -> Response:
    """`/help`: what each program does with a calendar, and how to subscribe; for everybody."""
    return public(page, "feeds/help.html", programs=behaviour.PROGRAMS)


routes: list[BaseRoute] = [
    page_route("/help", programs),
    page_route("/feeds", own_feeds, create),
    page_route("/feeds/{id}/revoke", post=revoke),
]
