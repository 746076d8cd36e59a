"""PURE: what a plan for a whole window is asked for: days, teams, tracks, resources and wishes.

Every instant is UTC; zones, office hours, holidays and clock changes are settled by whoever writes
the problem down. Nothing here has been checked: `valid.faults` says what is wrong with a problem.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal

HalfDay = Literal["morning", "afternoon"]


@dataclass(frozen=True, slots=True)
class Interval:
    """From `starts` up to, but not including, `ends`; both UTC."""

    starts: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the window as a row of slots without a hole, each `Problem.grid_minutes` long.

    `date` is the day's name, in the agency's zone. `free` is when the teams work on it (their
    common office hours, with breaks taken out).
    """

    date: date
    starts: datetime
    slots: int
    free: tuple[Interval, ...]


@dataclass(frozen=True, slots=True)
class Team:
    """One of the agency's teams, all alike; `busy` is what is booked already (live sessions)."""

    id: str
    name: str
    busy: tuple[Interval, ...] = ()


@dataclass(frozen=True, slots=True)
class Resource:
    """A room or a person who must be there: two sessions that need it may not overlap.

    `what` is the word for it ("room", "counsel"); busy time is left out of `free`.
    """

    id: str
    name: str
    what: str
    free: tuple[Interval, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A session that a track wants. A track's sessions are held in the order they stand in.

    `gap_minutes` lies between the end of the session before it and its start; `latest` is an end,
    not a start; `pinned` is the one start it may have; `current` is the start of the live session
    that it takes the place of; `needs` are ids of resources.
    """

    id: str
    number: int
    minutes: int
    kind: str = "joint"
    gap_minutes: int = 0
    earliest: datetime | None = None
    latest: datetime | None = None
    pinned: datetime | None = None
    current: datetime | None = None
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a track would like; what breaking one costs stands in `Weights`.

    Half a day, Friday afternoon and an early start are meant on the track's own clocks.
    """

    days: tuple[date, ...] = ()
    half_day: HalfDay | None = None
    no_friday_afternoon: bool = False
    early: bool = False
    compact: bool = False


@dataclass(frozen=True, slots=True)
class Track:
    """The talks with one jurisdiction: where they are held, when it is free, what it wants.

    `zone` is an IANA name; `free` already leaves out what the jurisdiction has booked. At most
    `most_a_day` of its sessions are on one day of the window (None: as many as fit).
    """

    id: str
    name: str
    city: str
    zone: str
    free: tuple[Interval, ...]
    sessions: tuple[Wanted, ...]
    most_a_day: int | None = None
    wishes: Wishes = field(default_factory=Wishes)


@dataclass(frozen=True, slots=True)
class Weights:
    """What one broken wish costs, in whole numbers; 0 turns it off.

    `early` is per hour that the start lies behind the first hour of the day, `span` per day of the
    window between a track's first and last session, `moved` per hour away from the current start
    (a day of the window away counts eight).
    """

    other_day: int = 2
    other_half_day: int = 1
    friday_afternoon: int = 3
    early: int = 0
    span: int = 1
    moved: int = 1


@dataclass(frozen=True, slots=True)
class Trip:
    """How long a team takes from one city to another (and back)."""

    origin: str
    destination: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Problem:
    """Everything that a plan depends on; the same problem and seed give the same plan.

    `travel_minutes` lies between any two different cities that no trip names. A team begins each
    day wherever its first session is.
    """

    grid_minutes: int
    days: tuple[Day, ...]
    teams: tuple[Team, ...]
    tracks: tuple[Track, ...]
    travel_minutes: int = 0
    trips: tuple[Trip, ...] = ()
    resources: tuple[Resource, ...] = ()
    weights: Weights = field(default_factory=Weights)

    @property
    def grid(self) -> timedelta:
        return timedelta(minutes=self.grid_minutes)
