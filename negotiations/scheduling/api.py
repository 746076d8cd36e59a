"""JSON for sessions: list, propose, read, and the acts that don't need outcomes."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

from starlette.responses import Response

from negotiations.access.actor import Actor
from negotiations.access.policy import demand
from negotiations.civil import end_of_day, local_date
from negotiations.db import Db
from negotiations.errors import BadRequest
from negotiations.models import NegotiationSession
from negotiations.models.sessions import SessionStatus
from negotiations.outcomes.sheet import sheet
from negotiations.outcomes.views import commitment_view, outcome_view
from negotiations.parties import queries as parties
from negotiations.scheduling import (
    actions,
    countering,
    details,
    opening,
    postponing,
    queries,
    views,
)
from negotiations.scheduling.bodies import (
    Accept,
    Agenda,
    AttendanceList,
    Cancel,
    Decline,
    Move,
    NewSession,
    Nothing,
    Postpone,
    Reinstate,
    Relocate,
    SessionPatch,
)
from negotiations.scheduling.times import zone
from negotiations.web.routes import DRY_RUN, Api, Call

api = Api()
NEG = "/negotiations/{neg}"
ONE = "/sessions/{id}"
EXPANDABLE = {"agenda", "last", "outstanding"}


@api.get(NEG + "/sessions", options=("jurisdiction", "status", "from", "to"))
async def list_sessions(call: Call) -> Response:
    """With `jurisdiction` those of its track, and the others in which it takes part."""
    status = call.query("status", tuple(SessionStatus))
    async with call.read() as (db, actor):
        negotiation = await parties.negotiation(db, actor, call.path["neg"])
        track_id = party_id = None
        if jurisdiction := call.query("jurisdiction"):
            track, party = await parties.track(db, actor, negotiation.id, jurisdiction)
            track_id, party_id = track.id, party.id
        rows = await queries.sessions(
            db,
            actor,
            negotiation.id,
            track_id=track_id,
            party_id=party_id,
            status=SessionStatus(status) if status else None,
            since=_bound(call, "from", negotiation.home_tz),
            until=_bound(call, "to", negotiation.home_tz),
        )
        items = await views.session_views(db, rows)
    return call.answer({"items": items, "next": None})


def _bound(call: Call, name: str, home_tz: str) -> datetime | None:
    """A date in home_tz (`to` includes its day), or an instant with its offset."""
    value = call.query(name)
    if value is None:
        return None
    try:
        if len(value) == len("2010-11-05"):
            first = datetime.fromisoformat(value).date()
            if name == "to":
                return end_of_day(first, home_tz) + timedelta(seconds=1)
            return datetime.combine(first, time(), zone(home_tz)).astimezone(UTC)
        # In an address “+” means a space: an offset arrives as one.
        instant = datetime.fromisoformat(value.replace(" ", "+"))
        if instant.tzinfo is not None:
            return instant.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise BadRequest(f"{name} is a date or an instant: 2010-11-05 or 2010-11-05T18:00:00Z.")


@api.post(NEG + "/sessions", body=NewSession, options=DRY_RUN)
async def propose(call: Call, body: NewSession) -> Response:
    async with call.write(dry_run=call.dry_run) as (db, actor):
        negotiation = await parties.negotiation(db, actor, call.path["neg"])
        act = countering.propose if body.instead_of else actions.propose
        session, warnings = await act(db, actor, negotiation, body, now=call.now)
        view = await views.one_view(db, session)
    return call.done(view, warnings=warnings, status=200 if call.dry_run else 201)


@api.get(ONE, options=("expand",))
async def show_session(call: Call) -> Response:
    """`expand` adds parts; If-Match is compared with the plain representation."""
    parts = [part for part in (call.query("expand") or "").split(",") if part]
    if not set(parts) <= EXPANDABLE:
        raise BadRequest(f"expand takes: {', '.join(sorted(EXPANDABLE))}.")
    async with call.read() as (db, actor):
        session = await queries.session(db, actor, call.path["id"])
        view = await views.one_view(db, session)
        if parts:
            view |= await _expanded(call, db, actor, session, parts)
    return call.answer(view)


async def _expanded(
    call: Call, db: Db, actor: Actor, session: NegotiationSession, parts: list[str]
) -> dict[str, Any]:
    """The agenda, what the last session at this table decided, and what is outstanding."""
    where = await queries.setting(db, session)
    today = local_date(call.now, where.negotiation.home_tz)
    recorded = await sheet(db, actor, session, where, today)
    before = recorded.before
    found = {
        "agenda": (await _agenda(db, session))["items"],
        "last": {
            "session": before.id,
            "outcomes": [
                outcome_view(one.row, one.issue.code, where.slugs, one.sources)
                for one in recorded.last_time
            ],
        }
        if before
        else None,
        "outstanding": [commitment_view(one, today) for one in recorded.outstanding(None)],
    }
    return {part: found[part] for part in parts}


@api.patch(ONE, body=SessionPatch, options=DRY_RUN)
async def change_session(call: Call, body: SessionPatch) -> Response:
    async def act(db: Db, actor: Actor, session: NegotiationSession) -> list[str]:
        await details.change(db, actor, session, body, now=call.now)
        return []

    return await _act(call, "session.change", act)


Act = Callable[[Db, Actor, NegotiationSession], Awaitable[list[str]]]


async def _act(call: Call, right: str, act: Act) -> Response:
    """One act on a session the caller saw as it is: load, check, act, show; or only try it."""
    async with call.write(dry_run=call.dry_run) as (db, actor):
        session = await queries.session_for_change(db, actor, call.path["id"])
        demand(actor, right, session)
        call.require_match(await views.one_view(db, session))
        warnings = await act(db, actor, session)
        view = await views.one_view(db, session)
    return call.done(view, warnings=warnings)


async def _do(
    call: Call, right: str, act: Callable[..., Awaitable[list[str]]], *given: Any
) -> Response:
    """One of the actions, with what it is given beside the session and the time."""
    return await _act(
        call, right, lambda db, actor, session: act(db, actor, session, *given, now=call.now)
    )


@api.post(ONE + "/accept", body=Accept, options=DRY_RUN)
async def accept(call: Call, body: Accept) -> Response:
    return await _do(call, "session.accept", actions.accept, body)


@api.post(ONE + "/decline", body=Decline, options=DRY_RUN)
async def decline(call: Call, body: Decline) -> Response:
    return await _do(call, "session.decline", actions.decline, body)


@api.post(ONE + "/confirm", body=Nothing, options=DRY_RUN)
async def confirm(call: Call, _body: Nothing) -> Response:
    return await _do(call, "session.confirm", actions.confirm)


@api.post(ONE + "/move", body=Move, options=DRY_RUN)
async def move(call: Call, body: Move) -> Response:
    return await _do(call, "session.move", actions.move, body)


@api.post(ONE + "/relocate", body=Relocate, options=DRY_RUN)
async def relocate(call: Call, body: Relocate) -> Response:
    return await _do(call, "session.move", actions.relocate, body)


@api.post(ONE + "/postpone", body=Postpone, options=DRY_RUN)
async def postpone(call: Call, body: Postpone) -> Response:
    return await _do(call, "session.postpone", postponing.postpone, body.reason)


@api.post(ONE + "/reinstate", body=Reinstate, options=DRY_RUN)
async def reinstate(call: Call, body: Reinstate) -> Response:
    return await _do(call, "session.reinstate", postponing.reinstate, body)


@api.post(ONE + "/cancel", body=Cancel, options=DRY_RUN)
async def cancel(call: Call, body: Cancel) -> Response:
    return await _do(call, "session.cancel", actions.cancel, body.reason)


@api.post(ONE + "/open", body=Nothing, options=DRY_RUN)
async def open_session(call: Call, _body: Nothing) -> Response:
    return await _do(call, "session.open", opening.open_session)


@api.post(ONE + "/publish", body=Nothing, options=DRY_RUN)
async def publish(call: Call, _body: Nothing) -> Response:
    return await _do(call, "session.publish", actions.publish)


async def _agenda(db: Db, session: NegotiationSession) -> dict[str, Any]:
    items = (await queries.agendas(db, [session]))[session.id]
    codes = await queries.issue_codes(db, items)
    return {"items": [views.item_view(item, codes) for item in items]}


@api.get(ONE + "/agenda")
async def show_agenda(call: Call) -> Response:
    async with call.read() as (db, actor):
        view = await _agenda(db, await queries.session(db, actor, call.path["id"]))
    return call.answer(view)


@api.put(ONE + "/agenda", body=Agenda)
async def set_agenda(call: Call, body: Agenda) -> Response:
    async with call.write() as (db, actor):
        session = await queries.session_for_change(db, actor, call.path["id"])
        demand(actor, "agenda.write", session)
        call.require_match(await _agenda(db, session))
        await details.set_agenda(db, actor, session, body.items, now=call.now)
        view = await _agenda(db, session)
    return call.answer(view)


async def _attendance(db: Db, session: NegotiationSession) -> dict[str, Any]:
    rows = await queries.attendance(db, session.id)
    return {"items": [views.attendance_view(row, person) for row, person in rows]}


@api.get(ONE + "/attendance")
async def show_attendance(call: Call) -> Response:
    async with call.read() as (db, actor):
        view = await _attendance(db, await queries.session(db, actor, call.path["id"]))
    return call.answer(view)


@api.put(ONE + "/attendance", body=AttendanceList)
async def set_attendance(call: Call, body: AttendanceList) -> Response:
    async with call.write() as (db, actor):
        session = await queries.session_for_change(db, actor, call.path["id"])
        demand(actor, "attendance.write", session)
        call.require_match(await _attendance(db, session))
        await details.set_attendance(db, actor, session, body.items, now=call.now)
        view = await _attendance(db, session)
    return call.answer(view)


@api.get(ONE + "/changes")
async def show_changes(call: Call) -> Response:
    async with call.read() as (db, actor):
        session = await queries.session(db, actor, call.path["id"])
        where = await queries.setting(db, session)
        log = (await queries.changes(db, [session]))[session.id]
        names = await parties.names(db, [change.person_id for change in log])
    items = [views.change_view(change, names, where.slugs) for change in log]
    return call.answer({"items": items, "next": None})
