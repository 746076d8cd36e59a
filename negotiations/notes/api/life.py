"""JSON for the life of a summary: reading it, sending it round, deciding on it, declaring it."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress

from starlette.responses import Response

from negotiations.access.actor import Actor
from negotiations.access.policy import demand
from negotiations.db import Db
from negotiations.errors import BadRequest, NotFound, WrongState
from negotiations.models import NegotiationSession
from negotiations.notes import circulating, delivering, publishing, queries, rounds, views
from negotiations.notes.api.base import ONE, api
from negotiations.notes.bodies import Corrigendum, Decide, NewComment
from negotiations.scheduling import queries as scheduling
from negotiations.scheduling import seating
from negotiations.scheduling.bodies import Nothing
from negotiations.texts.comparing import compare
from negotiations.texts.views import DiffView, diff_view
from negotiations.web import etags
from negotiations.web.limits import MEGABYTE
from negotiations.web.routes import CREATED, DRY_RUN, Call, Option

SUMMARY = ONE + "/summary"


@api.get(SUMMARY, answers=views.SummaryView)
async def show_summary(call: Call) -> Response:
    """Show a session's summary with the latest text that one may read.

    A circulated text that a head of a party reads has reached that party; by HEAD nobody reads it.
    """
    async with call.read() as (db, actor):
        session = await scheduling.session(db, actor, call.path["id"])
        view = await rounds.view_of(db, actor, session)
        if view is None:
            raise NotFound
        reaches = await delivering.undelivered(db, actor, session) is not None
    if reaches and call.request.method != "HEAD":
        await _reached(call)
    return call.answer(view)


async def _reached(call: Call) -> None:
    """In a transaction of its own; once the talks are over nothing is written any more."""
    with suppress(WrongState):
        async with call.write() as (db, actor):
            session = await scheduling.session_for_change(db, actor, call.path["id"])
            await delivering.opened(db, actor, session, now=call.now)


async def _act(
    call: Call, action: str, act: Callable[..., Awaitable[object]], *told: object
) -> Response:
    """An act on the summary as the actor sees it now, with what is `told` of it."""
    async with call.write() as (db, actor):
        session = await scheduling.session_for_change(db, actor, call.path["id"])
        demand(actor, action, session)
        view = await rounds.view_of(db, actor, session)
        if view is None:
            raise NotFound
        call.require_match(view)
        await act(db, actor, session, *told, now=call.now)
        await db.flush()
        view = await rounds.view_of(db, actor, session)
    return call.answer(view)


@api.post(SUMMARY + "/circulate", body=Nothing, answers=views.SummaryView)
async def circulate(call: Call, body: Nothing) -> Response:
    """Send the latest text round to both delegations, for the talks' `comment_days`.

    They read it from now on. Any later text has to be sent round anew; sent round once more, the
    same text gets a new deadline.
    """
    return await _act(call, "summary.circulate", circulating.circulate)


@api.post(SUMMARY + "/decide", body=Decide, answers=views.SummaryView)
async def decide(call: Call, body: Decide) -> Response:
    """Approve the circulated text for one's side, with a statement if wanted, or object to it.

    The decision is bound to the text whose SHA-256 it names: 412 if that isn't the one that is
    circulated, 409 if nothing is. A side's newest decision on a text counts, but an objection
    stays. An objection, or a statement, needs a `statement`, which is annexed unedited.
    """
    return await _act(call, "summary.decide", circulating.decide, body)


@api.post(SUMMARY + "/agree", body=Nothing, answers=views.SummaryView)
async def agree(call: Call, body: Nothing) -> Response:
    """Declare the summary agreed, where that is the coordinator's to do.

    In talks of the rule `secretariat`, if the text says that it was compiled from public sources
    and isn't agreed by the parties; in others with the disagreement on record, once a party
    objected and a statement of every party is there.
    """
    return await _act(call, "summary.agree", circulating.agree)


@api.post(SUMMARY + "/publish", body=Nothing, options=DRY_RUN, answers=views.PublishedView)
async def publish(call: Call, body: Nothing) -> Response:
    """Publish the agreed text, with the outcomes that were read from it; its bytes never change.

    `public` is what `/public/{talks}.json` then shows. With `dry_run` nothing becomes public.
    """
    async with call.write(dry_run=call.dry_run) as (db, actor):
        session = await scheduling.session_for_change(db, actor, call.path["id"])
        demand(actor, "summary.publish", session)
        view = await rounds.view_of(db, actor, session)
        if view is None:
            raise NotFound
        call.require_match(view)
        row, warnings = await publishing.publish(db, actor, session, now=call.now)
        view = await rounds.view_of(db, actor, session)
    assert view is not None
    tag = etags.etag(etags.encode(view))
    told = {**view, "public": json.loads(row.frozen), "warnings": warnings}
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    return Response(etags.encode(told), media_type="application/json", headers=headers)


@api.post(SUMMARY + "/corrigendum", body=Corrigendum, most=2 * MEGABYTE, answers=views.SummaryView)
async def correct(call: Call, body: Corrigendum) -> Response:
    """Begin a corrigendum of what is published: a new text, which goes the same way.

    What is published stays public, and stays readable once the corrigendum is published.
    """
    return await _act(call, "summary.correct", publishing.correct, body.body)


async def _seen(db: Db, actor: Actor, session_id: str) -> NegotiationSession:
    """The session, if the actor may read its summary."""
    session = await scheduling.session(db, actor, session_id)
    if await queries.summary(db, actor, session.id) is None:
        raise NotFound
    return session


@api.get(SUMMARY + "/decisions", lists=views.DecisionView)
async def list_decisions(call: Call) -> Response:
    """List what was decided on each revision, also on earlier ones, where it counts no more."""
    async with call.read() as (db, actor):
        session = await _seen(db, actor, call.path["id"])
        where = await seating.setting(db, session)
        part = call.part()
        rows = await rounds.decided(db, actor, session.id, part=part)
        revisions = {revision.id: revision for _, revision in rows}
        every = await rounds.decisions_of(db, revisions)
    told = views.decision_views(every, revisions, where.slugs)
    by_number = {(one["revision"], one["number"]): one for one in told}
    items = [by_number[revision.number, row.number] for row, revision in rows]
    return call.listed(items, part)


@api.get(SUMMARY + "/circulations", lists=views.CirculationView)
async def list_circulations(call: Call) -> Response:
    """List whom each revision was sent to and when it reached them; parties see their own."""
    async with call.read() as (db, actor):
        session = await _seen(db, actor, call.path["id"])
        where = await seating.setting(db, session)
        part = call.part()
        rows = await rounds.sent_round(db, actor, session.id, part=part)
    return call.listed([views.circulation_view(*row, where.slugs) for row in rows], part)


@api.get(SUMMARY + "/comments", lists=views.CommentView)
async def list_comments(call: Call) -> Response:
    """List what members of the parties remarked, the oldest first."""
    async with call.read() as (db, actor):
        session = await _seen(db, actor, call.path["id"])
        where = await seating.setting(db, session)
        part = call.part()
        rows = await rounds.comments(db, actor, session.id, part=part)
    return call.listed([views.comment_view(*row, where.slugs) for row in rows], part)


@api.post(SUMMARY + "/comments", body=NewComment, answers=views.CommentView, gives=CREATED)
async def add_comment(call: Call, body: NewComment) -> Response:
    """Remark on the circulated text, for both delegations and the secretariat to read."""
    async with call.write() as (db, actor):
        session = await scheduling.session_for_change(db, actor, call.path["id"])
        row = await circulating.comment(db, actor, session, body, now=call.now)
        where = await seating.setting(db, session)
        revision = await queries.revision(db, actor, session.id, row.revision_id)
    return call.created(views.comment_view(row, revision, where.slugs), at=call.request.url.path)


BETWEEN = (
    Option("a", int, "The number of the one revision."),
    Option("b", int, "The number of the other."),
)


@api.get(SUMMARY + "/diff", options=BETWEEN, answers=DiffView)
async def show_difference(call: Call) -> Response:
    """Show what differs between two revisions, by lines and within them by words."""
    a, b = call.query("a"), call.query("b")
    if a is None or b is None:
        raise BadRequest("Name two revisions, as ?a=1&b=2.")
    async with call.read() as (db, actor):
        session = await scheduling.session(db, actor, call.path["id"])
        rows = await queries.revisions(db, actor, session.id)
    texts = {str(row.number): row for row in rows}
    if a not in texts or b not in texts:
        raise NotFound
    old, new = texts[a], texts[b]
    lines = await asyncio.to_thread(compare, old.body, new.body)
    return call.answer(diff_view(old.number, new.number, lines))
