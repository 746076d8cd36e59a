"""The forms in which a document request is entered and changed, and what they offer to choose."""

from typing import Any

from starlette.responses import Response

from negotiations.access.actor import Actor
from negotiations.access.policy import demand
from negotiations.civil import local_date
from negotiations.db import Db
from negotiations.documents import actions, forms, queries, views
from negotiations.documents.queries import Requested
from negotiations.errors import Conflict, Invalid, NegotiationsError, Stale
from negotiations.models import Negotiation
from negotiations.models.documents import Disposition, LegalBasis, RequestEventKind, RequestState
from negotiations.models.outcomes import Certainty
from negotiations.parties import queries as parties
from negotiations.scheduling import queries as scheduling
from negotiations.web.forms import Form
from negotiations.web.html import Page, problems, require_base, version_of
from negotiations.web.problems import status_of
from negotiations.web.showing import words

AGAIN = (Conflict, Invalid, Stale)
CHOICES: dict[str, list[tuple[str, str]]] = {
    "bases": [(one.value, words(one)) for one in LegalBasis],
    "states": [(one.value, words(one)) for one in RequestState],
    "kinds": [
        (one.value, "new state" if one == "state" else words(one)) for one in RequestEventKind
    ],
    "answers": [("", "No answer"), *((one.value, words(one)) for one in Disposition)],
    "certainties": [
        (Certainty.A.value, "A: seen or heard, or a primary document"),
        (Certainty.B.value, "B: one report"),
        (Certainty.C.value, "C: disputed or inferred"),
    ],
}


def told(error: NegotiationsError | None) -> dict[str, Any]:
    if error is None:
        return {}
    return problems(forms.in_form(error) if isinstance(error, Invalid) else error)


async def show_new(page: Page) -> Response:
    """`/n/{neg}/requests/new`, for who may write it."""
    return await _form(page, Form([("events/0/state", RequestState.drafted.value)]))


async def create(page: Page) -> Response:
    """Enter a request and show it, or the form again with what is wrong."""
    try:
        async with page.write() as (db, actor):
            negotiation = await writable(page, db, actor, lock=True)
            body = forms.new_request(page.form)
            row = await actions.create(db, actor, negotiation, body, now=page.now)
    except AGAIN as error:
        return await _form(page, page.form, error=error)
    return page.go(f"/n/{negotiation.slug}/requests/{row.id}")


async def show_edit(page: Page) -> Response:
    """`/n/{neg}/requests/{id}/edit`: what it says of itself."""
    return await _edit(page)


async def _edit(page: Page, error: NegotiationsError | None = None) -> Response:
    async with page.read() as (db, actor):
        negotiation = await writable(page, db, actor)
        asked = await queries.request(db, actor, negotiation, page.path["id"])
    typed = page.form if error else forms.fields_of(asked)
    return await _form(page, typed, asked=asked, error=error)


async def _form(
    page: Page,
    typed: Form,
    *,
    asked: Requested | None = None,
    error: NegotiationsError | None = None,
) -> Response:
    """The form of a new request, or of the one given."""
    async with page.read() as (db, actor):
        negotiation = await writable(page, db, actor)
        everyone = await parties.parties(db, actor, negotiation.id)
        sessions = await scheduling.sessions(db, actor, negotiation.id)
    today = local_date(page.now, negotiation.home_tz)
    return page.show(
        "documents/form.html",
        status_of(error)[0] if error else 200,
        negotiation=negotiation,
        asked=asked,
        typed=typed,
        parties=[(one.slug, one.name) for one in everyone],
        sessions=sessions,
        base=version_of(views.request_view(asked, today)) if asked else "",
        **CHOICES,
        **told(error),
    )


async def writable(page: Page, db: Db, actor: Actor, *, lock: bool = False) -> Negotiation:
    negotiation = await parties.negotiation(db, actor, page.path["neg"], lock=lock)
    demand(actor, "document.write", negotiation)
    return negotiation


async def held(page: Page, db: Db, actor: Actor) -> Requested:
    """The request as the form was made from it, with the negotiation held."""
    negotiation = await writable(page, db, actor, lock=True)
    asked = await queries.request(db, actor, negotiation, page.path["id"], lock=True)
    require_base(page, views.request_view(asked, local_date(page.now, negotiation.home_tz)))
    return asked


async def change(page: Page) -> Response:
    """Save what the form says."""
    try:
        async with page.write() as (db, actor):
            asked = await held(page, db, actor)
            await actions.change(db, actor, asked, forms.change(page.form), now=page.now)
    except AGAIN as error:
        return await _edit(page, error)
    return page.go(path(asked))


def path(asked: Requested) -> str:
    return f"/n/{asked.negotiation.slug}/requests/{asked.row.id}"
