"""The pages of document requests: all of them, one with everything that happened, its forms."""

from starlette.responses import Response
from starlette.routing import BaseRoute

from negotiations.civil import local_date, long_day
from negotiations.documents import actions, forms, lines, queries, states, views
from negotiations.documents.entering import (
    AGAIN,
    CHOICES,
    change,
    create,
    held,
    path,
    show_edit,
    show_new,
    told,
)
from negotiations.documents.publication import as_public, public_copy
from negotiations.documents.queries import Requested
from negotiations.errors import NegotiationsError
from negotiations.models.documents import RequestState
from negotiations.parties import queries as parties
from negotiations.web.html import Page, page_route, version_of
from negotiations.web.problems import status_of
from negotiations.web.showing import words


async def show_requests(page: Page) -> Response:
    """`/n/{neg}/requests`: by the session that needs them first, with what comes too late."""
    async with page.read() as (db, actor):
        negotiation = await parties.negotiation(db, actor, page.path["neg"])
        found = await queries.requests(db, actor, negotiation)
    return page.show(
        "documents/requests.html",
        negotiation=negotiation,
        requests=[(one, lines.needed_first(one.sessions)) for one in found],
        one_line=lines.one_line,
        certainty=lines.certainty,
    )


async def show_one(page: Page) -> Response:
    """`/n/{neg}/requests/{id}`."""
    return await _one(page)


async def _one(page: Page, acted: str = "", error: NegotiationsError | None = None) -> Response:
    """The request; after a failed act with what was typed and what is wrong."""
    async with page.read() as (db, actor):
        negotiation = await parties.negotiation(db, actor, page.path["neg"])
        asked = await queries.request(db, actor, negotiation, page.path["id"])
        sources = await queries.sources_of(db, asked.events)
    today = local_date(page.now, negotiation.home_tz)
    superseded = {one.supersedes_id for one in asked.events}
    copy = public_copy(
        asked.row,
        asked.standing,
        requesters=[asked.requester, *asked.co_requesters],
        holder=asked.holder,
        sources=sources,
        today=today,
    )
    return page.show(
        "documents/request.html",
        status_of(error)[0] if error else 200,
        negotiation=negotiation,
        asked=asked,
        standing=asked.standing,
        due_on=asked.standing.next_due(today),
        text=lines.one_line(asked.standing),
        certainty=lines.certainty(asked.row, asked.standing),
        late={one.id: lines.late_for(asked.standing, one, negotiation.home_tz)
              for one in asked.sessions},
        lane=sorted(asked.events, key=lambda one: (one.happened_on, one.number)),
        superseded=superseded,
        sources=sources,
        correctable=[(one.id, f"{long_day(one.happened_on)}: {one.label or words(one.kind)}")
                     for one in asked.events if one.id not in superseded],
        next_states=[("", "The state stays"), *_following(asked)],
        preview=as_public(copy),
        acted=acted,
        typed=page.form,
        base=version_of(views.request_view(asked, today)),
        **CHOICES,
        **told(error),
    )  # fmt: skip


def _following(asked: Requested) -> list[tuple[str, str]]:
    """The states that may follow, then the others: an event of an earlier day may lead there."""
    following = states.FOLLOWING[asked.standing.state]
    ordered = sorted(RequestState, key=lambda one: one not in following)
    return [(one.value, words(one)) for one in ordered]


async def add_event(page: Page) -> Response:
    """Append what happened."""
    try:
        async with page.write() as (db, actor):
            asked = await held(page, db, actor)
            body = forms.new_event(page.form)
            event = await actions.add_event(db, actor, asked, body, now=page.now)
    except AGAIN as error:
        return await _one(page, "event", error)
    return page.go(f"{path(asked)}#e-{event.number}")


async def publish(page: Page) -> Response:
    """Make public what the page showed."""
    try:
        async with page.write() as (db, actor):
            asked = await held(page, db, actor)
            await actions.publish(db, actor, asked, now=page.now)
    except AGAIN as error:
        return await _one(page, "publish", error)
    return page.go(path(asked))


routes: list[BaseRoute] = [
    page_route("/n/{neg}/requests", show_requests),
    page_route("/n/{neg}/requests/new", show_new, create),
    page_route("/n/{neg}/requests/{id}", show_one),
    page_route("/n/{neg}/requests/{id}/edit", show_edit, change),
    page_route("/n/{neg}/requests/{id}/events", post=add_event),
    page_route("/n/{neg}/requests/{id}/publish", post=publish),
]
