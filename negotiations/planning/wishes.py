"""PURE: which wishes a start breaks, in sentences, and what each costs.

`starts.py` counts the same for every start at once; a test compares the two.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from negotiations.planning.plan import Broken
from negotiations.planning.problem import Day, Interval, Problem, Track, Wanted

NOON = 12 * 60
FRIDAY, FRIDAY_AFTERNOON = 4, 13 * 60
DAY_AWAY = 8  # hours: what a day of the window counts for, where a session is moved
HOUR = timedelta(hours=1)


def said(day: date) -> str:
    """A day as it is said: Tue 9 Nov."""
    return f"{day:%a} {day.day} {day:%b}"


def day_at(problem: Problem, instant: datetime) -> int | None:
    """The position of the day of the window in which an instant lies."""
    for place, day in enumerate(problem.days):
        if day.starts <= instant < day.starts + day.slots * problem.grid:
            return place
    return None


def broken(problem: Problem, track: Track, session: Wanted, starts: datetime) -> list[Broken]:
    """The wishes that this start breaks; the track's span in days is asked of `spread`."""
    place = day_at(problem, starts)
    if place is None:
        return []
    found = [
        *_of_the_track(problem, track, place, starts),
        *_moved(problem, session, place, starts),
    ]
    return [one for one in found if one.cost]


def _of_the_track(problem: Problem, track: Track, place: int, starts: datetime) -> list[Broken]:
    wishes, weights, day = track.wishes, problem.weights, problem.days[place]
    local = starts.astimezone(ZoneInfo(track.zone))
    clock = local.hour * 60 + local.minute
    found = []
    if wishes.days and day.date not in wishes.days:
        liked = " or ".join(map(said, wishes.days))
        found.append(
            Broken("day", weights.other_day, f"{track.name} would rather meet on {liked}.")
        )
    if wishes.half_day and (clock < NOON) != (wishes.half_day == "morning"):
        words = f"{track.name} would rather meet in the {wishes.half_day}, not at {local:%H:%M}."
        found.append(Broken("half_day", weights.other_half_day, words))
    if wishes.no_friday_afternoon and local.weekday() == FRIDAY and clock >= FRIDAY_AFTERNOON:
        words = f"{local:%H:%M} is on a Friday afternoon for {track.name}."
        found.append(Broken("friday_afternoon", weights.friday_afternoon, words))
    late = hours_late(problem, track, place, starts) if wishes.early else 0
    if late:
        words = f"{track.name} would rather begin early: this is {late} h behind its first hour."
        found.append(Broken("early", weights.early * late, words))
    return found


def hours_late(problem: Problem, track: Track, place: int, starts: datetime) -> int:
    """Whole hours between the first moment at which the track is free on the day and a start."""
    return max(0, (starts - first_free(problem.days[place], track.free, problem.grid)) // HOUR)


def first_free(day: Day, free: tuple[Interval, ...], grid: timedelta) -> datetime:
    """The first slot's start at which somebody is free on the day; its end if at none."""
    ends = day.starts + day.slots * grid
    inside = (max(one.starts, day.starts) for one in free if one.ends > day.starts)
    first = min((one for one in inside if one < ends), default=ends)
    return day.starts + -((day.starts - first) // grid) * grid


def _moved(problem: Problem, session: Wanted, place: int, starts: datetime) -> list[Broken]:
    """Hours away from where the session is now; a day of the window counts eight."""
    if session.current is None or session.current == starts:
        return []
    was = day_at(problem, session.current)
    away = hours_moved(problem, session.current, was, place, starts)
    words = (
        f"It is now at {session.current:%a %d %b %H:%M} UTC, {away} h away as moves are counted."
    )
    return [Broken("moved", problem.weights.moved * away, words)]


def hours_moved(
    problem: Problem, current: datetime, was: int | None, place: int, starts: datetime
) -> int:
    """At least one; a time outside of the window is as far as all of its days."""
    if was is None:
        return DAY_AWAY * len(problem.days)
    begin, began = problem.days[place].starts, problem.days[was].starts
    within = abs((starts - begin) - (current - began))
    return max(1, DAY_AWAY * abs(place - was) + within // HOUR)


def spread(problem: Problem, track: Track, starts: list[datetime]) -> list[Broken]:
    """What it costs that a track's sessions lie on different days of the window."""
    places = [place for one in starts if (place := day_at(problem, one)) is not None]
    if not (track.wishes.compact and places and problem.weights.span):
        return []
    span = max(places) - min(places)
    words = (
        f"{track.name} would rather have its sessions close together: they span {span + 1} days."
    )
    return [Broken("span", problem.weights.span * span, words)] if span else []
