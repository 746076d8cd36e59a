"""The page of a session's result: summary, outcomes, commitments, attendance, closing, in one."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from starlette.responses import Response
from starlette.routing import BaseRoute

from negotiations.access.actor import Actor
from negotiations.access.policy import can, demand
from negotiations.civil import local_date
from negotiations.db import Db
from negotiations.errors import (
    AlreadySuperseded,
    Conflict,
    Invalid,
    NegotiationsError,
    NotFound,
    PreconditionMissing,
    Stale,
)
from negotiations.models import NegotiationSession, NoteDraft
from negotiations.models.outcomes import OutcomeValue
from negotiations.models.parties import SummaryTemplate
from negotiations.models.sessions import CloseKind, SessionStatus
from negotiations.notes import acting, actions, drafting, filling, forms, reading, showing
from negotiations.notes.closing import close, show_close
from negotiations.notes.rounds import view_of
from negotiations.outcomes.matrix import LOOKS
from negotiations.outcomes.sheet import sheet
from negotiations.scheduling import queries as scheduling
from negotiations.scheduling import rules, seating
from negotiations.scheduling.proposing import AGAIN, zones
from negotiations.scheduling.seating import Setting
from negotiations.texts import keeping
from negotiations.web.forms import Form
from negotiations.web.html import (
    Handler,
    Page,
    page_route,
    problems,
    require_base,
)
from negotiations.web.problems import status_of
from negotiations.web.showing import words

NONE_YET = "none"
ONE = "/s/{id}/summary"
SUPERSEDED = (
    "Someone recorded an outcome on one of these items meanwhile, and nothing was saved. What "
    "stands now is shown at each item; what you typed is still there. Save again to replace it."
)
CHANGED = (
    "Someone saved the summary, or recorded something with it, since you opened this page, and "
    "nothing of yours was saved yet. What stands now is shown below and at each item; what you "
    "typed is still there. Save again to replace it."
)


async def show(page: Page) -> Response:
    """`/s/{session}/summary`: the secretariat writes it, others read it once it went round."""
    return await _page(page)


async def _page(page: Page, act: str = "", error: NegotiationsError | None = None) -> Response:
    """The page as it is for the reader; after a failed act on it with what was typed."""
    try:
        return await _written(page, error)
    except _DoesNotWrite:
        return await showing.read(page, act, error)


class _DoesNotWrite(NotFound):
    """For them there is no form, though there may be a summary."""


async def _written(page: Page, error: NegotiationsError | None) -> Response:
    query = page.request.query_params
    if (chosen := query.get("draft")) is not None:
        async with page.read() as (db, actor):
            draft = await keeping.one(db, actor, NoteDraft, chosen)
        return await _form(page, instead=draft.body)
    if (named := query.get("template")) is not None:
        if named not in set(SummaryTemplate):
            raise NotFound
        return await _form(page, compiled=SummaryTemplate(named))
    return await _form(page, acted=error)


def _acting(act: Callable[[Page], Awaitable[None]]) -> Handler:
    """An act on the summary, then its page: itself again with what is wrong."""

    async def post(page: Page) -> Response:
        try:
            await act(page)
        except AGAIN as error:
            return await _page(page, act.__name__, error)
        return page.go(f"/s/{page.path['id']}/summary")

    return post


async def save(page: Page) -> Response:
    """Everything on the page, or nothing."""
    try:
        async with page.write() as (db, actor):
            session = await scheduling.session_for_change(db, actor, page.path["id"])
            _readable(actor, session)
            demand(actor, "summary.write", session)
            await _check_base(db, actor, page, session)
            body = forms.result(page.form)
            await actions.post_result(db, actor, session, body, now=page.now)
    except Invalid as error:
        return await _form(page, page.form, forms.in_form(error, page.form))
    except Stale as error:
        try:
            await _keep(page)
        except Conflict as full:
            return await _form(page, page.form, full)
        return await _form(page, page.form, error)
    except (Conflict, PreconditionMissing) as error:
        return await _form(page, page.form, error)
    return page.go(f"/s/{page.path['id']}/summary?saved=1")


async def _keep(page: Page) -> None:
    """In a transaction of its own: the text outlives this browser too."""
    text = forms.text(page.form)
    async with page.write() as (db, actor):
        session = await scheduling.session_for_change(db, actor, page.path["id"])
        base = page.form.get("base")
        await actions.keep(db, actor, session, text, base=base, now=page.now)


async def discard(page: Page) -> Response:
    """`/s/{session}/summary/drafts/{draft}/discard`: what stands is taken."""
    async with page.write() as (db, actor):
        draft = await keeping.one(db, actor, NoteDraft, page.path["draft"], lock=True)
        session = await scheduling.session(db, actor, page.path["id"])
        if draft.session_id != session.id:
            raise NotFound
        await actions.discard(db, actor, session, draft)
    return page.go(f"/s/{session.id}/summary")


def _readable(actor: Actor, session: NegotiationSession) -> None:
    """A draft doesn't exist for the delegations."""
    if not can(actor, "summary.read", session):
        raise _DoesNotWrite


async def _check_base(db: Db, actor: Actor, page: Page, session: NegotiationSession) -> None:
    current = await view_of(db, actor, session)
    if current is not None:
        require_base(page, current)
    elif page.form.get("base") != NONE_YET:
        raise Stale("There is no summary yet. Save again to write the first.")


async def _form(
    page: Page,
    typed: Form | None = None,
    error: NegotiationsError | None = None,
    *,
    instead: str | None = None,
    compiled: SummaryTemplate | None = None,
    acted: NegotiationsError | None = None,
) -> Response:
    """The page; `instead` is another text to write on with, `compiled` a template's of what is
    recorded now (in the form alone until saved), `acted` what was wrong with an act."""
    async with page.read() as (db, actor):
        session = await scheduling.session(db, actor, page.path["id"])
        _readable(actor, session)
        where = await seating.setting(db, session)
        values = await _values(db, actor, page, session, where, typed)
        if compiled is not None:
            found = values["found"]
            symbol = found[0].symbol if found else await drafting.symbol_of(db, session, where)
            instead = await drafting.compiled(db, session, where, symbol, compiled)
        values["drafts"] = await keeping.own(db, actor, NoteDraft, actions.spot(session))
    if instead is not None:
        kept = [one for one in values["typed"].fields if one[0] != "body"]
        values["typed"] = Form([*kept, ("body", instead)])
    wrong = error or acted
    told = problems(wrong) if wrong else {}
    if isinstance(error, Stale | AlreadySuperseded):
        told["problem"] = CHANGED if isinstance(error, Stale) else SUPERSEDED
        values["typed"] = _onto_what_stands(values["typed"], values["rows"])
    elif error is not None:
        values["base"] = page.form.get("base")
    status = status_of(wrong)[0] if wrong else 200
    saved = "saved" in page.request.query_params and status == 200
    return page.show(
        "notes/summary.html", status, saved=saved, zones_of=reading.zones_of, **values, **told
    )


def _onto_what_stands(typed: Form, rows: Sequence[filling.Row]) -> Form:
    """The same words, now meant to replace what the page shows as standing."""
    names = {f"outcomes/{number}/supersedes" for number, _, _ in rows}
    stands = [(f"outcomes/{number}/supersedes", said.row.id) for number, _, said in rows if said]
    return Form([one for one in typed.fields if one[0] not in names] + stands)


async def _values(
    db: Db,
    actor: Actor,
    page: Page,
    session: NegotiationSession,
    where: Setting,
    typed: Form | None,
) -> dict[str, Any]:
    """What the page shows, and the form as it is unless something was `typed`."""
    agenda = (await scheduling.agendas(db, [session]))[session.id]
    on_agenda = {item.issue_id for item in agenda}
    life = await reading.life_of(db, actor, session, where, now=page.now)
    found = (life.one.summary, life.one.revision) if life else None
    today = local_date(page.now, where.negotiation.home_tz)
    recorded = await sheet(db, actor, session, where, today)
    rows = filling.numbered(recorded, on_agenda)
    people, there = await filling.people_of(db, actor, session, where)
    if typed is None:
        body = found[1].body if found else await filling.first_text(db, session, where, agenda)
        typed = filling.as_it_is(
            body, session, where, rows, [person for person, _ in people], there
        )
    return {
        "session": session,
        "where": where,
        "negotiation": where.negotiation,
        "sheet": recorded,
        "rows": rows,
        "on_agenda": on_agenda,
        "people": people,
        "found": found,
        "typed": typed,
        "life": life,
        "base": life.base if life else NONE_YET,
        "commitment_rows": max([forms.NEW_COMMITMENTS - 1, *typed.rows("commitments")]) + 1,
        "closes": session.status in rules.ALLOWED_FROM["close"],
        "writable": session.status in rules.ALLOWED_FROM["close"] | {SessionStatus.held},
        "templates": [(one.value, words(one)) for one in SummaryTemplate],
        "in_progress": session.status is SessionStatus.in_progress,
        "outcome_values": [(one.value, f"{LOOKS[one].glyph} {words(one)}") for one in OutcomeValue],
        "close_kinds": [(one.value, words(one)) for one in CloseKind],
        "zones": zones(session.tz, *(side.tz for side in where.parties)),
    }


routes: list[BaseRoute] = [
    page_route("/s/{id}/close", show_close, close),
    page_route(ONE, show, save),
    page_route(ONE + "/drafts/{draft}/discard", post=discard),
    page_route(ONE + "/decide", post=_acting(acting.decide)),
    page_route(ONE + "/comment", post=_acting(acting.comment)),
    page_route(ONE + "/circulate", post=_acting(acting.circulate)),
    page_route(ONE + "/agree", post=_acting(acting.agree)),
    page_route(ONE + "/diff", showing.difference),
    page_route(ONE + "/publish", showing.show_publish, showing.publish),
    page_route(ONE + "/corrigendum", showing.show_corrigendum, showing.correct),
]
