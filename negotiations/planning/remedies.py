"""PURE: what would help most where not every session has a place: changes that were tried.

Imports numpy.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial

from negotiations.planning.conflicts import Judge
from negotiations.planning.groupings import more_teams, no_travel
from negotiations.planning.market import Market, trip_slots
from negotiations.planning.plan import Remedy
from negotiations.planning.problem import Day, Interval, Problem, Track
from negotiations.planning.starts import starts_of
from negotiations.planning.wishes import said

SATURDAY = 5
MORE_TEAMS = ("One team more.", "Two teams more.", "Three teams more.")
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def remedies(problem: Problem, judge: Judge) -> tuple[Remedy, ...]:
    """Changes by how many sessions more they let be placed, in searches equally short."""
    before = _lacking(problem, judge)
    found: list[Remedy] = []
    for sentence, change in [*_teams(), *_changes(problem)]:
        if judge.left() <= 0:
            break
        if sentence in MORE_TEAMS and any(one.proved for one in found):
            continue
        lacking = _lacking(change(problem), judge)
        found.append(Remedy(sentence, before - lacking, proved=lacking == 0))
    helpful = [one for one in found if one.sessions_more > 0]
    return tuple(sorted(helpful, key=lambda one: -one.sessions_more))


def _lacking(problem: Problem, judge: Judge) -> int:
    starts = starts_of(problem)
    return judge.lacking(Market(starts, trip_slots(starts)))


def _teams() -> Iterator[tuple[str, Callable[[Problem], Problem]]]:
    """So many teams more, until they are enough."""
    for count, sentence in enumerate(MORE_TEAMS, 1):
        yield sentence, partial(more_teams, count=count)


def _changes(problem: Problem) -> Iterator[tuple[str, Callable[[Problem], Problem]]]:
    new = _next_day(problem.days[-1])
    words = f"A day more, {said(new.date)}, with all as free as on {said(problem.days[-1].date)}."
    yield words, a_day_more
    yield "The teams work an hour earlier and an hour later.", longer_days
    if any(track.most_a_day is not None for track in problem.tracks):
        yield "One session more a day for each jurisdiction.", one_more_a_day
    if problem.travel_minutes or problem.trips:
        yield "Sessions by telephone, so that nobody travels.", no_travel
    if any(one.pinned is not None for track in problem.tracks for one in track.sessions):
        yield "Pinned sessions may move.", unpinned


def _next_day(day: Day) -> Day:
    """The next weekday, with the same hours (a clock change in between is left to whoever asks)."""
    ahead = DAY
    while (day.date + ahead).weekday() >= SATURDAY:
        ahead += DAY
    free = tuple(Interval(one.starts + ahead, one.ends + ahead) for one in day.free)
    return Day(day.date + ahead, day.starts + ahead, day.slots, free)


def a_day_more(problem: Problem) -> Problem:
    last = problem.days[-1]
    new = _next_day(last)
    ahead = new.starts - last.starts

    def also(free: tuple[Interval, ...]) -> tuple[Interval, ...]:
        return free + tuple(
            Interval(one.starts + ahead, one.ends + ahead)
            for one in free
            if one.ends > last.starts and one.starts < last.starts + last.slots * problem.grid
        )

    return replace(
        problem,
        days=(*problem.days, new),
        tracks=tuple(replace(track, free=also(track.free)) for track in problem.tracks),
        resources=tuple(replace(one, free=also(one.free)) for one in problem.resources),
    )


def longer_days(problem: Problem) -> Problem:
    """An hour before and an hour behind each day's hours, where days leave room for it."""
    more = int(HOUR / problem.grid)
    days: list[Day] = []
    for day in problem.days:
        ends = day.starts + day.slots * problem.grid
        added = (Interval(day.starts - HOUR, day.starts), Interval(ends, ends + HOUR))
        longer = Day(day.date, day.starts - HOUR, day.slots + 2 * more, (*added, *day.free))
        crowded = days and days[-1].starts + days[-1].slots * problem.grid > longer.starts
        days.append(day if crowded or longer.slots * problem.grid > DAY else longer)
    return replace(problem, days=tuple(days))


def one_more_a_day(problem: Problem) -> Problem:
    def more(track: Track) -> Track:
        return (
            track if track.most_a_day is None else replace(track, most_a_day=track.most_a_day + 1)
        )

    return replace(problem, tracks=tuple(map(more, problem.tracks)))


def unpinned(problem: Problem) -> Problem:
    return replace(
        problem,
        tracks=tuple(
            replace(track, sessions=tuple(replace(one, pinned=None) for one in track.sessions))
            for track in problem.tracks
        ),
    )
