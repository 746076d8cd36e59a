"""PURE: the days and times of a recurrence rule (RFC 5545 §3.3.10), between two bounds.

A rule is checked whole before it is worked out, and then it takes no more steps than there are
periods of it between the bounds: one that never comes true ends there.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import product
from math import prod

from negotiations.busy.faults import (
    MOST_A_DAY,
    MOST_COUNT,
    MOST_INTERVAL,
    MOST_LISTED,
    Refused,
    Why,
)

_WEEKDAYS = {name: at for at, name in enumerate(("MO", "TU", "WE", "TH", "FR", "SA", "SU"))}
_DAY = re.compile(r"([+-]?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_UNTIL = re.compile(r"([0-9]{8})(?:T([0-9]{6})(Z?))?")
# What each part may hold; for those with a minus too.
_RANGES = {
    "BYSECOND": (0, 59, False), "BYMINUTE": (0, 59, False), "BYHOUR": (0, 23, False),
    "BYMONTHDAY": (1, 31, True), "BYYEARDAY": (1, 366, True), "BYWEEKNO": (1, 53, True),
    "BYMONTH": (1, 12, False), "BYSETPOS": (1, 366, True),
}  # fmt: skip
_KNOWN = {*_RANGES, "FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "WKST"}
_NEVER = datetime(2199, 12, 31)  # noqa: DTZ001  (on the clock of the event)
ONE_DAY = timedelta(days=1)
Days = list[tuple[int | None, int]]  # which of the period (None: each), and the weekday


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that may be worked out. `until` is a local time, or UTC if `until_utc`."""

    freq: str
    interval: int
    count: int | None
    until: datetime
    until_utc: bool
    week_start: int
    by: dict[str, list[int]]
    days: Days


def rule_of(written: str) -> Rule:
    """The rule; Refused for one that no calendar of people's needs, or that is none."""
    parts: dict[str, str] = {}
    for part in written.strip().rstrip(";").upper().split(";"):
        name, equals, value = part.partition("=")
        if not equals or name in parts or name not in _KNOWN:
            raise Refused(Why.bad_rule)
        parts[name] = value
    if parts.get("FREQ") not in ("DAILY", "WEEKLY", "MONTHLY", "YEARLY"):
        raise Refused(Why.bad_rule)
    until, is_utc = _until(parts.get("UNTIL"))
    week_start = _WEEKDAYS.get(parts.get("WKST", "MO"))
    if week_start is None:
        raise Refused(Why.bad_rule)
    count = _whole(parts["COUNT"], MOST_COUNT) if "COUNT" in parts else None
    by = {name: _numbers(parts[name], *of) for name, of in _RANGES.items() if name in parts}
    if prod([len(by.get(name, [0])) for name in ("BYHOUR", "BYMINUTE", "BYSECOND")]) > MOST_A_DAY:
        raise Refused(Why.bad_rule)
    return Rule(
        freq=parts["FREQ"],
        interval=_whole(parts.get("INTERVAL", "1"), MOST_INTERVAL),
        count=count,
        until=until,
        until_utc=is_utc,
        week_start=week_start,
        by=by,
        days=_days(parts["BYDAY"]) if "BYDAY" in parts else [],
    )


def _whole(told: str, most: int) -> int:
    if not (told.isascii() and told.isdigit() and len(told) < 6 and 1 <= int(told) <= most):
        raise Refused(Why.bad_rule)
    return int(told)


def _numbers(told: str, least: int, most: int, signed: bool) -> list[int]:
    found = _listed(told)
    if not all(re.fullmatch(r"[+-]?[0-9]{1,3}" if signed else "[0-9]{1,3}", one) for one in found):
        raise Refused(Why.bad_rule)
    numbers = sorted({int(one) for one in found})
    if not all(least <= abs(one) <= most for one in numbers):
        raise Refused(Why.bad_rule)
    return numbers


def _days(told: str) -> Days:
    found: Days = []
    for one in _listed(told):
        read = _DAY.fullmatch(one)
        if read is None or (read[1] and not 1 <= abs(int(read[1])) <= 53):
            raise Refused(Why.bad_rule)
        found.append((int(read[1]) if read[1] else None, _WEEKDAYS[read[2]]))
    return found


def _listed(told: str) -> list[str]:
    found = told.split(",", MOST_LISTED)
    if len(found) > MOST_LISTED:
        raise Refused(Why.bad_rule)
    return found


def _until(told: str | None) -> tuple[datetime, bool]:
    """Programs write the year 9999 for never."""
    if told is None:
        return _NEVER, False
    read = _UNTIL.fullmatch(told)
    try:
        if read is None:
            raise ValueError(told)
        at = datetime.strptime(read[1] + (read[2] or "235959"), "%Y%m%d%H%M%S")  # noqa: DTZ007
    except ValueError:
        raise Refused(Why.bad_rule) from None
    return min(at, _NEVER), bool(read[3])


def occurrences(
    rule: Rule, start: datetime, after: datetime, before: datetime
) -> Iterator[datetime]:
    """When it comes true from `after` on and before `before`, in order, all on one clock.

    The start of its event is none of its own unless the rule says so; `until` is the caller's to
    mind. With a count it is gone through from its start, else from shortly before `after`.
    """
    counted = 0
    for period in _periods(rule, start, after, before):
        found = _within(rule, start, period)
        for at in _chosen(found, rule.by.get("BYSETPOS")):
            if at < start:
                continue
            counted += 1
            if rule.count is not None and counted > rule.count:
                return
            if at >= before:
                return
            if at >= after or rule.count is not None:
                yield at


def _periods(rule: Rule, start: datetime, after: datetime, before: datetime) -> Iterator[date]:
    """The first day of each period of the rule that may matter."""
    from_ = start if rule.count is not None else max(start, after)
    step, day = rule.interval, start.date()
    if rule.freq == "DAILY":
        skipped = (from_.date() - day).days // step * step
        while day.toordinal() + skipped <= before.toordinal():
            yield day + timedelta(days=skipped)
            skipped += step
    elif rule.freq == "WEEKLY":
        first = day - timedelta(days=(day.weekday() - rule.week_start) % 7)
        skipped = max(0, (from_.date() - first).days // 7 // step * step)
        while first.toordinal() + 7 * skipped <= before.toordinal():
            yield first + timedelta(days=7 * skipped)
            skipped += step
    else:
        size = 1 if rule.freq == "MONTHLY" else 12
        zero = _month(day) if size == 1 else day.year * 12
        month = zero + max(0, (_month(from_.date()) - zero) // (size * step) * size * step)
        while month <= _month(before.date()):
            yield date(month // 12, month % 12 + 1, 1)
            month += size * step


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


def _within(rule: Rule, start: datetime, period: date) -> list[datetime]:
    """Every time in this period that the rule names, in order."""
    clocks = product(
        rule.by.get("BYHOUR", [start.hour]),
        rule.by.get("BYMINUTE", [start.minute]),
        rule.by.get("BYSECOND", [start.second]),
    )
    times = [time(*one) for one in clocks]
    days = _days_of(rule, start.date(), period)
    return [datetime.combine(day, at) for day in days for at in times]


def _days_of(rule: Rule, start: date, period: date) -> list[date]:
    """The days of the period that the rule names; what it leaves open is as the start has it."""
    if rule.freq in ("DAILY", "WEEKLY"):
        days = [period + timedelta(days=at) for at in range(1 if rule.freq == "DAILY" else 7)]
        as_start = rule.freq == "WEEKLY" and not rule.days
        return [day for day in days if _fits(rule, day) and (not as_start or _alike(day, start))]
    named = {"BYMONTHDAY", "BYYEARDAY", "BYWEEKNO"} & rule.by.keys()
    months = _months_of(rule, start, period, any_day=bool(named or rule.days))
    if not named and not rule.days:
        days = [month + timedelta(days=start.day - 1) for month in months]
        return [day for day in days if day.day == start.day]
    as_start = named == {"BYWEEKNO"} and not rule.days
    return [
        day
        for day in _each_day(months)
        if _fits(rule, day) and (not as_start or _alike(day, start))
    ]


def _months_of(rule: Rule, start: date, period: date, *, any_day: bool) -> list[date]:
    """The first days of the period's months in which the rule's days may lie."""
    named = rule.by.get("BYMONTH")
    if rule.freq == "MONTHLY":
        return [period] if named is None or period.month in named else []
    months = named or (range(1, 13) if any_day else [start.month])
    return [period.replace(month=month) for month in months]


def _alike(day: date, start: date) -> bool:
    return day.weekday() == start.weekday()


def _each_day(months: list[date]) -> list[date]:
    return [month + timedelta(days=at) for month in months for at in range(_length(month))]


def _fits(rule: Rule, day: date) -> bool:
    """Whether the day is none that a part of the rule leaves out."""
    by = rule.by
    return (
        day.month in by.get("BYMONTH", (day.month,))
        and ("BYMONTHDAY" not in by or _counted(by["BYMONTHDAY"], day.day, _length(day)))
        and ("BYYEARDAY" not in by or _counted(by["BYYEARDAY"], *_in_year(day)))
        and ("BYWEEKNO" not in by or _counted(by["BYWEEKNO"], *_week(day, rule.week_start)))
        and (not rule.days or any(_is_day(rule, day, *one) for one in rule.days))
    )


def _length(day: date) -> int:
    return monthrange(day.year, day.month)[1]


def _in_year(day: date) -> tuple[int, int]:
    """Its number in the year, and how many that has."""
    return day.timetuple().tm_yday, 366 if monthrange(day.year, 2)[1] == 29 else 365


def _counted(wanted: list[int], place: int, of: int) -> bool:
    """Whether the place is named, from the beginning or from the end."""
    return place in wanted or place - of - 1 in wanted


def _is_day(rule: Rule, day: date, which: int | None, weekday: int) -> bool:
    if day.weekday() != weekday:
        return False
    if which is None or rule.freq in ("DAILY", "WEEKLY"):
        return True
    in_month = rule.freq == "MONTHLY" or "BYMONTH" in rule.by
    place, length = (day.day, _length(day)) if in_month else _in_year(day)
    return which in ((place - 1) // 7 + 1, -((length - place) // 7 + 1))


def _week(day: date, week_start: int) -> tuple[int, int]:
    """The number of its week, and how many its year has: the first has four days of it at least."""
    middle = day - timedelta(days=(day.weekday() - week_start) % 7) + timedelta(days=3)
    first = _first_week(middle.year, week_start)
    weeks = (_first_week(middle.year + 1, week_start) - first).days // 7
    return (middle - first).days // 7 + 1, weeks


def _first_week(year: int, week_start: int) -> date:
    fourth = date(year, 1, 4)
    return fourth - timedelta(days=(fourth.weekday() - week_start) % 7)


def _chosen(found: list[datetime], places: list[int] | None) -> list[datetime]:
    if places is None:
        return found
    at = {one - 1 if one > 0 else len(found) + one for one in places}
    return [found[one] for one in sorted(at) if 0 <= one < len(found)]
