"""PURE: whether a problem makes sense, in sentences that name what to change."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from zoneinfo import ZoneInfo

from negotiations.planning.problem import Problem, Wanted

GRIDS = (15, 30, 60)


class Invalid(ValueError):
    """A problem that contradicts itself; `faults` are the sentences."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(" ".join(faults))
        self.faults = faults


def demand_valid(problem: Problem) -> None:
    """Raise Invalid unless the problem can be planned."""
    if found := faults(problem):
        raise Invalid(found)


def faults(problem: Problem) -> list[str]:
    """What is wrong with it; empty if nothing is."""
    return [*_of_the_window(problem), *_of_the_tracks(problem), *_of_the_rest(problem)]


def _of_the_window(problem: Problem) -> Iterator[str]:
    if problem.grid_minutes not in GRIDS:
        yield f"The grid is 15, 30 or 60 minutes, not {problem.grid_minutes}."
        return
    if not problem.days:
        yield "The window has no days."
    if not problem.teams:
        yield "There is no team to place."
    for day in problem.days:
        if not 0 < day.slots * problem.grid_minutes <= 24 * 60:
            yield f"{day.date} must have slots for at most 24 hours, and at least one."
    for one, two in pairwise(problem.days):
        if one.starts + one.slots * problem.grid > two.starts:
            yield f"{one.date} and {two.date} overlap: put the days in order."


def _of_the_tracks(problem: Problem) -> Iterator[str]:
    sessions = [one for track in problem.tracks for one in track.sessions]
    yield from _twice("Track", (track.id for track in problem.tracks))
    yield from _twice("Session", (one.id for one in sessions))
    known = {one.id for one in problem.resources}
    for track in problem.tracks:
        if track.most_a_day is not None and track.most_a_day < 1:
            yield f"{track.name} must be allowed at least one session a day."
        try:
            ZoneInfo(track.zone)
        except (KeyError, ValueError, OSError):
            yield f"{track.name} has no time zone of the IANA database: {track.zone!r}."
    for one in sessions:
        yield from _of_a_session(one, known)


def _of_a_session(one: Wanted, known: set[str]) -> Iterator[str]:
    if not 0 < one.minutes <= 24 * 60:
        yield f"Session {one.id} must last between 1 minute and 24 hours."
    if one.gap_minutes < 0:
        yield f"Session {one.id} has a gap below zero."
    for need in one.needs:
        if need not in known:
            yield f"Session {one.id} needs {need}, which the problem does not have."


def _of_the_rest(problem: Problem) -> Iterator[str]:
    yield from _twice("Team", (team.id for team in problem.teams))
    yield from _twice("Resource", (one.id for one in problem.resources))
    weights = problem.weights
    each = (
        weights.other_day, weights.other_half_day, weights.friday_afternoon, weights.early,
        weights.span, weights.moved,
    )  # fmt: skip
    if min(each) < 0:
        yield "A broken wish cannot cost less than nothing."
    if problem.travel_minutes < 0 or any(trip.minutes < 0 for trip in problem.trips):
        yield "A trip cannot take less than no time."


def _twice(what: str, ids: Iterable[str]) -> Iterator[str]:
    for one, count in Counter(ids).items():
        if count > 1:
            yield f"{what} {one} is there {count} times."
