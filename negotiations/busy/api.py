"""JSON for busy calendars: one's own, of which the address is never told again."""

from starlette.responses import Response

from negotiations.busy import actions, queries
from negotiations.busy.views import BusyCalendarView, NewBusyCalendar, calendar_view
from negotiations.outgoing.answers import rule_of
from negotiations.scheduling.bodies import Nothing
from negotiations.web.routes import CREATED, Api, Call

api = Api()


@api.get("/busy-calendars", lists=BusyCalendarView)
async def list_calendars(call: Call) -> Response:
    """List the calendars from which one's busy times are read."""
    async with call.read() as (db, actor):
        part = call.part()
        rows = await queries.calendars(db, actor, part=part)
    return call.listed([calendar_view(row) for row in rows], part)


@api.post("/busy-calendars", body=NewBusyCalendar, answers=BusyCalendarView, gives=CREATED)
async def add_calendar(call: Call, body: NewBusyCalendar) -> Response:
    """Add a calendar of one's own: it is read every half hour, and only busy times are kept.

    The address, name and password are sealed, and no answer holds them.
    """
    settings = call.service.settings
    async with call.write() as (db, actor):
        row = await actions.add(
            db, actor, body, rule=rule_of(settings), key=settings.secret_key, now=call.now
        )
    return call.created(calendar_view(row), at=row.id)


@api.get("/busy-calendars/{id}", answers=BusyCalendarView)
async def show_calendar(call: Call) -> Response:
    """Show how it stands with one of one's calendars."""
    async with call.read() as (db, actor):
        row = await queries.calendar(db, actor, call.path["id"])
    return call.answer(calendar_view(row))


@api.post("/busy-calendars/{id}/refresh", body=Nothing, answers=BusyCalendarView)
async def refresh_calendar(call: Call, _body: Nothing) -> Response:
    """Read a calendar at once; not twice in a minute."""
    async with call.write() as (db, actor):
        row = await queries.calendar(db, actor, call.path["id"], lock=True)
        call.require_match(calendar_view(row))
        await actions.look_again(db, actor, row, now=call.now)
    return call.answer(calendar_view(row))


@api.delete("/busy-calendars/{id}", answers=BusyCalendarView)
async def remove_calendar(call: Call) -> Response:
    """Take a calendar out: its address and its busy times are forgotten."""
    async with call.write() as (db, actor):
        row = await queries.calendar(db, actor, call.path["id"], lock=True)
        call.require_match(calendar_view(row))
        await actions.remove(db, actor, row)
    return call.answer(calendar_view(row))
