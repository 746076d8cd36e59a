"""The pages on which a draft is told what is wanted: a new one, a track's wishes, one session."""

from datetime import timedelta
from typing import get_args

from starlette.responses import Response

from negotiations.access.actor import Actor
from negotiations.civil import local_date
from negotiations.db import Db
from negotiations.errors import Invalid, NegotiationsError, NotFound
from negotiations.models.parties import PartyKind
from negotiations.models.plans import HalfDay
from negotiations.parties import queries as parties
from negotiations.plans import actions, checking, forms, making, queries
from negotiations.plans.bodies import Kind
from negotiations.plans.queries import Drafted
from negotiations.plans.showing import AGAIN, acting, plan_of, status, talks_of, told
from negotiations.plans.views import plan_view
from negotiations.web.forms import Form
from negotiations.web.html import Page, version_of
from negotiations.web.showing import words

KINDS = [(one.value, words(one)) for one in get_args(Kind)]
HALVES = [("", "Any"), *((one.value, words(one)) for one in HalfDay)]


async def show_plans(page: Page) -> Response:
    """`/n/{neg}/plans`: the drafts, and the form for another."""
    return await _list(page)


async def _list(page: Page, error: NegotiationsError | None = None) -> Response:
    async with page.read() as (db, actor):
        negotiation = await talks_of(page, db, actor)
        rows = await queries.plans(db, actor, negotiation.id)
        tracks = await parties.tracks(db, actor, negotiation.id)
        teams = await parties.teams(db, actor, negotiation.id)
    first = local_date(page.now, negotiation.home_tz) + timedelta(days=7)
    usual = [
        ("title", f"Window of {first:%B %Y}"), ("first_on", f"{first}"),
        ("last_on", f"{first + timedelta(days=4)}"), ("sessions", "1"), ("minutes", "60"),
        ("gap_minutes", "60"), ("most_a_day", "2"), ("grid_minutes", "30"),
        ("travel_minutes", str(negotiation.travel_buffer_minutes)),
    ]  # fmt: skip
    return page.show(
        "plans/plans.html",
        status(error),
        negotiation=negotiation,
        plans=rows,
        tracks=[(track, party) for track, party in tracks if track.status not in making.CLOSED],
        teams=[team for team, party in teams if party.kind is PartyKind.agency],
        typed=page.form if error else Form(usual),
        **told(error),
    )


async def create(page: Page) -> Response:
    try:
        async with page.write() as (db, actor):
            negotiation = await talks_of(page, db, actor)
            body = forms.new_plan(page.form)
            row = await making.create(db, actor, negotiation, body, now=page.now)
    except AGAIN as error:
        return await _list(page, error)
    return page.go(f"/n/{negotiation.slug}/plans/{row.id}")


async def show_track(page: Page) -> Response:
    """`/n/{neg}/plans/{id}/tracks/{jurisdiction}`: what one track wants."""
    return await _track(page)


async def _track(page: Page, error: NegotiationsError | None = None) -> Response:
    async with page.read() as (db, actor):
        plan = await plan_of(page, db, actor)
    line = _line(page, plan)
    days = (plan.row.last_on - plan.row.first_on).days + 1
    return page.show(
        "plans/track.html",
        status(error),
        negotiation=plan.negotiation,
        plan=plan,
        line=line,
        days=[plan.row.first_on + timedelta(days=number) for number in range(days)],
        halves=HALVES,
        base=version_of(plan_view(plan)),
        typed=page.form if error else forms.track_fields(line),
        **told(error),
    )


def _line(page: Page, plan: Drafted) -> queries.Line:
    for line in plan.lines:
        if line.party.slug == page.path["jurisdiction"]:
            return line
    raise NotFound


async def _set_track(page: Page, db: Db, actor: Actor, plan: Drafted) -> None:
    await actions.set_wishes(db, actor, plan, _line(page, plan), forms.track(page.form))


async def show_item(page: Page) -> Response:
    """`/n/{neg}/plans/{id}/items/{item}`: one session; asked of a time, why it isn't there."""
    return await _item(page)


async def _item(page: Page, error: NegotiationsError | None = None) -> Response:
    asked = Form(page.request.query_params.multi_items())
    async with page.read() as (db, actor):
        plan = await plan_of(page, db, actor)
        item = plan.item(page.path["item"])
        line = plan.line_of(item)
        sentences, at = None, None
        if error is None and asked.get("date"):
            try:
                at = forms.instant(asked, item, line.party.tz)
                found = await checking.checked(db, plan, now=page.now)
                sentences = checking.reasons(plan, found.problem, item, at)
            except Invalid as wrong:
                error = wrong
        seats = await parties.members(db, actor, plan.negotiation.id)
    sides = (None, plan.agency.id, line.party.id)
    return page.show(
        "plans/item.html",
        status(error),
        negotiation=plan.negotiation,
        plan=plan,
        line=line,
        item=item,
        live=plan.live(item),
        people=[(person, party) for seat, person, party in seats if seat.party_id in sides],
        kinds=KINDS,
        sentences=sentences,
        asked_at=at,
        asked=asked,
        base=version_of(plan_view(plan)),
        typed=page.form if page.form.fields else forms.item_fields(item, line.party.tz),
        **told(error),
    )


async def _set_item(page: Page, db: Db, actor: Actor, plan: Drafted) -> str:
    item = plan.item(page.path["item"])
    tz = plan.line_of(item).party.tz
    await actions.change_item(db, actor, plan, item, forms.item(page.form, tz))
    return f"#i-{item.id}"


async def _remove_item(page: Page, db: Db, actor: Actor, plan: Drafted) -> None:
    await actions.remove_item(db, actor, plan, plan.item(page.path["item"]))


save_track = acting(_set_track, _track)
save_item = acting(_set_item, _item)
remove_item = acting(_remove_item, _item)
