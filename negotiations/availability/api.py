"""JSON for office hours, one's busy blocks, and times that suit."""

from datetime import date

from starlette.responses import Response

from negotiations.access.actor import Actor
from negotiations.access.policy import can, demand
from negotiations.availability import actions, queries
from negotiations.availability.bodies import NewBusyBlock, OfficeHoursBody
from negotiations.availability.reading import zone_of
from negotiations.availability.suggesting import Asked, When, days_of, suggest
from negotiations.availability.views import (
    BusyBlockView,
    FreeTimesView,
    OfficeHoursView,
    busy_block_view,
    free_times_view,
    office_hours_view,
)
from negotiations.db import Db
from negotiations.errors import BadRequest, Invalid, NotFound
from negotiations.models import Negotiation, Party, Person
from negotiations.parties import queries as parties
from negotiations.scheduling import asking, seating
from negotiations.scheduling import queries as scheduling
from negotiations.web.options import as_date
from negotiations.web.routes import CREATED, Api, Call, Option

api = Api()
OF_PARTY = "/negotiations/{neg}/parties/{id}/availability"
USUAL_MINUTES, MOST_MINUTES = 120, 24 * 60
LOOKED_AT = (
    Option("minutes", int, "How long it takes, 15 to 1440; 120 where nothing is said."),
    Option("from", str, "The first day to look at, as 2010-11-05; today where nothing is said."),
    Option("to", str, "The last day, at most 62 later; two weeks where nothing is said."),
)
WITH = Option("jurisdiction", str, "With which jurisdiction, by its slug.", "arlington")


@api.get("/me/availability", answers=OfficeHoursView)
async def show_own_hours(call: Call) -> Response:
    """Show one's own office hours: nobody else is shown them, times that suit follow from them."""
    async with call.read() as (db, actor):
        person = _oneself(actor)
        row = await queries.office_hours(db, actor, person)
    return call.answer(office_hours_view(row, person))


@api.put("/me/availability", body=OfficeHoursBody, answers=OfficeHoursView)
async def set_own_hours(call: Call, body: OfficeHoursBody) -> Response:
    """Say one's own office hours."""
    async with call.write() as (db, actor):
        person = _oneself(actor)
        seen = await queries.office_hours(db, actor, person, lock=True)
        call.require_match(office_hours_view(seen, person))
        row = await actions.set_own_hours(db, actor, person, body, now=call.now)
    return call.answer(office_hours_view(row, person))


def _oneself(actor: Actor) -> Person:
    assert actor.person is not None
    return actor.person


@api.get(OF_PARTY, answers=OfficeHoursView)
async def show_party_hours(call: Call) -> Response:
    """Show a party's office hours: to its people, and to the coordinator."""
    async with call.read() as (db, actor):
        _, party = await _party(call, db, actor)
        row = await queries.office_hours(db, actor, party)
    return call.answer(office_hours_view(row, party))


@api.put(OF_PARTY, body=OfficeHoursBody, answers=OfficeHoursView)
async def set_party_hours(call: Call, body: OfficeHoursBody) -> Response:
    """Say a party's office hours; for its heads and the coordinator."""
    async with call.write() as (db, actor):
        negotiation, party = await _party(call, db, actor, lock=True)
        demand(actor, "availability.write", party)
        seen = await queries.office_hours(db, actor, party, lock=True)
        call.require_match(office_hours_view(seen, party))
        row = await actions.set_party_hours(db, actor, negotiation, party, body, now=call.now)
    return call.answer(office_hours_view(row, party))


async def _party(
    call: Call, db: Db, actor: Actor, *, lock: bool = False
) -> tuple[Negotiation, Party]:
    """A party whose hours the actor may know; with `lock` the talks stay as they are."""
    negotiation = await parties.negotiation(db, actor, call.path["neg"], lock=lock)
    party = await parties.one(db, actor, Party, negotiation.id, call.path["id"])
    if not can(actor, "availability.read", party):
        raise NotFound
    return negotiation, party


@api.get("/busy-blocks", lists=BusyBlockView)
async def list_busy_blocks(call: Call) -> Response:
    """List when one isn't free from now on, by the start; those of one's calendars too."""
    async with call.read() as (db, actor):
        part = call.part()
        rows = await queries.busy_blocks(db, actor, after=call.now, part=part)
    return call.listed([busy_block_view(row) for row in rows], part)


@api.post("/busy-blocks", body=NewBusyBlock, answers=BusyBlockView, gives=CREATED)
async def add_busy_block(call: Call, body: NewBusyBlock) -> Response:
    """Say that one isn't free then: nobody learns of it but by the times that suit."""
    async with call.write() as (db, actor):
        row = await actions.add_block(db, actor, body, now=call.now)
    return call.created(busy_block_view(row), at=row.id)


@api.get("/busy-blocks/{id}", answers=BusyBlockView)
async def show_busy_block(call: Call) -> Response:
    """Show one of the times at which one isn't free."""
    async with call.read() as (db, actor):
        row = await queries.busy_block(db, actor, call.path["id"])
    return call.answer(busy_block_view(row))


@api.delete("/busy-blocks/{id}", answers=BusyBlockView)
async def remove_busy_block(call: Call) -> Response:
    """Take out a busy block that was typed in."""
    async with call.write() as (db, actor):
        row = await queries.busy_block(db, actor, call.path["id"], lock=True)
        call.require_match(busy_block_view(row))
        await actions.remove_block(db, actor, row)
    return call.answer(busy_block_view(row))


@api.get("/negotiations/{neg}/free-times", answers=FreeTimesView, options=(WITH, *LOOKED_AT))
async def show_free_times(call: Call) -> Response:
    """Show the times that suit a new session with a jurisdiction.

    The coordinator is told what suits both sides, a head what suits their own and both sides'
    sessions. Notice, travel and preparation lie between.
    """
    async with call.read() as (db, actor):
        negotiation = await parties.negotiation(db, actor, call.path["neg"])
        slug = call.query("jurisdiction")
        if not slug:
            raise BadRequest("jurisdiction says with whom: name it by its slug.")
        track, jurisdiction = await parties.track(db, actor, negotiation.id, slug)
        demand(actor, "times.read", track)
        agency = await parties.agency(db, negotiation.id)
        asked, when = Asked([agency, jurisdiction]), _when(call, jurisdiction.tz)
        found = await suggest(db, actor, negotiation, asked, when, now=call.now)
    return call.answer(free_times_view(found, when, actor.seat_in(negotiation.id)))


@api.get("/sessions/{id}/free-times", answers=FreeTimesView, options=LOOKED_AT)
async def show_other_times(call: Call) -> Response:
    """Show the times to which a session could move; for who may move it.

    The coordinator is told what suits both sides, a head what suits their own and both sides'
    sessions.
    """
    async with call.read() as (db, actor):
        session = await scheduling.session(db, actor, call.path["id"])
        demand(actor, "times.read", session)
        where = await seating.setting(db, session)
        asked, when = await asking.of_session(db, session, where.parties), _when(call, session.tz)
        found = await suggest(db, actor, where.negotiation, asked, when, now=call.now)
    return call.answer(free_times_view(found, when, actor.seat_in(session.negotiation_id)))


def _when(call: Call, tz: str) -> When:
    told = call.query("minutes") or str(USUAL_MINUTES)
    minutes = int(told) if told.isascii() and told.isdigit() and len(told) < 5 else 0
    if not 15 <= minutes <= MOST_MINUTES:
        raise BadRequest("minutes is a whole number from 15 to 1440.")
    first, last = _near(call, "from"), _near(call, "to")
    try:
        return When(minutes, zone_of(tz), *days_of(first, last, tz, call.now))
    except Invalid as error:
        raise BadRequest(error.errors[0].detail) from None


def _near(call: Call, name: str) -> date | None:
    day = as_date(call, name)
    if day is not None and not 1970 < day.year < 2200:
        raise BadRequest(f"{name} lies outside the years 1971 to 2199. Correct the year.")
    return day
