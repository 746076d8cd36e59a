"""JSON for polls about a session's time."""

from collections.abc import Awaitable, Callable

from starlette.responses import Response

from negotiations.access.actor import Actor
from negotiations.access.policy import demand
from negotiations.db import Db
from negotiations.models import NegotiationSession, Poll
from negotiations.polls import actions, choosing, queries
from negotiations.polls.bodies import Answers, Choose, ClosePoll, NewPoll, Time, Withdraw
from negotiations.polls.views import ActedPoll, PollView, poll_view
from negotiations.scheduling import queries as scheduling
from negotiations.web.routes import DRY_RUN, PREFIX, Api, Call

api = Api()
OF_SESSION = "/sessions/{id}/polls"
ONE = "/polls/{id}"


@api.get(OF_SESSION, lists=PollView)
async def list_polls(call: Call) -> Response:
    """List the polls about a session's time, the newest first."""
    async with call.read() as (db, actor):
        session = await scheduling.session(db, actor, call.path["id"])
        part = call.part()
        found = await queries.polls(db, session, part=part)
        items = [poll_view(one) for one in await queries.asked_of(db, found, {session.id: session})]
    return call.listed(items, part)


@api.post(OF_SESSION, body=NewPoll, options=DRY_RUN, answers=ActedPoll, gives=(201, 200))
async def open_poll(call: Call, body: NewPoll) -> Response:
    """Ask about other times for a session that is proposed or postponed, and hold them all."""
    async with call.write(dry_run=call.dry_run) as (db, actor):
        session = await scheduling.session_for_change(db, actor, call.path["id"])
        poll, warnings = await actions.open_poll(db, actor, session, body, now=call.now)
        view = poll_view(await queries.asked(db, poll, session))
    if call.dry_run:
        return call.done(view, warnings=warnings)
    return call.done(view, warnings=warnings, status=201, Location=f"{PREFIX}/polls/{poll.id}")


@api.get(ONE, answers=PollView)
async def show_poll(call: Call) -> Response:
    """Show one poll with its times and what each side answered."""
    async with call.read() as (db, actor):
        poll = await queries.poll(db, actor, call.path["id"])
        session = await scheduling.session(db, actor, poll.session_id)
        view = poll_view(await queries.asked(db, poll, session))
    return call.answer(view)


Act = Callable[[Db, Actor, NegotiationSession, Poll], Awaitable[list[str] | None]]


async def _act(call: Call, right: str, act: Act) -> Response:
    """One act on a poll the caller saw as it is."""
    async with call.write(dry_run=call.dry_run) as (db, actor):
        poll, session = await queries.poll_for_change(db, actor, call.path["id"])
        demand(actor, right, session)
        call.require_match(poll_view(await queries.asked(db, poll, session)))
        warnings = await act(db, actor, session, poll)
        view = poll_view(await queries.asked(db, poll, session))
    return call.done(view, warnings=warnings or [])


@api.post(ONE + "/offer", body=Time, options=DRY_RUN, answers=ActedPoll)
async def offer(call: Call, body: Time) -> Response:
    """Ask about one time more, and hold it."""
    return await _act(
        call,
        "poll.change",
        lambda db, actor, session, poll: actions.offer(
            db, actor, session, poll, body, now=call.now
        ),
    )


@api.post(ONE + "/withdraw", body=Withdraw, options=DRY_RUN, answers=ActedPoll)
async def withdraw(call: Call, body: Withdraw) -> Response:
    """Ask about one time less, and let it go."""
    return await _act(
        call,
        "poll.change",
        lambda db, actor, session, poll: actions.withdraw(
            db, actor, session, poll, body.option, now=call.now
        ),
    )


@api.post(ONE + "/answer", body=Answers, options=DRY_RUN, answers=ActedPoll)
async def answer(call: Call, body: Answers) -> Response:
    """Answer yes, if need be or no for one's side; the coordinator records who said so."""
    return await _act(
        call,
        "poll.answer",
        lambda db, actor, session, poll: actions.answer(
            db, actor, session, poll, body, now=call.now
        ),
    )


@api.post(ONE + "/choose", body=Choose, options=DRY_RUN, answers=ActedPoll)
async def choose(call: Call, body: Choose) -> Response:
    """Choose one of the times: it becomes the session's, and the others are let go.

    The side that chooses has accepted it, and so have those that answered yes. The session is
    confirmed with it if nothing is missing; else it is proposed for that time.
    """
    return await _act(
        call,
        "poll.choose",
        lambda db, actor, session, poll: choosing.choose(
            db, actor, session, poll, body, now=call.now
        ),
    )


@api.post(ONE + "/close", body=ClosePoll, options=DRY_RUN, answers=ActedPoll)
async def close(call: Call, body: ClosePoll) -> Response:
    """Close a poll without a choice, with the reason; every time is let go."""
    return await _act(
        call,
        "poll.change",
        lambda db, actor, session, poll: actions.close(
            db, actor, session, poll, body.reason, now=call.now
        ),
    )
