"""The page on which a session is closed by itself, and adjourned: when and with what it goes on."""

from starlette.responses import Response

from negotiations.access.actor import Actor
from negotiations.access.policy import demand
from negotiations.db import Db
from negotiations.errors import Invalid, NegotiationsError
from negotiations.models import NegotiationSession
from negotiations.models.parties import SummaryTemplate
from negotiations.models.sessions import CloseKind, ItemState
from negotiations.notes import actions
from negotiations.outcomes import queries as outcomes
from negotiations.scheduling import forms, holding, queries, rules, seating, views
from negotiations.scheduling.bodies import Close
from negotiations.scheduling.changing import agenda_view, change
from negotiations.scheduling.holding import has_begun
from negotiations.scheduling.proposing import AGAIN, zones
from negotiations.web.forms import Form
from negotiations.web.html import Page, problems, version_of
from negotiations.web.problems import status_of
from negotiations.web.showing import words


async def show_close(page: Page) -> Response:
    """`/s/{session}/close`."""
    return await _form(page)


async def close(page: Page) -> Response:
    """Close it, with the next session if it goes on at a date; or the form with what is wrong."""

    async def act(db: Db, actor: Actor, session: NegotiationSession) -> list[str]:
        return await actions.close(db, actor, session, _body(page.form), now=page.now)

    try:
        return await change(page, "session.close", act, _seen)
    except Invalid as error:
        return await _form(page, page.form, forms.in_next(error, "/next"))
    except AGAIN as error:
        return await _form(page, page.form, error)


def _body(form: Form) -> Close:
    fields: dict[str, object] = {"close_kind": form.get("close_kind"), **form.given("template")}
    if form.get("close_kind") == CloseKind.adjourned_to_date:
        fields |= {"next": forms.following(form), "carried_over": form.all("carried_over")}
    return forms.read(Close, fields)


async def _seen(db: Db, session: NegotiationSession) -> dict[str, object]:
    """What the form was made from."""
    agenda = await agenda_view(db, session)
    return {"session": await views.one_view(db, session), "agenda": agenda}


def again(session: NegotiationSession) -> list[tuple[str, str]]:
    """The fields of the next session: at the same hours and place, on a day to be given."""
    times = [one for one in forms.time_fields(session) if one[0] not in ("date", "fold")]
    return [*times, ("location", session.location or ""), ("room", session.room or "")]


async def _form(
    page: Page, typed: Form | None = None, error: NegotiationsError | None = None
) -> Response:
    async with page.read() as (db, actor):
        session = await queries.session(db, actor, page.path["id"])
        demand(actor, "session.close", session)
        where = await seating.setting(db, session)
        agenda = (await queries.agendas(db, [session]))[session.id]
        rows = (await outcomes.outcomes_of(db, [session.id]))[session.id]
        base = version_of(await _seen(db, session))
    settled = frozenset(row.issue_id for row in rows)
    open_items = holding.unfinished(session, agenda, settled)
    filled = [("close_kind", CloseKind.concluded.value), *again(session)]
    filled.append(("template", where.negotiation.summary_template.value))
    filled += [("carried_over", item.id) for item in open_items]
    return page.show(
        "notes/close.html",
        status_of(error)[0] if error else 200,
        session=session,
        where=where,
        negotiation=where.negotiation,
        agenda=[item for item in agenda if item.state is not ItemState.dropped],
        settled=settled,
        typed=typed or Form(filled),
        base=base,
        stands=session.status in rules.ALLOWED_FROM["close"] and has_begun(session, page.now),
        close_kinds=[(one.value, words(one)) for one in CloseKind],
        templates=[(one.value, words(one)) for one in SummaryTemplate],
        zones=zones(session.tz, *(side.tz for side in where.parties)),
        **(problems(error) if error else {}),
    )
