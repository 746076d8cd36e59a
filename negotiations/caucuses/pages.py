"""The page of a party's caucuses: those it belongs to with their sessions, and invitations."""

from collections.abc import Awaitable, Callable

from starlette.responses import Response
from starlette.routing import BaseRoute

from negotiations.access.actor import Actor
from negotiations.access.policy import can, demand
from negotiations.caucuses import actions, queries
from negotiations.caucuses.bodies import CaucusChange, NewCaucus
from negotiations.caucuses.queries import Circle
from negotiations.caucuses.views import caucus_view
from negotiations.db import Db
from negotiations.errors import Conflict, Invalid, NegotiationsError, NotFound, Stale
from negotiations.models import Negotiation
from negotiations.models.parties import PartyKind
from negotiations.parties import queries as parties
from negotiations.scheduling import queries as scheduling
from negotiations.web.forms import body_of
from negotiations.web.html import Page, page_route, problems, require_base, version_of
from negotiations.web.problems import status_of

AGAIN = (Conflict, Invalid, Stale)


async def show(page: Page) -> Response:
    """`/n/{neg}/caucuses`, for members of a party; there is nothing here for anybody else."""
    return await _page(page)


async def _page(page: Page, error: NegotiationsError | None = None) -> Response:
    async with page.read() as (db, actor):
        negotiation = await parties.negotiation(db, actor, page.path["neg"])
        seat = actor.seat_in(negotiation.id)
        if seat is None or seat.party_id is None:
            raise NotFound
        circles = await queries.circles(db, actor, negotiation.id)
        sessions = await scheduling.sessions(db, actor, negotiation.id)
        everyone = await parties.parties(db, actor, negotiation.id)
    own = next(party for party in everyone if party.id == seat.party_id)
    others = [one for one in everyone if one.kind is PartyKind.jurisdiction and one.id != own.id]
    return page.show(
        "caucuses/caucuses.html",
        status_of(error)[0] if error else 200,
        negotiation=negotiation,
        own=own,
        circles=[one for one in circles if one.has_joined(actor)],
        invitations=[one for one in circles if not one.has_joined(actor)],
        sessions={
            one.caucus.id: [row for row in sessions if row.caucus_id == one.caucus.id]
            for one in circles
        },
        bases={one.caucus.id: version_of(caucus_view(one, actor)) for one in circles},
        others=others if seat.side == "jurisdiction" else [],
        writes=can(actor, "caucus.write", negotiation),
        typed=page.form,
        **(problems(error) if error else {}),
    )


async def found(page: Page) -> Response:
    """A new caucus of one's party and those that are asked."""
    try:
        async with page.write() as (db, actor):
            negotiation = await parties.negotiation(db, actor, page.path["neg"])
            demand(actor, "caucus.write", negotiation)
            fields = {"name": page.form.get("name"), "parties": page.form.all("party")}
            row = await actions.found(
                db, actor, negotiation, body_of(NewCaucus, fields), now=page.now
            )
    except AGAIN as error:
        return await _page(page, error)
    return page.go(f"/n/{negotiation.slug}/caucuses#c-{row.id}")


Act = Callable[[Db, Actor, Negotiation, Circle], Awaitable[None]]


async def _act(page: Page, act: Act) -> Response:
    """One act on a caucus as the page showed it."""
    try:
        async with page.write() as (db, actor):
            negotiation = await parties.negotiation(db, actor, page.path["neg"])
            circle = await queries.circle(db, actor, negotiation.id, page.path["id"], lock=True)
            demand(actor, "caucus.write", negotiation)
            require_base(page, caucus_view(circle, actor))
            await act(db, actor, negotiation, circle)
    except AGAIN as error:
        return await _page(page, error)
    return page.go(f"/n/{negotiation.slug}/caucuses")


async def join(page: Page) -> Response:
    async def act(db: Db, actor: Actor, negotiation: Negotiation, circle: Circle) -> None:
        await actions.join(db, actor, negotiation, circle, now=page.now)

    return await _act(page, act)


async def decline(page: Page) -> Response:
    async def act(db: Db, actor: Actor, negotiation: Negotiation, circle: Circle) -> None:
        await actions.decline(db, actor, negotiation, circle, now=page.now)

    return await _act(page, act)


async def rename(page: Page) -> Response:
    async def act(db: Db, actor: Actor, negotiation: Negotiation, circle: Circle) -> None:
        body = body_of(CaucusChange, {"name": page.form.get("new_name")})
        await actions.rename(db, actor, negotiation, circle, body, now=page.now)

    return await _act(page, act)


ALL = "/n/{neg}/caucuses"
routes: list[BaseRoute] = [
    page_route(ALL, show, found),
    page_route(ALL + "/{id}/join", post=join),
    page_route(ALL + "/{id}/decline", post=decline),
    page_route(ALL + "/{id}/name", post=rename),
]
