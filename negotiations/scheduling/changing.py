"""What changes on a page of its own: details, agenda, publication; and which acts are possible."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from starlette.responses import Response

from negotiations.access.actor import Actor
from negotiations.access.policy import can, demand
from negotiations.db import Db
from negotiations.errors import Invalid, NegotiationsError
from negotiations.models import NegotiationSession, SessionChange
from negotiations.models.sessions import SessionStatus
from negotiations.parties import queries as parties
from negotiations.scheduling import actions, details, forms, queries, rules, seating, views
from negotiations.scheduling.acceptance import takes_no_time
from negotiations.scheduling.moving import Act
from negotiations.scheduling.proposing import AGAIN, choices
from negotiations.web.forms import Form
from negotiations.web.html import Page, problems, require_base, version_of
from negotiations.web.problems import status_of

View = Callable[[Db, NegotiationSession], Awaitable[Mapping[str, object]]]
# An act's right and the states it is possible in.
RIGHTS = {
    "accept": ("session.accept", rules.ALLOWED_FROM["accept"]),
    "decline": ("session.decline", rules.ALLOWED_FROM["decline"]),
    "confirm": ("session.confirm", rules.ALLOWED_FROM["confirm"]),
    "move": ("session.move", rules.ALLOWED_FROM["move"]),
    "edit": ("session.change", rules.ALLOWED_FROM["change"]),
    "agenda": ("agenda.write", rules.BOOKING),
    "counter": ("session.counter_propose", rules.ALLOWED_FROM["counter"]),
    "poll": ("poll.open", rules.ALLOWED_FROM["counter"]),
    "postpone": ("session.postpone", rules.ALLOWED_FROM["postpone"]),
    "reinstate": ("session.reinstate", rules.ALLOWED_FROM["reinstate"]),
    "open": ("session.open", rules.ALLOWED_FROM["open"]),
    "cancel": ("session.cancel", rules.ALLOWED_FROM["cancel"]),
    "publish": ("session.publish", rules.ALLOWED_FROM["publish"]),
    "close": ("session.close", rules.ALLOWED_FROM["close"]),
    "result": ("summary.write", rules.ALLOWED_FROM["close"] | {SessionStatus.held}),
}


def possible(
    actor: Actor, session: NegotiationSession, log: Sequence[SessionChange] = ()
) -> set[str]:
    """The acts that role, state and log allow the actor now."""
    found = {
        act
        for act, (right, states) in RIGHTS.items()
        if session.status in states and can(actor, right, session)
    }
    if session.track_id is None:
        found.discard("counter")
    if takes_no_time(session, log):
        found.discard("poll")
    return found - {"publish"} if session.published_at else found


async def change(page: Page, right: str, act: Act, seen: View = views.one_view) -> Response:
    """One act on the session as the form saw it; then its page."""
    async with page.write() as (db, actor):
        session = await queries.session_for_change(db, actor, page.path["id"])
        demand(actor, right, session)
        require_base(page, await seen(db, session))
        warnings = await act(db, actor, session)
    return page.go(f"/s/{page.path['id']}" + ("?warned=1" if warnings else ""))


async def show_publish(page: Page) -> Response:
    """`/s/{session}/publish`: what becomes public, before it does."""
    return await _asking(page, "publish")


async def publish(page: Page) -> Response:
    async def act(db: Db, actor: Actor, session: NegotiationSession) -> list[str]:
        return await actions.publish(db, actor, session, now=page.now)

    try:
        return await change(page, "session.publish", act)
    except AGAIN as error:
        return await _asking(page, "publish", error=error)


async def show_edit(page: Page) -> Response:
    """`/s/{session}/edit`: title, link, chair and the like."""
    return await _asking(page, "edit")


async def edit(page: Page) -> Response:
    async def act(db: Db, actor: Actor, session: NegotiationSession) -> list[str]:
        await details.change(db, actor, session, forms.patch(page.form), now=page.now)
        return []

    try:
        return await change(page, "session.change", act)
    except AGAIN as error:
        return await _asking(page, "edit", page.form, error)


async def show_agenda(page: Page) -> Response:
    """`/s/{session}/agenda`: the agenda's rows, and some for new items."""
    return await _asking(page, "agenda")


async def set_agenda(page: Page) -> Response:
    async def act(db: Db, actor: Actor, session: NegotiationSession) -> list[str]:
        try:
            items = forms.agenda(page.form).items
            await details.set_agenda(db, actor, session, items, now=page.now)
        except Invalid as error:
            raise forms.agenda_error(error, page.form) from None
        return []

    try:
        return await change(page, "agenda.write", act, agenda_view)
    except AGAIN as error:
        return await _asking(page, "agenda", page.form, error)


async def agenda_view(db: Db, session: NegotiationSession) -> views.AgendaView:
    """What the agenda's form was made from."""
    items = (await queries.agendas(db, [session]))[session.id]
    codes = await queries.issue_codes(db, items)
    return {"items": [views.item_view(item, codes) for item in items]}


async def _gone(
    db: Db, session: NegotiationSession, here: Sequence[tuple[str, str]]
) -> list[tuple[str, str]]:
    """Who is named and has left the talks: a form without them would unname them."""
    named = {session.chair_id, session.note_taker_id} - {id_ for id_, _ in here}
    found = await parties.names(db, named)
    return [(id_, f"{name} (has left)") for id_, name in sorted(found.items())]


async def _asking(
    page: Page, name: str, typed: Form | None = None, error: NegotiationsError | None = None
) -> Response:
    """A page with one form about the session, filled in as it is or as it was typed."""
    async with page.read() as (db, actor):
        session = await queries.session(db, actor, page.path["id"])
        demand(actor, RIGHTS[name][0], session)
        where = await seating.setting(db, session)
        agenda = (await queries.agendas(db, [session]))[session.id]
        values = await choices(db, actor, where.negotiation)
        values["people"] += await _gone(db, session, values["people"])
        seen = agenda_view if name == "agenda" else views.one_view
        base = version_of(await seen(db, session))
    codes = {issue.id: issue.code for issue in values["issues"]}
    titles = {issue.id: issue.title for issue in values["issues"]}
    as_it_is = [*forms.patch_fields(session), *forms.agenda_fields(agenda, codes, titles)]
    typed = typed or Form(as_it_is)
    last = max([len(agenda) - 1, *typed.rows("agenda")])
    return page.show(
        f"scheduling/{name}.html",
        status_of(error)[0] if error else 200,
        session=session,
        where=where,
        negotiation=where.negotiation,
        agenda=agenda,
        typed=typed,
        numbers=range(last + 1 if error else last + 1 + forms.NEW_ROWS),
        issue_options=[(one.code, f"{one.code} {one.title}") for one in values["issues"]],
        base=base,
        stands=name in possible(actor, session),
        **values,
        **(problems(error) if error else {}),
    )
