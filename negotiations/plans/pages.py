"""The coordinators' pages of plans: one as a table with what the planner says, and its release."""

from collections.abc import Sequence
from typing import get_args

from starlette.responses import Response
from starlette.routing import BaseRoute

from negotiations.access.actor import Actor
from negotiations.db import Db
from negotiations.errors import NegotiationsError
from negotiations.models.parties import PartyKind
from negotiations.models.plans import PlanState
from negotiations.parties import queries as parties
from negotiations.planning.groupings import Grouping
from negotiations.plans import actions, checking, forms, posing, releasing
from negotiations.plans.comparing import Doing
from negotiations.plans.entering import (
    create,
    remove_item,
    save_item,
    save_track,
    show_item,
    show_plans,
    show_track,
)
from negotiations.plans.queries import Drafted
from negotiations.plans.showing import acting, plan_of, status, told
from negotiations.plans.views import plan_view, weights_view
from negotiations.web.html import Page, page_route, version_of

ALL = "/n/{neg}/plans"
ONE = ALL + "/{id}"


async def show_plan(page: Page) -> Response:
    """`/n/{neg}/plans/{id}`: the table, what the planner says, and what a release would do."""
    return await _show(page)


async def _show(page: Page, error: NegotiationsError | None = None) -> Response:
    async with page.read() as (db, actor):
        plan = await plan_of(page, db, actor)
        state = plan.row.state
        is_open = state not in (PlanState.released, PlanState.dropped)
        faults: Sequence[str] = ()
        if is_open and state is not PlanState.working:  # then they are the planner's to keep
            faults = (await checking.checked(db, plan, now=page.now)).faults
        teams = await parties.teams(db, actor, plan.negotiation.id)
    return page.show(
        "plans/plan.html",
        status(error),
        negotiation=plan.negotiation,
        plan=plan,
        faults=faults,
        doing={item.id: posing.doing_of(plan, item) for item in plan.items},
        names={team.id: team.name for team in plan.teams},
        teams=[team for team, party in teams if party.kind is PartyKind.agency],
        weights=weights_view(plan.row),
        base=version_of(plan_view(plan)),
        open=is_open,
        working=state is PlanState.working,
        named_by=[(one, one) for one in get_args(Grouping)],
        typed=page.form,
        **told(error),
    )


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


async def show_release(page: Page) -> Response:
    """`/n/{neg}/plans/{id}/release`: what is new, moved and cancelled, and who is told."""
    return await _release(page)


async def _release(page: Page, error: NegotiationsError | None = None) -> Response:
    async with page.read() as (db, actor):
        plan = await plan_of(page, db, actor)
        found = await checking.checked(db, plan, now=page.now)
        seats = await parties.members(db, actor, plan.negotiation.id)
    concerned = {
        line.party.id
        for line in plan.lines
        if any(found.doing[item.id] not in _QUIET for item in line.items)
    }
    sides = {plan.agency.id, *concerned} if concerned else set()
    return page.show(
        "plans/release.html",
        status(error),
        negotiation=plan.negotiation,
        plan=plan,
        found=found,
        told=[(party, person) for seat, person, party in seats if seat.party_id in sides],
        base=version_of(plan_view(plan)),
        typed=page.form,
        **told(error),
    )


_QUIET = (Doing.kept, Doing.unplaced)


async def _release_it(page: Page, db: Db, actor: Actor, plan: Drafted) -> None:
    found = await checking.checked(db, plan, now=page.now)
    reason = forms.release(page.form).reason
    await releasing.release(db, actor, plan, found, reason, now=page.now)


routes: list[BaseRoute] = [
    page_route(ALL, show_plans, create),
    page_route(ONE, show_plan, acting(_change, _show)),
    page_route(ONE + "/work-out", post=acting(_ask, _show)),
    page_route(ONE + "/stop", post=acting(_stop, _show)),
    page_route(ONE + "/drop", post=acting(_drop, _show)),
    page_route(ONE + "/items", post=acting(_add, _show)),
    page_route(ONE + "/tracks/{jurisdiction}", show_track, save_track),
    page_route(ONE + "/items/{item}", show_item, save_item),
    page_route(ONE + "/items/{item}/remove", post=remove_item),
    page_route(ONE + "/release", show_release, acting(_release_it, _release)),
]
