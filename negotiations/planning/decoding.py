"""PURE: which concrete team takes which session, once the starts are known.

Per day the fewest teams are a minimum path cover (Hopcroft and Karp's matching): a team goes from
one session to the next if it gets there in time. Imports numpy.
"""

from collections import defaultdict, deque
from collections.abc import Sequence

from negotiations.planning.fleets import Counted, Fleet, Routed, trips_of
from negotiations.planning.grid import Ints
from negotiations.planning.starts import Starts


def teams_of(starts: Starts, chosen: Sequence[int], fleet: Fleet) -> list[int] | None:
    """A team for each session (-1 for one without a start), or None if there are too few.

    Where some team is booked already, one session after the other is given to the team that loses
    least by it; this may miss what a longer search would find.
    """
    placed = [one for one in range(len(chosen)) if chosen[one] >= 0]
    alike = (starts.teams_free == starts.teams_free[:1]).all()
    if not alike:
        return _one_by_one(starts, chosen, placed)
    found = [-1] * len(chosen)
    trips = trips_of(starts) if isinstance(fleet, Routed) else trips_of(starts) * 0
    days: dict[int, list[int]] = defaultdict(list)
    for one in sorted(placed, key=lambda each: (chosen[each], each)):
        days[int(starts.grid.day[chosen[one]])].append(one)
    for sessions in days.values():
        ways = _ways(starts, chosen, sessions, trips)
        if len(ways) > len(starts.teams_free):
            return None
        for team, way in enumerate(ways):
            for one in way:
                found[one] = team
    return found


def _ways(
    starts: Starts, chosen: Sequence[int], sessions: list[int], trips: Ints
) -> list[list[int]]:
    """The fewest ways, each from session to session, that lead over all of a day's sessions."""
    city = starts.city[starts.track_of]
    next_to = [
        [
            place
            for place, two in enumerate(sessions)
            if chosen[one] + starts.length[one] + trips[city[one], city[two]] <= chosen[two]
        ]
        for one in sessions
    ]
    follower = matching(next_to, len(sessions))
    led = set(follower) - {-1}
    ways = []
    for place in range(len(sessions)):
        if place not in led:
            way, at = [], place
            while at >= 0:
                way.append(sessions[at])
                at = follower[at]
            ways.append(way)
    return ways


def matching(edges: list[list[int]], right: int) -> list[int]:
    """A largest matching of a bipartite graph: for each left vertex its right one, or -1."""
    to, back = [-1] * len(edges), [-1] * right
    while True:
        depth = [0 if one < 0 else -1 for one in to]
        queue = deque(vertex for vertex, one in enumerate(to) if one < 0)
        while queue:
            vertex = queue.popleft()
            for one in edges[vertex]:
                if back[one] >= 0 and depth[back[one]] < 0:
                    depth[back[one]] = depth[vertex] + 1
                    queue.append(back[one])
        grown = [_augment(edges, to, back, depth, v) for v in range(len(edges)) if to[v] < 0]
        if not any(grown):
            return to


def _augment(
    edges: list[list[int]], to: list[int], back: list[int], depth: list[int], vertex: int
) -> bool:
    for one in edges[vertex]:
        other = back[one]
        if other < 0 or (
            depth[other] == depth[vertex] + 1 and _augment(edges, to, back, depth, other)
        ):
            to[vertex], back[one] = one, vertex
            return True
    depth[vertex] = -1
    return False


def _one_by_one(starts: Starts, chosen: Sequence[int], placed: list[int]) -> list[int] | None:
    fleet = Routed(starts, trips_of(starts))
    found = [-1] * len(chosen)
    for one in sorted(placed, key=lambda each: (chosen[each], each)):
        if not len(fleet.fits(one, chosen[one])):
            return None
        found[one] = fleet.add(one, chosen[one])
    return found


def exact_teams(fleet: Fleet) -> bool:
    """Whether the draft's own teams are concrete already."""
    return not isinstance(fleet, Counted)
