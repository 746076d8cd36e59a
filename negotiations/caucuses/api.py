"""JSON for caucuses. Their sessions are made, read and changed like all others."""

from collections.abc import Awaitable, Callable

from starlette.responses import Response

from negotiations.access.actor import Actor
from negotiations.access.policy import demand
from negotiations.caucuses import actions, queries
from negotiations.caucuses.bodies import Answer, CaucusChange, NewCaucus
from negotiations.caucuses.queries import Circle
from negotiations.caucuses.views import caucus_view
from negotiations.db import Db
from negotiations.models import Negotiation
from negotiations.parties import queries as parties
from negotiations.web.routes import Api, Call

api = Api()
NEG = "/negotiations/{neg}"
ONE = NEG + "/caucuses/{id}"


@api.get(NEG + "/caucuses")
async def list_caucuses(call: Call) -> Response:
    async with call.read() as (db, actor):
        negotiation = await parties.negotiation(db, actor, call.path["neg"])
        found = await queries.circles(db, actor, negotiation.id)
    return call.answer({"items": [caucus_view(one, actor) for one in found], "next": None})


@api.post(NEG + "/caucuses", body=NewCaucus)
async def found_caucus(call: Call, body: NewCaucus) -> Response:
    async with call.write() as (db, actor):
        negotiation = await parties.negotiation(db, actor, call.path["neg"])
        row = await actions.found(db, actor, negotiation, body, now=call.now)
        view = caucus_view(await queries.circle(db, actor, negotiation.id, row.id), actor)
    return call.answer(view, 201)


@api.get(ONE)
async def show_caucus(call: Call) -> Response:
    async with call.read() as (db, actor):
        negotiation = await parties.negotiation(db, actor, call.path["neg"])
        found = await queries.circle(db, actor, negotiation.id, call.path["id"])
    return call.answer(caucus_view(found, actor))


Act = Callable[[Db, Actor, Negotiation, Circle], Awaitable[None]]


async def _act(call: Call, act: Act) -> Response:
    """One act on a caucus the caller saw as it is."""
    async with call.write() as (db, actor):
        negotiation = await parties.negotiation(db, actor, call.path["neg"])
        circle = await queries.circle(db, actor, negotiation.id, call.path["id"], lock=True)
        demand(actor, "caucus.write", negotiation)
        call.require_match(caucus_view(circle, actor))
        await act(db, actor, negotiation, circle)
        circle = await queries.circle(db, actor, negotiation.id, circle.caucus.id)
    return call.answer(caucus_view(circle, actor))


@api.patch(ONE, body=CaucusChange)
async def rename_caucus(call: Call, body: CaucusChange) -> Response:
    return await _act(
        call,
        lambda db, actor, negotiation, circle: actions.rename(
            db, actor, negotiation, circle, body, now=call.now
        ),
    )


@api.post(ONE + "/join", body=Answer)
async def join(call: Call, _body: Answer) -> Response:
    return await _act(
        call,
        lambda db, actor, negotiation, circle: actions.join(
            db, actor, negotiation, circle, now=call.now
        ),
    )


@api.post(ONE + "/decline", body=Answer)
async def decline(call: Call, _body: Answer) -> Response:
    return await _act(
        call,
        lambda db, actor, negotiation, circle: actions.decline(
            db, actor, negotiation, circle, now=call.now
        ),
    )
