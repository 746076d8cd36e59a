"""What may be written of plans: the input of their acts, checked once for JSON and forms."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from negotiations.models.plans import MOST_SECONDS, HalfDay
from negotiations.models.sessions import SessionKind
from negotiations.planning.groupings import Grouping
from negotiations.scheduling.bodies import Fold, Optional
from negotiations.web.fields import Body, Day, Id, Instant, IsoDay, LocalTime, Name, Slug, Text

Grid = Literal[15, 30, 60]
Travel = Annotated[int, Field(ge=0, le=1440)]
Length = Annotated[int, Field(ge=15, le=1440)]
Gap = Annotated[int, Field(ge=0, le=10080)]
ADay = Annotated[int, Field(ge=1, le=20)]
Ids = Annotated[list[Id], Field(max_length=200)]
# Of a track: a plenary or a caucus session isn't planned.
Kind = Literal[SessionKind.joint, SessionKind.technical, SessionKind.call]
LONGEST = 62  # days of a window
MOST_ITEMS = 3000


class _Window(Body):
    @model_validator(mode="after")
    def _in_order(self) -> Self:
        first, last = getattr(self, "first_on", None), getattr(self, "last_on", None)
        if first is not None and last is not None:
            if last < first:
                raise ValueError("last_on lies before first_on; swap them")
            if (last - first).days >= LONGEST:
                raise ValueError(f"a window has {LONGEST} days at most; take a shorter one")
        return self


class NewPlan(_Window):
    """A draft that wants `sessions` of each track, `minutes` long each, in the order of numbers.

    What is proposed or confirmed in the window already counts among them: proposed sessions may be
    moved, confirmed ones stay. Without `jurisdictions` every open track is in it, without `teams`
    every team of the agency; without `travel_minutes` it is the buffer of the talks.
    """

    title: Name
    first_on: Day
    last_on: Day
    grid_minutes: Grid = 30
    travel_minutes: Travel | None = None
    teams: Ids = []
    jurisdictions: Annotated[list[Slug], Field(max_length=1000)] = []
    sessions: Annotated[int, Field(ge=0, le=20)] = 1
    minutes: Length = 60
    gap_minutes: Gap = 60
    most_a_day: ADay | None = 2


class PlanWeights(Body):
    """What one broken wish costs (see planning.problem.Weights); 0 turns it off."""

    other_day: Annotated[int, Field(ge=0, le=100)] = 2
    other_half_day: Annotated[int, Field(ge=0, le=100)] = 1
    friday_afternoon: Annotated[int, Field(ge=0, le=100)] = 3
    early: Annotated[int, Field(ge=0, le=100)] = 0
    span: Annotated[int, Field(ge=0, le=100)] = 1
    moved: Annotated[int, Field(ge=0, le=100)] = 1


class PlanChange(_Window):
    """What is left out stays. Another window or other teams leave every session where it is."""

    title: Name | None = None
    first_on: Day | None = None
    last_on: Day | None = None
    travel_minutes: Travel | None = None
    teams: Annotated[list[Id], Field(min_length=1, max_length=200)] | None = None
    weights: PlanWeights | None = None


class PlanTrackChange(Body):
    """What a track wants. `days` are those that suit it best; `place` is for its new sessions."""

    most_a_day: ADay | None = None
    place: Optional = None
    days: Annotated[list[IsoDay], Field(max_length=LONGEST)] = []
    half_day: HalfDay | None = None
    no_friday_afternoon: bool = False
    early: bool = False
    compact: bool = False


class NewPlanItem(Body):
    """One session more for a track, after those it has in the plan."""

    jurisdiction: Slug
    minutes: Length = 60
    kind: Kind = SessionKind.joint
    gap_minutes: Gap = 60


class PlanItemChange(Body):
    """What is left out stays; `local_start` null takes a session off its place.

    Times on the clock are the jurisdiction's. A session that is put somewhere by hand stays there
    when it is `pinned`, else the planner may move it. `withdrawn`: the live session is cancelled
    by the release; of a session that isn't there yet, remove the item instead.
    """

    local_start: LocalTime | None = None
    fold: Fold | None = None
    team: Id | None = None
    pinned: bool | None = None
    minutes: Length | None = None
    kind: Kind | None = None
    gap_minutes: Gap | None = None
    not_before: Instant | None = None
    ends_by: Instant | None = None
    needs: Ids | None = None
    room: Optional = None
    withdrawn: bool | None = None


class WorkOut(Body):
    """Ask the planner. The same seed and iterations give the same plan, unless `seconds` end it.

    Without `iterations` it tries as often as the plan's size suggests. Where not everything fits,
    `named_by` is how the rules that can't hold together are grouped.
    """

    seed: Annotated[int, Field(ge=1, le=2**31 - 1)] = 1
    iterations: Annotated[int | None, Field(ge=0, le=1_000_000)] = None
    named_by: Grouping = "city"
    seconds: Annotated[int, Field(ge=1, le=MOST_SECONDS)] = 20


class Release(Body):
    """What people are told as the reason of moves and cancellations."""

    reason: Text = "The whole window was planned anew."
