"""Is a draft in order, and why isn't a session elsewhere? Asked of the rules, not of the search."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlmodel import col, select

from negotiations.db import Db
from negotiations.models import Membership, PlanItem
from negotiations.models.sessions import SessionStatus
from negotiations.parties import queries as parties
from negotiations.planning import check
from negotiations.planning.plan import Placed
from negotiations.planning.problem import Problem
from negotiations.planning.why_not import why_not
from negotiations.plans.comparing import PLANNABLE, Doing
from negotiations.plans.posing import doing_of, pose
from negotiations.plans.queries import Drafted
from negotiations.scheduling.rules import BOOKING


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
    problem = await pose(db, plan, now=now, stands=True)
    told = {item.id: doing_of(plan, item) for item in plan.items}
    found = [_unseated(plan, item) for item in plan.items if _stands(item)]
    found += [_over(plan, item, told[item.id]) for item in plan.items]
    found += await _absent(db, plan, [one for one in plan.items if told[one.id] is Doing.new])
    faults = [one for one in found if one]
    faults = faults or [one.sentence for one in check.faults(problem, _placed(plan))]
    return Checked(problem, faults, told)


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


def _over(plan: Drafted, item: PlanItem, what: Doing) -> str:
    """A live session that was called off beside the plan, which it still has somewhere, or that is
    held by now and cannot be moved or cancelled any more."""
    live = plan.live(item)
    if live is None or live.status in PLANNABLE or not (item.withdrawn or item.starts_at):
        return ""
    if what is Doing.kept and live.status in BOOKING | {SessionStatus.held}:
        return ""
    return f"{live.title} is {live.status.value.replace('_', ' ')} by now. Take it out of the plan."


async def _absent(db: Db, plan: Drafted, new: Sequence[PlanItem]) -> list[str]:
    """Who has to be at a session that isn't there yet, and has no place at its table by now."""
    needs = {one for item in new for one in item.needs}
    if not needs:
        return []
    rows = await db.exec(
        select(Membership.person_id, Membership.party_id).where(
            col(Membership.negotiation_id) == plan.negotiation.id,
            col(Membership.person_id).in_(needs),
            col(Membership.ended_at).is_(None),
        )
    )
    seats, names = dict(rows.all()), await parties.names(db, needs)
    found: list[str] = []
    for item in new:
        line = plan.line_of(item)
        here = (None, plan.agency.id, line.party.id)
        found += [
            f"{line.party.short_name}, session {item.number}, needs {names.get(one, one)}, "
            "who has no place at that table. Take them out."
            for one in item.needs
            if one not in seats or seats[one] not in here
        ]
    return found


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


def reasons(plan: Drafted, problem: Problem, item: PlanItem, at: datetime) -> Sequence[str]:
    """Why this session isn't at that time (UTC): rules it would break, what would have to move,
    and what it would cost; that it could be there, where nothing stands against it."""
    if item.withdrawn:
        return ["The release cancels it: it has no place in this plan."]
    return why_not(problem, _placed(plan), item.id, at).sentences
