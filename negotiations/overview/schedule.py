"""PURE: which sessions a schedule shows, under which day, and a week of them as a table."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Self

from negotiations.errors import BadRequest, Invalid
from negotiations.models import NegotiationSession
from negotiations.models.sessions import SessionStatus
from negotiations.overview.weeks import FIRST_YEAR, LAST_YEAR, Week
from negotiations.readings import Reader, day_of

WEEKEND = 5  # the weekday it begins on; Monday is 0


@dataclass(frozen=True, slots=True)
class Asked:
    """What of a schedule is asked for: one jurisdiction's slug, one state, days, or one week."""

    track: str = ""
    state: SessionStatus | None = None
    first: date | None = None
    last: date | None = None
    week: Week | None = None

    @classmethod
    def read(cls, options: Mapping[str, str]) -> Self:
        """From the options `track`, `state`, `from`, `to` and `week`; empty ones aren't asked.

        BadRequest for what can't be read, Invalid where two options contradict one another.
        """
        given = {name: value.strip() for name, value in options.items() if value.strip()}
        first, last = _day(given, "from"), _day(given, "to")
        week = Week.read(given["week"]) if "week" in given else None
        if week and (first or last):
            raise Invalid.field("week", "Ask for one week, or for days from and to; not for both.")
        if first and last and last < first:
            raise Invalid.field("to", "The last day lies before the first. Swap them.")
        return cls(given.get("track", ""), _state(given), first, last, week)

    def has_day(self, day: date) -> bool:
        """Whether a day is asked for."""
        if self.week is not None:
            return Week.of(day) == self.week
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


def _day(given: Mapping[str, str], name: str) -> date | None:
    try:
        found = date.fromisoformat(given[name]) if name in given else None
    except ValueError:
        raise BadRequest(f"“{name}” is a day, as 2010-11-05: year, month, day.") from None
    if found and not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise BadRequest(f"“{name}” lies in the years {FIRST_YEAR} to {LAST_YEAR}.")
    return found


def _state(given: Mapping[str, str]) -> SessionStatus | None:
    try:
        return SessionStatus(given["state"]) if "state" in given else None
    except ValueError:
        raise BadRequest(f"state is one of: {', '.join(SessionStatus)}.") from None


def of_table(
    sessions: Iterable[NegotiationSession], asked: Asked, slugs: Mapping[str, Collection[str]]
) -> list[NegotiationSession]:
    """Those of the asked jurisdiction and state. `slugs` tells by session id who sits there."""
    return [
        one
        for one in sessions
        if (not asked.track or asked.track in slugs[one.id])
        and (asked.state is None or one.status is asked.state)
    ]


def has_date(session: NegotiationSession) -> bool:
    """Whether it has a time: a postponed one waits for another."""
    return session.status is not SessionStatus.postponed


def by_day(
    sessions: Iterable[NegotiationSession], reader: Reader | None
) -> list[tuple[date, list[NegotiationSession]]]:
    """Sessions in order of their starts, under the day each has by the clock that comes first."""
    ordered = sorted(sessions, key=lambda one: (day_of(one, reader), one.starts_at, one.id))
    return [(day, list(rows)) for day, rows in groupby(ordered, lambda one: day_of(one, reader))]


@dataclass(frozen=True, slots=True)
class Lane:
    """A row of the week: a jurisdiction, the plenaries or a caucus, with its page's path."""

    key: str
    name: str
    path: str


@dataclass(frozen=True, slots=True)
class WeekTable:
    """A week: its days as columns, and the sessions of each lane that has any, by day.

    A weekend's day is a column only if something is on it. `without` are the lanes with nothing.
    """

    week: Week
    days: Sequence[date]
    rows: Sequence[tuple[Lane, Mapping[date, Sequence[NegotiationSession]]]]
    without: Sequence[Lane]


def week_table(
    week: Week,
    sessions: Iterable[NegotiationSession],
    reader: Reader | None,
    lanes: Sequence[Lane],
    lane_of: Mapping[str, str],
) -> WeekTable:
    """The sessions that lie in a week; `lane_of` gives the key of the lane by session id."""
    placed: dict[str, dict[date, list[NegotiationSession]]] = defaultdict(dict)
    for day, rows in by_day(sessions, reader):
        if Week.of(day) == week:
            for one in rows:
                placed[lane_of[one.id]].setdefault(day, []).append(one)
    used = {day for days in placed.values() for day in days}
    return WeekTable(
        week,
        [day for day in week.days if day.weekday() < WEEKEND or day in used],
        [(lane, placed[lane.key]) for lane in lanes if lane.key in placed],
        [lane for lane in lanes if lane.key not in placed],
    )
