"""A draft's problem answered in a child process, and the answer put into its rows."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from sqlmodel import col, select, update

from negotiations.db import Db
from negotiations.models import Plan, PlanItem
from negotiations.models.plans import PlanState
from negotiations.planning import plain
from negotiations.planning.child import work_out
from negotiations.planning.plan import Plan as Answer
from negotiations.planning.problem import Problem

Told = Callable[[dict[str, Any]], Awaitable[None]]


async def solve(problem: Problem, row: Plan, tell: Told | None = None) -> Answer:
    """The problem answered as the plan was asked to; raises Failed."""
    return await work_out(
        problem, seed=row.seed, iterations=row.iterations, seconds=row.seconds, told=tell
    )


def of_this(plan_id: str, asked_at: datetime) -> Any:
    """Of the plan, if it still waits for this very answer."""
    return update(Plan).where(
        col(Plan.id) == plan_id,
        col(Plan.state) == PlanState.working,
        col(Plan.asked_at) == asked_at,
    )


async def store(db: Db, plan_id: str, asked_at: datetime, answer: Answer, *, now: datetime) -> None:
    """Put every session where the answer has it; nothing if the draft was changed meanwhile."""
    rows = await db.exec(
        select(Plan)
        .where(
            col(Plan.id) == plan_id,
            col(Plan.state) == PlanState.working,
            col(Plan.asked_at) == asked_at,
        )
        .with_for_update()
    )
    row = rows.first()
    if row is None:
        return
    placed = {one.session: one for one in answer.placed}
    unplaced = {one.session: one for one in answer.unplaced}
    items = await db.exec(select(PlanItem).where(col(PlanItem.plan_id) == plan_id))
    for item in items:
        if (found := placed.get(item.id)) is not None:
            item.starts_at, item.team_id = found.starts, row.team_ids[found.team]
            item.cost, item.broken, item.why = found.cost, plain.plain(found.broken), []
        elif (lost := unplaced.get(item.id)) is not None:
            item.starts_at = item.team_id = None
            item.cost, item.broken, item.why = 0, [], list(lost.why)
    told = plain.plain(answer)
    row.answer = {name: told[name] for name in told if name not in ("placed", "unplaced")}
    row.state, row.worked_out_at = PlanState.draft, now
    row.claimed_until, row.progress, row.failure = None, None, None
    db.add(row)
