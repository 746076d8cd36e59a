"""PURE: weeks as ISO 8601 counts them, from Monday to Sunday, written as 2010-W45."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

from negotiations.errors import BadRequest

# Times of sessions lie in the years between: the weeks at their ends belong to these.
FIRST_YEAR, LAST_YEAR = 1970, 2200
_WRITTEN = re.compile(r"([0-9]{4})-W([0-9]{2})", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """One week; its year is that of its Thursday, so that no week belongs to two years."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Self:
        """The week in which a day lies."""
        year, number, _ = day.isocalendar()
        return cls(year, number)

    @classmethod
    def read(cls, text: str) -> Self:
        """`2010-W45`, or the week of a day as `2010-11-09`; BadRequest for anything else."""
        found = _WRITTEN.fullmatch(text)
        try:
            if found is not None:
                day = date.fromisocalendar(int(found[1]), int(found[2]), 1)
            else:
                day = date.fromisoformat(text)
        except ValueError:
            raise BadRequest(
                "Write the week as 2010-W45 (a year has 52 of them, or 53), or as a day of it: "
                "2010-11-09."
            ) from None
        week = cls.of(day)
        if not FIRST_YEAR <= week.year <= LAST_YEAR:
            raise BadRequest(f"Weeks lie in the years {FIRST_YEAR} to {LAST_YEAR}.")
        return week

    def __str__(self) -> str:
        return f"{self.year:04}-W{self.number:02}"

    @property
    def days(self) -> tuple[date, ...]:
        """Its seven days, Monday first."""
        monday = date.fromisocalendar(self.year, self.number, 1)
        return tuple(monday + timedelta(days=number) for number in range(7))

    def plus(self, weeks: int) -> Self:
        """The week so many weeks later (earlier, if negative)."""
        return type(self).of(self.days[0] + timedelta(weeks=weeks))


def best(days: Iterable[date], today: date) -> Week:
    """The week to look at first: today's if something is in it, else the next that holds
    something, else the last one."""
    weeks, now = sorted({Week.of(day) for day in days}), Week.of(today)
    ahead = [week for week in weeks if week >= now]
    return ahead[0] if ahead else weeks[-1] if weeks else now


def nearest(week: Week, days: Iterable[date]) -> tuple[Week | None, Week | None]:
    """The last week before this one and the first after it that hold something."""
    weeks = {Week.of(day) for day in days}
    before, after = [one for one in weeks if one < week], [one for one in weeks if one > week]
    return max(before, default=None), min(after, default=None)


def around(week: Week, days: Iterable[date]) -> tuple[Week | None, Week | None]:
    """The weeks before and after this one to lead on to; None where nothing could be met there.

    They go from the week before the first of `days` to that after the last: who follows the links
    comes to an end. From farther off they lead back to it.
    """
    weeks = [Week.of(day) for day in days]
    if not weeks:
        return None, None
    first, last = min(weeks).plus(-1), max(weeks).plus(1)
    before = min(week.plus(-1), last) if week > first else None
    after = max(week.plus(1), first) if week < last else None
    return before, after
