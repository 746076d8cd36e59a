"""PURE: dates, times, periods and durations as calendars write them (RFC 5545 §3.3)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from negotiations.busy import zones
from negotiations.busy.faults import LONGEST_DAYS, MOST_INSTANCES, MOST_READ, YEARS, Refused, Why
from negotiations.busy.lines import Component, Line
from negotiations.busy.zones import Zone

_STAMP = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z)?)?", re.ASCII)
_LONG = re.compile(
    r"([+-]?)P(?:(\d{1,5})W|(?:(\d{1,5})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,8})S)?)?)",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class When:
    """A time on some clock, and the instant that it is; of a whole day its first."""

    local: datetime
    instant: datetime
    zone: Zone
    whole_day: bool

    def moved(self, local: datetime) -> "When":
        """Another time on the same clock."""
        if local.year not in YEARS:
            raise Refused(Why.bad_time)
        return When(local, self.zone(local), self.zone, self.whole_day)


def listed(value: str) -> list[str]:
    """The values of a line; Refused for more than anybody has."""
    found = value.split(",", MOST_INSTANCES)
    if len(found) > MOST_INSTANCES:
        raise Refused(Why.too_much)
    return found


def duration(told: str) -> tuple[timedelta, timedelta]:
    """A duration as days on the clock and exact time beside them; Refused for what is none."""
    read = _LONG.fullmatch(told.strip().upper())
    if read is None or not any(read.groups()[1:]) or read[1] == "-":
        raise Refused(Why.bad_time)
    weeks, days, hours, minutes, seconds = (int(one or 0) for one in read.groups()[1:])
    whole = timedelta(days=7 * weeks + days)
    rest = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    if whole + rest > timedelta(days=LONGEST_DAYS):
        raise Refused(Why.bad_time)
    return whole, rest


class Zones:
    """Reads times by the zones of one calendar; those without one by the owner's."""

    def __init__(self, tz: str, described: Sequence[Component]) -> None:
        self._own = zones.of_name(tz) or zones.utc
        self._described = described
        self._known: dict[str, Zone] = {}
        self._number = 0

    def _named(self, name: str) -> Zone:
        """IANA's zone by that name; else the one that the calendar itself describes."""
        if name not in self._known:
            found = zones.of_name(name)
            if found is None:
                found = next(
                    (zones.of_component(one) for one in self._described if _name(one) == name), None
                )
            if found is None:
                raise Refused(Why.bad_zone)
            self._known[name] = found
        return self._known[name]

    def when(self, line: Line) -> When:
        return self._read(line.value, line.params)

    def every(self, line: Line) -> list[When]:
        return [self._read(one, line.params) for one in listed(line.value)]

    def period(self, told: str, params: dict[str, str]) -> tuple[When, timedelta]:
        """`start/end` or `start/duration`."""
        first, slash, last = told.partition("/")
        start = self._read(first, params)
        if not slash:
            raise Refused(Why.bad_time)
        if last.strip()[:1].upper() in ("P", "+", "-"):
            return start, sum(duration(last), timedelta(0))
        return start, self._read(last, params).instant - start.instant

    def _read(self, told: str, params: dict[str, str]) -> When:
        self._number += 1
        if self._number > MOST_READ:
            raise Refused(Why.too_much)
        read = _STAMP.fullmatch(told.strip().upper())
        if read is None or int(read[1]) not in YEARS:
            raise Refused(Why.bad_time)
        whole_day = read[4] is None
        try:
            year, month, day, hour, minute, second = (int(one or 0) for one in read.groups()[:6])
            # A leap second is counted to the next minute.
            local = datetime(year, month, day, hour, minute, min(second, 59))  # noqa: DTZ001
            local += timedelta(seconds=second == 60)
        except ValueError:
            raise Refused(Why.bad_time) from None
        zone = self._own
        if read[7]:
            zone = zones.utc
        elif not whole_day and "TZID" in params:
            zone = self._named(params["TZID"])
        return When(local, zone(local), zone, whole_day)


def _name(component: Component) -> str | None:
    line = component.one("TZID")
    return line.value if line else None
