"""How plans look in JSON."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Any, cast

from negotiations.civil import zone_of
from negotiations.models import Plan, PlanItem
from negotiations.models.plans import HalfDay, PlanState
from negotiations.models.sessions import SessionKind
from negotiations.plans.checking import Checked
from negotiations.plans.comparing import Doing
from negotiations.plans.posing import weights_of
from negotiations.plans.queries import Drafted, Line
from negotiations.web.answers import Id, Moment, TypedDict


class BriefPlanView(TypedDict):
    """A plan in the list of plans."""

    id: Id
    title: str
    state: PlanState
    first_on: date
    last_on: date
    created_at: Moment
    released_at: Moment | None


class ConflictView(TypedDict):
    """Rules that can't hold together; `minimal`: proved that without any one the rest can."""

    label: str
    rules: list[str]
    minimal: bool
    remedies: list[str]


class AnswerView(TypedDict):
    """What the planner found (planning.plan.Plan): costs and bounds in wishes."""

    cost: int
    bound: float | None
    gap_wishes: float | None
    gap_per_cent: float | None
    least_unplaced: int
    optimal: bool
    iterations: int
    stopped_by: str
    notes: list[str]
    conflict: ConflictView | None


class PlanTrackView(TypedDict):
    """What one track wants."""

    jurisdiction: str
    most_a_day: int | None
    place: str | None
    days: list[date]
    half_day: HalfDay | None
    no_friday_afternoon: bool
    early: bool
    compact: bool


class WeightsView(TypedDict):
    """What one broken wish costs."""

    other_day: int
    other_half_day: int
    friday_afternoon: int
    early: int
    span: int
    moved: int


class PlanView(TypedDict):
    """A draft with what its tracks want; its sessions are listed apart."""

    id: Id
    title: str
    state: PlanState
    first_on: date
    last_on: date
    grid_minutes: int
    travel_minutes: int
    teams: list[Id]
    weights: WeightsView
    tracks: list[PlanTrackView]
    seed: int
    iterations: int | None
    named_by: str
    seconds: int
    asked_at: Moment | None
    worked_out_at: Moment | None
    failure: str | None
    answer: AnswerView | None
    created_at: Moment
    released_at: Moment | None


class BrokenView(TypedDict):
    """A wish that is broken, what that costs, and the sentence that says so."""

    wish: str
    cost: int
    sentence: str


class PlanItemView(TypedDict):
    """A session of a plan; `local_start` is on the jurisdiction's clock, `doing` what a release
    does with it."""

    id: Id
    jurisdiction: str
    number: int
    minutes: int
    kind: SessionKind
    gap_minutes: int
    not_before: Moment | None
    ends_by: Moment | None
    pinned: bool
    needs: list[Id]
    room: str | None
    session: Id | None
    withdrawn: bool
    starts_at: Moment | None
    local_start: str | None
    tz: str
    team: Id | None
    cost: int
    broken: list[BrokenView]
    why: list[str]
    doing: Doing


class PlanCheckView(TypedDict):
    """Which hard rules the draft breaks as things stand, and what a release would do."""

    faults: list[str]
    new: int
    moved: int
    kept: int
    cancelled: int
    unplaced: int


class WhyNotView(TypedDict):
    """Sentences about one session at one time."""

    sentences: list[str]


def brief_view(row: Plan) -> BriefPlanView:
    return {
        "id": row.id,
        "title": row.title,
        "state": row.state,
        "first_on": row.first_on,
        "last_on": row.last_on,
        "created_at": row.created_at,
        "released_at": row.released_at,
    }


def plan_view(plan: Drafted) -> PlanView:
    row = plan.row
    return {
        **brief_view(row),
        "grid_minutes": row.grid_minutes,
        "travel_minutes": row.travel_minutes,
        "teams": row.team_ids,
        "weights": weights_view(row),
        "tracks": [track_view(line) for line in plan.lines],
        "seed": row.seed,
        "iterations": row.iterations,
        "named_by": row.named_by,
        "seconds": row.seconds,
        "asked_at": row.asked_at,
        "worked_out_at": row.worked_out_at,
        "failure": row.failure,
        "answer": _answer(row.answer),
    }


def weights_view(row: Plan) -> WeightsView:
    return cast(WeightsView, asdict(weights_of(row)))


def _answer(told: dict[str, Any] | None) -> AnswerView | None:
    if told is None:
        return None
    kept = {name: told.get(name) for name in AnswerView.__annotations__}
    conflict = told.get("conflict")
    if conflict:
        remedies = [one["change"] for one in conflict.get("remedies", ())]
        kept["conflict"] = {**conflict, "remedies": remedies}
    return cast(AnswerView, kept)


def track_view(line: Line) -> PlanTrackView:
    row = line.wishes
    return {
        "jurisdiction": line.party.slug,
        "most_a_day": row.most_a_day,
        "place": row.place,
        "days": [date.fromisoformat(day) for day in row.days],
        "half_day": row.half_day,
        "no_friday_afternoon": row.no_friday_afternoon,
        "early": row.early,
        "compact": row.compact,
    }


def local_start(starts_at: datetime | None, tz: str) -> str | None:
    """`2010-11-09T10:00` on the clock of a zone."""
    return f"{starts_at.astimezone(zone_of(tz)):%Y-%m-%dT%H:%M}" if starts_at else None


def item_view(plan: Drafted, item: PlanItem, does: Doing) -> PlanItemView:
    party = plan.line_of(item).party
    broken: Any = item.broken
    return {
        "id": item.id,
        "jurisdiction": party.slug,
        "number": item.number,
        "minutes": item.minutes,
        "kind": item.kind,
        "gap_minutes": item.gap_minutes,
        "not_before": item.not_before,
        "ends_by": item.ends_by,
        "pinned": item.pinned,
        "needs": item.needs,
        "room": item.room,
        "session": item.session_id,
        "withdrawn": item.withdrawn,
        "starts_at": item.starts_at,
        "local_start": local_start(item.starts_at, party.tz),
        "tz": party.tz,
        "team": item.team_id,
        "cost": item.cost,
        "broken": broken,
        "why": item.why,
        "doing": does,
    }


def check_view(found: Checked) -> PlanCheckView:
    return {
        "faults": list(found.faults),
        "new": found.count(Doing.new),
        "moved": found.count(Doing.moved),
        "kept": found.count(Doing.kept),
        "cancelled": found.count(Doing.cancelled),
        "unplaced": found.count(Doing.unplaced),
    }
