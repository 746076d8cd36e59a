"""The best plan found by trying everything: for problems of a few sessions."""

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise

from negotiations.planning.plan import Placed
from negotiations.planning.problem import Problem, Track
from negotiations.planning.rules import Rules
from negotiations.planning.wishes import broken, day_at, spread


def least_cost(problem: Problem, *, enough: bool = False) -> int | None:
    """What the cheapest plan for all sessions costs; None if there is none.

    `enough`: the first plan will do (whatever it costs).
    """
    rules = Rules(problem)
    ways = [sorted(_ways(rules, track), key=lambda way: way[0]) for track in problem.tracks]
    best: list[int] = []

    def look(place: int, cost: int, placed: tuple[Placed, ...]) -> None:
        if best and (enough or cost >= best[0]):
            return
        if place == len(ways):
            best[:] = [cost]
            return
        for more, starts in ways[place]:
            if best and (enough or cost + more >= best[0]):
                return
            new = tuple(
                Placed(one.id, problem.tracks[place].id, start, 0)
                for one, start in zip(problem.tracks[place].sessions, starts, strict=True)
            )
            if _together(rules, placed + new):
                look(place + 1, cost + more, placed + new)

    look(0, 0, ())
    return best[0] if best else None


def _ways(rules: Rules, track: Track) -> Iterator[tuple[int, tuple[datetime, ...]]]:
    """All starts of a track's sessions that keep its own rules, with what they cost."""
    problem = rules.problem
    slots = [day.starts + n * problem.grid for day in problem.days for n in range(day.slots)]

    def go_on(starts: tuple[datetime, ...]) -> Iterator[tuple[datetime, ...]]:
        if len(starts) == len(track.sessions):
            yield starts
            return
        one = track.sessions[len(starts)]
        for slot in slots:
            if not any(rules.alone(one.id, slot)) and _keeps(rules, track, (*starts, slot)):
                yield from go_on((*starts, slot))

    for starts in go_on(()):
        wishes = spread(problem, track, list(starts))
        for one, start in zip(track.sessions, starts, strict=True):
            wishes += broken(problem, track, one, start)
        yield sum(one.cost for one in wishes), starts


def _keeps(rules: Rules, track: Track, starts: tuple[datetime, ...]) -> bool:
    placed = [
        Placed(one.id, track.id, start, 0)
        for one, start in zip(track.sessions, starts, strict=False)
    ]
    days = [day_at(rules.problem, start) for start in starts]
    most = track.most_a_day or len(starts)
    return all(days.count(day) <= most for day in days) and all(
        (two.starts - rules.ends(one)).total_seconds() / 60
        >= rules.session[two.session].gap_minutes
        for one, two in pairwise(placed)
    )


def _together(rules: Rules, placed: tuple[Placed, ...]) -> bool:
    """Whether some teams can do all of it, and nothing is needed twice at once."""
    there = sorted(placed, key=lambda one: (one.starts, one.session))
    for place, two in enumerate(there):
        for one in there[:place]:
            if two.starts < rules.ends(one) and rules.shared(one.session, two.session):
                return False

    def give(place: int, last: tuple[Placed | None, ...]) -> bool:
        if place == len(there):
            return True
        new = there[place]
        for team, before in enumerate(last):
            if not rules.team_free(team, new.starts, rules.ends(new)):
                continue
            gets_there = before is None or not rules.in_the_way(before, new)
            if gets_there and give(place + 1, (*last[:team], new, *last[team + 1 :])):
                return True
        return False

    return give(0, (None,) * len(rules.problem.teams))
