"""Planning a whole window from the console: the draft as a table, worked out here and now."""

import sys
from datetime import date, datetime
from typing import Annotated, Any

import typer
from sqlmodel import col, select

from negotiations.access.actor import Actor
from negotiations.access.visible import visible
from negotiations.civil import clock_time, day, zone_of
from negotiations.cli.base import (
    AsJson,
    Console,
    acting,
    app,
    negotiation,
    refusing,
    show,
    with_console,
)
from negotiations.errors import Refused
from negotiations.models import Plan
from negotiations.models.plans import MOST_SECONDS, PlanState
from negotiations.planning.calling import Failed
from negotiations.planning.options import Progress
from negotiations.planning.valid import Invalid
from negotiations.plans import actions, checking, making, queries, releasing
from negotiations.plans.bodies import NewPlan, Release, WorkOut
from negotiations.plans.checking import Checked
from negotiations.plans.comparing import Doing
from negotiations.plans.posing import pose
from negotiations.plans.queries import Drafted
from negotiations.plans.views import check_view, item_view, plan_view
from negotiations.plans.working import solve, store
from negotiations.web.forms import body_of

WIDTH = 16
OPEN = (PlanState.draft, PlanState.working)


@app.command("plan")
@refusing
async def plan_command(
    talks: Annotated[str, typer.Argument(metavar="NEGOTIATION")],
    first: Annotated[str, typer.Option("--from", help="First day of a new draft's window.")] = "",
    last: Annotated[str, typer.Option("--to", help="Its last day.")] = "",
    sessions: Annotated[int, typer.Option(help="Sessions of each jurisdiction.")] = 1,
    minutes: Annotated[int, typer.Option(help="Minutes of each.")] = 60,
    seed: Annotated[int, typer.Option(help="The same seed gives the same plan.")] = 1,
    iterations: Annotated[int | None, typer.Option(help="Tries to better the first plan.")] = None,
    seconds: Annotated[int, typer.Option(help=f"At most so long, {MOST_SECONDS} or less.")] = 20,
    release: Annotated[bool, typer.Option("--release", help="Make sessions of it.")] = False,
    look: Annotated[bool, typer.Option("--show", help="Only show the draft as it is.")] = False,
    as_json: AsJson = False,
) -> None:
    """Work out a plan for a whole window: the newest draft, or with --from and --to a new one.

    Nobody is told anything before --release.

    Example: negotiations plan water-talks --from 2030-11-04 --to 2030-11-08 --sessions 2
    """
    told = body_of(WorkOut, {"seed": seed, "iterations": iterations, "seconds": seconds})

    async def work(console: Console) -> None:
        plan_id = await _draft(console, talks, first, last, sessions, minutes)
        if not look:
            await _work_out(console, talks, plan_id, told, quiet=as_json)
        if release:
            await _release(console, talks, plan_id)
        async with console.database.read() as db:
            actor = await acting(db, None, (await negotiation(db, talks)).id)
            plan = await queries.plan(db, actor, plan_id)
            found = await checking.checked(db, plan, now=console.now())
        show(_view(plan, found), _table(plan, found), as_json=as_json)

    await with_console(work)


async def _draft(
    console: Console, slug: str, first: str, last: str, sessions: int, minutes: int
) -> str:
    """The id of a new draft, or of the newest that is open."""
    async with console.database.write() as db:
        row = await negotiation(db, slug)
        actor = await acting(db, None, row.id)
        if first or last:
            title = f"{first} to {last}"
            given = {"title": title, "first_on": first, "last_on": last, "sessions": sessions}
            body = body_of(NewPlan, {**given, "minutes": minutes})
            return (await making.create(db, actor, row, body, now=console.now())).id
        found = await db.exec(
            select(Plan.id)
            .where(
                col(Plan.negotiation_id) == row.id, col(Plan.state).in_(OPEN), visible(actor, Plan)
            )
            .order_by(col(Plan.created_at).desc())
        )
        plan_id = found.first()
    if plan_id is None:
        raise Refused("There is no draft yet. Give --from and --to to begin one.")
    return plan_id


async def _work_out(
    console: Console, slug: str, plan_id: str, told: WorkOut, *, quiet: bool
) -> None:
    def tell(progress: Progress) -> None:
        if not quiet:
            print(_line(progress), file=sys.stderr)

    async with console.database.write() as db:
        plan, actor = await _held(console, db, slug, plan_id)
        await actions.ask(db, actor, plan, told, now=console.now(), here=True)
        row, problem = plan.row, await pose(db, plan, now=console.now())
        asked_at = row.asked_at or console.now()
    try:
        answer = await solve(problem, row, tell)
    except (Failed, Invalid) as error:
        raise Refused(str(error)) from None
    async with console.database.write() as db:
        await store(db, plan_id, asked_at, answer, now=console.now())


def _line(progress: Progress) -> str:
    least = "" if progress.bound is None else f", at least {progress.bound:g}"
    return (
        f"{progress.phase}, try {progress.iteration} of {progress.iterations}: "
        f"{progress.unplaced} without a place, cost {progress.cost}{least}"
    )


async def _release(console: Console, slug: str, plan_id: str) -> None:
    async with console.database.write() as db:
        plan, actor = await _held(console, db, slug, plan_id)
        found = await checking.checked(db, plan, now=console.now())
        await releasing.release(db, actor, plan, found, Release().reason, now=console.now())


async def _held(console: Console, db: Any, slug: str, plan_id: str) -> tuple[Drafted, Actor]:
    row = await negotiation(db, slug)
    actor = await acting(db, None, row.id)
    return await queries.plan(db, actor, plan_id, lock=True), actor


def _view(plan: Drafted, found: Checked) -> dict[str, Any]:
    items = [item_view(plan, item, found.doing[item.id]) for item in plan.items]
    return {**plan_view(plan), "items": items, "check": check_view(found)}


def _table(plan: Drafted, found: Checked) -> str:
    """A row for each jurisdiction, a column for each day, by the jurisdiction's clock; then what
    has no place and what the planner says."""
    days = sorted({_day(item.starts_at, line.party.tz) for line in plan.lines
                   for item in line.items if item.starts_at})  # fmt: skip
    names = {team.id: team.name for team in plan.teams}
    width = max([len(line.party.short_name) for line in plan.lines], default=0)
    rows = [" " * width + "  " + "  ".join(f"{day(one):{WIDTH}}" for one in days)]
    for line in plan.lines:
        cells = dict.fromkeys(days, "")
        for item in line.items:
            if item.starts_at:
                at = clock_time(item.starts_at, line.party.tz)
                cells[_day(item.starts_at, line.party.tz)] += (
                    f"{at} {names.get(item.team_id or '', '')} "
                )
        row = "  ".join(f"{cells[one].strip():{WIDTH}}" for one in days)
        rows.append(f"{line.party.short_name:{width}}  {row}".rstrip())
    for line in plan.lines:
        rows += [
            f"{line.party.short_name}, session {item.number}: no place. {' '.join(item.why)}"
            for item in line.items
            if item.starts_at is None
        ]
    return "\n".join([*rows, *_said(plan, found)])


def _day(instant: datetime, tz: str) -> date:
    return instant.astimezone(zone_of(tz)).date()


def _said(plan: Drafted, found: Checked) -> list[str]:
    told = plan.row.answer
    lines = [f"State: {plan.row.state.value}."]
    if told:
        gap = told["gap_wishes"]
        proved = "proved the least" if told["optimal"] else f"at most {gap:g} too much"
        lines.append(
            f"Cost of broken wishes: {told['cost']}" + (f", {proved}." if gap is not None else ".")
        )
    lines.append(", ".join(f"{found.count(one)} {one.value}" for one in Doing) + ".")
    return lines + [f"Breaks a rule: {one}" for one in found.faults]
