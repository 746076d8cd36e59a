"""JSON for plans: drafts of the secretariat, what the planner makes of them, and their release."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from starlette.responses import Response

from negotiations.access.actor import Actor
from negotiations.access.policy import can
from negotiations.db import Db
from negotiations.errors import BadRequest, NotFound
from negotiations.parties import queries as parties
from negotiations.plans import actions, checking, making, posing, queries, releasing
from negotiations.plans.bodies import (
    NewPlan,
    NewPlanItem,
    PlanChange,
    PlanItemChange,
    PlanTrackChange,
    Release,
    WorkOut,
)
from negotiations.plans.queries import Drafted
from negotiations.plans.views import (
    BriefPlanView,
    PlanCheckView,
    PlanItemView,
    PlanTrackView,
    PlanView,
    WhyNotView,
    brief_view,
    check_view,
    item_view,
    plan_view,
    track_view,
)
from negotiations.scheduling.bodies import Nothing
from negotiations.web.routes import CREATED, PREFIX, Api, Call, Option

api = Api()
NEG = "/negotiations/{neg}/plans"
ONE = "/plans/{id}"
ITEM = "/plan-items/{id}"
AT = Option("at", str, "The instant that is asked about.", "2030-11-05T15:00:00Z")


@api.get(NEG, lists=BriefPlanView)
async def list_plans(call: Call) -> Response:
    """List the plans of these talks, the newest first."""
    async with call.read() as (db, actor):
        negotiation = await parties.negotiation(db, actor, call.path["neg"])
        if not can(actor, "plan.read", negotiation):
            raise NotFound
        part = call.part()
        rows = await queries.plans(db, actor, negotiation.id, part=part)
    return call.listed([brief_view(row) for row in rows], part)


@api.post(NEG, body=NewPlan, answers=PlanView, gives=CREATED)
async def create_plan(call: Call, body: NewPlan) -> Response:
    """Begin a draft for a window; what stands there already is taken over into it."""
    async with call.write() as (db, actor):
        negotiation = await parties.negotiation(db, actor, call.path["neg"])
        row = await making.create(db, actor, negotiation, body, now=call.now)
        view = plan_view(await queries.plan(db, actor, row.id))
    return call.created(view, at=f"{PREFIX}/plans/{view['id']}")


@api.get(ONE, answers=PlanView)
async def show_plan(call: Call) -> Response:
    """Show a draft, what its tracks want, and what the planner found."""
    async with call.read() as (db, actor):
        plan = await queries.plan(db, actor, call.path["id"])
    return call.answer(plan_view(plan))


Act = Callable[[Db, Actor, Drafted], Awaitable[object]]


async def _act(call: Call, act: Act) -> Response:
    """One act on a draft the caller saw as it is."""
    async with call.write() as (db, actor):
        plan = await queries.plan(db, actor, call.path["id"], lock=True)
        call.require_match(plan_view(plan))
        await act(db, actor, plan)
        await db.flush()
        view = plan_view(await queries.drafted(db, actor, plan.row))
    return call.answer(view)


@api.patch(ONE, body=PlanChange, answers=PlanView)
async def change_plan(call: Call, body: PlanChange) -> Response:
    """Change a draft's window, teams, travel or weights."""
    return await _act(call, lambda db, actor, plan: actions.change(db, actor, plan, body))


@api.post(ONE + "/drop", body=Nothing, answers=PlanView)
async def drop_plan(call: Call, _body: Nothing) -> Response:
    """Give a draft up; nothing live changes."""
    return await _act(call, actions.drop)


@api.post(ONE + "/work-out", body=WorkOut, answers=PlanView)
async def work_out_plan(call: Call, body: WorkOut) -> Response:
    """Have a draft worked out; its state is working until the planner has answered."""

    async def act(db: Db, actor: Actor, plan: Drafted) -> None:
        await actions.ask(db, actor, plan, body, now=call.now)

    return await _act(call, act)


@api.post(ONE + "/stop", body=Nothing, answers=PlanView)
async def stop_plan(call: Call, _body: Nothing) -> Response:
    """Wait for the planner no longer."""
    return await _act(call, actions.stop)


@api.get(ONE + "/check", answers=PlanCheckView)
async def check_plan(call: Call) -> Response:
    """Say which rules a draft breaks as things stand, and what its release would do."""
    async with call.read() as (db, actor):
        plan = await queries.plan(db, actor, call.path["id"])
        found = await checking.checked(db, plan, now=call.now)
    return call.answer(check_view(found))


@api.post(ONE + "/release", body=Release, answers=PlanView)
async def release_plan(call: Call, body: Release) -> Response:
    """Propose, move and cancel all at once what a draft says, or nothing of it."""

    async def act(db: Db, actor: Actor, plan: Drafted) -> None:
        found = await checking.checked(db, plan, now=call.now)
        await releasing.release(db, actor, plan, found, body.reason, now=call.now)

    return await _act(call, act)


@api.put(ONE + "/tracks/{jurisdiction}", body=PlanTrackChange, answers=PlanTrackView)
async def set_plan_track(call: Call, body: PlanTrackChange) -> Response:
    """Say what a track wants, in place of all that it wanted."""
    async with call.write() as (db, actor):
        plan = await queries.plan(db, actor, call.path["id"], lock=True)
        slug = call.path["jurisdiction"]
        line = next((one for one in plan.lines if one.party.slug == slug), None)
        if line is None:
            raise NotFound
        call.require_match(track_view(line))
        await actions.set_wishes(db, actor, plan, line, body)
        view = track_view(line)
    return call.answer(view)


@api.get(ONE + "/tracks/{jurisdiction}", answers=PlanTrackView)
async def show_plan_track(call: Call) -> Response:
    """Show what a track wants of a plan."""
    async with call.read() as (db, actor):
        plan = await queries.plan(db, actor, call.path["id"])
    for line in plan.lines:
        if line.party.slug == call.path["jurisdiction"]:
            return call.answer(track_view(line))
    raise NotFound


@api.get(ONE + "/items", lists=PlanItemView)
async def list_plan_items(call: Call) -> Response:
    """List the sessions of a plan by jurisdiction, in their order there."""
    async with call.read() as (db, actor):
        plan = await queries.plan(db, actor, call.path["id"])
    part = call.part()
    names = {line.track.id: line.party.name for line in plan.lines}
    found = part.cut(
        plan.items,
        lambda item: (names[item.track_id], item.track_id, f"{item.number:09}"),
        lambda *key: key,
    )
    views = [item_view(plan, item, posing.doing_of(plan, item)) for item in found]
    return call.listed(views, part)


@api.post(ONE + "/items", body=NewPlanItem, answers=PlanItemView, gives=CREATED)
async def add_plan_item(call: Call, body: NewPlanItem) -> Response:
    """Want one session more of a track."""
    async with call.write() as (db, actor):
        plan = await queries.plan(db, actor, call.path["id"], lock=True)
        row = await actions.add_item(db, actor, plan, body, now=call.now)
        plan = await queries.drafted(db, actor, plan.row)
        view = item_view(plan, row, posing.doing_of(plan, row))
    return call.created(view, at=f"{PREFIX}/plan-items/{view['id']}")


@api.get(ITEM, answers=PlanItemView)
async def show_plan_item(call: Call) -> Response:
    """Show one session of a plan."""
    async with call.read() as (db, actor):
        plan, item = await queries.item(db, actor, call.path["id"])
    return call.answer(item_view(plan, item, posing.doing_of(plan, item)))


@api.patch(ITEM, body=PlanItemChange, answers=PlanItemView)
async def change_plan_item(call: Call, body: PlanItemChange) -> Response:
    """Change what a session of a plan needs, or put it somewhere by hand."""
    async with call.write() as (db, actor):
        plan, item = await queries.item(db, actor, call.path["id"], lock=True)
        call.require_match(item_view(plan, item, posing.doing_of(plan, item)))
        await actions.change_item(db, actor, plan, item, body)
        view = item_view(plan, item, posing.doing_of(plan, item))
    return call.answer(view)


@api.delete(ITEM, answers=PlanItemView)
async def remove_plan_item(call: Call) -> Response:
    """Want a session no more; a live one stays where it is."""
    async with call.write() as (db, actor):
        plan, item = await queries.item(db, actor, call.path["id"], lock=True)
        view = item_view(plan, item, posing.doing_of(plan, item))
        call.require_match(view)
        await actions.remove_item(db, actor, plan, item)
    return call.answer(view)


@api.get(ITEM + "/why-not", answers=WhyNotView, options=(AT,))
async def why_not(call: Call) -> Response:
    """Say why a session isn't at another time: what stands against it, and what it would cost."""
    at = _instant(call.query("at"))
    async with call.read() as (db, actor):
        plan, item = await queries.item(db, actor, call.path["id"])
        found = await checking.checked(db, plan, now=call.now)
    return call.answer({"sentences": list(checking.reasons(plan, found.problem, item, at))})


def _instant(told: str | None) -> datetime:
    try:
        found = datetime.fromisoformat(told or "")
    except ValueError:
        found = None
    if found is None or found.tzinfo is None or not 1970 < found.year < 2200:
        raise BadRequest("at is an instant, as 2030-11-05T15:00:00Z.")
    return found.astimezone(UTC)
