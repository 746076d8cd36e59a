"""A draft's problem answered in a child process, and the answer put into its rows."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, get_args

from sqlmodel import col, select, update

from negotiations.db import Db
from negotiations.models import Plan, PlanItem
from negotiations.models.plans import PlanState
from negotiations.planning import plain
from negotiations.planning.calling import plan_apart
from negotiations.planning.groupings import Grouping
from negotiations.planning.options import Options, Progress
from negotiations.planning.plan import Plan as Answer
from negotiations.planning.problem import Problem

Told = Callable[[Progress], None]


async def solve(problem: Problem, row: Plan, on: Told = lambda _: None) -> Answer:
    """The problem answered as the plan was asked to.

    Raises Invalid for one that contradicts itself, Failed where there is no answer at all.
    """
    options = Options(seed=row.seed, iterations=row.iterations, explain=_grouping(row.named_by))
    return await plan_apart(problem, options, seconds=row.seconds, on=on)


def _grouping(named_by: str) -> Grouping:
    """As it was asked for; the usual for a word that SQL left there."""
    return next((one for one in get_args(Grouping) if one == named_by), "city")


def of_this(plan_id: str, asked_at: datetime | None) -> Any:
    """Of the plan, if it still waits for this very answer."""
    return update(Plan).where(*waiting(plan_id, asked_at))


def waiting(plan_id: str, asked_at: datetime | None) -> tuple[Any, ...]:
    """The conditions under which it does: nobody stopped it or asked again."""
    return (
        col(Plan.id) == plan_id,
        col(Plan.state) == PlanState.working,
        col(Plan.asked_at) == asked_at,
    )


async def store(db: Db, plan_id: str, asked_at: datetime, answer: Answer, *, now: datetime) -> None:
    """Put every session where the answer has it; nothing if the draft was changed meanwhile."""
    rows = await db.exec(select(Plan).where(*waiting(plan_id, asked_at)).with_for_update())
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
