"""The pages of one session: everything about it, and the forms of its acts."""

from collections.abc import Sequence
from typing import Any

from starlette.responses import Response
from starlette.routing import BaseRoute

from negotiations.access.actor import Actor
from negotiations.access.policy import can, demand
from negotiations.civil import local_date
from negotiations.db import Db
from negotiations.errors import NegotiationsError, WrongState
from negotiations.models import AgendaItem, NegotiationSession, SessionChange
from negotiations.models.sessions import SessionStatus
from negotiations.notes import queries as notes
from negotiations.outcomes.sheet import sheet
from negotiations.outcomes.stating import sides_of
from negotiations.parties import queries as parties
from negotiations.scheduling import (
    acknowledged,
    actions,
    forms,
    holds,
    opening,
    postponing,
    queries,
    rules,
    seating,
    succession,
    views,
)
from negotiations.scheduling.another_time import counter, show_counter
from negotiations.scheduling.bodies import Accept, Acknowledge, Cancel, Decline, Postpone
from negotiations.scheduling.changing import (
    RIGHTS,
    change,
    edit,
    possible,
    publish,
    set_agenda,
    show_agenda,
    show_edit,
    show_publish,
)
from negotiations.scheduling.holding import EARLY, has_begun
from negotiations.scheduling.moving import (
    Act,
    move,
    reinstate,
    relocate,
    show_move,
    show_reinstate,
    show_relocate,
)
from negotiations.scheduling.proposing import AGAIN, propose, show_new
from negotiations.scheduling.seating import Setting
from negotiations.scheduling.warning_views import warnings_view
from negotiations.scheduling.warnings import check_stands, standing, warnings
from negotiations.web.html import Page, page_route, problems, require_base, version_of
from negotiations.web.problems import status_of


async def show(page: Page) -> Response:
    """`/s/{session}`."""
    return await _session(page)


async def _session(page: Page, act: str = "", error: NegotiationsError | None = None) -> Response:
    """The session; after a failed act with what was typed and what is wrong."""
    async with page.read() as (db, actor):
        session = await queries.session(db, actor, page.path["id"])
        values = await _values(db, actor, page, session)
    told = problems(error) if error else {"errors": {}}
    told["errors"] = {f"{act}_{name}": text for name, text in told["errors"].items()}
    status = status_of(error)[0] if error else 200
    return page.show(
        "scheduling/session.html", status, acted=act, typed=page.form, **values, **told
    )


async def _values(db: Db, actor: Actor, page: Page, session: NegotiationSession) -> dict[str, Any]:
    where = await seating.setting(db, session)
    log = (await queries.changes(db, [session]))[session.id]
    agenda = (await queries.agendas(db, [session]))[session.id]
    people = [session.chair_id, session.note_taker_id, *(one.person_id for one in log)]
    names = await parties.names(db, people)
    needed = await queries.indispensable(db, [session])
    seat = actor.seat_in(where.negotiation.id)
    acts = possible(actor, session, log)
    answers = views.answers(where, log)
    today = local_date(page.now, where.negotiation.home_tz)
    return {
        "session": session,
        "where": where,
        "negotiation": where.negotiation,
        "log": log,
        "agenda": agenda,
        "names": names,
        "answers": answers,
        "waiting": [one for one in answers if one["answer"] != "accepted"],
        "teams": await queries.teams(db, session.id),
        "attendance": await queries.attendance(db, session.id),
        "sheet": await sheet(db, actor, session, where, today),
        "may_state": sides_of(actor, where.track, where.parties) if where.track else set(),
        "summary": await notes.summary(db, actor, session.id),
        "asked": await holds.open_poll(db, session.id),
        "base": version_of(
            views.session_view(session, where, log, names, agenda, needed[session.id])
        ),
        "acts": acts,
        "related": await succession.related(db, actor, session),
        "earliest": session.starts_at - EARLY,
        "begun": has_begun(session, page.now),
        "own": where.party(seat.party_id) if seat and seat.party_id else None,
        "missing": _missing(session, where, log, agenda, page) if "confirm" in acts else "",
        **await _warnings(db, actor, session, where, page, acts),
    }


def _missing(
    session: NegotiationSession,
    where: Setting,
    log: Sequence[SessionChange],
    agenda: Sequence[AgendaItem],
    page: Page,
) -> str:
    """Why it can't be confirmed yet, in the rule's own words; empty when it can."""
    double = NegotiationSession(**session.model_dump())
    try:
        rules.confirm(double, sides=where.consenting, changes=log, agenda=agenda, now=page.now)
    except WrongState as error:
        return error.detail
    return ""


async def _warnings(
    db: Db, actor: Actor, session: NegotiationSession, where: Setting, page: Page, acts: set[str]
) -> dict[str, Any]:
    """To the secretariat what stands, with what it noted; to others who may change the time what
    the act just done warned of, once."""
    if can(actor, "session.warnings.read", session):
        found = await standing(db, session, now=page.now)
        seen = version_of(await warnings_view(db, found))
        return {"warnings": [], "standing": found, "warned_base": seen}
    late = session.status is SessionStatus.confirmed
    told: list[str] = []
    if "warned" in page.request.query_params and "move" in acts:
        now = page.now if late else None
        told = await warnings(db, actor, session, where.negotiation, now=now)
    return {"warnings": told, "standing": [], "warned_base": ""}


async def acknowledge(page: Page) -> Response:
    """Note why a time stands that is warned of; then the session's page, or what is wrong."""
    try:
        async with page.write() as (db, actor):
            session = await queries.session_for_change(db, actor, page.path["id"])
            demand(actor, "session.acknowledge", session)
            found = await standing(db, session, now=page.now)
            require_base(page, await warnings_view(db, found))
            fields = {name: page.form.get(name) for name in ("warning", "note")}
            body = forms.read(Acknowledge, fields)
            one = check_stands(found, body.warning)
            await acknowledged.acknowledge(db, actor, session, one.key, body.note, now=page.now)
    except AGAIN as error:
        return await _session(page, "acknowledge", error)
    return page.go(f"/s/{page.path['id']}")


async def _act(page: Page, name: str, act: Act) -> Response:
    try:
        return await change(page, RIGHTS[name][0], act)
    except AGAIN as error:
        return await _session(page, name, error)


def _fields(page: Page, act: str, *names: str) -> dict[str, str]:
    """The fields of one of the page's forms: `decline_reason` is the reason to decline."""
    given = page.form.given(*(f"{act}_{name}" for name in names))
    return {key.removeprefix(f"{act}_"): value for key, value in given.items()}


async def accept(page: Page) -> Response:
    async def act(db: Db, actor: Actor, session: NegotiationSession) -> list[str]:
        body = forms.read(Accept, _fields(page, "accept", "party", "by", "how"))
        return await actions.accept(db, actor, session, body, now=page.now)

    return await _act(page, "accept", act)


async def decline(page: Page) -> Response:
    async def act(db: Db, actor: Actor, session: NegotiationSession) -> list[str]:
        fields = {"reason": "", **_fields(page, "decline", "party", "by", "reason")}
        body = forms.read(Decline, fields)
        return await actions.decline(db, actor, session, body, now=page.now)

    return await _act(page, "decline", act)


async def confirm(page: Page) -> Response:
    async def act(db: Db, actor: Actor, session: NegotiationSession) -> list[str]:
        return await actions.confirm(db, actor, session, now=page.now)

    return await _act(page, "confirm", act)


async def open_session(page: Page) -> Response:
    async def act(db: Db, actor: Actor, session: NegotiationSession) -> list[str]:
        return await opening.open_session(db, actor, session, now=page.now)

    return await _act(page, "open", act)


async def postpone(page: Page) -> Response:
    async def act(db: Db, actor: Actor, session: NegotiationSession) -> list[str]:
        body = forms.read(Postpone, {"reason": "", **_fields(page, "postpone", "reason")})
        return await postponing.postpone(db, actor, session, body.reason, now=page.now)

    return await _act(page, "postpone", act)


async def cancel(page: Page) -> Response:
    async def act(db: Db, actor: Actor, session: NegotiationSession) -> list[str]:
        body = forms.read(Cancel, {"reason": "", **_fields(page, "cancel", "reason")})
        return await actions.cancel(db, actor, session, body.reason, now=page.now)

    return await _act(page, "cancel", act)


ONE = "/s/{id}"
routes: list[BaseRoute] = [
    page_route("/n/{neg}/sessions/new", show_new, propose),
    page_route(ONE, show),
    page_route(ONE + "/accept", post=accept),
    page_route(ONE + "/decline", post=decline),
    page_route(ONE + "/confirm", post=confirm),
    page_route(ONE + "/open", post=open_session),
    page_route(ONE + "/postpone", post=postpone),
    page_route(ONE + "/cancel", post=cancel),
    page_route(ONE + "/warnings", post=acknowledge),
    page_route(ONE + "/publish", show_publish, publish),
    page_route(ONE + "/edit", show_edit, edit),
    page_route(ONE + "/agenda", show_agenda, set_agenda),
    page_route(ONE + "/move", show_move, move),
    page_route(ONE + "/relocate", show_relocate, relocate),
    page_route(ONE + "/reinstate", show_reinstate, reinstate),
    page_route(ONE + "/counter", show_counter, counter),
]
