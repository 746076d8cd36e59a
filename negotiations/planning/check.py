"""PURE: which hard rules a draft breaks, in sentences. It shares nothing with the search.

For every plan before it is released, and for drafts that people changed by hand. A session without
a place breaks no rule.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from negotiations.planning.plan import Placed
from negotiations.planning.problem import Problem, Track
from negotiations.planning.rules import Rules, said
from negotiations.planning.wishes import day_at


@dataclass(frozen=True, slots=True)
class Fault:
    """A broken rule: whose sessions break it (ids), and what it is in a sentence."""

    sessions: tuple[str, ...]
    sentence: str


def faults(problem: Problem, placed: Iterable[Placed]) -> list[Fault]:
    """All hard rules that this draft breaks; empty if it could be released."""
    rules = Rules(problem)
    there = sorted(placed, key=lambda one: (one.starts, one.session))
    known = [one for one in there if one.session in rules.session]
    found = [
        Fault((one.session,), f"The problem has no session {one.session}.")
        for one in there
        if one.session not in rules.session
    ]
    found += _twice(rules, known)
    for one in known:
        found += [Fault((one.session,), each) for each in rules.alone(one.session, one.starts)]
    found += _of_tracks(rules, known)
    found += _of_teams(rules, known)
    found += _of_resources(rules, known)
    return found


def _twice(rules: Rules, placed: Sequence[Placed]) -> Iterator[Fault]:
    for session, count in Counter(one.session for one in placed).items():
        if count > 1:
            yield Fault((session,), f"{rules.name(session)} is placed {count} times.")


def _of_tracks(rules: Rules, placed: Sequence[Placed]) -> Iterator[Fault]:
    at = {one.session: one for one in placed}
    for track in rules.problem.tracks:
        there = [at[one.id] for one in track.sessions if one.id in at]
        yield from _order(rules, track, there)
        yield from _a_day(rules, track, there)


def _order(rules: Rules, track: Track, there: Sequence[Placed]) -> Iterator[Fault]:
    for one, two in pairwise(there):
        gap = rules.session[two.session].gap_minutes
        if (two.starts - rules.ends(one)).total_seconds() < gap * 60:
            again = f" and {gap} minutes" if gap else ""
            yield Fault(
                (one.session, two.session),
                f"{rules.name(two.session)} at {said(two.starts, track.zone)} has to wait for "
                f"the end of session {rules.session[one.session].number}{again}.",
            )


def _a_day(rules: Rules, track: Track, there: Sequence[Placed]) -> Iterator[Fault]:
    if track.most_a_day is None:
        return
    days: dict[int | None, list[str]] = defaultdict(list)
    for one in there:
        days[day_at(rules.problem, one.starts)].append(one.session)
    for place, sessions in days.items():
        if place is not None and len(sessions) > track.most_a_day:
            yield Fault(
                tuple(sessions),
                f"{track.name} has {len(sessions)} sessions on "
                f"{rules.problem.days[place].date:%d %b}, and at most {track.most_a_day} may be.",
            )


def _of_teams(rules: Rules, placed: Sequence[Placed]) -> Iterator[Fault]:
    teams: dict[int, list[Placed]] = defaultdict(list)
    for one in placed:
        if not 0 <= one.team < len(rules.problem.teams):
            yield Fault((one.session,), f"{rules.name(one.session)} has a team that is not there.")
            continue
        if not rules.team_free(one.team, one.starts, rules.ends(one)):
            yield Fault(
                (one.session,),
                f"{rules.problem.teams[one.team].name} is booked when "
                f"{rules.name(one.session)} would be.",
            )
        teams[one.team].append(one)
    for team, sessions in sorted(teams.items()):
        for one, two in pairwise(sessions):
            if rules.in_the_way(one, two):
                yield Fault((one.session, two.session), _late(rules, team, one, two))


def _late(rules: Rules, team: int, one: Placed, two: Placed) -> str:
    name = rules.problem.teams[team].name
    both = f"{rules.name(one.session)} and {rules.name(two.session)}"
    if two.starts < rules.ends(one):
        return f"{name} cannot be in two places at once: {both} overlap."
    trip = int(rules.trip(one.session, two.session).total_seconds() // 60)
    return (
        f"{name} does not get from {rules.track[one.session].city} to "
        f"{rules.track[two.session].city} in time ({trip} minutes) between {both}."
    )


def _of_resources(rules: Rules, placed: Sequence[Placed]) -> Iterator[Fault]:
    for resource in rules.problem.resources:
        sessions = [one for one in placed if resource.id in rules.session[one.session].needs]
        for one, two in pairwise(sessions):
            if two.starts < rules.ends(one):
                yield Fault(
                    (one.session, two.session),
                    f"{resource.name} ({resource.what}) is needed by {rules.name(one.session)} "
                    f"and {rules.name(two.session)} at once.",
                )
