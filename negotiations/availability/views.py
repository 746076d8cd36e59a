"""How office hours, busy blocks and times that suit look in JSON."""

from collections.abc import Sequence
from datetime import date

from negotiations.access.actor import Seat
from negotiations.availability.intervals import Interval
from negotiations.availability.office_hours import USUAL, written
from negotiations.availability.suggesting import When
from negotiations.civil import zone_of
from negotiations.models import Availability, BusyBlock, Party, Person
from negotiations.web.answers import Id, Local, Moment, TypedDict

MOST_TIMES = 500


class DayHoursView(TypedDict):
    """The hours of one day, empty when closed."""

    on: str
    hours: str


class OfficeHoursView(TypedDict):
    """Hours of Monday to Sunday on the clock of `tz`, and those of single days.

    `usual`: nobody has said any yet. Then a party's are Monday to Friday 09:00-17:00, and a person
    is free at any time.
    """

    tz: str
    weekly: list[str]
    exceptions: list[DayHoursView]
    preparation_minutes: int
    usual: bool


class BusyBlockView(TypedDict):
    """When one isn't free; `calendar` names the busy calendar it is of, null if it was typed."""

    id: Id
    starts_at: Moment
    ends_at: Moment
    calendar: Id | None


class FreeTimeView(TypedDict):
    """A time that suits, in UTC and on the clock of the place; `fold` 1 where that is the second of
    two alike."""

    starts_at: Moment
    ends_at: Moment
    local_start: Local
    local_end: Local
    fold: int


class FreeTimesView(TypedDict):
    """The times of so many `minutes` that suit between two days, the earliest first.

    `one_side`: the other side's hours and calendars don't count. `more`: there are more than these.
    """

    tz: str
    minutes: int
    first: date
    last: date
    one_side: bool
    more: bool
    times: list[FreeTimeView]


def office_hours_view(row: Availability | None, owner: Party | Person) -> OfficeHoursView:
    if row is None:
        usual, always = written(USUAL), "00:00-24:00"
        weekly = [usual] * 5 + ["", ""] if isinstance(owner, Party) else [always] * 7
        return {
            "tz": owner.tz, "weekly": weekly, "exceptions": [], "preparation_minutes": 0,
            "usual": True,
        }  # fmt: skip
    return {
        "tz": row.tz,
        "weekly": [*row.weekly, *[""] * 7][:7],
        "exceptions": [
            {"on": str(one["on"]), "hours": str(one["hours"])} for one in row.exceptions
        ],
        "preparation_minutes": row.preparation_minutes,
        "usual": False,
    }


def busy_block_view(row: BusyBlock) -> BusyBlockView:
    return {
        "id": row.id,
        "starts_at": row.starts_at,
        "ends_at": row.ends_at,
        "calendar": row.calendar_id,
    }


def free_times_view(found: Sequence[Interval], when: When, seat: Seat | None) -> FreeTimesView:
    return {
        "tz": when.tz,
        "minutes": when.minutes,
        "first": when.first,
        "last": when.last,
        "one_side": seat is None or seat.party_id is not None,
        "more": len(found) > MOST_TIMES,
        "times": [_time_view(one, when.tz) for one in found[:MOST_TIMES]],
    }


def _time_view(one: Interval, tz: str) -> FreeTimeView:
    start, end = (moment.astimezone(zone_of(tz)) for moment in one)
    return {
        "starts_at": one[0],
        "ends_at": one[1],
        "local_start": start.replace(tzinfo=None, fold=0),
        "local_end": end.replace(tzinfo=None, fold=0),
        "fold": start.fold or end.fold,
    }
