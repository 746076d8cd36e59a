"""Each reader gets from our VTIMEZONE the instants that zoneinfo gives. (calendar.md 21)

The renamed runs are the ones that test it: icalendar and ical ignore a feed's VTIMEZONE when
they know the TZID. vobject and ical.js always evaluate it.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest

from negotiations.ics.events import TimedEvent, render
from negotiations.ics.timezones import UnsupportedZone, vtimezone

COASTS = ("America/New_York", "America/Los_Angeles")
# Transitions at 24:00 or in the evening before, on a day after the nth Sunday, of half an hour,
# over the date line, of negative saving, by tables and by nothing.
ODD = (
    "Africa/Cairo",
    "Africa/Casablanca",
    "America/Caracas",
    "America/Nuuk",
    "America/Phoenix",
    "America/Santiago",
    "America/Sao_Paulo",
    "Antarctica/Troll",
    "Asia/Gaza",
    "Asia/Jerusalem",
    "Asia/Kathmandu",
    "Asia/Pyongyang",
    "Australia/Lord_Howe",
    "Europe/Dublin",
    "Europe/Istanbul",
    "Etc/UTC",
    "Pacific/Apia",
)
SPANS = ((2005, 2008), (2007, 2007), (2009, 2011), (2010, 2016), (2024, 2028))
SECOND = timedelta(seconds=1)


def changes(zone: ZoneInfo, first_year: int, last_year: int) -> Iterator[datetime]:
    """Yield the instants at which the zone's offset changes, found apart from the code tested."""
    hour = timedelta(hours=1)
    moment = datetime(first_year, 1, 1, tzinfo=UTC)
    while moment.year <= last_year:
        day = moment + 24 * hour
        if moment.astimezone(zone).utcoffset() != day.astimezone(zone).utcoffset():
            at = moment
            while at.astimezone(zone).utcoffset() == moment.astimezone(zone).utcoffset():
                at += timedelta(minutes=15)
            yield at
        moment = day


def months(zone: ZoneInfo, first_year: int, last_year: int) -> list[datetime]:
    """Return a session's instant per month: the 9th at 10:00."""
    years = range(first_year, last_year + 1)
    return [datetime(year, month, 9, 10, tzinfo=zone) for year in years for month in range(1, 13)]


def sessions(zone: ZoneInfo, make: Callable[..., TimedEvent]) -> list[TimedEvent]:
    """Make a session per instant: monthly, and at, around and an hour from every transition."""
    around = [-3601 * SECOND, -SECOND, 0 * SECOND, SECOND, 3600 * SECOND]
    found = [at + near for at in changes(zone, 2007, 2040) for near in around]
    made = []
    for at in sorted({*found, *(month.astimezone(UTC) for month in months(zone, 2007, 2040))}):
        start, end = at.astimezone(zone), (at + timedelta(minutes=90)).astimezone(zone)
        made.append(
            make(
                uid=f"{int(at.timestamp())}@example.org",
                tzid=zone.key,
                start=start.replace(tzinfo=None, fold=0),
                fold_start=start.fold,
                end=end.replace(tzinfo=None, fold=0),
                fold_end=end.fold,
            )
        )
    return made


@pytest.mark.parametrize("reader", ["icalendar", "ical", "vobject", "ical.js", "libical"])
@pytest.mark.parametrize("prefix", ["", "Test/"], ids=["as it is", "renamed"])
@pytest.mark.parametrize("tzid", COASTS)
def test_every_reader_computes_the_instants_of_zoneinfo(
    tzid: str,
    prefix: str,
    reader: str,
    timed_event: Callable[..., TimedEvent],
    feed: Callable[..., bytes],
    readers: dict[str, Callable[[bytes], Any]],
) -> None:
    """calendar.md 21: every transition and month of 2007 to 2040, start and end."""
    made = sessions(ZoneInfo(tzid), timed_event)
    old, new = f";TZID={tzid}:".encode(), f";TZID={prefix}{tzid}:".encode()
    events = [render(each).replace(old, new) for each in made]
    body = feed(events, vtimezone(tzid, 2007, 2040, name=prefix + tzid))
    expected = {each.uid: int(each.uid.split("@")[0]) for each in made}
    assert len(expected) == 68 * 5 + 34 * 12
    assert readers[reader](body).events == {
        uid: [seconds, seconds + 5400] for uid, seconds in expected.items()
    }


def wall_times(zone: ZoneInfo, first_year: int, last_year: int) -> list[datetime]:
    """List wall times that the clock shows once: the span's ends, months, around transitions."""
    walls = [datetime(first_year, 1, 1), datetime(last_year, 12, 31, 23, 59, 59)]
    walls += [each.replace(tzinfo=None) for each in months(zone, first_year, last_year)]
    for at in changes(zone, first_year, last_year):
        before, after = (at - SECOND).astimezone(zone), at.astimezone(zone)
        jump = (after.utcoffset() or 0 * SECOND) - (before.utcoffset() or 0 * SECOND)
        walls += [before.replace(tzinfo=None) - abs(jump), before.replace(tzinfo=None)]
        walls += [after.replace(tzinfo=None) + abs(jump), after.replace(tzinfo=None)]
    once = {
        wall.replace(fold=0)
        for wall in walls
        if wall.replace(tzinfo=zone, fold=0).utcoffset()
        == wall.replace(tzinfo=zone, fold=1).utcoffset()
    }
    return sorted(wall for wall in once if first_year <= wall.year <= last_year)


def expected_offsets(tzid: str, walls: list[datetime]) -> list[int]:
    zone = ZoneInfo(tzid)
    return [
        int((wall.replace(tzinfo=zone).utcoffset() or 0 * SECOND).total_seconds()) for wall in walls
    ]


@pytest.fixture(scope="module")
def odd_zones() -> dict[str, tuple[str, bytes, list[datetime]]]:
    """Return by invented TZID: the zone, its VTIMEZONE, the wall times to ask about."""
    made = {}
    for tzid in (*COASTS, *ODD):
        for first, last in SPANS:
            name = f"Test/{first}-{last}/{tzid}"
            walls = wall_times(ZoneInfo(tzid), first, last)
            made[name] = (tzid, vtimezone(tzid, first, last, name=name), walls)
    return made


def test_ical_js_reads_odd_zones_as_zoneinfo_does(
    odd_zones: dict[str, tuple[str, bytes, list[datetime]]],
    timed_event: Callable[..., TimedEvent],
    feed: Callable[..., bytes],
    icaljs: Callable[[bytes, dict[str, list[str]]], dict[str, Any]],
) -> None:
    """calendar.md 20, 21, for zones with several patterns, tables, or no rule."""
    body = feed([render(timed_event(tzid="UTC"))], *(each[1] for each in odd_zones.values()))
    asked = {name: [wall.isoformat() for wall in each[2]] for name, each in odd_zones.items()}
    assert icaljs(body, asked)["offsets"] == {
        name: expected_offsets(tzid, walls) for name, (tzid, _, walls) in odd_zones.items()
    }


def test_dateutil_reads_odd_zones_as_zoneinfo_does(
    odd_zones: dict[str, tuple[str, bytes, list[datetime]]],
) -> None:
    """calendar.md 20, 21: dateutil is what icalendar and vobject evaluate a VTIMEZONE with."""
    read = {}
    for name, (_, written, walls) in odd_zones.items():
        component = icalendar.Timezone.from_ical(written)
        assert isinstance(component, icalendar.Timezone)
        zone = component.to_tz(lookup_tzid=False)
        read[name] = [
            int((wall.replace(tzinfo=zone).utcoffset() or 0 * SECOND).total_seconds())
            for wall in walls
        ]
    assert read == {
        name: expected_offsets(tzid, walls) for name, (tzid, _, walls) in odd_zones.items()
    }


def test_a_coast_is_one_pair_of_rules_in_any_span_since_2007() -> None:
    """calendar.md 20: what Outlook can read, RRULE and one of each kind."""
    for tzid in COASTS:
        for first in range(2007, 2041):
            written = vtimezone(tzid, first, min(first + 2, 2040)).splitlines()
            assert [line for line in written if line.startswith((b"BEGIN", b"RRULE"))] == [
                b"BEGIN:VTIMEZONE",
                b"BEGIN:DAYLIGHT",
                b"RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU",
                b"BEGIN:STANDARD",
                b"RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU",
            ]


def test_no_zone_uses_what_readers_disagree_about(
    odd_zones: dict[str, tuple[str, bytes, list[datetime]]],
    octet_faults: Callable[[bytes], list[str]],
) -> None:
    """calendar.md 20, 27: no RDATE, COMMENT, X-LIC-LOCATION; offsets of a sign and 4 digits."""
    allowed = {b"BEGIN", b"END", b"TZID", b"DTSTART", b"RRULE", b"TZNAME"}
    offsets = {b"TZOFFSETFROM", b"TZOFFSETTO"}
    for _, written, _ in odd_zones.values():
        lines = [line.split(b":", 1) for line in written.splitlines()]
        assert {name for name, _ in lines} <= allowed | offsets
        assert {len(value) for name, value in lines if name in offsets} == {5}
        assert octet_faults(written) == []


def test_ical_js_gives_a_repeated_hour_to_its_second_reading(
    icaljs: Callable[[bytes, dict[str, list[str]]], dict[str, Any]],
    timed_event: Callable[..., TimedEvent],
    feed: Callable[..., bytes],
) -> None:
    """calendar.md 21: against RFC 5545 §3.3.5; the reason why times.py writes both in UTC."""
    body = feed([render(timed_event())], vtimezone("America/New_York", 2009, 2011, name="Test/NY"))
    offsets = icaljs(body, {"Test/NY": ["2010-11-07T01:30:00"]})["offsets"]
    assert offsets == {"Test/NY": [-5 * 3600]}


@pytest.mark.parametrize("tzid", ["America/Springfield", "America", "", "../UTC", "/etc/passwd"])
def test_an_unknown_zone_is_refused_with_advice(tzid: str) -> None:
    """calendar.md 18."""
    with pytest.raises(ValueError, match=r"Use a name such as America/New_York|A TZID has"):
        vtimezone(tzid, 2009, 2011)


def test_a_local_mean_time_is_refused_with_advice() -> None:
    """calendar.md 20: Liberia kept -00:44:30 until 1972."""
    with pytest.raises(UnsupportedZone, match="Give these sessions' times in UTC"):
        vtimezone("Africa/Monrovia", 1971, 1973)


@pytest.mark.parametrize("years", [(2011, 2010), (1899, 1950), (2010, 9001)])
def test_a_span_of_no_years_is_refused(years: tuple[int, int]) -> None:
    """calendar.md 20."""
    with pytest.raises(ValueError, match="Give years from 1900 to 9000 in order"):
        vtimezone("America/New_York", *years)


@pytest.mark.parametrize("name", ["Test/é", "a:b", "a\r\nBEGIN:VEVENT", "x" * 61])
def test_a_name_that_would_need_escapes_is_refused(name: str) -> None:
    """calendar.md 7."""
    with pytest.raises(ValueError, match="A TZID has at most 60"):
        vtimezone("America/New_York", 2009, 2011, name=name)
