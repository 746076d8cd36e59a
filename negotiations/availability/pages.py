"""The pages of parties' office hours: for their heads, and for the coordinator."""

from starlette.responses import Response
from starlette.routing import BaseRoute

from negotiations.access.actor import Actor
from negotiations.access.policy import can, demand
from negotiations.availability import actions, forms, queries
from negotiations.availability.views import office_hours_view
from negotiations.db import Db
from negotiations.errors import Conflict, Invalid, NegotiationsError, NotFound, Stale
from negotiations.models import Negotiation, Party
from negotiations.parties import queries as parties
from negotiations.parties.actions import ON_THE_TABLE
from negotiations.web.html import Page, page_route, problems, require_base, version_of
from negotiations.web.problems import status_of

AGAIN = (Conflict, Invalid, Stale)


async def offices(page: Page) -> Response:
    """`/n/{neg}/availability`: the office hours of one's party, or of all for the coordinator."""
    async with page.read() as (db, actor):
        negotiation = await parties.negotiation(db, actor, page.path["neg"])
        found = [
            one
            for one in await parties.parties(db, actor, negotiation.id)
            if one.kind in ON_THE_TABLE and can(actor, "availability.read", one)
        ]
        said = await queries.of_parties(db, actor, [one.id for one in found])
    shown = [(one, office_hours_view(said.get(one.id), one)) for one in found]
    if not shown:
        raise NotFound
    return page.show(
        "availability/offices.html",
        negotiation=negotiation,
        offices=shown,
        days=forms.DAY_FIELDS,
    )


async def office(page: Page) -> Response:
    """`/n/{neg}/availability/{party}`: a party's hours, for its head or a coordinator."""
    return await _office(page)


async def _one(
    page: Page, db: Db, actor: Actor, *, lock: bool = False
) -> tuple[Negotiation, Party]:
    negotiation = await parties.negotiation(db, actor, page.path["neg"], lock=lock)
    found = await parties.parties(db, actor, negotiation.id)
    party = next((one for one in found if one.slug == page.path["party"]), None)
    if party is None or not can(actor, "availability.read", party):
        raise NotFound
    demand(actor, "availability.write", party)
    return negotiation, party


async def _office(page: Page, error: NegotiationsError | None = None) -> Response:
    async with page.read() as (db, actor):
        negotiation, party = await _one(page, db, actor)
        view = office_hours_view(await queries.office_hours(db, actor, party), party)
    return page.show(
        "availability/office.html",
        status_of(error)[0] if error else 200,
        negotiation=negotiation,
        party=party,
        hours=page.form if error else forms.hours_fields(view),
        view=view,
        base=version_of(view),
        days=forms.DAY_FIELDS,
        **(problems(error) if error else {}),
    )


async def save_office(page: Page) -> Response:
    try:
        body = forms.office_hours(page.form)
        async with page.write() as (db, actor):
            negotiation, party = await _one(page, db, actor, lock=True)
            row = await queries.office_hours(db, actor, party, lock=True)
            require_base(page, office_hours_view(row, party))
            await actions.set_party_hours(db, actor, negotiation, party, body, now=page.now)
    except AGAIN as error:
        return await _office(page, error)
    return page.go(f"/n/{negotiation.slug}/availability")


routes: list[BaseRoute] = [
    page_route("/n/{neg}/availability", offices),
    page_route("/n/{neg}/availability/{party}", office, save_office),
]
