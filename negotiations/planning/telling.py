"""PURE: a draft as a plan for people: teams, broken wishes, why sessions have no place, the gap."""

from negotiations.planning.decoding import exact_teams, teams_of
from negotiations.planning.draft import Kept
from negotiations.planning.fleets import fleet_of
from negotiations.planning.market import Market, unavailable
from negotiations.planning.plan import Placed, Plan, Unplaced
from negotiations.planning.problem import Track
from negotiations.planning.starts import Starts
from negotiations.planning.wishes import broken, spread


def told(
    market: Market, kept: Kept, bound: float | None, least: int, notes: tuple[str, ...]
) -> Plan:
    """The plan, with everything about it but how it was searched for."""
    starts = market.starts
    placed, unplaced = _placed(starts, kept, _teams(starts, kept)), _unplaced(market, kept)
    cost = sum(one.cost for one in placed)
    whole = not unplaced and bound is not None
    return Plan(
        placed=tuple(placed),
        unplaced=tuple(unplaced),
        cost=cost,
        bound=bound,
        gap_wishes=cost - bound if whole and bound is not None else None,
        gap_per_cent=gap(cost, bound, len(placed)) if whole and bound is not None else None,
        least_unplaced=least,
        optimal=whole and bound is not None and cost <= bound,
        seed=0,
        iterations=0,
        stopped_by="iterations",
        notes=notes,
    )


def gap(cost: float, bound: float, sessions: int) -> float:
    """Per cent above the bound; near 0 it is measured against one wish per session instead."""
    return 100 * (cost - bound) / max(bound, sessions, 1)


def _teams(starts: Starts, kept: Kept) -> list[int]:
    fleet = fleet_of(starts)
    if exact_teams(fleet):
        return [team for _, team in kept.seats]
    found = teams_of(starts, [start for start, _ in kept.seats], fleet)
    assert found is not None  # at no slot there are more sessions than teams
    return found


def _placed(starts: Starts, kept: Kept, teams: list[int]) -> list[Placed]:
    problem, found = starts.problem, []
    for place, track in enumerate(problem.tracks):
        there = [one for one in starts.of(place) if kept.seats[one][0] >= 0]
        instants = [starts.grid.instant(kept.seats[one][0]) for one in there]
        for one, instant in zip(there, instants, strict=True):
            session = starts.sessions[one]
            wishes = broken(problem, track, session, instant)
            if one == there[-1]:
                wishes += spread(problem, track, instants)
            cost = sum(wish.cost for wish in wishes)
            found.append(Placed(session.id, track.id, instant, teams[one], cost, tuple(wishes)))
    return sorted(found, key=lambda one: (one.starts, one.team, one.session))


def _unplaced(market: Market, kept: Kept) -> list[Unplaced]:
    starts, found = market.starts, []
    lacking = unavailable(market)
    for place, track in enumerate(starts.problem.tracks):
        missing = [one for one in starts.of(place) if kept.seats[one][0] < 0]
        for one in missing:
            why = _why(starts, track, one, first=missing[0], alone=bool(lacking[place]))
            found.append(Unplaced(starts.sessions[one].id, track.id, why))
    return found


def _why(starts: Starts, track: Track, one: int, *, first: int, alone: bool) -> tuple[str, ...]:
    if not starts.allowed[one].any():
        return (
            f"There is no start at which {track.name}, the teams' hours and its own times agree.",
        )
    if one != first:
        return (f"It follows session {starts.sessions[first].number}, which has no place.",)
    if alone:
        return (f"Even alone, {track.name} cannot hold its sessions in order, gaps and days kept.",)
    return ("No team is free, with what else is placed, at any of the starts that it could have.",)
