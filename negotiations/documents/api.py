"""JSON for document requests and what happens to them."""

from datetime import date

from starlette.responses import Response

from negotiations.access.actor import Actor
from negotiations.civil import local_date
from negotiations.db import Db
from negotiations.documents import actions, queries, views
from negotiations.documents.bodies import (
    DocumentRequestChange,
    NewDocumentRequest,
    NewRequestEvent,
)
from negotiations.documents.queries import Requested
from negotiations.parties import queries as parties
from negotiations.scheduling.bodies import Nothing
from negotiations.web.routes import DRY_RUN, Api, Call

api = Api()
MANY = "/negotiations/{neg}/document-requests"
ONE = MANY + "/{id}"


def _today(call: Call, asked: Requested) -> date:
    return local_date(call.now, asked.negotiation.home_tz)


def _view(call: Call, asked: Requested) -> views.RequestView:
    return views.request_view(asked, _today(call, asked))


async def _one(call: Call, db: Db, actor: Actor) -> Requested:
    negotiation = await parties.negotiation(db, actor, call.path["neg"])
    return await queries.request(db, actor, negotiation, call.path["id"])


async def _one_for_change(call: Call, db: Db, actor: Actor) -> Requested:
    """The request as the caller saw it, with the negotiation held: writers come one by one."""
    negotiation = await parties.negotiation(db, actor, call.path["neg"], lock=True)
    asked = await queries.request(db, actor, negotiation, call.path["id"], lock=True)
    call.require_match(_view(call, asked))
    return asked


async def _after(call: Call, db: Db, actor: Actor, asked: Requested) -> views.RequestView:
    await db.flush()
    return _view(call, await queries.request(db, actor, asked.negotiation, asked.row.id))


def _done(call: Call, view: views.RequestView) -> Response:
    """The answer to an act, with the ETag that GET would give."""
    return call.done(view, warnings=view["warnings"])


@api.get(MANY, lists=views.RequestView)
async def list_requests(call: Call) -> Response:
    """List the requests, by the first session they are needed before; the others last."""
    async with call.read() as (db, actor):
        negotiation = await parties.negotiation(db, actor, call.path["neg"])
        part = call.part()
        found = await queries.requests(db, actor, negotiation, part=part)
    return call.listed([_view(call, one) for one in found], part)


@api.post(
    MANY,
    body=NewDocumentRequest,
    options=DRY_RUN,
    answers=views.RequestView,
    gives=(201, 200),
)
async def create_request(call: Call, body: NewDocumentRequest) -> Response:
    """Enter what one side asked the other to hand over, with the event it begins with."""
    async with call.write(dry_run=call.dry_run) as (db, actor):
        negotiation = await parties.negotiation(db, actor, call.path["neg"], lock=True)
        row = await actions.create(db, actor, negotiation, body, now=call.now)
        await db.flush()
        view = _view(call, await queries.request(db, actor, negotiation, row.id))
    return _done(call, view) if call.dry_run else call.created(view, at=view["id"])


@api.get(ONE, answers=views.RequestView)
async def show_request(call: Call) -> Response:
    """Show one request: where it stands, and when its next deadline is."""
    async with call.read() as (db, actor):
        asked = await _one(call, db, actor)
    return call.answer(_view(call, asked))


@api.patch(ONE, body=DocumentRequestChange, answers=views.RequestView)
async def change_request(call: Call, body: DocumentRequestChange) -> Response:
    """Change what is said of a request; where it stands changes by its events only."""
    async with call.write() as (db, actor):
        asked = await _one_for_change(call, db, actor)
        await actions.change(db, actor, asked, body, now=call.now)
        view = await _after(call, db, actor, asked)
    return _done(call, view)


@api.get(ONE + "/events", lists=views.EventView)
async def list_events(call: Call) -> Response:
    """List what happened to a request, the oldest first."""
    async with call.read() as (db, actor):
        asked, part = await _one(call, db, actor), call.part()
        events = part.cut(asked.events, lambda one: (f"{one.number:09}",), str)
        sources = await queries.sources_of(db, events)
    return call.listed([views.event_view(one, sources[one.id]) for one in events], part)


@api.post(ONE + "/events", body=NewRequestEvent, options=DRY_RUN, answers=views.RequestView)
async def add_event(call: Call, body: NewRequestEvent) -> Response:
    """Enter what happened to a request; the answer is the request as it stands after it."""
    async with call.write(dry_run=call.dry_run) as (db, actor):
        asked = await _one_for_change(call, db, actor)
        await actions.add_event(db, actor, asked, body, now=call.now)
        view = await _after(call, db, actor, asked)
    return _done(call, view)


@api.post(ONE + "/publish", body=Nothing, options=DRY_RUN, answers=views.RequestView)
async def publish_request(call: Call, _body: Nothing) -> Response:
    """Let everybody read what was asked for and where it stands."""
    async with call.write(dry_run=call.dry_run) as (db, actor):
        asked = await _one_for_change(call, db, actor)
        await actions.publish(db, actor, asked, now=call.now)
        view = await _after(call, db, actor, asked)
    return _done(call, view)
