"""JSON for caucuses. Their sessions are made, read and changed like all others."""

from collections.abc import Awaitable, Callable

from starlette.responses import Response

from negotiations.access.actor import Actor
from negotiations.access.policy import demand
from negotiations.caucuses import actions, queries
from negotiations.caucuses.bodies import Answer, CaucusChange, NewCaucus
from negotiations.caucuses.queries import Circle
from negotiations.caucuses.views import CaucusView, caucus_view
from negotiations.db import Db
from negotiations.models import Negotiation
from negotiations.parties import queries as parties
from negotiations.web.routes import CREATED, Api, Call

api = Api()
NEG = "/negotiations/{neg}"
ONE = NEG + "/caucuses/{id}"


@api.get(NEG + "/caucuses", lists=CaucusView)
async def list_caucuses(call: Call) -> Response:
    """List the caucuses one's party is in or asked into, in the order of founding."""
    async with call.read() as (db, actor):
        negotiation = await parties.negotiation(db, actor, call.path["neg"])
        part = call.part()
        found = await queries.circles(db, actor, negotiation.id, part=part)
    return call.listed([caucus_view(one, actor) for one in found], part)


@api.post(NEG + "/caucuses", body=NewCaucus, answers=CaucusView, gives=CREATED)
async def found_caucus(call: Call, body: NewCaucus) -> Response:
    """Found a caucus of one's own party, and ask others to join it."""
    async with call.write() as (db, actor):
        negotiation = await parties.negotiation(db, actor, call.path["neg"])
        row = await actions.found(db, actor, negotiation, body, now=call.now)
        view = caucus_view(await queries.circle(db, actor, negotiation.id, row.id), actor)
    return call.created(view, at=view["id"])


@api.get(ONE, answers=CaucusView)
async def show_caucus(call: Call) -> Response:
    """Show one caucus; who is only asked sees the invitation."""
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


@api.patch(ONE, body=CaucusChange, answers=CaucusView)
async def rename_caucus(call: Call, body: CaucusChange) -> Response:
    """Give a caucus another name."""
    return await _act(
        call,
        lambda db, actor, negotiation, circle: actions.rename(
            db, actor, negotiation, circle, body, now=call.now
        ),
    )


@api.post(ONE + "/join", body=Answer, answers=CaucusView)
async def join(call: Call, _body: Answer) -> Response:
    """Join a caucus that one's party was asked into."""
    return await _act(
        call,
        lambda db, actor, negotiation, circle: actions.join(
            db, actor, negotiation, circle, now=call.now
        ),
    )


@api.post(ONE + "/decline", body=Answer, answers=CaucusView)
async def decline(call: Call, _body: Answer) -> Response:
    """Decline to join a caucus; one's party may still join it later."""
    return await _act(
        call,
        lambda db, actor, negotiation, circle: actions.decline(
            db, actor, negotiation, circle, now=call.now
        ),
    )
