"""JSON for sessions: list, propose, read, and the acts that don't need outcomes."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NotRequired

from starlette.responses import Response

from negotiations.access.actor import Actor
from negotiations.access.policy import demand
from negotiations.civil import local_date
from negotiations.db import Db
from negotiations.errors import BadRequest
from negotiations.models import NegotiationSession
from negotiations.models.sessions import SessionStatus
from negotiations.outcomes.sheet import sheet
from negotiations.outcomes.views import CommitmentView, OutcomeView, commitment_view, outcome_view
from negotiations.parties import queries as parties
from negotiations.scheduling import (
    actions,
    countering,
    details,
    opening,
    postponing,
    queries,
    seating,
    views,
)
from negotiations.scheduling.api.base import NEG, ONE, api
from negotiations.scheduling.api.inside import agenda_view
from negotiations.scheduling.bodies import (
    Accept,
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
from negotiations.web.answers import Id, TypedDict
from negotiations.web.options import bound
from negotiations.web.routes import DRY_RUN, PREFIX, Call, Option

EXPANDABLE = {"agenda", "last", "outstanding"}
A_DAY = "a day in the talks’ home zone (2010-11-05) or an instant (2010-11-05T18:00:00Z)."
NARROWED = (
    Option("jurisdiction", str, "Only sessions with this jurisdiction, by its slug."),
    Option("status", SessionStatus, "Only sessions in this state."),
    Option("from", str, f"Only sessions that start then or later: {A_DAY}"),
    Option("to", str, f"Only sessions that start before then, or on that day: {A_DAY}"),
)
EXPAND = Option("expand", str, "Adds parts, separated by commas: agenda, last, outstanding.")


class LastView(TypedDict):
    """What the track's last held session decided."""

    session: Id
    outcomes: list[OutcomeView]


class ExpandedSession(views.SessionView):
    """A session with the parts that were asked for."""

    agenda: NotRequired[list[views.ItemView]]
    last: NotRequired[LastView | None]
    outstanding: NotRequired[list[CommitmentView]]


@api.get(NEG + "/sessions", options=NARROWED, lists=views.SessionView)
async def list_sessions(call: Call) -> Response:
    """List the sessions one may see, by their start.

    With `jurisdiction` those of its track, and the others in which it takes part.
    """
    status = call.query("status", tuple(SessionStatus))
    async with call.read() as (db, actor):
        negotiation = await parties.negotiation(db, actor, call.path["neg"])
        track_id = party_id = None
        if jurisdiction := call.query("jurisdiction"):
            track, party = await parties.track(db, actor, negotiation.id, jurisdiction)
            track_id, party_id = track.id, party.id
        part = call.part()
        rows = await queries.sessions(
            db,
            actor,
            negotiation.id,
            track_id=track_id,
            party_id=party_id,
            status=SessionStatus(status) if status else None,
            since=bound(call, "from", negotiation.home_tz),
            until=bound(call, "to", negotiation.home_tz),
            part=part,
        )
        items = await views.session_views(db, rows)
    return call.listed(items, part)


@api.post(
    NEG + "/sessions",
    body=NewSession,
    options=DRY_RUN,
    answers=views.ActedSession,
    gives=(201, 200),
)
async def propose(call: Call, body: NewSession) -> Response:
    """Propose a session to a jurisdiction: its time, place, agenda and who sits."""
    async with call.write(dry_run=call.dry_run) as (db, actor):
        negotiation = await parties.negotiation(db, actor, call.path["neg"])
        act = countering.propose if body.instead_of else actions.propose
        session, warnings = await act(db, actor, negotiation, body, now=call.now)
        view = await views.one_view(db, session)
    if call.dry_run:
        return call.done(view, warnings=warnings)
    place = f"{PREFIX}/sessions/{session.id}"
    return call.done(view, warnings=warnings, status=201, Location=place)


@api.get(ONE, options=(EXPAND,), answers=ExpandedSession)
async def show_session(call: Call) -> Response:
    """Show one session, and on demand what one needs to prepare it.

    `expand` adds its agenda, what was decided last and what is outstanding. If-Match is compared
    with the ETag of the plain answer.
    """
    parts = [part for part in (call.query("expand") or "").split(",") if part]
    if not set(parts) <= EXPANDABLE:
        raise BadRequest(f"expand takes: {', '.join(sorted(EXPANDABLE))}.")
    async with call.read() as (db, actor):
        session = await queries.session(db, actor, call.path["id"])
        view: Mapping[str, object] = await views.one_view(db, session)
        if parts:
            view = {**view, **await _expanded(call, db, actor, session, parts)}
    return call.answer(view)


async def _expanded(
    call: Call, db: Db, actor: Actor, session: NegotiationSession, parts: list[str]
) -> dict[str, Any]:
    """The agenda, what the last session at this table decided, and what is outstanding."""
    where = await seating.setting(db, session)
    today = local_date(call.now, where.negotiation.home_tz)
    recorded = await sheet(db, actor, session, where, today)
    before = recorded.before
    found = {
        "agenda": (await agenda_view(db, session))["items"],
        "last": {
            "session": before.id,
            "outcomes": [
                outcome_view(one.row, one.issue.code, where.slugs, one.sources, one.read)
                for one in recorded.last_time
            ],
        }
        if before
        else None,
        "outstanding": [commitment_view(one, today) for one in recorded.outstanding(None)],
    }
    return {part: found[part] for part in parts}


@api.patch(ONE, body=SessionPatch, options=DRY_RUN, answers=views.ActedSession)
async def change_session(call: Call, body: SessionPatch) -> Response:
    """Change what needs no new agreement: title, kind, link, chair, who is indispensable."""

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


@api.post(ONE + "/accept", body=Accept, options=DRY_RUN, answers=views.ActedSession)
async def accept(call: Call, body: Accept) -> Response:
    """Accept a session's time and place for one's side; the coordinator records who said so."""
    return await _do(call, "session.accept", actions.accept, body)


@api.post(ONE + "/decline", body=Decline, options=DRY_RUN, answers=views.ActedSession)
async def decline(call: Call, body: Decline) -> Response:
    """Decline a session's time and place for one's side, with the reason."""
    return await _do(call, "session.decline", actions.decline, body)


@api.post(ONE + "/confirm", body=Nothing, options=DRY_RUN, answers=views.ActedSession)
async def confirm(call: Call, _body: Nothing) -> Response:
    """Confirm a session that both sides accepted."""
    return await _do(call, "session.confirm", actions.confirm)


@api.post(ONE + "/move", body=Move, options=DRY_RUN, answers=views.ActedSession)
async def move(call: Call, body: Move) -> Response:
    """Move a session to another time; without both sides' consent it is proposed again."""
    return await _do(call, "session.move", actions.move, body)


@api.post(ONE + "/relocate", body=Relocate, options=DRY_RUN, answers=views.ActedSession)
async def relocate(call: Call, body: Relocate) -> Response:
    """Give a session another place; without both sides' consent it is proposed again."""
    return await _do(call, "session.move", actions.relocate, body)


@api.post(ONE + "/postpone", body=Postpone, options=DRY_RUN, answers=views.ActedSession)
async def postpone(call: Call, body: Postpone) -> Response:
    """Take a session off the calendar without a new time, with the reason."""
    return await _do(call, "session.postpone", postponing.postpone, body.reason)


@api.post(ONE + "/reinstate", body=Reinstate, options=DRY_RUN, answers=views.ActedSession)
async def reinstate(call: Call, body: Reinstate) -> Response:
    """Propose a new time for a postponed session; calendars know it as the same."""
    return await _do(call, "session.reinstate", postponing.reinstate, body)


@api.post(ONE + "/cancel", body=Cancel, options=DRY_RUN, answers=views.ActedSession)
async def cancel(call: Call, body: Cancel) -> Response:
    """Cancel a session for good, with the reason."""
    return await _do(call, "session.cancel", actions.cancel, body.reason)


@api.post(ONE + "/open", body=Nothing, options=DRY_RUN, answers=views.ActedSession)
async def open_session(call: Call, _body: Nothing) -> Response:
    """Open a session that begins: from now on outcomes are recorded, and the agenda stands."""
    return await _do(call, "session.open", opening.open_session)


@api.post(ONE + "/publish", body=Nothing, options=DRY_RUN, answers=views.ActedSession)
async def publish(call: Call, _body: Nothing) -> Response:
    """Let everybody read when and where a confirmed session is, and what of."""
    return await _do(call, "session.publish", actions.publish)
