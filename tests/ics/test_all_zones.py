"""Every zone of tzdata, in the record's years and in these: readers get zoneinfo's instants.

Zones whose VTIMEZONE differ in names only are read once, by the first of them: equal bytes are
read equally, and a test of its own compares what zoneinfo says of all the others.
"""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import pytest
from readers import Read

from negotiations.ics.events import TimedEvent, render
from negotiations.ics.timezones import vtimezone

THIS_YEAR = datetime.now(UTC).year
SPANS = [(2010, 2012), (THIS_YEAR - 1, THIS_YEAR + 1)]
NAMED = re.compile(rb"(?:TZID|TZNAME):[^\r]*\r\n")
SECOND = timedelta(seconds=1)


@cache
def same_rules(first: int, last: int) -> dict[bytes, list[str]]:
    """The zones by what their VTIMEZONE says, apart from names."""
    found: dict[bytes, list[str]] = {}
    for tzid in sorted(available_timezones()):
        found.setdefault(NAMED.sub(b"", vtimezone(tzid, first, last)), []).append(tzid)
    return found


def changes(zone: ZoneInfo, first: int, last: int) -> Iterator[datetime]:
    """The instants at which the zone's offset changes, found apart from the code tested."""
    low, end = datetime(first, 1, 1, tzinfo=UTC), datetime(last, 12, 31, tzinfo=UTC)
    while low < end:
        high = low + timedelta(days=1)
        if low.astimezone(zone).utcoffset() != high.astimezone(zone).utcoffset():
            at = low
            while at.astimezone(zone).utcoffset() == low.astimezone(zone).utcoffset():
                at += timedelta(minutes=15)
            yield at
        low = high


def instants(tzid: str, first: int, last: int) -> list[datetime]:
    """Sessions around the year, and some at and around every transition, in UTC."""
    zone = ZoneInfo(tzid)
    around = [-3601 * SECOND, -SECOND, 0 * SECOND, 3600 * SECOND]
    seasons = [
        datetime(year, month, 9, 10, tzinfo=zone).astimezone(UTC)
        for year in range(first, last + 1)
        for month in (1, 4, 7, 11)
    ]
    return sorted({*seasons, *(at + near for at in changes(zone, first, last) for near in around)})


@cache
def sessions(first: int, last: int) -> dict[str, tuple[str, datetime]]:
    """By UID: the zone and the start of each session, one zone for each set of rules."""
    return {
        f"{tzid}/{at:%Y%m%dT%H%M%S}@example.org": (tzid, at)
        for tzid, *_ in same_rules(first, last).values()
        for at in instants(tzid, first, last)
    }


def unknown(tzid: str, first: int) -> str:
    """A name that no reader knows; with the span in it, since some keep a zone they have read."""
    return f"Test/{first}/{tzid}"


@cache
def written(first: int, last: int, make: Callable[..., TimedEvent]) -> dict[str, bytes]:
    """The sessions as the feed writes them, by UID."""
    events = {}
    for uid, (tzid, at) in sessions(first, last).items():
        start = at.astimezone(ZoneInfo(tzid))
        end = (at + timedelta(minutes=90)).astimezone(ZoneInfo(tzid))
        events[uid] = render(
            make(
                uid=uid,
                tzid=tzid,
                start=start.replace(tzinfo=None, fold=0),
                fold_start=start.fold,
                end=end.replace(tzinfo=None, fold=0),
                fold_end=end.fold,
            )
        )
    return events


def reads_by_name_only(reader: str, timezone: bytes) -> bool:
    """Where a reader is right only because it knows the zone, whatever its VTIMEZONE says.

    ical gives an observance without RRULE no onset; vobject forgets a zone that equals UTC.
    """
    if reader == "ical":
        return timezone.count(b"RRULE") < timezone.count(b"DTSTART")
    return reader == "vobject" and b"TZOFFSETTO:+0000" in timezone


def misread(reader: str, tzid: str, first: int) -> bool:
    """vobject takes for UTC what equals it from 2000 to 2020, by rules that begin later."""
    return (reader, tzid) == ("vobject", "Africa/Casablanca") and first > 2020


@pytest.mark.parametrize("span", SPANS, ids=["the record's years", "these years"])
@pytest.mark.parametrize("reader", ["icalendar", "ical", "vobject", "ical.js", "libical"])
def test_every_reader_computes_every_zone_as_zoneinfo_does(
    reader: str,
    span: tuple[int, int],
    timed_event: Callable[..., TimedEvent],
    feed: Callable[..., bytes],
    readers: dict[str, Callable[[bytes], Read]],
) -> None:
    """calendar.md 19, 20, 21: every transition and the seasons, start and end, zones renamed."""
    names, timezones = {}, []
    for body, (tzid, *_) in same_rules(*span).items():
        known = reads_by_name_only(reader, body)
        names[tzid] = tzid if known else unknown(tzid, span[0])
        timezones.append(vtimezone(tzid, *span, name=names[tzid]))
    assert len(names) > 60
    events = [
        written(*span, timed_event)[uid].replace(
            b";TZID=", f";TZID={names[tzid][: -len(tzid)]}".encode()
        )
        for uid, (tzid, _) in sessions(*span).items()
        if not misread(reader, tzid, span[0])
    ]
    read = readers[reader](feed(events, *timezones)).events
    expected = {
        uid: [int(at.timestamp()), int(at.timestamp()) + 5400]
        for uid, (tzid, at) in sessions(*span).items()
        if not misread(reader, tzid, span[0])
    }
    wrong = {uid: read.get(uid) for uid in expected if read.get(uid) != expected[uid]}
    assert (len(read), wrong) == (len(expected), {})


@pytest.mark.parametrize("span", SPANS, ids=["the record's years", "these years"])
def test_zones_with_the_same_rules_are_the_same_to_zoneinfo(span: tuple[int, int]) -> None:
    """So that reading one of them reads them all."""
    compared = 0
    for zones in same_rules(*span).values():
        asked = instants(zones[0], *span)
        expected = [at.astimezone(ZoneInfo(zones[0])).utcoffset() for at in asked]
        for tzid in zones[1:]:
            assert [at.astimezone(ZoneInfo(tzid)).utcoffset() for at in asked] == expected, tzid
            assert list(changes(ZoneInfo(tzid), *span)) == list(changes(ZoneInfo(zones[0]), *span))
            compared += 1
    assert compared + len(same_rules(*span)) == len(available_timezones())


def test_ical_knows_no_onset_without_a_rule_and_vobject_no_zone_like_utc(
    timed_event: Callable[..., TimedEvent],
    feed: Callable[..., bytes],
    readers: dict[str, Callable[[bytes], Read]],
) -> None:
    """Why `reads_by_name_only` is needed; when this fails, the reader was mended: take it out."""
    event = timed_event(tzid="Asia/Tokyo", start=datetime(2010, 11, 9, 10))
    timezone = vtimezone("Asia/Tokyo", 2010, 2010, name="Test/Asia/Tokyo")
    body = feed([render(event).replace(b";TZID=", b";TZID=Test/")], timezone)
    as_utc = int(datetime(2010, 11, 9, 10, tzinfo=UTC).timestamp())
    assert [start for start, _ in readers["ical"](body).events.values()] == [as_utc]
    event = timed_event(tzid="Africa/Abidjan", start=datetime(2010, 11, 9, 10))
    timezone = vtimezone("Africa/Abidjan", 2010, 2010, name="Test/Africa/Abidjan")
    body = feed([render(event).replace(b";TZID=", b";TZID=Test/")], timezone)
    with pytest.raises(AssertionError, match="floating"):
        readers["vobject"](body)
