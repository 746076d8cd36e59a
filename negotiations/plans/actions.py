"""Working on a draft: its window, what tracks want, where sessions stand; none of it is live."""

from datetime import UTC, datetime, timedelta

from sqlmodel import col, func, select

from negotiations import waking
from negotiations.access.actor import Actor
from negotiations.access.policy import demand
from negotiations.db import Db
from negotiations.errors import Conflict, Invalid
from negotiations.models import Membership, PlanItem
from negotiations.models.plans import PlanState
from negotiations.plans.bodies import (
    MOST_ITEMS,
    NewPlanItem,
    PlanChange,
    PlanItemChange,
    PlanTrackChange,
    WorkOut,
)
from negotiations.plans.making import team_ids
from negotiations.plans.queries import Drafted, Line
from negotiations.scheduling.times import resolve
from negotiations.web.forms import body_of

LEASE = timedelta(seconds=30)  # beyond the time that the planner may take


def check_open(actor: Actor, plan: Drafted) -> None:
    """Forbidden to who may not write plans; Conflict for one that is released or dropped."""
    demand(actor, "plan.write", plan.negotiation)
    if plan.row.state in (PlanState.released, PlanState.dropped):
        raise Conflict(f"This plan is {plan.row.state.value}. Make a new one.")


def _touched(db: Db, plan: Drafted) -> None:
    """What the planner works on, or has answered, was another draft."""
    row = plan.row
    if row.state is PlanState.working:
        row.state, row.claimed_until, row.progress = PlanState.draft, None, None
    row.answer, row.failure = None, None
    db.add(row)


async def change(db: Db, actor: Actor, plan: Drafted, body: PlanChange) -> None:
    """Title, window, travel, teams, and what broken wishes cost."""
    check_open(actor, plan)
    row = plan.row
    fields = body.model_dump(exclude_unset=True, exclude={"teams", "weights"})
    for name, value in fields.items():
        if value is None:
            raise Invalid.field(name, f"{name} can't be empty. Give one, or leave it out.")
        setattr(row, name, value)
    body_of(PlanChange, {"first_on": row.first_on, "last_on": row.last_on})  # both by now
    if body.teams is not None:
        row.team_ids = await team_ids(db, plan.agency, body.teams)
    if body.weights is not None:
        row.weights = body.weights.model_dump()
    _touched(db, plan)


async def set_wishes(
    db: Db, actor: Actor, plan: Drafted, line: Line, body: PlanTrackChange
) -> None:
    """All that a track wants, in place of what it wanted."""
    check_open(actor, plan)
    for name, value in body.model_dump().items():
        setattr(line.wishes, name, value)
    db.add(line.wishes)
    _touched(db, plan)


async def add_item(
    db: Db, actor: Actor, plan: Drafted, body: NewPlanItem, *, now: datetime
) -> PlanItem:
    """One session more for a track, after its others."""
    check_open(actor, plan)
    line = next((one for one in plan.lines if one.party.slug == body.jurisdiction), None)
    if line is None:
        raise Invalid.field("jurisdiction", f"{body.jurisdiction!r} has no place in this plan.")
    if len(plan.items) >= MOST_ITEMS:
        raise Conflict(f"A plan has {MOST_ITEMS} sessions at most.")
    last = await db.exec(
        select(func.max(PlanItem.number)).where(
            col(PlanItem.plan_id) == plan.row.id, col(PlanItem.track_id) == line.track.id
        ).execution_options(passage="table")
    )  # fmt: skip
    row = PlanItem(
        created_at=now, plan_id=plan.row.id, track_id=line.track.id,
        number=(last.one() or 0) + 1, **body.model_dump(exclude={"jurisdiction"}),
    )  # fmt: skip
    db.add(row)
    _touched(db, plan)
    await db.flush()
    return row


async def remove_item(db: Db, actor: Actor, plan: Drafted, item: PlanItem) -> None:
    """A live session stays where it is: the plan says nothing of it any more."""
    check_open(actor, plan)
    await db.delete(item)
    _touched(db, plan)


async def change_item(
    db: Db, actor: Actor, plan: Drafted, item: PlanItem, body: PlanItemChange
) -> None:
    """What a session needs, and where it stands. Broken rules are told, not refused: it is a draft
    until it is released."""
    check_open(actor, plan)
    given = body.model_fields_set
    for name in ("minutes", "kind", "gap_minutes", "pinned", "needs", "withdrawn"):
        if name in given and getattr(body, name) is None:
            raise Invalid.field(name, f"{name} can't be empty. Give one, or leave it out.")
    for name in given - {"local_start", "fold", "team"}:
        setattr(item, name, getattr(body, name))
    if item.withdrawn and item.session_id is None:
        raise Invalid.field("withdrawn", "There is no session yet to cancel. Remove it instead.")
    if body.needs:
        await _check_needs(db, plan, body.needs)
    if body.team is not None and body.team not in plan.row.team_ids:
        raise Invalid.field("team", "That team isn't in this plan.")
    if "local_start" in given:
        _put(plan, item, body)
    if "team" in given:
        item.team_id = body.team
    if item.pinned and item.starts_at is None:
        raise Invalid.field("pinned", "It has no place to stay at. Give one first.")
    item.cost, item.broken, item.why = 0, [], []
    db.add(item)
    _touched(db, plan)


def _put(plan: Drafted, item: PlanItem, body: PlanItemChange) -> None:
    """To this time on the jurisdiction's clock, or off its place."""
    if body.local_start is None:
        item.starts_at = item.team_id = None
        return
    end = body.local_start + timedelta(minutes=item.minutes)
    tz = plan.line_of(item).party.tz
    item.starts_at = resolve(body.local_start, end, tz, body.fold).starts_at.astimezone(UTC)
    if item.team_id is None and len(plan.teams) == 1:
        item.team_id = plan.teams[0].id


async def _check_needs(db: Db, plan: Drafted, person_ids: list[str]) -> None:
    rows = await db.exec(
        select(Membership.person_id).where(
            col(Membership.negotiation_id) == plan.negotiation.id,
            col(Membership.person_id).in_(person_ids),
            col(Membership.ended_at).is_(None),
        )
    )
    known = set(rows.all())
    for place, one in enumerate(person_ids):
        if one not in known:
            raise Invalid.field(f"needs/{place}", "Nobody with a seat in these talks has this id.")


async def ask(
    db: Db, actor: Actor, plan: Drafted, body: WorkOut, *, now: datetime, here: bool = False
) -> None:
    """Let the planner work it out: the tick takes it up at once, unless who asks does so `here`.

    Conflict while it is at it.
    """
    check_open(actor, plan)
    row = plan.row
    if row.state is PlanState.working:
        raise Conflict("The planner is at it already. Wait for it, or stop it first.")
    if not plan.teams:
        raise Conflict("No team of the agency is in this plan. Choose one.")
    row.state, row.asked_at, row.claimed_until = PlanState.working, now, None
    if here:
        row.claimed_until = now + timedelta(seconds=body.seconds) + LEASE
    row.seed, row.iterations, row.seconds = body.seed, body.iterations, body.seconds
    row.named_by = body.named_by
    row.answer = row.progress = row.failure = None
    db.add(row)
    if not here:
        waking.wake(db, waking.PLANS)


async def stop(db: Db, actor: Actor, plan: Drafted) -> None:
    """Wait for the planner no longer; what it finds is thrown away."""
    check_open(actor, plan)
    if plan.row.state is not PlanState.working:
        raise Conflict("The planner isn't at it.")
    _touched(db, plan)


async def drop(db: Db, actor: Actor, plan: Drafted) -> None:
    """Give the draft up; nothing live changes."""
    check_open(actor, plan)
    _touched(db, plan)
    plan.row.state = PlanState.dropped
