"""The coordinators' pages of plans: the drafts, one as a table, its forms, and its release."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, get_args

from starlette.responses import Response
from starlette.routing import BaseRoute

from negotiations.access.actor import Actor
from negotiations.access.policy import can
from negotiations.civil import local_date
from negotiations.db import Db
from negotiations.errors import Conflict, Invalid, NegotiationsError, NotFound, Stale
from negotiations.models import Negotiation
from negotiations.models.parties import PartyKind
from negotiations.models.plans import HalfDay, PlanState
from negotiations.parties import queries as parties
from negotiations.planning.groupings import Grouping
from negotiations.plans import actions, checking, forms, making, queries, releasing
from negotiations.plans.comparing import Doing
from negotiations.plans.queries import Drafted
from negotiations.plans.views import plan_view, weights_view
from negotiations.web.forms import Form
from negotiations.web.html import Page, page_route, problems, require_base, version_of
from negotiations.web.problems import status_of
from negotiations.web.showing import words

AGAIN = (Invalid, Conflict, Stale)
ALL = "/n/{neg}/plans"
ONE = ALL + "/{id}"
HALVES = [("", "Any"), *((one.value, words(one)) for one in HalfDay)]


async def _talks(page: Page, db: Db, actor: Actor) -> Negotiation:
    """The talks; NotFound for who plans nothing there."""
    negotiation = await parties.negotiation(db, actor, page.path["neg"])
    if not can(actor, "plan.read", negotiation):
        raise NotFound
    return negotiation


async def _plan(page: Page, db: Db, actor: Actor, *, lock: bool = False) -> Drafted:
    negotiation = await _talks(page, db, actor)
    plan = await queries.plan(db, actor, page.path["id"], lock=lock)
    if plan.negotiation.id != negotiation.id:
        raise NotFound
    return plan


def _path(plan: Drafted) -> str:
    return f"/n/{plan.negotiation.slug}/plans/{plan.row.id}"


def _told(error: NegotiationsError | None) -> dict[str, Any]:
    return problems(error) if error else {}


def _status(error: NegotiationsError | None) -> int:
    return status_of(error)[0] if error else 200


async def show_plans(page: Page) -> Response:
    """`/n/{neg}/plans`: the drafts, and the form for another."""
    return await _list(page)


async def _list(page: Page, error: NegotiationsError | None = None) -> Response:
    async with page.read() as (db, actor):
        negotiation = await _talks(page, db, actor)
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
        _status(error),
        negotiation=negotiation,
        plans=rows,
        tracks=[(track, party) for track, party in tracks if track.status not in making.CLOSED],
        teams=[team for team, party in teams if party.kind is PartyKind.agency],
        typed=page.form if error else Form(usual),
        **_told(error),
    )


async def create(page: Page) -> Response:
    try:
        async with page.write() as (db, actor):
            negotiation = await _talks(page, db, actor)
            body = forms.new_plan(page.form)
            row = await making.create(db, actor, negotiation, body, now=page.now)
    except AGAIN as error:
        return await _list(page, error)
    return page.go(f"/n/{negotiation.slug}/plans/{row.id}")


async def show_plan(page: Page) -> Response:
    """`/n/{neg}/plans/{id}`: the table, what the planner says, and what a release would do."""
    return await _show(page)


async def _show(page: Page, error: NegotiationsError | None = None) -> Response:
    async with page.read() as (db, actor):
        plan = await _plan(page, db, actor)
        found = await checking.checked(db, plan, now=page.now)
        teams = await parties.teams(db, actor, plan.negotiation.id)
    working = plan.row.state is PlanState.working
    return page.show(
        "plans/plan.html",
        _status(error),
        negotiation=plan.negotiation,
        plan=plan,
        found=found,
        names={team.id: team.name for team in plan.teams},
        teams=[team for team, party in teams if party.kind is PartyKind.agency],
        weights=weights_view(plan.row),
        base=version_of(plan_view(plan)),
        open=plan.row.state not in (PlanState.released, PlanState.dropped),
        working=working,
        named_by=[(one, one) for one in get_args(Grouping)],
        typed=page.form,
        **_told(error),
    )


Act = Callable[[Page, Db, Actor, Drafted], Awaitable[object]]


def _acting(act: Act) -> Callable[[Page], Awaitable[Response]]:
    """A button of that page: acts on the draft as it was seen, and leads back to it."""

    async def answer(page: Page) -> Response:
        try:
            async with page.write() as (db, actor):
                plan = await _plan(page, db, actor, lock=True)
                require_base(page, plan_view(plan))
                await act(page, db, actor, plan)
        except AGAIN as error:
            return await _show(page, error)
        return page.go(_path(plan))

    return answer


async def _change(page: Page, db: Db, actor: Actor, plan: Drafted) -> None:
    await actions.change(db, actor, plan, forms.change(page.form))


async def _ask(page: Page, db: Db, actor: Actor, plan: Drafted) -> None:
    await actions.ask(db, actor, plan, forms.work_out(page.form), now=page.now)


async def _stop(_page: Page, db: Db, actor: Actor, plan: Drafted) -> None:
    await actions.stop(db, actor, plan)


async def _drop(_page: Page, db: Db, actor: Actor, plan: Drafted) -> None:
    await actions.drop(db, actor, plan)


async def _add(page: Page, db: Db, actor: Actor, plan: Drafted) -> None:
    await actions.add_item(db, actor, plan, forms.new_item(page.form), now=page.now)


async def show_track(page: Page) -> Response:
    """`/n/{neg}/plans/{id}/tracks/{jurisdiction}`: what one track wants."""
    return await _track(page)


async def _track(page: Page, error: NegotiationsError | None = None) -> Response:
    async with page.read() as (db, actor):
        plan = await _plan(page, db, actor)
    line = _line(page, plan)
    days = (plan.row.last_on - plan.row.first_on).days + 1
    return page.show(
        "plans/track.html",
        _status(error),
        negotiation=plan.negotiation,
        plan=plan,
        line=line,
        days=[plan.row.first_on + timedelta(days=number) for number in range(days)],
        halves=HALVES,
        base=version_of(plan_view(plan)),
        typed=page.form if error else forms.track_fields(line),
        **_told(error),
    )


def _line(page: Page, plan: Drafted) -> queries.Line:
    for line in plan.lines:
        if line.party.slug == page.path["jurisdiction"]:
            return line
    raise NotFound


async def set_track(page: Page) -> Response:
    try:
        async with page.write() as (db, actor):
            plan = await _plan(page, db, actor, lock=True)
            require_base(page, plan_view(plan))
            await actions.set_wishes(db, actor, plan, _line(page, plan), forms.track(page.form))
    except AGAIN as error:
        return await _track(page, error)
    return page.go(_path(plan))


async def show_item(page: Page) -> Response:
    """`/n/{neg}/plans/{id}/items/{item}`: one session; asked of a time, why it isn't there."""
    return await _item(page)


async def _item(page: Page, error: NegotiationsError | None = None) -> Response:
    asked = Form(page.request.query_params.multi_items())
    async with page.read() as (db, actor):
        plan = await _plan(page, db, actor)
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
        _status(error),
        negotiation=plan.negotiation,
        plan=plan,
        line=line,
        item=item,
        live=plan.live(item),
        people=[(person, party) for seat, person, party in seats if seat.party_id in sides],
        sentences=sentences,
        asked_at=at,
        asked=asked,
        base=version_of(plan_view(plan)),
        typed=page.form if page.form.fields else forms.item_fields(item, line.party.tz),
        **_told(error),
    )


async def set_item(page: Page) -> Response:
    try:
        async with page.write() as (db, actor):
            plan = await _plan(page, db, actor, lock=True)
            require_base(page, plan_view(plan))
            item = plan.item(page.path["item"])
            await actions.change_item(db, actor, plan, item, forms.item(page.form))
    except AGAIN as error:
        return await _item(page, error)
    return page.go(f"{_path(plan)}#i-{item.id}")


async def remove_item(page: Page) -> Response:
    try:
        async with page.write() as (db, actor):
            plan = await _plan(page, db, actor, lock=True)
            require_base(page, plan_view(plan))
            await actions.remove_item(db, actor, plan, plan.item(page.path["item"]))
    except AGAIN as error:
        return await _item(page, error)
    return page.go(_path(plan))


async def show_release(page: Page) -> Response:
    """`/n/{neg}/plans/{id}/release`: what is new, moved and cancelled, and who is told."""
    return await _release(page)


async def _release(page: Page, error: NegotiationsError | None = None) -> Response:
    async with page.read() as (db, actor):
        plan = await _plan(page, db, actor)
        found = await checking.checked(db, plan, now=page.now)
        seats = await parties.members(db, actor, plan.negotiation.id)
    told = {
        line.party.id
        for line in plan.lines
        if any(found.doing[item.id] not in _QUIET for item in line.items)
    }
    sides = {plan.agency.id, *told} if told else set()
    return page.show(
        "plans/release.html",
        _status(error),
        negotiation=plan.negotiation,
        plan=plan,
        found=found,
        told=[(party, person) for seat, person, party in seats if seat.party_id in sides],
        base=version_of(plan_view(plan)),
        typed=page.form,
        **_told(error),
    )


_QUIET = (Doing.kept, Doing.unplaced)


async def release(page: Page) -> Response:
    try:
        async with page.write() as (db, actor):
            plan = await _plan(page, db, actor, lock=True)
            require_base(page, plan_view(plan))
            found = await checking.checked(db, plan, now=page.now)
            reason = forms.release(page.form).reason
            await releasing.release(db, actor, plan, found, reason, now=page.now)
    except AGAIN as error:
        return await _release(page, error)
    return page.go(_path(plan))


routes: list[BaseRoute] = [
    page_route(ALL, show_plans, create),
    page_route(ONE, show_plan, _acting(_change)),
    page_route(ONE + "/work-out", post=_acting(_ask)),
    page_route(ONE + "/stop", post=_acting(_stop)),
    page_route(ONE + "/drop", post=_acting(_drop)),
    page_route(ONE + "/items", post=_acting(_add)),
    page_route(ONE + "/tracks/{jurisdiction}", show_track, set_track),
    page_route(ONE + "/items/{item}", show_item, set_item),
    page_route(ONE + "/items/{item}/remove", post=remove_item),
    page_route(ONE + "/release", show_release, release),
]
