"""PURE: hard rules as a few that people can talk about, each with what is without it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from negotiations.planning.problem import Day, Interval, Problem, Team, Track, Wanted
from negotiations.planning.wishes import said

Grouping = Literal["category", "city", "day", "zone", "track"]
GROUPINGS: tuple[Grouping, ...] = ("category", "city", "day", "zone", "track")


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule in a sentence; `without` gives the problem that lacks it; `weight` are its hours."""

    sentence: str
    without: Callable[[Problem], Problem]
    weight: float = 0.0


def rules_by(problem: Problem, grouping: Grouping) -> list[Rule]:
    """The rules, grouped so, that this problem has."""
    if grouping == "category":
        return list(_categories(problem))
    if grouping == "day":
        return [_day(problem, place) for place in range(len(problem.days))]
    names: dict[str, list[Track]] = {}
    for track in problem.tracks:
        key = {"city": track.city, "zone": track.zone, "track": track.id}[grouping]
        names.setdefault(key, []).append(track)
    return [_held(grouping, tracks) for tracks in names.values()]


def _held(grouping: str, tracks: list[Track]) -> Rule:
    ids = {track.id for track in tracks}
    sessions = [one for track in tracks for one in track.sessions]
    hours = sum(one.minutes for one in sessions) / 60
    where = {
        "city": f"in {tracks[0].city}",
        "zone": f"of the jurisdictions in {tracks[0].zone}",
        "track": f"of {tracks[0].name}",
    }[grouping]

    def without(problem: Problem) -> Problem:
        return replace(problem, tracks=tuple(one for one in problem.tracks if one.id not in ids))

    return Rule(f"All {len(sessions)} sessions {where} are held ({hours:g} hours).", without, hours)


def more_teams(problem: Problem, count: int, *, only: Day | None = None) -> Problem:
    """The problem with so many teams more (on one day only: they are busy on the others)."""
    busy = tuple(whole(day) for day in problem.days if only is not None and day != only)
    new = tuple(Team(f"+{n}", f"Team +{n}", busy) for n in range(1, count + 1))
    return replace(problem, teams=problem.teams + new)


def whole(day: Day, grid_minutes: int = 0) -> Interval:
    """All of a day of the window; with no grid a span that surely covers it."""
    if grid_minutes:
        return Interval(day.starts, day.starts + day.slots * _minutes(grid_minutes))
    return Interval(day.starts, day.starts + _minutes(24 * 60))


def _minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


def _day(problem: Problem, place: int) -> Rule:
    """As many teams as tracks are always enough: each could stay with one."""
    day = problem.days[place]
    count = len(problem.tracks)
    return Rule(
        f"On {said(day.date)} no more than {_teams(problem)} can be used.",
        lambda now: more_teams(now, count, only=day),
    )


def _teams(problem: Problem) -> str:
    return "one team" if len(problem.teams) == 1 else f"{len(problem.teams)} teams"


def _categories(problem: Problem) -> Iterator[Rule]:
    count = len(problem.tracks)
    sessions = [one for track in problem.tracks for one in track.sessions]
    yield Rule(
        f"No more than {_teams(problem)} can be used at a time.", lambda now: more_teams(now, count)
    )
    yield Rule("Jurisdictions meet only when they are free.", _always_free)
    if any(team.busy for team in problem.teams):
        yield Rule("Teams keep what is booked already.", _nothing_booked)
    if any(track.most_a_day is not None for track in problem.tracks):
        yield Rule("A jurisdiction has only so many sessions a day.", _any_number_a_day)
    for sentence, has, change in _OF_SESSIONS:
        if any(has(one) for one in sessions):
            yield Rule(sentence, _each_session(change))
    if len({track.city for track in problem.tracks}) > 1 and (
        problem.travel_minutes or problem.trips
    ):
        yield Rule("Travel between cities takes its time.", no_travel)


_OF_SESSIONS: tuple[tuple[str, Callable[[Wanted], bool], Callable[[Wanted], Wanted]], ...] = (
    (
        "Sessions of one jurisdiction lie so far apart as is asked.",
        lambda one: one.gap_minutes > 0,
        lambda one: replace(one, gap_minutes=0),
    ),
    (
        "Pinned sessions stay where they are.",
        lambda one: one.pinned is not None,
        lambda one: replace(one, pinned=None),
    ),
    (
        "No session begins before its earliest or ends behind its latest time.",
        lambda one: one.earliest is not None or one.latest is not None,
        lambda one: replace(one, earliest=None, latest=None),
    ),
    (
        "Rooms and persons who are needed are free, and only in one session at a time.",
        lambda one: bool(one.needs),
        lambda one: replace(one, needs=()),
    ),
)


def _each_session(change: Callable[[Wanted], Wanted]) -> Callable[[Problem], Problem]:
    return lambda problem: replace(
        problem,
        tracks=tuple(
            replace(track, sessions=tuple(map(change, track.sessions))) for track in problem.tracks
        ),
    )


def _always_free(problem: Problem) -> Problem:
    free = tuple(whole(day, problem.grid_minutes) for day in problem.days)
    return replace(problem, tracks=tuple(replace(track, free=free) for track in problem.tracks))


def _nothing_booked(problem: Problem) -> Problem:
    return replace(problem, teams=tuple(replace(team, busy=()) for team in problem.teams))


def _any_number_a_day(problem: Problem) -> Problem:
    return replace(
        problem, tracks=tuple(replace(track, most_a_day=None) for track in problem.tracks)
    )


def no_travel(problem: Problem) -> Problem:
    """As if every session were held by telephone."""
    return replace(problem, travel_minutes=0, trips=())
