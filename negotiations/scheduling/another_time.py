"""The page on which another time is proposed for a session that isn't agreed yet."""

from starlette.responses import Response

from negotiations.access.policy import demand
from negotiations.errors import Invalid, NegotiationsError, WrongState
from negotiations.scheduling import countering, forms, queries, rules, seating, views
from negotiations.scheduling.proposing import AGAIN, zones
from negotiations.scheduling.suggested import Suggested, around, wants_times
from negotiations.web.forms import Form
from negotiations.web.html import Page, problems, require_base, version_of
from negotiations.web.problems import status_of


async def show_counter(page: Page) -> Response:
    """`/s/{session}/counter`: the form, filled with the time and place as they are."""
    return await _form(page)


async def counter(page: Page) -> Response:
    """Propose it and show it, or the form again with what is wrong beside each field."""
    if wants_times(page.form):
        return await _suggest(page)
    try:
        async with page.write() as (db, actor):
            session = await queries.session_for_change(db, actor, page.path["id"])
            demand(actor, "session.counter_propose", session)
            require_base(page, await views.one_view(db, session))
            where = await seating.setting(db, session)
            if where.jurisdiction is None:
                raise WrongState("Only a session with one jurisdiction has alternatives. Move it.")
            body = forms.counter(page.form, session, where.jurisdiction.slug)
            made, warnings = await countering.propose(
                db, actor, where.negotiation, body, now=page.now
            )
    except Invalid as error:
        return await _form(page, page.form, forms.consent_error(error, page.form))
    except AGAIN as error:
        return await _form(page, page.form, error)
    return page.go(f"/s/{made.id}" + ("?warned=1" if warnings else ""))


async def _suggest(page: Page) -> Response:
    """The form with times that suit, or with the one that was taken."""
    try:
        async with page.read() as (db, actor):
            session = await queries.session(db, actor, page.path["id"])
            demand(actor, "session.counter_propose", session)
            typed, suggested = await around(page, db, actor, session)
    except Invalid as error:
        return await _form(page, page.form, error)
    return await _form(page, typed, suggested=suggested)


async def _form(
    page: Page,
    typed: Form | None = None,
    error: NegotiationsError | None = None,
    suggested: Suggested | None = None,
) -> Response:
    async with page.read() as (db, actor):
        session = await queries.session(db, actor, page.path["id"])
        demand(actor, "session.counter_propose", session)
        where = await seating.setting(db, session)
        base = version_of(await views.one_view(db, session))
    seat = actor.seat_in(where.negotiation.id)
    place = [("location", session.location or ""), ("room", session.room or "")]
    filled = [*forms.time_fields(session), *place, *forms.consent_fields(where.parties)]
    stands = session.status in rules.ALLOWED_FROM["counter"] and where.track is not None
    return page.show(
        "scheduling/counter.html",
        status_of(error)[0] if error else 200,
        session=session,
        where=where,
        negotiation=where.negotiation,
        typed=typed or Form(filled),
        base=base,
        suggested=suggested,
        stands=stands,
        own=where.party(seat.party_id) if seat and seat.party_id else None,
        zones=zones(session.tz, *(side.tz for side in where.parties)),
        **(problems(error) if error else {}),
    )
