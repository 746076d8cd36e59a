"""A plan's rows as the problem that `planning` answers: all zones and office hours settled."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlmodel import col, select

from negotiations.availability.intervals import (
    Interval,
    Intervals,
    difference,
    intersection,
    union,
)
from negotiations.availability.reading import free_of, offices, opened_at
from negotiations.civil import zone_of
from negotiations.db import Db
from negotiations.models import (
    Booking,
    NegotiationSession,
    Person,
    Plan,
    PlanItem,
    Team,
)
from negotiations.models.sessions import SessionStatus
from negotiations.planning import problem as asked
from negotiations.plans.comparing import Doing, doing
from negotiations.plans.making import instants
from negotiations.plans.queries import Drafted, Line
from negotiations.scheduling.rules import BOOKING

ROOM = "room:"


@dataclass(frozen=True, slots=True)
class _Times:
    """What is settled of the window: when the agency works, tracks and people are free, and what
    is booked by others than the plan's own sessions, by resource number."""

    window: Interval
    agency: Intervals
    tracks: Mapping[str, Intervals]
    people: Mapping[str, Intervals]
    booked: Mapping[int, Intervals]
    rooms: Mapping[str, Intervals]


async def pose(db: Db, plan: Drafted, *, now: datetime, stands: bool = False) -> asked.Problem:
    """The problem, by a constant number of queries. What lies before `now` is no time any more.

    A live session that is pinned or has begun keeps its time whatever the office hours say.
    """
    items = [item for item in plan.items if not item.withdrawn]
    needed = sorted({one for item in items for one in item.needs})
    people = {row.id: row for row in await _people(db, needed)}
    own_teams = await _default_teams(db, [line.party.id for line in plan.lines])
    numbers = {
        *(team.resource_no for team in (*plan.teams, *own_teams.values())),
        *(person.resource_no for person in people.values()),
    }
    first, last = instants(plan.row, plan.agency.tz)
    window = (min(max(first, now), last), last)
    free = await free_of(
        db, plan.negotiation, window, tracks=[line.track for line in plan.lines],
        person_ids=people,
    )  # fmt: skip
    hours = (await offices(db, [plan.agency.id]))[plan.agency.id]
    besides = [
        item.session_id
        for item in plan.items
        if item.session_id and not (stands and item.starts_at is None and not item.withdrawn)
    ]
    times = _Times(
        window,
        union(opened_at(hours, window, plan.negotiation), _agreed(plan, items, now)),
        free.tracks,
        free.people,
        await _booked(db, numbers, window, besides, _polled(plan)),
        await _rooms(db, plan, window, besides),
    )
    return asked.Problem(
        grid_minutes=plan.row.grid_minutes,
        days=tuple(_days(plan, times)),
        teams=tuple(
            asked.Team(team.id, team.name, _spans(times.booked[team.resource_no]))
            for team in plan.teams
        ),
        tracks=tuple(
            _track(line, plan, times, own_teams.get(line.party.id), now) for line in plan.lines
        ),
        travel_minutes=plan.row.travel_minutes,
        resources=(*_named(people, times), *_rooms_of(items, times)),
        weights=weights_of(plan.row),
    )


def weights_of(row: Plan) -> asked.Weights:
    """What broken wishes cost: as it was told, the usual for what isn't or is no number."""
    told = row.weights or {}
    names = [one.name for one in fields(asked.Weights)]
    return asked.Weights(**{name: told[name] for name in names if type(told.get(name)) is int})


def doing_of(plan: Drafted, item: PlanItem) -> Doing:
    """What a release would do with an item."""
    live = plan.live(item)
    if live is None:
        return doing(item, None, None)
    length = live.ends_at - live.starts_at
    return doing(item, live.starts_at, int(length.total_seconds()) // 60)


def _polled(plan: Drafted) -> list[str]:
    """The plan's live sessions that stay: what their polls ask about is held on. Where a session is
    moved or cancelled its poll ends."""
    kept = [item for item in plan.items if doing_of(plan, item) is Doing.kept]
    return [item.session_id for item in kept if item.session_id]


async def _people(db: Db, ids: Collection[str]) -> Iterable[Person]:
    return (await db.exec(select(Person).where(col(Person.id).in_(ids)))).all() if ids else ()


async def _default_teams(db: Db, party_ids: Collection[str]) -> dict[str, Team]:
    """Who sits for each jurisdiction, by party."""
    rows = await db.exec(
        select(Team).where(col(Team.party_id).in_(party_ids), col(Team.is_default))
    )
    return {team.party_id: team for team in rows}


async def _booked(
    db: Db, numbers: Collection[int], window: Interval, besides: Collection[str],
    polled: Collection[str],
) -> dict[int, Intervals]:  # fmt: skip
    """What is taken but for the sessions `besides`, by the times that are asked about for those
    `polled` too."""
    asked = col(Booking.option_id).is_not(None) & col(Booking.session_id).in_(polled)
    rows = await db.exec(
        select(Booking.resource_no, Booking.starts_at, Booking.ends_at).where(
            col(Booking.resource_no).in_(numbers),
            col(Booking.session_id).not_in(besides) | asked,
            col(Booking.ends_at) > window[0],
            col(Booking.starts_at) < window[1],
        )
    )
    found: dict[int, list[Interval]] = defaultdict(list)
    for number, starts_at, ends_at in rows:
        found[number].append((starts_at, ends_at))
    return defaultdict(tuple, {number: union(taken) for number, taken in found.items()})


async def _rooms(
    db: Db, plan: Drafted, window: Interval, besides: Collection[str]
) -> dict[str, Intervals]:
    """When the rooms that the plan names are taken by other sessions of these talks."""
    names = {item.room for item in plan.items if item.room}
    found: dict[str, list[Interval]] = defaultdict(list)
    if names:
        one = NegotiationSession
        rows = await db.exec(
            select(one.room, one.starts_at, one.ends_at)
            .where(
                col(one.negotiation_id) == plan.negotiation.id,
                col(one.room).in_(names),
                col(one.id).not_in(besides),
                col(one.status).in_(BOOKING),
                col(one.ends_at) > window[0],
                col(one.starts_at) < window[1],
            )
            .execution_options(passage="free times")
        )
        for room, starts_at, ends_at in rows:
            found[room or ""].append((starts_at, ends_at))
    return {room: union(taken) for room, taken in found.items()}


def _stays(plan: Drafted, item: PlanItem, now: datetime) -> bool:
    """Whether it is a live session that may not move."""
    live = plan.live(item)
    return live is not None and (item.pinned or live.starts_at <= now)


def _agreed(plan: Drafted, items: Iterable[PlanItem], now: datetime) -> Intervals:
    """The times of live sessions that may not move."""
    return union(
        [
            (item.starts_at, item.starts_at + timedelta(minutes=item.minutes))
            for item in items
            if item.starts_at is not None and _stays(plan, item, now)
        ]
    )


def _days(plan: Drafted, times: _Times) -> Iterable[asked.Day]:
    """Every day on which the agency works, as a row of slots from its first hour to its last."""
    tz, grid = zone_of(plan.agency.tz), timedelta(minutes=plan.row.grid_minutes)
    for number in range((plan.row.last_on - plan.row.first_on).days + 1):
        day = plan.row.first_on + timedelta(days=number)
        midnights = [
            datetime.combine(one, time(), tz).astimezone(UTC)
            for one in (day, day + timedelta(days=1))
        ]
        free = intersection(times.agency, ((midnights[0], midnights[1]),))
        if free:
            begin = midnights[0] + (free[0][0] - midnights[0]) // grid * grid
            slots = -((begin - free[-1][1]) // grid)
            yield asked.Day(day, begin, slots, _spans(free))


def _track(
    line: Line, plan: Drafted, times: _Times, own: Team | None, now: datetime
) -> asked.Track:
    wanted = tuple(_wanted(item, plan, now) for item in line.items if not item.withdrawn)
    taken: Intervals = times.booked[own.resource_no] if own else ()
    free = difference(times.tracks[line.track.id], taken)
    wishes = line.wishes
    return asked.Track(
        id=line.track.id,
        name=line.party.short_name,
        city=line.party.city or line.party.name,
        zone=line.party.tz,
        free=_spans(union(free, _agreed(plan, line.items, now))),
        sessions=wanted,
        most_a_day=wishes.most_a_day,
        wishes=asked.Wishes(
            days=tuple(date.fromisoformat(day) for day in wishes.days if _is_day(day)),
            half_day=wishes.half_day.value if wishes.half_day else None,
            no_friday_afternoon=wishes.no_friday_afternoon,
            early=wishes.early,
            compact=wishes.compact,
        ),
    )


def _is_day(written: str) -> bool:
    try:
        date.fromisoformat(written)
    except ValueError:
        return False
    return True


def _wanted(item: PlanItem, plan: Drafted, now: datetime) -> asked.Wanted:
    live, stays = plan.live(item), _stays(plan, item, now)
    needs = [*item.needs, *([ROOM + item.room] if item.room else [])]
    return asked.Wanted(
        id=item.id,
        number=item.number,
        minutes=item.minutes,
        kind=item.kind.value,
        gap_minutes=item.gap_minutes,
        earliest=None if stays else max(now, item.not_before or now),
        latest=item.ends_by,
        pinned=item.starts_at if item.pinned or stays else None,
        current=live.starts_at if live and live.status is not SessionStatus.postponed else None,
        needs=tuple(needs),
    )


def _named(people: Mapping[str, Person], times: _Times) -> list[asked.Resource]:
    return [
        asked.Resource(
            row.id, row.name, "person",
            _spans(difference(times.people[row.id], times.booked[row.resource_no])),
        )
        for row in people.values()
    ]  # fmt: skip


def _rooms_of(items: Iterable[PlanItem], times: _Times) -> list[asked.Resource]:
    rooms = sorted({item.room for item in items if item.room})
    always = (times.window,)
    return [
        asked.Resource(
            ROOM + room, room, "room", _spans(difference(always, times.rooms.get(room, ())))
        )
        for room in rooms
    ]  # fmt: skip


def _spans(intervals: Any) -> tuple[asked.Interval, ...]:
    return tuple(asked.Interval(*one) for one in intervals)
