"""Small problems drawn by a seed, with everything in them that a problem can have."""

import random
from datetime import UTC, date, datetime, timedelta

from negotiations.planning.problem import (
    Day,
    Interval,
    Problem,
    Resource,
    Team,
    Track,
    Trip,
    Wanted,
    Weights,
    Wishes,
)

HOUR = timedelta(hours=1)
DATES = (date(2010, 11, 5), date(2010, 11, 8))
BEGINS = tuple(datetime(day.year, day.month, day.day, 16, tzinfo=UTC) for day in DATES)
SLOTS = (4, 5)
CITIES = ("Los Angeles", "San Francisco", "New York")
ZONES = ("America/Los_Angeles", "America/Los_Angeles", "America/New_York")


def small(seed: int, *, plain: bool = False) -> Problem:
    """One to three tracks with one to three sessions; `plain`: all teams and trips alike."""
    draw = random.Random(seed)
    resources = tuple(
        Resource(f"r{n}", f"Room {n}", "room", _free(draw, 0.9)) for n in range(draw.randint(0, 1))
    )
    cities = draw.randint(1, 3)
    tracks = tuple(_track(draw, n, cities, resources) for n in range(draw.randint(1, 3)))
    teams = tuple(
        Team(f"t{n}", f"Team {n + 1}", () if plain or draw.random() < 0.7 else _busy(draw))
        for n in range(draw.choice((1, 1, 2)))
    )
    late = draw.choice((0, 0, 0, 1)) * HOUR  # how much later than the day the teams begin
    trips = () if plain or draw.random() < 0.6 else (Trip(*draw.sample(CITIES, 2), 120),)
    return Problem(
        grid_minutes=60,
        days=tuple(
            Day(day, begin, slots, (Interval(begin + late, begin + slots * HOUR),))
            for day, begin, slots in zip(DATES, BEGINS, SLOTS, strict=True)
        ),
        teams=teams,
        tracks=tracks,
        travel_minutes=draw.choice((0, 60)),
        trips=trips,
        resources=resources,
        weights=Weights(*(draw.randint(0, 3) for _ in range(6))),
    )


def _slots() -> list[datetime]:
    return [
        begin + n * HOUR for begin, slots in zip(BEGINS, SLOTS, strict=True) for n in range(slots)
    ]


def _free(draw: random.Random, share: float) -> tuple[Interval, ...]:
    return tuple(Interval(one, one + HOUR) for one in _slots() if draw.random() < share)


def _busy(draw: random.Random) -> tuple[Interval, ...]:
    begins = draw.choice(_slots()) + timedelta(minutes=draw.choice((0, 30)))
    return (Interval(begins, begins + HOUR),)


def _track(draw: random.Random, number: int, cities: int, resources: tuple[Resource, ...]) -> Track:
    city = draw.randrange(cities)
    count = draw.choice((1, 2, 2, 2, 3))
    return Track(
        id=f"j{number}",
        name=f"J{number}",
        city=CITIES[city],
        zone=ZONES[city],
        free=_free(draw, 0.8),
        sessions=tuple(_session(draw, f"j{number}", n, resources) for n in range(1, count + 1)),
        most_a_day=draw.choice((None, 1, 2)),
        wishes=Wishes(
            days=tuple(day for day in DATES if draw.random() < 0.4),
            half_day=draw.choice((None, "morning", "afternoon")),
            no_friday_afternoon=draw.random() < 0.5,
            early=draw.random() < 0.5,
            compact=draw.random() < 0.5,
        ),
    )


def _session(
    draw: random.Random, track: str, number: int, resources: tuple[Resource, ...]
) -> Wanted:
    def sometimes(share: float) -> datetime | None:
        return draw.choice(_slots()) if draw.random() < share else None

    return Wanted(
        id=f"{track}/{number}",
        number=number,
        minutes=draw.choice((45, 60, 60, 120)),
        gap_minutes=draw.choice((0, 30, 60)) if number > 1 else 0,
        earliest=sometimes(0.05),
        latest=sometimes(0.05),
        pinned=sometimes(0.1),
        current=sometimes(0.2),
        needs=tuple(one.id for one in resources if draw.random() < 0.3),
    )
