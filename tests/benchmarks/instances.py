"""Problems of planning as drawn from a published seed: how planning.md of the design draws them.

    instance(50, teams=5, cities=6, lengths=MIXED, seed=1)

Five days (Fri 5, Mon 8, Tue 9, Wed 10, Fri 12 November 2010; the 11th is a holiday), slots of 30
minutes, the agency 08:00 to 18:00 Eastern, each jurisdiction 08:00 to 17:00 in the zone of its city
(every other city Pacific), of which busy blocks of 30 to 120 minutes take 30 %. Each wants three
sessions in order, an hour apart, at most two a day; one session in twenty (one at least) is pinned.
Wishes: two preferred days (crowded on Monday and Tuesday), half a day, no Friday after 13:00, for
one in four an early start, few days between the first and the last.
"""

import random
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from negotiations.planning.intervals import covers, gaps
from negotiations.planning.problem import (
    Interval,
    Problem,
    Team,
    Track,
    Wanted,
    Weights,
    Wishes,
)
from negotiations.planning.window import days_of, hours

HALF_HOURS = (30,)
MIXED = (30, 30, 30, 30, 60, 60, 60, 90, 90, 120)
DATES = tuple(date(2010, 11, day) for day in (5, 8, 9, 10, 12))
CROWDED = (1, 3, 3, 1, 1)
EASTERN = ZoneInfo("America/New_York")
ZONES = ("America/New_York", "America/Los_Angeles")
HALF_HOUR = timedelta(minutes=30)


def instance(
    tracks: int, *, teams: int, cities: int, lengths: Sequence[int], seed: int, travel: int = 60
) -> Problem:
    """A problem of this size; with `travel` 0 the cities only tell the zones apart."""
    draw = random.Random(f"{seed}/{tracks}/{cities}/{max(lengths)}")
    wanted = [_track(draw, number, cities, lengths) for number in range(tracks)]
    for number in sorted(draw.sample(range(tracks), max(1, tracks * 3 // 20))):
        wanted[number] = _pinned(draw, wanted[number])
    return Problem(
        grid_minutes=30,
        days=days_of(DATES, time(8), time(18), EASTERN, 30),
        teams=tuple(Team(f"team{n}", f"Team {n + 1}") for n in range(teams)),
        tracks=tuple(wanted),
        travel_minutes=travel,
        weights=Weights(early=1),
    )


def _track(draw: random.Random, number: int, cities: int, lengths: Sequence[int]) -> Track:
    city = number % cities
    zone = ZONES[city % 2]
    sessions = tuple(
        Wanted(f"J{number}/{n}", n, draw.choice(lengths), gap_minutes=60 if n > 1 else 0)
        for n in (1, 2, 3)
    )
    days: list[date] = []
    while len(days) < 2:
        (day,) = draw.choices(DATES, CROWDED)
        days += [day] * (day not in days)
    return Track(
        id=f"J{number}",
        name=f"Jurisdiction {number}",
        city=f"City {city}",
        zone=zone,
        free=_free(draw, ZoneInfo(zone)),
        sessions=sessions,
        most_a_day=2,
        wishes=Wishes(
            days=tuple(sorted(days)),
            half_day=draw.choice(("morning", "afternoon")),
            no_friday_afternoon=True,
            early=draw.random() < 0.25,
            compact=True,
        ),
    )


def _free(draw: random.Random, zone: ZoneInfo) -> tuple[Interval, ...]:
    found: list[Interval] = []
    for day in hours(DATES, time(8), time(17), zone):
        busy: list[Interval] = []
        while sum(((one.ends - one.starts) for one in _within(busy, day)), timedelta()) < 0.3 * (
            day.ends - day.starts
        ):
            starts = day.starts + HALF_HOUR * draw.randrange(18)
            busy.append(Interval(starts, starts + HALF_HOUR * draw.randint(1, 4)))
        found += gaps(busy, day.starts, day.ends)
    return tuple(found)


def _within(busy: list[Interval], day: Interval) -> list[Interval]:
    free = gaps(busy, day.starts, day.ends)
    return gaps(free, day.starts, day.ends)


def _pinned(draw: random.Random, track: Track) -> Track:
    """One of its sessions pinned to where it is in some order that the track could keep alone."""
    agency = hours(DATES, time(8), time(18), EASTERN)
    for _ in range(1000):
        starts = sorted(
            day.starts + HALF_HOUR * draw.randrange(20) for day in draw.choices(agency, k=3)
        )
        if _possible(track, starts, agency):
            pinned = draw.randrange(3)
            sessions = list(track.sessions)
            one = sessions[pinned]
            sessions[pinned] = Wanted(
                one.id, one.number, one.minutes, one.kind, one.gap_minutes, pinned=starts[pinned]
            )
            return Track(
                track.id, track.name, track.city, track.zone, track.free, tuple(sessions),
                track.most_a_day, track.wishes,
            )  # fmt: skip
    return track


def _possible(track: Track, starts: list[datetime], agency: list[Interval]) -> bool:
    ends = [
        start + timedelta(minutes=one.minutes)
        for start, one in zip(starts, track.sessions, strict=True)
    ]
    return (
        all(
            covers(track.free, start, end) and covers(agency, start, end)
            for start, end in zip(starts, ends, strict=True)
        )
        and all(starts[n + 1] >= ends[n] + timedelta(hours=1) for n in (0, 1))
        and starts[0].date() != starts[2].date()
    )
