"""PURE: what comes of planning: where each session is, what it costs, and how good that is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

StoppedBy = Literal["iterations", "proof", "cap"]


@dataclass(frozen=True, slots=True)
class Broken:
    """One wish that a placed session breaks, in a sentence, and what that costs."""

    wish: str
    cost: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Placed:
    """A session with its start (UTC) and its team: the position in `Problem.teams`, from 0.

    A track's span in days is told, and paid, by the last of its placed sessions.
    """

    session: str
    track: str
    starts: datetime
    team: int
    cost: int = 0
    broken: tuple[Broken, ...] = ()


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A session for which no place was found, and why, in sentences."""

    session: str
    track: str
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Remedy:
    """One change that was tried: how many sessions more it would let be placed.

    `proved` says that with it every session has its place (a plan was found).
    """

    change: str
    sessions_more: int
    proved: bool


@dataclass(frozen=True, slots=True)
class Conflict:
    """Rules that cannot hold together.

    `minimal` says that without any one of them the rest can: proved, not guessed. `label` says
    what was proved in words; `rules` are sentences; `counted` what arithmetic alone says;
    `remedies` the most helpful first.
    """

    label: str
    rules: tuple[str, ...]
    minimal: bool
    counted: tuple[str, ...] = ()
    remedies: tuple[Remedy, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """A draft: no row of it breaks a hard rule (`check.faults` says so independently).

    `cost` is the sum of what the broken wishes cost. `bound`: no plan that places every session
    costs less (None: none is known, or there is no such plan). `gap_wishes` = cost - bound and
    `gap_per_cent` = that / max(bound, number of sessions) are told only where every session is
    placed. `least_unplaced`: no plan leaves fewer sessions without a place. `optimal`: proved that
    no plan is better. `iterations` are those of the search; `stopped_by` says what ended it: only
    a `cap` (of time) makes an answer that another run may not repeat. `notes` are sentences for
    people about how it was found.
    """

    placed: tuple[Placed, ...]
    unplaced: tuple[Unplaced, ...]
    cost: int
    bound: float | None
    gap_wishes: float | None
    gap_per_cent: float | None
    least_unplaced: int
    optimal: bool
    seed: int
    iterations: int
    stopped_by: StoppedBy
    conflict: Conflict | None = None
    notes: tuple[str, ...] = ()
