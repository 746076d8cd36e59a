"""The page of a session's poll: its times as a table, and the forms that ask, answer and choose."""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.responses import Response
from starlette.routing import BaseRoute

from negotiations.access.actor import Actor
from negotiations.access.policy import can, demand
from negotiations.db import Db
from negotiations.errors import Invalid, NegotiationsError
from negotiations.models import NegotiationSession, Poll
from negotiations.models.polls import PollStatus
from negotiations.polls import actions, choosing, forms, queries, rules
from negotiations.polls.bodies import ClosePoll, Withdraw
from negotiations.polls.views import answers, poll_view
from negotiations.scheduling import queries as scheduling
from negotiations.scheduling import seating
from negotiations.scheduling import views as sessions
from negotiations.scheduling.acceptance import takes_no_time
from negotiations.scheduling.forms import read, time_fields
from negotiations.scheduling.proposing import AGAIN, zones
from negotiations.scheduling.seating import Setting
from negotiations.scheduling.warnings import warned
from negotiations.web.cursors import Part
from negotiations.web.forms import Form
from negotiations.web.html import Page, page_route, problems, require_base, version_of
from negotiations.web.problems import status_of

MOST = 20  # polls of one session on its page, the newest
Act = Callable[[Db, Actor, NegotiationSession, Poll], Awaitable[list[str] | None]]


async def show(page: Page) -> Response:
    """`/s/{session}/poll`: what is asked about, what was answered, and what was asked before."""
    return await _form(page)


async def open_poll(page: Page) -> Response:
    """Ask about these times, or the form again with what is wrong beside each field."""
    try:
        async with page.write() as (db, actor):
            session = await scheduling.session_for_change(db, actor, page.path["id"])
            demand(actor, "poll.open", session)
            require_base(page, await sessions.one_view(db, session))
            body = forms.new_poll(page.form)
            _, warnings = await actions.open_poll(db, actor, session, body, now=page.now)
    except Invalid as error:
        return await _form(page, page.form, forms.shown(error, page.form))
    except AGAIN as error:
        return await _form(page, page.form, error)
    return _back(page, warnings)


async def _act(page: Page, right: str, act: Act) -> Response:
    """One act on the poll as the form saw it; then its page."""
    try:
        async with page.write() as (db, actor):
            poll, session = await queries.poll_for_change(db, actor, page.form.get("poll"))
            demand(actor, right, session)
            require_base(page, poll_view(await queries.asked(db, poll, session)))
            warnings = await act(db, actor, session, poll)
    except AGAIN as error:
        return await _form(page, page.form, error)
    return _back(page, warnings)


def _back(page: Page, warnings: list[str] | None) -> Response:
    return page.go(f"/s/{page.path['id']}/poll" + ("?warned=1" if warnings else ""))


async def offer(page: Page) -> Response:
    async def act(db: Db, actor: Actor, session: NegotiationSession, poll: Poll) -> list[str]:
        return await actions.offer(db, actor, session, poll, forms.time(page.form), now=page.now)

    return await _act(page, "poll.change", act)


async def withdraw(page: Page) -> Response:
    async def act(db: Db, actor: Actor, session: NegotiationSession, poll: Poll) -> None:
        option = read(Withdraw, {"option": page.form.get("option")}).option
        await actions.withdraw(db, actor, session, poll, option, now=page.now)

    return await _act(page, "poll.change", act)


async def answer(page: Page) -> Response:
    async def act(db: Db, actor: Actor, session: NegotiationSession, poll: Poll) -> None:
        await actions.answer(db, actor, session, poll, forms.answers(page.form), now=page.now)

    return await _act(page, "poll.answer", act)


async def choose(page: Page) -> Response:
    async def act(db: Db, actor: Actor, session: NegotiationSession, poll: Poll) -> list[str]:
        body = forms.choice(page.form)
        return await choosing.choose(db, actor, session, poll, body, now=page.now)

    return await _act(page, "poll.choose", act)


async def close(page: Page) -> Response:
    async def act(db: Db, actor: Actor, session: NegotiationSession, poll: Poll) -> None:
        reason = read(ClosePoll, {"reason": page.form.get("reason")}).reason
        await actions.close(db, actor, session, poll, reason, now=page.now)

    return await _act(page, "poll.change", act)


async def _form(
    page: Page, typed: Form | None = None, error: NegotiationsError | None = None
) -> Response:
    async with page.read() as (db, actor):
        session = await scheduling.session(db, actor, page.path["id"])
        where = await seating.setting(db, session)
        part = Part(f"polls {session.id}", most=MOST)
        found = await queries.polls(db, session, part=part)
        asked = await queries.asked_of(db, found, {session.id: session})
        base = version_of(await sessions.one_view(db, session))
        open_ = next((one for one in asked if one.poll.status is PollStatus.open), None)
        warnings = await _warnings(db, actor, page, where, open_)
        log = (await scheduling.changes(db, [session]))[session.id]
    seat = actor.seat_in(where.negotiation.id)
    return page.show(
        "polls/poll.html",
        status_of(error)[0] if error else 200,
        session=session,
        where=where,
        negotiation=where.negotiation,
        asked=open_,
        past=[one for one in asked if one is not open_],
        answers=answers,
        base=version_of(poll_view(open_)) if open_ else base,
        may={name: can(actor, f"poll.{name}", session) for name in ("open", "change", "answer")},
        stands=session.status in rules.ASKED_IN and not takes_no_time(session, log),
        own=where.party(seat.party_id) if seat and seat.party_id in where.consenting else None,
        typed=typed or Form(time_fields(session)),
        rows=range(max(forms.ROWS, *(one + 1 for one in (typed or Form([])).rows("options")), 1)),
        zones=zones(session.tz, *(side.tz for side in where.parties)),
        warnings=warnings,
        **(problems(error) if error else {}),
    )


async def _warnings(
    db: Db, actor: Actor, page: Page, where: Setting, asked: queries.Asked | None
) -> dict[str, list[str]]:
    """What the times asked about are warned of, by their ids: after an act that warned, once."""
    if asked is None or "warned" not in page.request.query_params:
        return {}
    if not can(actor, "poll.change", asked.session):
        return {}
    found: dict[str, Any] = {}
    for one in asked.offered:
        told = await warned(db, asked.session, where.negotiation, now=None, at=one)
        found[one.id] = [warning.text for warning in told]
    return found


ONE = "/s/{id}/poll"
routes: list[BaseRoute] = [
    page_route(ONE, show, open_poll),
    page_route(ONE + "/offer", post=offer),
    page_route(ONE + "/withdraw", post=withdraw),
    page_route(ONE + "/answer", post=answer),
    page_route(ONE + "/choose", post=choose),
    page_route(ONE + "/close", post=close),
]
