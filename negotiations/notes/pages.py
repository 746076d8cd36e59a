"""The page of a session's result: summary, outcomes, commitments, attendance, closing, in one."""

from collections.abc import Mapping, Sequence
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
from negotiations.models import (
    AgendaItem,
    Attendance,
    Issue,
    NegotiationSession,
    NoteDraft,
    Person,
)
from negotiations.models.outcomes import OutcomeValue
from negotiations.models.sessions import CloseKind, SessionStatus
from negotiations.notes import actions, forms, queries
from negotiations.notes.closing import again, close, show_close
from negotiations.notes.rounds import view_of
from negotiations.notes.template import template
from negotiations.outcomes.matrix import LOOKS
from negotiations.outcomes.sheet import Said, Sheet, sheet
from negotiations.parties import queries as parties
from negotiations.scheduling import queries as scheduling
from negotiations.scheduling import rules
from negotiations.scheduling.proposing import zones
from negotiations.scheduling.seating import Setting
from negotiations.texts import keeping
from negotiations.web.forms import Form
from negotiations.web.html import Page, page_route, problems, require_base, version_of
from negotiations.web.problems import status_of
from negotiations.web.showing import words

NONE_YET = "none"
SUPERSEDED = (
    "Someone recorded an outcome on one of these items meanwhile, and nothing was saved. What "
    "stands now is shown at each item; what you typed is still there. Save again to replace it."
)
CHANGED = (
    "Someone saved the summary, or recorded something with it, since you opened this page, and "
    "nothing of yours was saved yet. What stands now is shown below and at each item; what you "
    "typed is still there. Save again to replace it."
)
Row = tuple[int, Issue, Said | None]  # an issue, its number in the form, and what stands


async def show(page: Page) -> Response:
    """`/s/{session}/summary`; for the secretariat alone while it is a draft."""
    chosen = page.request.query_params.get("draft")
    if chosen is None:
        return await _form(page)
    async with page.read() as (db, actor):
        draft = await keeping.one(db, actor, NoteDraft, chosen)
    return await _form(page, instead=draft.body)


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
        await _keep(page)
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
        raise NotFound


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
) -> Response:
    """The page; `instead` is a kept text that is to be written on with."""
    async with page.read() as (db, actor):
        session = await scheduling.session(db, actor, page.path["id"])
        _readable(actor, session)
        where = await scheduling.setting(db, session)
        values = await _values(db, actor, page, session, where, typed)
        values["drafts"] = await keeping.own(db, actor, NoteDraft, actions.spot(session))
    if instead is not None:
        kept = [one for one in values["typed"].fields if one[0] != "body"]
        values["typed"] = Form([*kept, ("body", instead)])
    told = problems(error) if error else {}
    if isinstance(error, Stale | AlreadySuperseded):
        told["problem"] = CHANGED if isinstance(error, Stale) else SUPERSEDED
        values["typed"] = _onto_what_stands(values["typed"], values["rows"])
    elif error is not None:
        values["base"] = page.form.get("base")
    status = status_of(error)[0] if error else 200
    saved = "saved" in page.request.query_params and error is None
    return page.show("notes/summary.html", status, saved=saved, **values, **told)


def _onto_what_stands(typed: Form, rows: Sequence[Row]) -> Form:
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
    found = await queries.summary(db, actor, session.id)
    today = local_date(page.now, where.negotiation.home_tz)
    recorded = await sheet(db, actor, session, where, today)
    rows = _rows(recorded, on_agenda)
    people, there = await _people(db, actor, session, where)
    if typed is None:
        body = found[1].body if found else await _empty(db, session, where, agenda)
        typed = _as_it_is(body, session, where, rows, [person for person, _ in people], there)
    return {
        "session": session,
        "where": where,
        "negotiation": where.negotiation,
        "sheet": recorded,
        "rows": rows,
        "on_agenda": on_agenda,
        "people": people,
        "found": found,
        "revisions": await queries.revisions(db, actor, session.id) if found else [],
        "typed": typed,
        "base": await _base(db, actor, session),
        "commitment_rows": max([forms.NEW_COMMITMENTS - 1, *typed.rows("commitments")]) + 1,
        "closes": session.status in rules.ALLOWED_FROM["close"],
        "writable": session.status in rules.ALLOWED_FROM["close"] | {SessionStatus.held},
        "in_progress": session.status is SessionStatus.in_progress,
        "outcome_values": [(one.value, f"{LOOKS[one].glyph} {words(one)}") for one in OutcomeValue],
        "close_kinds": [(one.value, words(one)) for one in CloseKind],
        "zones": zones(session.tz, *(side.tz for side in where.parties)),
    }


async def _base(db: Db, actor: Actor, session: NegotiationSession) -> str:
    current = await view_of(db, actor, session)
    return NONE_YET if current is None else version_of(current)


async def _people(
    db: Db, actor: Actor, session: NegotiationSession, where: Setting
) -> tuple[list[tuple[Person, str]], dict[str, Attendance]]:
    """Who is on the list and the members of both sides, with their side; the list by person."""
    rows = await scheduling.attendance(db, session.id)
    seats = await parties.members(db, actor, where.negotiation.id)
    side = {seat.person_id: where.sides.get(seat.party_id or "", "") for seat, _, _ in seats}
    people = {person.id: person for _, person in rows}
    people |= {person.id: person for seat, person, _ in seats if seat.party_id in where.sides}
    shown = [(person, side.get(person.id, "")) for person in people.values()]
    return shown, {row.person_id: row for row, _ in rows}


def _rows(recorded: Sheet, on_agenda: set[str | None]) -> list[Row]:
    """Every issue with its number in the form and what stands: those of the agenda first."""
    issues = sorted(recorded.issues, key=lambda issue: issue.id not in on_agenda)
    return [(number, issue, recorded.said(issue.id)) for number, issue in enumerate(issues)]


async def _empty(
    db: Db, session: NegotiationSession, where: Setting, agenda: Sequence[AgendaItem]
) -> str:
    """The template of a first summary."""
    symbol = await actions.symbol_of(db, session, where)
    names = await parties.names(db, [session.chair_id, session.note_taker_id])
    chair, taker = (names.get(one or "", "") for one in (session.chair_id, session.note_taker_id))
    return template(session, symbol, agenda, list(where.sides.values()), chair, taker)


def _as_it_is(
    body: str,
    session: NegotiationSession,
    where: Setting,
    rows: Sequence[Row],
    people: Sequence[Person],
    there: Mapping[str, Attendance],
) -> Form:
    fields = [("body", body), ("close", CloseKind.concluded.value), *again(session)]
    for number, issue, said in rows:
        fields += forms.outcome_fields(number, issue, said, where.slugs)
    return Form(fields + forms.attendance_fields(people, there))


routes: list[BaseRoute] = [
    page_route("/s/{id}/close", show_close, close),
    page_route("/s/{id}/summary", show, save),
    page_route("/s/{id}/summary/drafts/{draft}/discard", post=discard),
]
