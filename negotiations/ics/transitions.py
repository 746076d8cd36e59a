"""When does a zone change its offset, and by which yearly rules from when on?"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import groupby, pairwise
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Transition:
    """An offset that begins: `start` is naive, on the clock of `before` (RFC 5545 §3.6.5).

    `week` is None if it is meant once, else it recurs every year on this one (1 to 4, or -1, the
    last) of its weekdays in its month.
    """

    start: datetime
    before: timedelta
    after: timedelta
    name: str
    daylight: bool
    week: int | None = None


def zone_of(tzid: str) -> ZoneInfo:
    """Return the zone; raise ValueError that says what to do when there is none by this name."""
    try:
        return ZoneInfo(tzid)
    except (KeyError, ValueError, OSError) as error:  # OSError: a folder's name, "America"
        raise ValueError(
            f"There is no time zone {tzid!r} in the IANA database. "
            "Use a name such as America/New_York, or update the tzdata package."
        ) from error


def transitions(
    zone: ZoneInfo, first_year: int, last_year: int, *, days: int = 1
) -> list[Transition]:
    """List every change of offset whose onset falls in these years (wall clock), in order.

    zoneinfo lists no transitions, so it is asked at midnights `days` apart: none in tzdata since
    1900 undoes another within a day, none of the years to come within a week.
    """
    begin = datetime(first_year, 1, 1, tzinfo=UTC) - timedelta(days=2)
    whole = (datetime(last_year + 1, 1, 3, tzinfo=UTC) - begin).days + days
    midnights = (
        (begin + timedelta(days=day)).astimezone(zone) for day in range(0, whole + 1, days)
    )
    changes = [
        _change(earlier, later)
        for earlier, later in pairwise(midnights)
        if earlier.utcoffset() != later.utcoffset()
    ]
    return [each for each in changes if first_year <= each.start.year <= last_year]


def opening(zone: ZoneInfo, year: int) -> Transition:
    """State the offset at the beginning of a year as if it began then and changed nothing."""
    start = datetime(year, 1, 1)
    local = start.replace(tzinfo=zone)
    return Transition(start, _offset(local), _offset(local), local.tzname() or "", daylight=False)


def yearly_pair(known: list[Transition], horizon: int) -> list[Transition]:
    """Return the two transitions, with their week, of the first year that recurs to the horizon.

    `known` are all transitions up to the year `horizon`. Empty unless each of the last years has
    exactly two, each on the nth or last given weekday of a month at the same wall clock.
    """
    pair: list[Transition] = []
    weeks: list[set[int]] = [{-1, 1, 2, 3, 4}] * 2
    expected = horizon
    for year, group in groupby(reversed(known), key=lambda each: each.start.year):
        found = list(group)[::-1]
        if year != expected or len(found) != 2 or (pair and not _alike(pair, found)):
            break
        narrowed = [held & _weeks(each.start) for held, each in zip(weeks, found, strict=True)]
        if not all(narrowed):
            break
        pair, weeks, expected = found, narrowed, year - 1
    return [replace(each, week=min(held)) for each, held in zip(pair, weeks, strict=False)]


def moved(each: Transition, year: int) -> Transition:
    """Return a yearly transition as it would be in another year by its rule."""
    first = each.start.replace(year=year, day=1)
    days = [first + timedelta(days=day) for day in range(31)]
    weekday = each.start.weekday()
    matching = [day for day in days if day.month == first.month and day.weekday() == weekday]
    return replace(each, start=matching[-1 if each.week == -1 else (each.week or 1) - 1])


def _change(earlier: datetime, later: datetime) -> Transition:
    """Find the second, between two instants of a zone, at which the offset changes."""
    zone, low, high = earlier.tzinfo, earlier.astimezone(UTC), later.astimezone(UTC)
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == earlier.utcoffset():
            low = middle
        else:
            high = middle
    old, new = low.astimezone(zone), high.astimezone(zone)
    start = high.replace(tzinfo=None) + _offset(old)
    # By dst(), so that Dublin's winter, a negative saving in tzdata, is STANDARD all the same.
    daylight = (new.dst() or timedelta()) > (old.dst() or timedelta())
    return Transition(start, _offset(old), _offset(new), new.tzname() or "", daylight)


def _offset(moment: datetime) -> timedelta:
    return moment.utcoffset() or timedelta()


def _alike(pair: list[Transition], other: list[Transition]) -> bool:
    return [_pattern(each) for each in pair] == [_pattern(each) for each in other]


def _pattern(each: Transition) -> tuple[object, ...]:
    """What a yearly rule repeats, save which of the month's weekdays it is."""
    start = each.start
    return start.month, start.weekday(), start.time(), each.before, each.after, each.name


def _weeks(start: datetime) -> set[int]:
    """Count the date's weekday from the month's beginning and, as -1, from its end."""
    nth = {(start.day - 1) // 7 + 1} & {1, 2, 3, 4}
    return nth | {-1} if (start + timedelta(days=7)).month != start.month else nth
