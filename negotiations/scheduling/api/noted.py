"""JSON for what a session's time is warned of, and what the secretariat noted of it."""

from starlette.responses import Response

from negotiations.access.actor import Actor
from negotiations.access.policy import can, demand
from negotiations.db import Db
from negotiations.errors import NotFound
from negotiations.models import NegotiationSession
from negotiations.scheduling import acknowledged, queries
from negotiations.scheduling.api.base import ONE, api
from negotiations.scheduling.bodies import Acknowledge
from negotiations.scheduling.warning_views import WarningsView, warnings_view
from negotiations.scheduling.warnings import check_stands, standing
from negotiations.web.routes import Call


async def _session(db: Db, actor: Actor, session_id: str) -> NegotiationSession:
    """A session whose warnings are the actor's to see: of others even that there are any isn't."""
    session = await queries.session(db, actor, session_id)
    if not can(actor, "session.warnings.read", session):
        raise NotFound
    return session


@api.get(ONE + "/warnings", answers=WarningsView)
async def show_warnings(call: Call) -> Response:
    """Show what a session's time is warned of, and what the secretariat noted of it."""
    async with call.read() as (db, actor):
        session = await _session(db, actor, call.path["id"])
        view = await warnings_view(db, await standing(db, session, now=call.now))
    return call.answer(view)


@api.post(ONE + "/warnings/acknowledge", body=Acknowledge, answers=WarningsView)
async def acknowledge(call: Call, body: Acknowledge) -> Response:
    """Acknowledge a warning with a note: it stays silent until what it is about changes.

    If-Match is compared with the ETag of the session's warnings.
    """
    async with call.write() as (db, actor):
        session = await queries.session_for_change(db, actor, call.path["id"])
        demand(actor, "session.acknowledge", session)
        found = await standing(db, session, now=call.now)
        call.require_match(await warnings_view(db, found))
        one = check_stands(found, body.warning)
        await acknowledged.acknowledge(db, actor, session, one.key, body.note, now=call.now)
        view = await warnings_view(db, await standing(db, session, now=call.now))
    return call.answer(view)
