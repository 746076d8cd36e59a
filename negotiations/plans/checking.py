"""Is a draft in order, and why isn't a session elsewhere? Asked of the rules, not of the search."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from negotiations.db import Db
from negotiations.models import PlanItem
from negotiations.planning import check
from negotiations.planning.plan import Placed
from negotiations.planning.problem import Problem
from negotiations.planning.why_not import why_not
from negotiations.plans.comparing import Doing, doing
from negotiations.plans.posing import pose
from negotiations.plans.queries import Drafted


@dataclass(frozen=True, slots=True)
class Checked:
    """The problem as it is now, which hard rules the draft breaks (sentences), and what a release
    would do with each item, by id."""

    problem: Problem
    faults: Sequence[str]
    doing: Mapping[str, Doing]

    def count(self, *which: Doing) -> int:
        return sum(one in which for one in self.doing.values())


async def checked(db: Db, plan: Drafted, *, now: datetime) -> Checked:
    """The draft against the rows of this moment: office hours, bookings, busy people."""
    problem = await pose(db, plan, now=now)
    found = [_unseated(plan, item) for item in plan.items if _stands(item)]
    faults = [one for one in found if one]
    faults = faults or [one.sentence for one in check.faults(problem, _placed(plan))]
    return Checked(problem, faults, {item.id: doing_of(plan, item) for item in plan.items})


def _stands(item: PlanItem) -> bool:
    return item.starts_at is not None and not item.withdrawn


def _unseated(plan: Drafted, item: PlanItem) -> str:
    if item.team_id in {team.id for team in plan.teams}:
        return ""
    line = plan.line_of(item)
    return (
        f"{line.party.short_name}, session {item.number}, has no team of this plan. "
        "Choose one, or work the draft out."
    )


def _placed(plan: Drafted) -> tuple[Placed, ...]:
    """What stands somewhere; a team that isn't in the plan any more is told before."""
    number = {team.id: place for place, team in enumerate(plan.teams)}
    return tuple(
        Placed(
            item.id,
            item.track_id,
            item.starts_at.astimezone(UTC),
            number[item.team_id or ""],
        )
        for item in plan.items
        if item.starts_at is not None and not item.withdrawn and item.team_id in number
    )


def doing_of(plan: Drafted, item: PlanItem) -> Doing:
    live = plan.live(item)
    if live is None:
        return doing(item, None, None)
    length = live.ends_at - live.starts_at
    return doing(item, live.starts_at, int(length.total_seconds()) // 60)


def reasons(plan: Drafted, problem: Problem, item: PlanItem, at: datetime) -> Sequence[str]:
    """Why this session isn't at that time (UTC): rules it would break, what would have to move,
    and what it would cost; that it could be there, where nothing stands against it."""
    if item.withdrawn:
        return ["The release cancels it: it has no place in this plan."]
    return why_not(problem, _placed(plan), item.id, at).sentences
