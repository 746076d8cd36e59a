"""PURE: the hard rules of one session at one start, and of two sessions beside one another.

In exact minutes and without the planner's grid, so that what the search found, and what people
changed by hand, is judged by something else than the search.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from negotiations.planning.intervals import covers
from negotiations.planning.plan import Placed
from negotiations.planning.problem import Interval, Problem, Resource, Track, Wanted
from negotiations.planning.wishes import day_at


@dataclass(frozen=True)
class Rules:
    """A problem's rules, with its tracks and sessions at hand by their ids."""

    problem: Problem

    @cached_property
    def session(self) -> dict[str, Wanted]:
        return {one.id: one for track in self.problem.tracks for one in track.sessions}

    @cached_property
    def track(self) -> dict[str, Track]:
        """The track of each session, by the session's id."""
        return {one.id: track for track in self.problem.tracks for one in track.sessions}

    @cached_property
    def resource(self) -> dict[str, Resource]:
        return {one.id: one for one in self.problem.resources}

    @cached_property
    def _trips(self) -> dict[frozenset[str], int]:
        return {
            frozenset((trip.origin, trip.destination)): trip.minutes for trip in self.problem.trips
        }

    def ends(self, placed: Placed) -> datetime:
        return placed.starts + timedelta(minutes=self.session[placed.session].minutes)

    def trip(self, one: str, two: str) -> timedelta:
        """How long a team takes between the places of two sessions."""
        origin, destination = self.track[one].city, self.track[two].city
        if origin == destination:
            return timedelta()
        named = self._trips.get(frozenset((origin, destination)))
        return timedelta(minutes=self.problem.travel_minutes if named is None else named)

    def name(self, session: str) -> str:
        """San Francisco's session 2."""
        return f"{self.track[session].name}'s session {self.session[session].number}"

    def alone(self, session: str, starts: datetime) -> Iterator[str]:
        """The rules that a session would break at a start, whatever else is placed."""
        one, track = self.session[session], self.track[session]
        ends = starts + timedelta(minutes=one.minutes)
        when = said(starts, track.zone)
        place = day_at(self.problem, starts)
        if place is None:
            yield f"{when} is in no day of the window."
        elif not covers(self.problem.days[place].free, starts, ends):
            yield f"The teams don't work from {when} for {one.minutes} minutes."
        if not covers(track.free, starts, ends):
            yield f"{track.name} is not free from {when} for {one.minutes} minutes."
        if one.pinned is not None and starts != one.pinned:
            yield f"{self.name(session)} is pinned to {said(one.pinned, track.zone)}."
        if one.earliest is not None and starts < one.earliest:
            yield f"{self.name(session)} may not begin before {said(one.earliest, track.zone)}."
        if one.latest is not None and ends > one.latest:
            yield f"{self.name(session)} has to be over by {said(one.latest, track.zone)}."
        for need in one.needs:
            if not covers(self.resource[need].free, starts, ends):
                yield f"{self.resource[need].name} ({self.resource[need].what}) is not free then."

    def team_free(self, team: int, starts: datetime, ends: datetime) -> bool:
        """Whether nothing was booked for a team before the plan."""
        return not any(overlap(busy, starts, ends) for busy in self.problem.teams[team].busy)

    def in_the_way(self, one: Placed, two: Placed) -> bool:
        """Whether one team could not do both."""
        first, then = sorted((one, two), key=lambda each: (each.starts, each.session))
        return self.ends(first) + self.trip(first.session, then.session) > then.starts

    def shared(self, one: str, two: str) -> list[Resource]:
        """What both sessions need."""
        both = set(self.session[one].needs) & set(self.session[two].needs)
        return [self.resource[each] for each in sorted(both)]


def overlap(busy: Interval, starts: datetime, ends: datetime) -> bool:
    return busy.starts < ends and starts < busy.ends


def said(instant: datetime, zone: str) -> str:
    """An instant on a zone's clocks: Tue 9 Nov 10:00 EST."""
    local = instant.astimezone(ZoneInfo(zone))
    return f"{local:%a} {local.day} {local:%b %H:%M} {local.tzname()}"
