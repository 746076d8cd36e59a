"""Plans for a whole window: drafts of the secretariat beside the live schedule."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field

from negotiations.models.base import Row, Shaped, choice
from negotiations.models.sessions import SessionKind

USUAL_GRID = 30
MOST_SECONDS = 120


# What planning.plan.Plan and planning.options.Progress hold.
ANSWER = Shaped(
    dict,
    holds=(
        "cost", "bound", "gap_wishes", "gap_per_cent", "least_unplaced", "optimal", "iterations",
        "stopped_by", "notes", "conflict",
    ),
)  # fmt: skip
PROGRESS = Shaped(dict, holds=("phase", "iteration", "iterations", "unplaced", "cost", "bound"))


class PlanState(StrEnum):
    """`working`: the planner is at it, or will be at its next look."""

    draft = "draft"
    working = "working"
    released = "released"
    dropped = "dropped"


class HalfDay(StrEnum):
    morning = "morning"
    afternoon = "afternoon"


class Plan(Row, table=True):
    """One draft for the days `first_on` to `last_on` (civil dates in home_tz).

    `team_ids` are the agency's teams that may sit. `weights` holds what a broken wish costs, by the
    names of planning.problem.Weights. `iterations` None is as many tries as its size suggests;
    `named_by` is how rules are grouped where they can't hold together. While it is `working`,
    `claimed_until` is when another process may take the work over and `progress` what the planner
    told last. `answer` is what came of it: planning.plan.Plan without its rows; `failure` why
    nothing did.
    """

    __tablename__ = "plan"
    __table_args__ = (CheckConstraint("first_on <= last_on", name="days_in_order"),)

    negotiation_id: str = Field(foreign_key="negotiation.id", max_length=32, index=True)
    title: str = Field(max_length=200)
    first_on: date
    last_on: date
    grid_minutes: int = USUAL_GRID
    travel_minutes: int = 60
    team_ids: list[str] = Field(default_factory=list, sa_type=Shaped(list, of=str))
    weights: dict[str, Any] | None = Field(default=None, sa_type=Shaped(dict))
    state: PlanState = Field(default=PlanState.draft, sa_type=choice(PlanState))
    seed: int = 1
    iterations: int | None = None
    named_by: str = Field(default="city", max_length=16)
    seconds: int = 20
    asked_at: datetime | None = None
    claimed_until: datetime | None = None
    progress: dict[str, Any] | None = Field(default=None, sa_type=PROGRESS)
    answer: dict[str, Any] | None = Field(default=None, sa_type=ANSWER)
    failure: str | None = Field(default=None, max_length=500)
    worked_out_at: datetime | None = None
    released_at: datetime | None = None


class PlanTrack(Row, table=True):
    """What one track wants of a plan. `days` are ISO dates that suit best; `most_a_day` None is as
    many as fit; `place` is where its new sessions are held."""

    __tablename__ = "plan_track"
    __table_args__ = (UniqueConstraint("plan_id", "track_id"),)

    plan_id: str = Field(foreign_key="plan.id", max_length=32)
    track_id: str = Field(foreign_key="track.id", max_length=32)
    most_a_day: int | None = None
    place: str | None = Field(default=None, max_length=300)
    days: list[str] = Field(default_factory=list, sa_type=Shaped(list, of=str))
    half_day: HalfDay | None = Field(default=None, sa_type=choice(HalfDay))
    no_friday_afternoon: bool = False
    early: bool = False
    compact: bool = False


class PlanItem(Row, table=True):
    """A session that a plan wants, and where it has put it.

    `session_id` is the live session that it moves; without one a release proposes a new one. Its
    place is `starts_at` (UTC) and `team_id`, both None while it has none. `pinned`: it may be
    nowhere else. `gap_minutes` lie between it and the one before it; `ends_by` is an end. `needs`
    are ids of people who must be there. `broken` holds the wishes that its place breaks, `why`
    sentences for why it has none. `withdrawn`: a release cancels its session.
    """

    __tablename__ = "plan_item"
    __table_args__ = (UniqueConstraint("plan_id", "track_id", "number"),)

    plan_id: str = Field(foreign_key="plan.id", max_length=32)
    track_id: str = Field(foreign_key="track.id", max_length=32)
    number: int
    minutes: int
    kind: SessionKind = Field(default=SessionKind.joint, sa_type=choice(SessionKind))
    gap_minutes: int = 0
    not_before: datetime | None = None
    ends_by: datetime | None = None
    pinned: bool = False
    needs: list[str] = Field(default_factory=list, sa_type=Shaped(list, of=str))
    room: str | None = Field(default=None, max_length=300)
    session_id: str | None = Field(default=None, foreign_key="session.id", max_length=32)
    withdrawn: bool = False
    starts_at: datetime | None = None
    team_id: str | None = Field(default=None, foreign_key="team.id", max_length=32)
    cost: int = 0
    broken: list[dict[str, Any]] = Field(
        default_factory=list, sa_type=Shaped(list, of=dict, holds=("wish", "cost", "sentence"))
    )
    why: list[str] = Field(default_factory=list, sa_type=Shaped(list, of=str))
