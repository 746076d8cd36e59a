"""How are a start and an end written so that every program reads the same instants?"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from negotiations.ics.properties import Property, RenderError
from negotiations.ics.timezones import vtimezone
from negotiations.ics.transitions import zone_of

# A TZID must not name UTC (RFC 5545 §3.2.19): such times carry a Z.
_UTC_NAMES = frozenset({"UTC", "Etc/UTC"})


def instant(moment: datetime) -> datetime:
    """Return an aware datetime as UTC in whole seconds; raises RenderError for a naive one."""
    if moment.tzinfo is None:
        raise RenderError("created and revised are instants: give them with UTC.")
    return moment.astimezone(UTC).replace(microsecond=0)


def written_zone(start: datetime, end: datetime, tzid: str) -> str | None:
    """Return the TZID to write these naive wall times with, None if they must be written in UTC.

    A wall time that the clock shows twice, or skips, is written in UTC, and the other end with
    it. RFC 5545 §3.3.5 gives the repeated hour to its first reading, so the second cannot be
    said; and ical.js (Thunderbird) reads the second, so the first cannot be said either.
    So is a time for whose years no VTIMEZONE can be made (offsets with seconds).
    Raises RenderError for an unknown zone.
    """
    zone = _zone(tzid)
    try:
        vtimezone(tzid, start.year - 1, end.year + 1)
    except ValueError:
        return None
    local = [moment.replace(tzinfo=zone) for moment in (start, end)]
    single = all(
        moment.replace(fold=0).utcoffset() == moment.replace(fold=1).utcoffset() for moment in local
    )
    return tzid if single and tzid not in _UTC_NAMES else None


def time_span(start: datetime, end: datetime, tzid: str) -> list[Property]:
    """Return DTSTART and DTEND of naive wall times (their `fold` counts), DTEND only if later.

    Raises RenderError for an unknown zone or aware times.
    """
    if start.tzinfo or end.tzinfo:
        raise RenderError("start and end are wall times of tzid: give them without a zone.")
    zone = _zone(tzid)
    start, end = start.replace(microsecond=0), end.replace(microsecond=0)
    try:
        first, last = (moment.replace(tzinfo=zone).astimezone(UTC) for moment in (start, end))
    except OverflowError as error:
        raise RenderError("start and end must lie within the years 1 to 9999.") from error
    named = written_zone(start, end, tzid)
    if named:
        params = {"TZID": named}
        span = [Property("DTSTART", start, params), Property("DTEND", end, params)]
    else:
        span = [Property("DTSTART", first), Property("DTEND", last)]
    return span if first < last else span[:1]


def day_span(first: date, last: date) -> list[Property]:
    """Return DTSTART and DTEND of whole days; `last` is included, DTEND isn't (RFC 5545 §3.6.1).

    DTEND only if `last` isn't before `first`.
    """
    days = {"VALUE": "DATE"}
    start = Property("DTSTART", first, days)
    if not first <= last < date.max:
        return [start]
    return [start, Property("DTEND", last + timedelta(days=1), days)]


def _zone(tzid: str) -> ZoneInfo:
    try:
        return zone_of(tzid)
    except ValueError as error:
        raise RenderError(str(error)) from error
