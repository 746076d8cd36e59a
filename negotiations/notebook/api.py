"""JSON for notes: read and written one by one, each for the eyes that its address names."""

import asyncio
import re

from starlette.responses import Response

from negotiations.access.actor import Actor
from negotiations.access.policy import demand
from negotiations.db import Db
from negotiations.errors import BadRequest, NotFound, Stale
from negotiations.models import KeptNote
from negotiations.notebook import actions, queries, views
from negotiations.notebook.bodies import NoteText, Restore
from negotiations.notebook.places import Place, place
from negotiations.scheduling import queries as scheduling
from negotiations.texts import keeping
from negotiations.texts.comparing import compare
from negotiations.texts.saving import check_seen, with_both
from negotiations.texts.views import DiffView, RevisionView, diff_view, revision_view
from negotiations.web import etags
from negotiations.web.limits import MEGABYTE
from negotiations.web.routes import Api, Call, Option

api = Api()
NOTES = "/sessions/{id}/notes"
ONE = NOTES + "/{audience}/{item}"


async def _place(call: Call, db: Db, actor: Actor, *, change: bool = False) -> Place:
    path = call.path
    return await place(db, actor, path["id"], path["audience"], path["item"], change=change)


async def _note(db: Db, actor: Actor, here: Place) -> views.NoteView | None:
    found = await queries.note(db, actor, here)
    return views.note_view(*found) if found else None


@api.get(NOTES, lists=views.ListedNote)
async def list_notes(call: Call) -> Response:
    """List the notes of a session that one may see, without their texts."""
    async with call.read() as (db, actor):
        session = await scheduling.session(db, actor, call.path["id"])
        part = call.part()
        found = await queries.notes(db, actor, session.id, part=part)
    return call.listed([views.listed_view(*one) for one in found], part)


@api.get(ONE, answers=views.NoteView)
async def show_note(call: Call) -> Response:
    """Show the note on an agenda item, or on the session as a whole (`general`).

    `mine` is one's own and nobody else's, `caucus` one's party's (in a caucus session that of its
    members), `secretariat` that of the coordinator and the note-taker.
    """
    async with call.read() as (db, actor):
        view = await _note(db, actor, await _place(call, db, actor))
    if view is None:
        raise NotFound
    return call.answer(view)


@api.put(ONE, body=NoteText, most=2 * MEGABYTE, answers=views.NoteView, gives=(200, 201))
async def save_note(call: Call, body: NoteText) -> Response:
    """Save a note: a new revision, or none where the text is the same.

    The first text needs `If-None-Match: *`, every later one If-Match. Whose text comes too late
    finds it among their drafts: the answer names it (`yours`) beside the text that is there
    (`current`).
    """
    try:
        async with call.write() as (db, actor):
            here = await _place(call, db, actor, change=True)
            demand(actor, f"notes.{here.audience.value}.write", here.session)
            current = await _note(db, actor, here)
            check_seen(call, current, "note")
            found = await actions.save(db, actor, here, body.body, now=call.now)
            view = views.note_view(*found)
    except Stale as error:
        raise await _kept(call, body.body, error) from None
    return call.answer(view, 200 if current else 201)


async def _kept(call: Call, text: str, error: Stale) -> Stale:
    """In a transaction of its own: the refusal with both texts, of which one is kept now."""
    base = etags.of(call.request.headers, "if-match")
    async with call.write() as (db, actor):
        here = await _place(call, db, actor, change=True)
        draft = await actions.keep(db, actor, here, text, base=base, now=call.now)
        current = await _note(db, actor, here)
    return with_both(error, current, draft)


@api.get(ONE + "/revisions", lists=RevisionView)
async def list_note_revisions(call: Call) -> Response:
    """List the revisions of a note without their texts, the newest first."""
    async with call.read() as (db, actor):
        here = await _place(call, db, actor)
        part = call.part()
        rows = await queries.revisions(db, actor, here, part=part)
    return call.listed([revision_view(row, body=False) for row in rows], part)


@api.get(ONE + "/revisions/{n}", answers=RevisionView)
async def show_note_revision(call: Call) -> Response:
    """Show one revision of a note with its text; it never changes."""
    async with call.read() as (db, actor):
        here = await _place(call, db, actor)
        row = await queries.revision(db, actor, here, call.path["n"])
    return call.answer(revision_view(row, body=True))


@api.get(
    ONE + "/diff",
    options=[
        Option("a", says="The older revision's number; the one before `b` where it is left out."),
        Option("b", says="The newer revision's number; the last one where it is left out."),
    ],
    answers=DiffView,
)
async def compare_note_revisions(call: Call) -> Response:
    """Compare two revisions of a note, line by line and word by word."""
    async with call.read() as (db, actor):
        here = await _place(call, db, actor)
        last = (await queries.revisions(db, actor, here))[0].number
        b = _number(call, "b", last)
        a = _number(call, "a", max(b - 1, 1))
        old = await queries.revision(db, actor, here, a)
        new = await queries.revision(db, actor, here, b)
        texts = old.body, new.body
    lines = await asyncio.to_thread(compare, *texts)
    return call.answer(diff_view(a, b, lines))


def _number(call: Call, name: str, otherwise: int) -> int:
    told = call.query(name)
    if told is None:
        return otherwise
    if not re.fullmatch("[1-9][0-9]{0,8}", told):
        raise BadRequest(f"{name} is the number of a revision, counted from 1.")
    return int(told)


@api.post(ONE + "/restore", body=Restore, answers=views.NoteView)
async def restore_note(call: Call, body: Restore) -> Response:
    """Write the text of an older revision again, as a new one; what stood stays readable."""
    async with call.write() as (db, actor):
        here = await _place(call, db, actor, change=True)
        demand(actor, f"notes.{here.audience.value}.write", here.session)
        current = await _note(db, actor, here)
        if current is None:
            raise NotFound
        call.require_match(current)
        found = await actions.restore(db, actor, here, body.revision, now=call.now)
    return call.answer(views.note_view(*found))


@api.get("/note-drafts", lists=views.NoteDraftView)
async def list_note_drafts(call: Call) -> Response:
    """List one's own texts of notes that came too late, without the texts, the newest first."""
    async with call.read() as (db, actor):
        part = call.part()
        rows = await keeping.own(db, actor, KeptNote, {}, part=part)
    return call.listed([views.draft_view(row, body=False) for row in rows], part)


@api.get("/note-drafts/{id}", answers=views.NoteDraftView)
async def show_note_draft(call: Call) -> Response:
    """Show one of one's own texts of notes that came too late."""
    async with call.read() as (db, actor):
        draft = await keeping.one(db, actor, KeptNote, call.path["id"])
    return call.answer(views.draft_view(draft, body=True))


@api.delete("/note-drafts/{id}", answers=views.NoteDraftView)
async def discard_note_draft(call: Call) -> Response:
    """Throw away one of one's own texts that came too late; this is the last answer with it."""
    async with call.write() as (db, actor):
        draft = await keeping.one(db, actor, KeptNote, call.path["id"], lock=True)
        here = await place(db, actor, draft.session_id, draft.audience, draft.item_id)
        view = views.draft_view(draft, body=True)
        call.require_match(view)
        await actions.discard(db, actor, here, draft)
    return call.answer(view)
