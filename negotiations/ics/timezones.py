"""Which VTIMEZONE makes every calendar program compute zoneinfo's instants?

A compact one (calendar.md, finding 1): a STANDARD and DAYLIGHT pair with RRULE where one pair of
yearly rules gives zoneinfo's offsets for good, one observance per transition with only a DTSTART
before that or where there is no such pair. No RDATE, COMMENT or X-LIC-LOCATION: readers differ.
"""

import re
from datetime import timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from negotiations.ics.transitions import (
    Transition,
    moved,
    opening,
    transitions,
    yearly_pair,
    zone_of,
)

# A pair must hold this many years beyond the span to count as "for good": rules end (Brazil,
# Turkey), and the years that Morocco and Gaza have in tables look regular for a while.
_YEARS_BEYOND = 40
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_TZID = re.compile(r"[A-Za-z0-9_+\-/.]{1,60}")


class UnsupportedZone(ValueError):
    """The zone is known, but four-digit offsets cannot state it for these years."""


@lru_cache(maxsize=512)
def vtimezone(tzid: str, first_year: int, last_year: int, *, name: str | None = None) -> bytes:
    """Return the VTIMEZONE (CRLF lines) right from 1 January first_year to 31 December last_year.

    The years are the zone's wall clock and are taken as given: the caller adds the year before
    and after its sessions. `name` is written as TZID instead of `tzid`. Raises ValueError for an
    unknown zone or a span outside 1900 to 9000, UnsupportedZone for offsets with seconds
    (local mean times), which Outlook refuses. RFC 5545 §3.6.5, §3.3.14.
    """
    if not 1900 <= first_year <= last_year <= 9000:
        raise ValueError(f"Give years from 1900 to 9000 in order, not {first_year} to {last_year}.")
    if not _TZID.fullmatch(name or tzid):
        raise ValueError(f"A TZID has at most 60 letters, digits and _+-/. only: {name or tzid!r}.")
    observances = _compact(zone_of(tzid), first_year, last_year)
    if any(offset.seconds % 60 for each in observances for offset in (each.before, each.after)):
        raise UnsupportedZone(
            f"{tzid} had an offset with seconds between {first_year - 1} and {last_year}. "
            "Give these sessions' times in UTC."
        )
    lines = ["BEGIN:VTIMEZONE", f"TZID:{name or tzid}"]
    lines += [line for each in observances for line in _lines(each)]
    return "\r\n".join([*lines, "END:VTIMEZONE", ""]).encode()


def _compact(zone: ZoneInfo, first_year: int, last_year: int) -> list[Transition]:
    """Choose the observances that cover the span.

    The first begins before the span, because readers disagree about instants before the first
    DTSTART. A pair alone therefore begins a year earlier, whatever the law was in that year.
    """
    horizon = last_year + _YEARS_BEYOND
    known = [
        *transitions(zone, first_year - 1, last_year),
        *transitions(zone, last_year + 1, horizon, days=7),
    ]
    pair = yearly_pair(known, horizon)
    if pair and pair[0].start.year <= first_year:
        return [moved(each, first_year - 1) for each in pair]
    if pair and pair[0].start.year > last_year:
        pair = []
    end = pair[0].start.year if pair else last_year + 1
    within = [each for each in known if first_year <= each.start.year < end]
    earlier = [each for each in known if each.start.year < first_year]
    return [earlier[-1] if earlier else opening(zone, first_year - 1), *within, *pair]


def _lines(each: Transition) -> list[str]:
    """Write one STANDARD or DAYLIGHT, its DTSTART in the local time before it (RFC 5545 §3.6.5)."""
    kind = "DAYLIGHT" if each.daylight else "STANDARD"
    return [
        f"BEGIN:{kind}",
        f"DTSTART:{each.start:%Y%m%dT%H%M%S}",
        f"TZOFFSETFROM:{_utc_offset(each.before)}",
        f"TZOFFSETTO:{_utc_offset(each.after)}",
        *_rule(each),
        f"TZNAME:{each.name}",
        f"END:{kind}",
    ]


def _rule(each: Transition) -> list[str]:
    """Write the RRULE of a yearly transition (RFC 5545 §3.3.10)."""
    if each.week is None:
        return []
    day = f"{each.week}{_WEEKDAYS[each.start.weekday()]}"
    return [f"RRULE:FREQ=YEARLY;BYMONTH={each.start.month};BYDAY={day}"]


def _utc_offset(offset: timedelta) -> str:
    """Write ±HHMM (RFC 5545 §3.3.14): always a sign, and +0000 for UTC."""
    minutes = abs(offset) // timedelta(minutes=1)
    return f"{'-' if offset < timedelta(0) else '+'}{minutes // 60:02}{minutes % 60:02}"
