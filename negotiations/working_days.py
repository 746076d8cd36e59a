"""PURE: which days people work in the home zone of some talks, and counting by them.

A working day is none of the weekend (Saturday, Sunday) and none of the talks' holidays.
"""

from collections.abc import Collection, Iterable
from datetime import date, timedelta

DAY = timedelta(days=1)
MOST_HOLIDAYS = 200


def holidays_of(values: Iterable[str]) -> frozenset[date]:
    """The holidays of a negotiation's row, ISO dates in home_tz; what is no date counts for none.

    What is written is checked before; one broken entry may not break every page of the talks.
    """
    found = set()
    for value in values:
        try:
            found.add(date.fromisoformat(value))
        except (TypeError, ValueError):
            continue
    return frozenset(found)


def is_weekend(day: date) -> bool:
    return day.weekday() >= 5


def is_working_day(day: date, holidays: Collection[date]) -> bool:
    return not is_weekend(day) and day not in holidays


def add_working_days(day: date, number: int, holidays: Collection[date]) -> date:
    """The working day that lies `number` working days after `day` (before it, if negative).

    Neither `day` itself nor days off are counted; none after a day off is the next working day.
    Raises OverflowError at the ends of the calendar.
    """
    step = -DAY if number < 0 else DAY
    for _ in range(abs(number)):
        day += step
        while not is_working_day(day, holidays):
            day += step
    while not is_working_day(day, holidays):
        day += DAY
    return day


def why_off(day: date, holidays: Collection[date]) -> str | None:
    """Why nobody works on this day, as the end of a sentence; None on a working day."""
    if day in holidays:
        return "a holiday of these talks"
    return f"a {day:%A}" if is_weekend(day) else None
