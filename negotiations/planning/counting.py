"""PURE: what arithmetic alone says: hours wanted, and hours that teams have. Imports numpy."""

from dataclasses import dataclass

import numpy as np

from negotiations.planning.market import Market, unavailable
from negotiations.planning.problem import Problem
from negotiations.planning.starts import Starts


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours that sessions want (rounded up to slots), and that teams have in the window."""

    wanted: float
    teams: float

    @property
    def sentence(self) -> str | None:
        """Why it cannot be, if it cannot."""
        if self.wanted <= self.teams:
            return None
        return (
            f"The sessions want {self.wanted:g} hours, and the teams have only {self.teams:g} "
            "in the window."
        )


def hours_of(starts: Starts) -> Hours:
    slot = starts.grid.step / 60
    return Hours(float(starts.length.sum()) * slot, float(starts.teams_free.sum()) * slot)


def least_unplaced(market: Market) -> int:
    """At least so many sessions have no place in any plan."""
    starts = market.starts
    over = int(starts.length.sum()) - int(starts.teams_free.sum())
    lengths = np.cumsum(np.sort(starts.length)[::-1])
    by_hours = int(np.searchsorted(lengths, over)) + 1 if over > 0 else 0
    return max(by_hours, int(unavailable(market).sum()))


def said(problem: Problem, hours: Hours) -> str:
    """The use of the teams, for people."""
    share = 100 * hours.wanted / hours.teams if hours.teams else 0.0
    return (
        f"{hours.wanted:g} hours are wanted of {len(problem.teams)} teams that have "
        f"{hours.teams:g} ({share:.0f} %)."
    )
