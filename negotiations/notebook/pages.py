"""The pages of a note's revisions; notes are written on the live page."""

import asyncio
from typing import Any

from starlette.responses import Response
from starlette.routing import BaseRoute

from negotiations.access.actor import Actor
from negotiations.db import Db
from negotiations.errors import NegotiationsError, NotFound, Stale
from negotiations.models import KeptNote
from negotiations.notebook import actions, forms, queries
from negotiations.notebook.places import Place, may_write, place
from negotiations.notebook.reading import readers, title_of
from negotiations.parties import queries as parties
from negotiations.scheduling import queries as scheduling
from negotiations.scheduling import seating
from negotiations.texts import keeping
from negotiations.texts.comparing import compare
from negotiations.web.html import Page, page_route, problems
from negotiations.web.problems import status_of


async def discard(page: Page) -> Response:
    """`/s/{session}/notes/drafts/{draft}/discard`: what stands is taken."""
    async with page.write() as (db, actor):
        draft = await keeping.one(db, actor, KeptNote, page.path["draft"], lock=True)
        here = await place(db, actor, page.path["id"], draft.audience, draft.item_id)
        if draft.session_id != here.session.id:
            raise NotFound
        await actions.discard(db, actor, here, draft)
    return page.go(f"/s/{page.path['id']}/live?audience={here.audience.value}")


async def to_live(page: Page) -> Response:
    """`/s/{session}/notes`: they are on the page on which they are taken."""
    query = page.request.url.query
    return page.go(f"/s/{page.path['id']}/live" + (f"?{query}" if query else ""))


async def show_revisions(page: Page) -> Response:
    """`/s/{session}/notes/{audience}/{item}?a=&b=`: a note's revisions and what changed."""
    return await _revisions(page)


async def restore(page: Page) -> Response:
    """An older text stands again, if the note is still as the page showed it."""
    try:
        async with page.write() as (db, actor):
            here = await _here(page, db, actor, change=True)
            found = await queries.note(db, actor, here)
            if found is None:
                raise NotFound
            if forms.base_of(found) != page.form.get("base"):
                raise Stale("Someone saved this note since you opened this page. Look again.")
            old = await queries.revision(db, actor, here, page.form.get("revision"))
            await actions.restore(db, actor, here, old.number, now=page.now)
    except Stale as error:
        return await _revisions(page, error)
    return page.go(f"/s/{page.path['id']}/notes/{here.audience.value}/{here.item_id}")


async def _here(page: Page, db: Db, actor: Actor, *, change: bool = False) -> Place:
    path = page.path
    return await place(db, actor, path["id"], path["audience"], path["item"], change=change)


async def _revisions(page: Page, error: NegotiationsError | None = None) -> Response:
    async with page.read() as (db, actor):
        here = await _here(page, db, actor)
        rows = await queries.revisions(db, actor, here)
        last = rows[0].number
        b = forms.number(page.request.query_params.get("b"), last)
        a = forms.number(page.request.query_params.get("a"), max(b - 1, 1))
        old = await queries.revision(db, actor, here, a)
        new = await queries.revision(db, actor, here, b)
        values: dict[str, Any] = {
            "where": await seating.setting(db, here.session),
            "names": await parties.names(db, [one.author_id for one in rows]),
            "title": title_of(
                (await scheduling.agendas(db, [here.session]))[here.session.id], here.item_id
            ),
            "base": forms.base_of(await queries.note(db, actor, here)),
            "writable": may_write(actor, here.session, here.audience),
        }
        texts = old.body, new.body
    lines = await asyncio.to_thread(compare, *texts)
    return page.show(
        "notebook/revisions.html",
        status_of(error)[0] if error else 200,
        here=here,
        session=here.session,
        negotiation=values["where"].negotiation,
        readers=readers(values["where"], here),
        rows=rows,
        a=a,
        b=b,
        lines=lines,
        body=texts[1],
        **values,
        **(problems(error) if error else {}),
    )


routes: list[BaseRoute] = [
    page_route("/s/{id}/notes", to_live),
    page_route("/s/{id}/notes/drafts/{draft}/discard", post=discard),
    page_route("/s/{id}/notes/{audience}/{item}", show_revisions, restore),
]
