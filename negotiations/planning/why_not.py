"""PURE: "why not Tuesday 10:00?": what stands against a start, and what it would cost."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from negotiations.planning.check import faults
from negotiations.planning.plan import Placed
from negotiations.planning.problem import Problem, Track
from negotiations.planning.rules import Rules, said
from negotiations.planning.wishes import broken, day_at, spread


@dataclass(frozen=True, slots=True)
class WhyNot:
    """`rules`: what no other plan can change; `movers`: sessions (ids) that would have to move.

    With neither the start is free. `team` would take it; `costs_more` is what the session's own
    track would lose by it in wishes (below zero: win), None if rules forbid it. `moved` is the
    draft with everything moved that has to be, if a place for each mover was found, and
    `draft_costs_more` what that draft costs more. `sentences` say all of it.
    """

    rules: tuple[str, ...]
    movers: tuple[str, ...]
    team: int | None
    costs_more: int | None
    moved: tuple[Placed, ...] | None
    draft_costs_more: int | None
    sentences: tuple[str, ...]


def why_not(problem: Problem, placed: Iterable[Placed], session: str, starts: datetime) -> WhyNot:
    """Say of any instant why a session is not there; raise KeyError for an unknown session."""
    rules = Rules(problem)
    track = rules.track[session]
    placed = tuple(placed)
    there = [one for one in placed if one.session != session]
    was = next((one for one in placed if one.session == session), None)
    when = said(starts, track.zone)
    if was is not None and was.starts == starts:
        return WhyNot((), (), was.team, 0, None, None, (f"It is at {when}.",))
    if alone := tuple(rules.alone(session, starts)):
        return WhyNot(alone, (), None, None, None, None, alone)
    team, movers = _fewest(rules, there, Placed(session, track.id, starts, 0))
    if team is None:
        booked = (f"Every team is booked at {when} by sessions that are not part of this plan.",)
        return WhyNot(booked, (), None, None, None, None, booked)
    new = Placed(session, track.id, starts, team)
    stay = [one for one in there if one.session not in movers]
    more = cost_of(rules, [*there, new], track) - cost_of(
        rules, [*there, was] if was else there, track
    )
    moved = _moved(rules, [*stay, new], [one for one in there if one.session in movers])
    dearer = None
    if moved is not None:
        before = sum(cost_of(rules, [*there, was] if was else there, one) for one in problem.tracks)
        dearer = sum(cost_of(rules, moved, one) for one in problem.tracks) - before
    words = tuple(_words(rules, new, there, movers, more, moved, dearer))
    return WhyNot(
        (), tuple(movers), team, more, None if moved is None else tuple(moved), dearer, words
    )


def cost_of(rules: Rules, placed: Sequence[Placed], track: Track) -> int:
    """What the wishes cost that a track's sessions break where they are."""
    at = {one.session: one.starts for one in placed if one.track == track.id}
    there = [(one, at[one.id]) for one in track.sessions if one.id in at]
    found = [each for one, start in there for each in broken(rules.problem, track, one, start)]
    found += spread(rules.problem, track, [start for _, start in there])
    return sum(each.cost for each in found)


def _fewest(rules: Rules, there: Sequence[Placed], new: Placed) -> tuple[int | None, list[str]]:
    """The team for which the fewest sessions would have to move, and all that would."""
    own = [
        one.session for one in there
        if one.track == new.track and _clash(rules, one, new, there)
    ]  # fmt: skip
    needed = [one.session for one in there if rules.shared(one.session, new.session)
              and one.starts < rules.ends(new) and new.starts < rules.ends(one)]  # fmt: skip
    best: tuple[int | None, list[str]] = (None, [])
    for team in range(len(rules.problem.teams)):
        if not rules.team_free(team, new.starts, rules.ends(new)):
            continue
        teams = [one.session for one in there if one.team == team and rules.in_the_way(one, new)]
        movers = sorted({*own, *needed, *teams})
        if best[0] is None or len(movers) < len(best[1]):
            best = team, movers
    return best


def _clash(rules: Rules, one: Placed, new: Placed, there: Sequence[Placed]) -> bool:
    """Whether a session of the same track breaks order, gap or most a day beside the new one."""
    alike = [each for each in there if each.track == new.track]
    track = rules.track[new.session]
    place = {each.id: number for number, each in enumerate(track.sessions)}
    first, then = sorted((one, new), key=lambda each: place[each.session])
    gap = (then.starts - rules.ends(first)).total_seconds() / 60
    if gap < rules.session[then.session].gap_minutes:
        return True
    if track.most_a_day is None:
        return False
    place_of = day_at(rules.problem, new.starts)
    day = [each for each in alike if day_at(rules.problem, each.starts) == place_of]
    return one in day and len(day) >= track.most_a_day and one == day[-1]


def _moved(rules: Rules, stay: list[Placed], movers: Sequence[Placed]) -> list[Placed] | None:
    """The draft with each mover at its cheapest free start, one after the other; or None."""
    now = stay
    for one in movers:
        found = min(_places(rules, now, one), key=lambda each: each[0], default=None)
        if found is None:
            return None
        now = [*now, found[1]]
    return now if not faults(rules.problem, now) else None


def _places(
    rules: Rules, now: list[Placed], one: Placed
) -> Iterator[tuple[tuple[int, datetime, int], Placed]]:
    problem, track = rules.problem, rules.track[one.session]
    for day in problem.days:
        for slot in range(day.slots):
            new = replace(one, starts=day.starts + slot * problem.grid)
            if any(rules.alone(one.session, new.starts)):
                continue
            team, movers = _fewest(rules, now, new)
            if team is not None and not movers:
                there = replace(new, team=team)
                yield (cost_of(rules, [*now, there], track), new.starts, team), there


def _words(
    rules: Rules,
    new: Placed,
    there: Sequence[Placed],
    movers: list[str],
    more: int,
    moved: Sequence[Placed] | None,
    dearer: int | None,
) -> Iterator[str]:
    track = rules.track[new.session]
    session = rules.session[new.session]
    when = said(new.starts, track.zone)
    at = {one.session: one for one in there}
    if not movers:
        yield f"Nothing stands against {when}: {rules.problem.teams[new.team].name} is free."
    for one in movers:
        was = said(at[one].starts, rules.track[one].zone)
        yield f"{rules.name(one)} at {was} would have to move."
    yield f"{track.name} would {wishes(more)}."
    for each in broken(rules.problem, track, session, new.starts):
        yield f"{each.sentence} ({each.cost})"
    if movers and moved is None:
        yield "No free start was found for all that would have to move; a new search may find one."
    elif movers and dearer is not None:
        after = {one.session: one for one in moved or ()}
        for one in movers:
            there_now = said(after[one].starts, rules.track[one].zone)
            yield f"{rules.name(one)} could be at {there_now} instead."
        yield f"All in all the draft would {wishes(dearer)}."


def wishes(more: int) -> str:
    """What a change costs, behind "would"."""
    if not more:
        return "lose no wish by it"
    unit = "wish" if abs(more) == 1 else "wishes"
    return f"lose {more} {unit} by it" if more > 0 else f"win {-more} {unit} by it"
