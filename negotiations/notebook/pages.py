"""The pages of a session's notes: one form for each audience, and a note's revisions."""

import asyncio
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response
from starlette.routing import BaseRoute

from negotiations.access.actor import Actor
from negotiations.db import Db
from negotiations.errors import Conflict, Invalid, NegotiationsError, NotFound, Stale
from negotiations.models import AgendaItem, KeptNote
from negotiations.models.notes import GENERAL, NoteAudience
from negotiations.notebook import actions, forms, queries
from negotiations.notebook.places import Place, audiences, may_write, place
from negotiations.parties import queries as parties
from negotiations.scheduling import queries as scheduling
from negotiations.scheduling.seating import Setting
from negotiations.texts import keeping
from negotiations.texts.comparing import compare
from negotiations.web.html import Page, page_route, problems
from negotiations.web.problems import status_of

LATE = (
    "Someone saved a note since you opened this page. What stands now is shown beside what you "
    "typed, which is also kept for you below. Save again to replace it; the other notes are saved."
)
TITLES = {
    NoteAudience.mine: "Mine",
    NoteAudience.caucus: "Caucus",
    NoteAudience.secretariat: "Secretariat",
}


@dataclass(frozen=True, slots=True)
class Box:
    """One textarea: what it is on, what it holds, what it was made from, and what stands instead.

    `stands` is set where a save came too late.
    """

    item_id: str
    title: str
    text: str
    base: str
    revision: int | None
    stands: str | None = None


async def show(page: Page) -> Response:
    """`/s/{session}/notes?audience=`: one's own to begin with."""
    return await _form(page)


async def save(page: Page) -> Response:
    """What was changed is saved, note by note; what comes too late is kept and shown beside it."""
    late: set[str] = set()
    try:
        async with page.write() as (db, actor):
            for one in forms.typed(page.form):
                here = await place(
                    db, actor, page.path["id"], page.form.get("audience"), one.item_id, change=True
                )
                found = await queries.note(db, actor, here)
                if forms.base_of(found) == one.base:
                    await actions.save(db, actor, here, one.text, now=page.now)
                elif found is None or found[1].body != one.text:
                    await actions.keep(db, actor, here, one.text, base=one.base, now=page.now)
                    late.add(one.item_id)
    except (Invalid, Conflict) as error:
        return await _form(page, error=error)
    if late:
        return await _form(page, error=Stale(LATE), late=late)
    return page.go(f"/s/{page.path['id']}/notes?audience={page.form.get('audience')}&saved=1")


async def _form(
    page: Page, *, error: NegotiationsError | None = None, late: set[str] | None = None
) -> Response:
    chosen = page.form.get("audience") or page.request.query_params.get("audience")
    async with page.read() as (db, actor):
        session = await scheduling.session(db, actor, page.path["id"])
        here = await place(db, actor, session.id, chosen or NoteAudience.mine, GENERAL)
        where = await scheduling.setting(db, session)
        agenda = (await scheduling.agendas(db, [session]))[session.id]
        found = await queries.written(db, actor, session.id, here.audience, here.owner_id)
        drafts = [
            one
            for one in await keeping.own(db, actor, KeptNote, {"session_id": session.id})
            if (one.audience, one.owner_id) == (here.audience, here.owner_id)
        ]
    boxes = _boxes(page, agenda, found, late or set())
    told = problems(error) if error else {}
    return page.show(
        "notebook/notes.html",
        status_of(error)[0] if error else 200,
        session=session,
        where=where,
        negotiation=where.negotiation,
        audience=here.audience,
        tabs=[(one.value, TITLES[one]) for one in audiences(actor, session)],
        readers=readers(where, here),
        writable=may_write(actor, session, here.audience),
        boxes=boxes,
        drafts=[(one, _title(agenda, one.item_id), _stands(found, one)) for one in drafts],
        saved="saved" in page.request.query_params and error is None,
        **told,
    )


def _boxes(
    page: Page, agenda: list[AgendaItem], found: dict[str, queries.Found], late: set[str]
) -> list[Box]:
    """One for the session as a whole, one for each item, and for notes on items that are gone."""
    typed = {one.item_id: one for one in forms.sent(page.form)}
    items = [GENERAL, *(item.id for item in agenda)]
    items += [one for one in found if one not in items]
    boxes = []
    for item_id in items:
        stands, was = found.get(item_id), typed.get(item_id)
        body = stands[1].body if stands else ""
        is_late = item_id in late
        boxes.append(
            Box(
                item_id,
                _title(agenda, item_id),
                was.text if was is not None and (was.is_new or not late) else body,
                was.base if was is not None and not late else forms.base_of(stands),
                stands[1].number if stands else None,
                body if is_late else None,
            )
        )
    return boxes


def _title(agenda: list[AgendaItem], item_id: str) -> str:
    if item_id == GENERAL:
        return "The session as a whole"
    title = next((f"{one.position}. {one.title}" for one in agenda if one.id == item_id), None)
    return title or "An item that is no longer on the agenda"


def _stands(found: dict[str, queries.Found], draft: KeptNote) -> str | None:
    stands = found.get(draft.item_id)
    return stands[1].body if stands else None


def readers(where: Setting, here: Place) -> str:
    """Whose eyes the notes of this place are for."""
    if here.audience is NoteAudience.mine:
        return "Only you can read this"
    if here.audience is NoteAudience.secretariat:
        return "Only the secretariat can read this"
    if where.is_caucus:
        return f"Only {where.names} can read this"
    return f"Only {where.party(here.owner_id).short_name} can read this"


async def discard(page: Page) -> Response:
    """`/s/{session}/notes/drafts/{draft}/discard`: what stands is taken."""
    async with page.write() as (db, actor):
        draft = await keeping.one(db, actor, KeptNote, page.path["draft"], lock=True)
        here = await place(db, actor, page.path["id"], draft.audience, draft.item_id)
        if draft.session_id != here.session.id:
            raise NotFound
        await actions.discard(db, actor, here, draft)
    return page.go(f"/s/{page.path['id']}/notes?audience={here.audience.value}")


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
            "where": await scheduling.setting(db, here.session),
            "names": await parties.names(db, [one.author_id for one in rows]),
            "title": _title(
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
    page_route("/s/{id}/notes", show, save),
    page_route("/s/{id}/notes/drafts/{draft}/discard", post=discard),
    page_route("/s/{id}/notes/{audience}/{item}", show_revisions, restore),
]
