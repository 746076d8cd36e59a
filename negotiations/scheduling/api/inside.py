"""JSON for what hangs on a session: its agenda, its attendance, its log."""

from starlette.responses import Response

from negotiations.access.policy import demand
from negotiations.db import Db
from negotiations.models import NegotiationSession
from negotiations.parties import queries as parties
from negotiations.scheduling import details, queries, seating, views
from negotiations.scheduling.api.base import ONE, api
from negotiations.scheduling.bodies import Agenda, AttendanceList
from negotiations.web.routes import Call


async def agenda_view(db: Db, session: NegotiationSession) -> views.AgendaView:
    """The agenda in order, as GET gives it and If-Match is compared with."""
    items = (await queries.agendas(db, [session]))[session.id]
    codes = await queries.issue_codes(db, items)
    return {"items": [views.item_view(item, codes) for item in items]}


@api.get(ONE + "/agenda", answers=views.AgendaView)
async def show_agenda(call: Call) -> Response:
    """Show the agenda in order."""
    async with call.read() as (db, actor):
        view = await agenda_view(db, await queries.session(db, actor, call.path["id"]))
    return call.answer(view)


@api.put(ONE + "/agenda", body=Agenda, answers=views.AgendaView)
async def set_agenda(call: Call, body: Agenda) -> Response:
    """Set the whole agenda in its order; what isn't sent is taken off."""
    async with call.write() as (db, actor):
        session = await queries.session_for_change(db, actor, call.path["id"])
        demand(actor, "agenda.write", session)
        call.require_match(await agenda_view(db, session))
        await details.set_agenda(db, actor, session, body.items, now=call.now)
        view = await agenda_view(db, session)
    return call.answer(view)


async def _attendance(db: Db, session: NegotiationSession) -> views.AttendanceView:
    rows = await queries.attendance(db, session.id)
    return {"items": [views.attendance_view(row, person) for row, person in rows]}


@api.get(ONE + "/attendance", answers=views.AttendanceView)
async def show_attendance(call: Call) -> Response:
    """Show who is expected and who came, by name."""
    async with call.read() as (db, actor):
        view = await _attendance(db, await queries.session(db, actor, call.path["id"]))
    return call.answer(view)


@api.put(ONE + "/attendance", body=AttendanceList, answers=views.AttendanceView)
async def set_attendance(call: Call, body: AttendanceList) -> Response:
    """Set the whole list of who is expected and who came."""
    async with call.write() as (db, actor):
        session = await queries.session_for_change(db, actor, call.path["id"])
        demand(actor, "attendance.write", session)
        call.require_match(await _attendance(db, session))
        await details.set_attendance(db, actor, session, body.items, now=call.now)
        view = await _attendance(db, session)
    return call.answer(view)


@api.get(ONE + "/changes", lists=views.ChangeView)
async def show_changes(call: Call) -> Response:
    """List what became of a session, entry by entry, the oldest first."""
    async with call.read() as (db, actor):
        session = await queries.session(db, actor, call.path["id"])
        where = await seating.setting(db, session)
        part = call.part()
        log = (await queries.changes(db, [session], part=part))[session.id]
        names = await parties.names(db, [change.person_id for change in log])
    return call.listed([views.change_view(change, names, where.slugs) for change in log], part)
