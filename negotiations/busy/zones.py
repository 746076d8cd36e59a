"""PURE: which instant a local time of a calendar is, by the zone that it names (trust.md T41)."""

import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from negotiations.busy.faults import MOST_OBSERVANCES, Refused, Why
from negotiations.busy.lines import Component
from negotiations.busy.rules import Rule, occurrences, rule_of

# From a naive local time to the instant, in UTC.
Zone = Callable[[datetime], datetime]
_OFFSET = re.compile(r"([+-])(\d\d)(\d\d)(\d\d)?", re.ASCII)
_STAMP = re.compile(r"\d{8}T\d{6}", re.ASCII)
_MOST_ONSETS = 500
_FIRST_YEAR = 1904  # a leap year, as any day of another fits into


def utc(local: datetime) -> datetime:
    return local.replace(tzinfo=UTC)


def of_name(name: str) -> Zone | None:
    """A zone of the IANA database, also behind a prefix as `/example.org/America/New_York`."""
    parts = name.strip().strip("/").split("/")
    if len(name) > 200 or not all(re.fullmatch(r"[A-Za-z0-9_+.-]+", one) for one in parts):
        return None
    for length in range(min(3, len(parts)), 0, -1):
        try:
            zone = ZoneInfo("/".join(parts[-length:]))
        except (KeyError, ValueError, OSError):
            continue
        return lambda local, zone=zone: local.replace(tzinfo=zone).astimezone(UTC)  # type: ignore[misc]
    return None


@dataclass(slots=True)
class _Observance:
    """An offset, and when it begins on the clock before it."""

    start: datetime
    before: timedelta
    after: timedelta
    rule: Rule | None
    dates: list[datetime]
    known: dict[int, list[datetime]] = field(default_factory=dict)

    def onset(self, local: datetime) -> datetime | None:
        """The last time that it began, at or before this local time."""
        if local.year not in self.known:
            self.known[local.year] = sorted([*self.dates, *self._around(local.year)])
        onsets = self.known[local.year]
        place = bisect_right(onsets, local)
        return onsets[place - 1] if place else None

    def _around(self, year: int) -> list[datetime]:
        """When its rule comes true in this year and the one before."""
        if self.rule is None or year < self.start.year:
            return []
        since = max(self.start, datetime(year - 1, 1, 1))  # noqa: DTZ001
        until = min(datetime(year + 1, 1, 1), self._until())  # noqa: DTZ001
        return list(islice(occurrences(self.rule, self.start, since, until), _MOST_ONSETS))

    def _until(self) -> datetime:
        assert self.rule is not None
        until = self.rule.until
        local = until + self.before if self.rule.until_utc else until
        return local + timedelta(seconds=1)


def of_component(component: Component) -> Zone:
    """A zone as the calendar itself describes it; Refused for one that no program writes."""
    parts = [one for one in component.inside if one.name in ("STANDARD", "DAYLIGHT")]
    if not 1 <= len(parts) <= MOST_OBSERVANCES or len(parts) != len(component.inside):
        raise Refused(Why.bad_zone)
    observances = [_observance(one) for one in parts]
    found: dict[datetime, datetime] = {}

    def instant(local: datetime) -> datetime:
        if local not in found:
            found[local] = (local - _offset(observances, local)).replace(tzinfo=UTC)
        return found[local]

    return instant


def _offset(observances: list[_Observance], local: datetime) -> timedelta:
    """What the clock is ahead of UTC; a time that it skips is read by the offset before."""
    begun = [(at, one) for one in observances if (at := one.onset(local)) is not None]
    if not begun:
        return min(observances, key=lambda one: one.start).before
    at, latest = max(begun, key=lambda pair: pair[0])
    skipped = local < at + (latest.after - latest.before)
    return latest.before if skipped else latest.after


def _observance(component: Component) -> _Observance:
    start, rule = component.one("DTSTART"), component.one("RRULE")
    before, after = component.one("TZOFFSETFROM"), component.one("TZOFFSETTO")
    if start is None or before is None or after is None or len(component.all("RRULE")) > 1:
        raise Refused(Why.bad_zone)
    begins = _stamp(start.value)
    dates = [one for line in component.all("RDATE") for one in line.value.split(",", _MOST_ONSETS)]
    if len(dates) > _MOST_ONSETS:
        raise Refused(Why.bad_zone)
    return _Observance(
        begins, _delta(before.value), _delta(after.value), _yearly(rule.value) if rule else None,
        sorted([begins, *(_stamp(one) for one in dates)]),
    )  # fmt: skip


def _yearly(written: str) -> Rule:
    try:
        rule = rule_of(written)
    except Refused:
        raise Refused(Why.bad_zone) from None
    if rule.freq != "YEARLY" or rule.interval != 1:
        raise Refused(Why.bad_zone)
    return rule


def _stamp(told: str) -> datetime:
    """An onset; one of long ago (Outlook writes 1601) as if it were of the first year counted."""
    try:
        if not _STAMP.fullmatch(told.strip()):
            raise ValueError(told)
        at = datetime.strptime(told.strip(), "%Y%m%dT%H%M%S")  # noqa: DTZ007
    except ValueError:
        raise Refused(Why.bad_zone) from None
    return at.replace(year=_FIRST_YEAR) if at.year < _FIRST_YEAR else at


def _delta(told: str) -> timedelta:
    read = _OFFSET.fullmatch(told.strip())
    if read is None or int(read[2]) > 23:
        raise Refused(Why.bad_zone)
    size = timedelta(hours=int(read[2]), minutes=int(read[3]), seconds=int(read[4] or 0))
    return -size if read[1] == "-" else size
