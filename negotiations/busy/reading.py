"""PURE: when is the owner of an iCalendar file busy? (RFC 5545)

Only times are read: no summary, no description, no guest, no alarm. What is transparent or
cancelled takes no time; what is tentative does. An event that recurs is worked out between two
bounds, its exceptions and moved instances in their places; a whole day is one of the owner's zone.
Where anything is wrong the whole calendar is refused: half of one would say that somebody is free.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from negotiations.busy import values
from negotiations.busy.faults import MOST_INSTANCES, Refused, Why
from negotiations.busy.lines import Component, Line, components
from negotiations.busy.rules import Rule, occurrences, rule_of
from negotiations.busy.values import When, Zones

Block = tuple[datetime, datetime]
_DAY = timedelta(days=1)


@dataclass(slots=True)
class _Event:
    """An event, or one moved instance of it."""

    start: When
    length: timedelta  # exact, or in whole days
    lasts_days: bool
    busy: bool
    rules: list[Rule]
    added: list[tuple[When, timedelta | None]]
    left_out: list[When]
    instead_of: When | None
    onwards: bool  # of this instance and all that follow


@dataclass(slots=True)
class _Series:
    """What has one UID."""

    masters: list[_Event] = field(default_factory=list)
    moved: list[_Event] = field(default_factory=list)


def busy_blocks(body: bytes, tz: str, since: datetime, until: datetime) -> list[Block]:
    """When its owner is busy between these instants (UTC), as intervals in order, none touching.

    `tz` is the owner's zone, for whole days and for times without a zone. Refused says why not.
    """
    taking = _Taking(since, until)
    for calendar in components(body):
        reading = Zones(tz, [one for one in calendar.inside if one.name == "VTIMEZONE"])
        all_: dict[str, _Series] = {}
        for number, component in enumerate(calendar.inside):
            if component.name == "VFREEBUSY":
                for line in component.all("FREEBUSY"):
                    taking.all(_periods(line, reading))
            elif component.name == "VEVENT":
                uid = component.one("UID")
                series = all_.setdefault(uid.value if uid else f"\n{number}", _Series())
                event = _event(component, reading)
                (series.masters if event.instead_of is None else series.moved).append(event)
        for series in all_.values():
            _take(series, taking)
    return taking.blocks()


class _Taking:
    """Collects what lies between the bounds, up to so many."""

    def __init__(self, since: datetime, until: datetime) -> None:
        self.since, self.until = since, until
        self._found: list[Block] = []
        self._number = 0

    def one(self, start: datetime, end: datetime) -> None:
        if start < end and start < self.until and end > self.since:
            self.count()
            self._found.append((max(start, self.since), min(end, self.until)))

    def all(self, blocks: Iterable[Block]) -> None:
        for start, end in blocks:
            self.one(start, end)

    def count(self) -> None:
        self._number += 1
        if self._number > MOST_INSTANCES:
            raise Refused(Why.too_much)

    def blocks(self) -> list[Block]:
        joined: list[Block] = []
        for start, end in sorted(self._found):
            if joined and start <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
            else:
                joined.append((start, end))
        return joined


def _periods(line: Line, reading: Zones) -> Iterator[Block]:
    """Of FREEBUSY: all types but FREE are busy."""
    if line.params.get("FBTYPE", "BUSY").upper() == "FREE":
        return
    for told in values.listed(line.value):
        start, length = reading.period(told, line.params)
        yield start.instant, start.instant + length


def _event(component: Component, reading: Zones) -> _Event:
    if component.all("EXRULE"):
        raise Refused(Why.bad_rule)
    told = component.one("DTSTART")
    if told is None or len(component.all("RRULE")) > 2:
        raise Refused(Why.no_calendar if told is None else Why.bad_rule)
    start = reading.when(told)
    length, lasts_days = _length(component, start, reading)
    id_ = component.one("RECURRENCE-ID")
    status, transparency = component.one("STATUS"), component.one("TRANSP")
    return _Event(
        start=start,
        length=length,
        lasts_days=lasts_days,
        busy=not (
            (status is not None and status.value.upper() in ("CANCELLED", "CANCELED"))
            or (transparency is not None and transparency.value.upper() == "TRANSPARENT")
        ),
        rules=[rule_of(one.value) for one in component.all("RRULE")],
        added=list(_added(component, reading)),
        left_out=[one for line in component.all("EXDATE") for one in reading.every(line)],
        instead_of=reading.when(id_) if id_ else None,
        onwards=id_ is not None and id_.params.get("RANGE", "").upper() == "THISANDFUTURE",
    )


def _added(component: Component, reading: Zones) -> Iterator[tuple[When, timedelta | None]]:
    for line in component.all("RDATE"):
        if line.params.get("VALUE", "").upper() == "PERIOD":
            for told in values.listed(line.value):
                yield reading.period(told, line.params)
        else:
            for one in reading.every(line):
                yield one, None


def _length(component: Component, start: When, reading: Zones) -> tuple[timedelta, bool]:
    """How long it lasts, and whether that is told in days of the clock rather than in hours."""
    end, lasting = component.one("DTEND"), component.one("DURATION")
    if end is not None:
        last = reading.when(end)
        if start.whole_day:
            return last.local - start.local, True
        return last.instant - start.instant, False
    if lasting is not None:
        days, rest = values.duration(lasting.value)
        return days + rest, not rest
    return (_DAY, True) if start.whole_day else (timedelta(0), False)


def _take(series: _Series, taking: _Taking) -> None:
    """Each instance in its place, or where it was moved to."""
    moved = {one.instead_of.instant: one for one in series.moved if one.instead_of is not None}
    later = sorted(
        ((one.instead_of.instant, one) for one in moved.values() if one.onwards and one.instead_of),
        key=lambda pair: pair[0],
    )
    since = [at for at, _ in later]
    for event in series.masters:
        if not event.busy and not moved:
            continue
        for at, length in _instances(event, taking):
            if at.instant in moved:
                continue
            place = bisect_right(since, at.instant)
            if place:
                _shifted(later[place - 1][1], at, taking)
            elif event.busy:
                taking.one(*_ends(event, at, length))
    for one in moved.values():
        if one.busy:
            taking.one(*_ends(one, one.start, None))


def _shifted(by: _Event, at: When, taking: _Taking) -> None:
    """An instance after one that was moved with all that follow."""
    assert by.instead_of is not None
    if by.busy:
        local = at.local + (by.start.local - by.instead_of.local)
        taking.one(*_ends(by, by.start.moved(local), None))


def _ends(event: _Event, at: When, length: timedelta | None) -> Block:
    if length is not None:
        return at.instant, at.instant + length
    if event.lasts_days:
        return at.instant, at.moved(at.local + event.length).instant
    return at.instant, at.instant + event.length


def _instances(event: _Event, taking: _Taking) -> Iterator[tuple[When, timedelta | None]]:
    """Every instance that may reach between the bounds, each once."""
    left_out = {one.instant for one in event.left_out}
    days_out = {one.local.date() for one in event.left_out if one.whole_day}
    seen: set[datetime] = set()
    for at, length in _every(event, taking):
        if at.instant in left_out or at.local.date() in days_out or at.instant in seen:
            continue
        seen.add(at.instant)
        if len(seen) > MOST_INSTANCES:
            raise Refused(Why.too_much)
        yield at, length


def _every(event: _Event, taking: _Taking) -> Iterator[tuple[When, timedelta | None]]:
    yield event.start, None
    yield from event.added
    # On the clock of the event: a day more on both sides than any zone is away from UTC.
    after = taking.since.replace(tzinfo=None) - event.length - 2 * _DAY
    before = taking.until.replace(tzinfo=None) + 2 * _DAY
    for rule in event.rules:
        for local in occurrences(rule, event.start.local, after, before):
            at = event.start.moved(local)
            bound = rule.until.replace(tzinfo=UTC) if rule.until_utc else None
            if (at.instant > bound) if bound is not None else (local > rule.until):
                break
            yield at, None
