"""The tick that has drafts worked out: each is claimed by one process."""

import asyncio
import logging
from datetime import datetime, timedelta

from sqlmodel import col, or_, select, update

from negotiations.access.actor import operator
from negotiations.clock import Clock
from negotiations.db import Database, Db
from negotiations.models import Plan
from negotiations.models.plans import PlanState
from negotiations.planning import plain
from negotiations.planning.calling import Failed
from negotiations.planning.options import Progress
from negotiations.planning.plan import Plan as Answer
from negotiations.planning.problem import Problem
from negotiations.planning.valid import Invalid
from negotiations.plans import queries
from negotiations.plans.actions import LEASE
from negotiations.plans.posing import pose
from negotiations.plans.working import of_this, solve, store, waiting

log = logging.getLogger("negotiations")
BETWEEN = 1.0  # seconds between two words about how far it is


async def work(database: Database, clock: Clock) -> int:
    """Work out whatever waits for it, one after the other; returns how many."""
    done = 0
    while (claimed := await _claim(database, clock.now())) is not None:
        await _work_out(database, clock, *claimed)
        done += 1
    return done


async def next_due(db: Db, now: datetime) -> datetime | None:
    """When the next draft is to be taken up."""
    rows = await db.exec(
        select(Plan.claimed_until)
        .where(col(Plan.state) == PlanState.working, col(Plan.asked_at).is_not(None))
        .order_by(col(Plan.claimed_until).is_not(None), col(Plan.claimed_until))
        .limit(1)
    )
    found = rows.all()
    return (found[0] or now) if found else None


async def _claim(database: Database, now: datetime) -> tuple[str, datetime] | None:
    """The id of a draft that nobody is at, and when it was asked for; it is ours for a while."""
    free = or_(col(Plan.claimed_until).is_(None), col(Plan.claimed_until) < now)
    asked = col(Plan.asked_at).is_not(None)  # what SQL left without is nobody's to work out
    unclaimed = select(Plan).where(col(Plan.state) == PlanState.working, asked, free)
    async with database.read() as db:
        row = (await db.exec(unclaimed.order_by(col(Plan.asked_at)).limit(1))).first()
    if row is None or row.asked_at is None:
        return None
    until = now + timedelta(seconds=row.seconds) + LEASE
    async with database.write() as db:
        taken = await db.exec(
            update(Plan)
            .where(col(Plan.id) == row.id, col(Plan.asked_at) == row.asked_at, free)
            .where(col(Plan.state) == PlanState.working)
            .values(claimed_until=until)
        )
    return (row.id, row.asked_at) if taken.rowcount == 1 else await _claim(database, now)


async def _work_out(database: Database, clock: Clock, plan_id: str, asked_at: datetime) -> None:
    async with database.read() as db:
        row = (await db.exec(select(Plan).where(col(Plan.id) == plan_id))).first()
        if row is None:
            return
        plan = await queries.drafted(db, operator(row.negotiation_id, via="tick"), row)
        problem = await pose(db, plan, now=clock.now())

    try:
        answer = await _told(database, row, asked_at, problem)
    except (Failed, Invalid) as error:
        log.warning("plan %s can't be worked out: %s", plan_id, type(error).__name__)
        async with database.write() as db:
            ended = {"state": PlanState.draft, "failure": str(error)[:500]}
            await db.exec(of_this(plan_id, asked_at).values(**ended, claimed_until=None))
        return
    if answer is not None:
        async with database.write() as db:
            await store(db, plan_id, asked_at, answer, now=clock.now())


async def _told(
    database: Database, row: Plan, asked_at: datetime, problem: Problem
) -> Answer | None:
    """The answer; meanwhile the row says each second how far it is.

    None once nobody waits for it: the planner is ended, for others may wait for theirs.
    """
    heard: list[Progress] = []
    working = asyncio.create_task(solve(problem, row, heard.append))
    try:
        while not working.done():
            await asyncio.wait([working], timeout=BETWEEN)
            if working.done():
                continue
            progress = heard.pop() if heard else None
            heard.clear()
            if not await _waits(database, row.id, asked_at, progress):
                return None
        return working.result()
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)


async def _waits(
    database: Database, plan_id: str, asked_at: datetime, progress: Progress | None
) -> bool:
    """Whether somebody waits for it still; the row then says this progress."""
    if progress is None:
        async with database.read() as db:
            found = await db.exec(select(Plan.id).where(*waiting(plan_id, asked_at)))
            return found.first() is not None
    async with database.write() as db:
        said = of_this(plan_id, asked_at).values(progress=plain.plain(progress))
        return bool((await db.exec(said)).rowcount)
