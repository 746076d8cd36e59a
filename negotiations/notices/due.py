"""PURE: when somebody is reminded: of a session, of what waits for them, of the week to come.

Instants have a zone, days are those of the person's own clock or of the talks' home zone.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta

from negotiations.civil import zone_of
from negotiations.working_days import is_weekend

DAY = timedelta(days=1)
AHEAD = 3  # days at most before its day that one is told of it: a weekend may lie between
PATIENCE = 3  # days after which the coordinator hears of what others are late with
AGAIN = 7  # days after which one is told once more
MORNING, WEEKLY, EVENING = 8, 7, 20  # hours by a person's own clock; a mail of a day goes between


def has_come(starts_at: datetime, minutes: int, now: datetime) -> bool:
    """Whether the moment so long before a start has come, and the start hasn't."""
    return starts_at - timedelta(minutes=minutes) <= now < starts_at


def tightest(
    come: Collection[int], chosen: Iterable[int], starts_at: datetime, known_since: datetime
) -> int | None:
    """Which of the moments that have come, in minutes before the start, somebody is reminded at.

    The tightest of those they chose; None where that lies before the people were told of the time
    itself (`known_since`), which was reminder enough.
    """
    found = min((one for one in chosen if one in come), default=None)
    if found is None or starts_at - timedelta(minutes=found) < known_since:
        return None
    return found


def stage_of_own(by: date, today: date) -> str | None:
    """How far along what waits for somebody is: `due`, `late-0` and so on each week; None when it
    isn't time yet."""
    late = (today - by).days
    if late > 0:
        return f"late-{(late - 1) // AGAIN}"
    return "due" if today >= _working_day_before(by) else None


def _working_day_before(day: date) -> date:
    """Nobody is told of anything at the weekend."""
    before = day - DAY
    while is_weekend(before):
        before -= DAY
    return before


def stage_of_others(by: date, today: date) -> str | None:
    """The same of what the coordinator waits for: only what is late by PATIENCE and more."""
    late = (today - by).days - PATIENCE
    return f"late-{late // AGAIN}" if late >= 0 else None


def is_time(now: datetime, tz: str) -> date | None:
    """The day for which somebody in this zone is told now what waits for them; None at night and at
    the weekend."""
    local = now.astimezone(zone_of(tz))
    if is_weekend(local.date()) or not MORNING <= local.hour < EVENING:
        return None
    return local.date()


def week_of(now: datetime, tz: str) -> str | None:
    """The week (ISO, as `2026-W49`) whose digest somebody in this zone gets now: on Monday, or on
    Tuesday where the service stood still; None at other times."""
    local = now.astimezone(zone_of(tz))
    year, week, weekday = local.isocalendar()
    if weekday > 2 or not WEEKLY <= local.hour < EVENING:
        return None
    return f"{year}-W{week:02}"
