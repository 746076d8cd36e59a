"""The pages on which a summary is only read: by delegations, compared, and before it is public."""

import asyncio
import json

from starlette.responses import Response

from negotiations.access.actor import Actor
from negotiations.access.policy import demand
from negotiations.db import Db
from negotiations.errors import NegotiationsError, NotFound
from negotiations.models import NegotiationSession
from negotiations.notebook.forms import number
from negotiations.notes import acting, publishing, queries, reading, rounds
from negotiations.scheduling import queries as scheduling
from negotiations.scheduling import seating
from negotiations.scheduling.proposing import AGAIN
from negotiations.scheduling.seating import Setting
from negotiations.texts.comparing import compare
from negotiations.web.forms import Form
from negotiations.web.html import Page, problems, version_of
from negotiations.web.problems import status_of


async def read(
    page: Page, act: str = "", error: NegotiationsError | None = None, *, again: bool = False
) -> Response:
    """`/s/{session}/summary` for who doesn't write it; after a failed act with what was typed.

    `again`: once the look itself was written down, where it had to be.
    """
    async with page.read() as (db, actor):
        session, where = await _here(page, db, actor)
        life = await reading.life_of(db, actor, session, where, now=page.now)
        if life is None:
            raise NotFound
        seat = actor.seat_in(session.negotiation_id)
        reaches = not again and await reading.reaches(page, db, actor, session, life)
    if reaches:
        await reading.reached(page)
        return await read(page, act, error, again=True)
    return page.show(
        "notes/read.html",
        status_of(error)[0] if error else 200,
        session=session,
        where=where,
        negotiation=where.negotiation,
        life=life,
        zones_of=reading.zones_of,
        own=where.party(seat.party_id) if seat and seat.party_id in where.sides else None,
        typed=page.form,
        seen=_seen(life, page.form) if act == "decide" else None,
        **(problems(error) if error else {}),
    )


async def _here(page: Page, db: Db, actor: Actor) -> tuple[NegotiationSession, Setting]:
    session = await scheduling.session(db, actor, page.path["id"])
    return session, await seating.setting(db, session)


def _seen(life: reading.Life, form: Form) -> int | None:
    """The number of the revision that was before the eyes of who decided, if it is another now."""
    for one in life.revisions:
        if one.sha256 == form.get("sha256") and one.number != life.one.revision.number:
            return one.number
    return None


async def difference(page: Page) -> Response:
    """`/s/{session}/summary/diff?a=&b=`: what changed between two revisions."""
    query = page.request.query_params
    async with page.read() as (db, actor):
        session, where = await _here(page, db, actor)
        rows = await queries.revisions(db, actor, session.id)
        one = await rounds.round_of(db, actor, session)
    texts = {row.number: row for row in rows}
    b = number(query.get("b"), rows[0].number)
    before = [row.number for row in rows if row.number < b]
    a = number(query.get("a"), before[0] if before else b)
    if a not in texts or b not in texts:
        raise NotFound
    return page.show(
        "notes/diff.html",
        session=session,
        negotiation=where.negotiation,
        where=where,
        summary=one.summary,
        rows=rows,
        a=a,
        b=b,
        lines=await asyncio.to_thread(compare, texts[a].body, texts[b].body),
        body=texts[b].body,
    )


async def show_publish(page: Page) -> Response:
    """`/s/{session}/summary/publish`: what becomes public, byte for byte, before it does."""
    return await _publishing(page)


async def publish(page: Page) -> Response:
    """Publish it, or show it again as it is now."""
    try:
        await acting.publish(page)
    except AGAIN as error:
        return await _publishing(page, error)
    return page.go(f"/s/{page.path['id']}/summary")


async def _publishing(page: Page, error: NegotiationsError | None = None) -> Response:
    made = None
    async with page.read() as (db, actor):
        session, where = await _here(page, db, actor)
        one = await rounds.round_of(db, actor, session)
        demand(actor, "summary.publish", session)
        acts = reading.acts_of(actor, session, where, one, now=page.now)
        if "publish" in acts:
            made = await publishing.prepared(db, actor, session, now=page.now)
    return page.show(
        "notes/publish.html",
        status_of(error)[0] if error else 200,
        session=session,
        where=where,
        negotiation=where.negotiation,
        summary=one.summary,
        made=made,
        copy=json.loads(made.text) if made else None,
        **(problems(error) if error else {}),
    )


async def show_corrigendum(page: Page) -> Response:
    """`/s/{session}/summary/corrigendum`: the published text, to be put right."""
    return await _correcting(page)


async def correct(page: Page) -> Response:
    """Begin the corrigendum; or the form again with what was typed."""
    try:
        await acting.correct(page)
    except AGAIN as error:
        return await _correcting(page, error)
    return page.go(f"/s/{page.path['id']}/summary")


async def _correcting(page: Page, error: NegotiationsError | None = None) -> Response:
    async with page.read() as (db, actor):
        session, where = await _here(page, db, actor)
        one = await rounds.round_of(db, actor, session)
        demand(actor, "summary.correct", session)
        acts = reading.acts_of(actor, session, where, one, now=page.now)
        base = version_of(await rounds.view_of(db, actor, session))
    return page.show(
        "notes/corrigendum.html",
        status_of(error)[0] if error else 200,
        session=session,
        where=where,
        negotiation=where.negotiation,
        summary=one.summary,
        revision=one.revision,
        text=page.form.get("body") if error else one.revision.body,
        base=base,
        stands="correct" in acts,
        **(problems(error) if error else {}),
    )
