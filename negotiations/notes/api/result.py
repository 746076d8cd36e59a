"""JSON for a session's result: its summary with all that is posted with it, and closing it."""

from starlette.responses import Response

from negotiations.access.policy import can, demand
from negotiations.errors import NotFound, Stale
from negotiations.models import NoteDraft
from negotiations.models.parties import SummaryTemplate
from negotiations.notes import actions, drafting, queries, views
from negotiations.notes.api.base import ONE, api
from negotiations.notes.bodies import Result
from negotiations.notes.rounds import view_of
from negotiations.scheduling import queries as scheduling
from negotiations.scheduling import seating
from negotiations.scheduling.bodies import Close
from negotiations.scheduling.views import ActedSession, one_view
from negotiations.texts import keeping
from negotiations.texts.saving import check_seen, with_both
from negotiations.texts.views import RevisionView, revision_view
from negotiations.web import etags
from negotiations.web.limits import MEGABYTE
from negotiations.web.routes import DRY_RUN, Call, Option


@api.put(
    ONE + "/summary",
    body=Result,
    most=2 * MEGABYTE,
    answers=views.SummaryView,
    gives=(200, 201),
)
async def post_result(call: Call, body: Result) -> Response:
    """Post a session's result: the summary, and with it outcomes, commitments, attendance, closing.

    All of it is kept, or nothing. The first summary needs `If-None-Match: *`, every later one
    If-Match. Whose text comes too late finds it among their drafts: the answer names it (`yours`)
    beside the text that is there (`current`).
    """
    try:
        async with call.write() as (db, actor):
            session = await scheduling.session_for_change(db, actor, call.path["id"])
            demand(actor, "summary.write", session)
            where = await seating.setting(db, session)
            current = await view_of(db, actor, session, where)
            check_seen(call, current, "summary")
            await actions.post_result(db, actor, session, body, now=call.now, where=where)
            view = await view_of(db, actor, session, where)
    except Stale as error:
        raise await _kept(call, body.body, error) from None
    return call.answer(view, 200 if current else 201)


async def _kept(call: Call, text: str, error: Stale) -> Stale:
    """In a transaction of its own: the refusal with both texts, of which one is kept now."""
    base = etags.of(call.request.headers, "if-match")
    async with call.write() as (db, actor):
        session = await scheduling.session_for_change(db, actor, call.path["id"])
        draft = await actions.keep(db, actor, session, text, base=base, now=call.now)
        current = await view_of(db, actor, session)
    return with_both(error, current, draft)


TEMPLATE = Option(
    "template", SummaryTemplate, "How it is put together; as the talks have it where left out."
)


@api.get(ONE + "/summary/compiled", options=[TEMPLATE], answers=views.CompiledView)
async def compile_summary(call: Call) -> Response:
    """Compile a text from the secretariat's notes and what is recorded now; it isn't saved.

    By the template `action` (outcomes, and who does what by when), `summary` (in sentences) or
    `joint_record` (positions side by side, outcomes in their exact words). Nothing that is off the
    record is in it.
    """
    named = call.query("template", tuple(SummaryTemplate))
    async with call.read() as (db, actor):
        session = await scheduling.session(db, actor, call.path["id"])
        where = await seating.setting(db, session)
        template = SummaryTemplate(named) if named else where.negotiation.summary_template
        body = await drafting.compiled_for(db, actor, session, template)
    view: views.CompiledView = {"template": template, "body": body}
    return call.answer(view)


@api.get(ONE + "/summary/revisions", lists=RevisionView)
async def list_revisions(call: Call) -> Response:
    """List the revisions of a summary without their texts, the newest first."""
    async with call.read() as (db, actor):
        session = await scheduling.session(db, actor, call.path["id"])
        part = call.part()
        rows = await queries.revisions(db, actor, session.id, part=part)
    return call.listed([revision_view(row, body=False) for row in rows], part)


@api.get(ONE + "/summary/revisions/{n}", answers=RevisionView)
async def show_revision(call: Call) -> Response:
    """Show one revision of a summary with its text; it never changes."""
    async with call.read() as (db, actor):
        session = await scheduling.session(db, actor, call.path["id"])
        rows = await queries.revisions(db, actor, session.id)
    for row in rows:
        if str(row.number) == call.path["n"]:
            return call.answer(revision_view(row, body=True))
    raise NotFound


@api.get(ONE + "/summary/drafts", lists=views.DraftView)
async def list_drafts(call: Call) -> Response:
    """List one's own texts that came too late, without the texts, the newest first."""
    async with call.read() as (db, actor):
        session = await scheduling.session(db, actor, call.path["id"])
        if not can(actor, "summary.read", session):
            raise NotFound
        part = call.part()
        rows = await keeping.own(db, actor, NoteDraft, actions.spot(session), part=part)
    return call.listed([views.draft_view(row, body=False) for row in rows], part)


@api.get("/drafts/{id}", answers=views.DraftView)
async def show_draft(call: Call) -> Response:
    """Show one of one's own texts that came too late."""
    async with call.read() as (db, actor):
        draft = await keeping.one(db, actor, NoteDraft, call.path["id"])
    return call.answer(views.draft_view(draft, body=True))


@api.delete("/drafts/{id}", answers=views.DraftView)
async def discard_draft(call: Call) -> Response:
    """Throw away one of one's own texts that came too late; this is the last answer with it."""
    async with call.write() as (db, actor):
        draft = await keeping.one(db, actor, NoteDraft, call.path["id"], lock=True)
        session = await scheduling.session(db, actor, draft.session_id)
        view = views.draft_view(draft, body=True)
        call.require_match(view)
        await actions.discard(db, actor, session, draft)
    return call.answer(view)


@api.post(ONE + "/close", body=Close, options=DRY_RUN, answers=ActedSession)
async def close(call: Call, body: Close) -> Response:
    """Close a session: it was held, its bookings are free, a draft of its summary is made."""
    async with call.write(dry_run=call.dry_run) as (db, actor):
        session = await scheduling.session_for_change(db, actor, call.path["id"])
        demand(actor, "session.close", session)
        call.require_match(await one_view(db, session))
        warnings = await actions.close(db, actor, session, body, now=call.now)
        view = await one_view(db, session)
    return call.done(view, warnings=warnings)
