"""Of a calendar only the times are read, rightly, and of a strange one nothing at all."""

from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar, Event
from icalendar import vRecur as Recur

from negotiations.busy.faults import Refused, Why
from negotiations.busy.reading import Block, busy_blocks
from negotiations.ics.timezones import vtimezone
from negotiations.models.availability import BusyFault

SINCE, UNTIL = datetime(2030, 10, 28, tzinfo=UTC), datetime(2030, 12, 1, tzinfo=UTC)
# The clocks of New York go back on Sunday the 3rd of November.
HOME = "America/New_York"


def file(*parts: str) -> bytes:
    body = "\n".join(parts)
    whole = f"BEGIN:VCALENDAR\nVERSION:2.0\n{body}\nEND:VCALENDAR\n"
    return whole.replace("\n", "\r\n").encode()


def event(*lines: str, uid: str = "one") -> str:
    return "\n".join(["BEGIN:VEVENT", f"UID:{uid}", *lines, "END:VEVENT"])


def read(*parts: str, tz: str = HOME) -> list[str]:
    """Each block as `11-04 15:00/16:00`, with the day of its end only if it is another."""
    return [told(one) for one in busy_blocks(file(*parts), tz, SINCE, UNTIL)]


def told(block: Block) -> str:
    start, end = block
    last = f"{end:%H:%M}" if end.date() == start.date() else f"{end:%m-%d %H:%M}"
    return f"{start:%m-%d %H:%M}/{last}"


def why(*parts: str) -> str:
    with pytest.raises(Refused) as refused:
        busy_blocks(file(*parts), HOME, SINCE, UNTIL)
    return refused.value.why.value


def test_times_with_a_zone_in_utc_and_without_one() -> None:
    assert read(event("DTSTART:20301104T150000Z", "DTEND:20301104T160000Z")) == [
        "11-04 15:00/16:00"
    ]
    zoned = "DTSTART;TZID=America/Los_Angeles:20301104T100000"
    assert read(event(zoned, "DURATION:PT90M")) == ["11-04 18:00/19:30"]
    # A time without a zone is one of the owner's clock.
    assert read(event("DTSTART:20301104T100000", "DURATION:PT1H")) == ["11-04 15:00/16:00"]
    assert read(event("DTSTART:20301104T100000", "DURATION:PT1H"), tz="Asia/Kathmandu") == [
        "11-04 04:15/05:15"
    ]


def test_whole_days_are_the_owners() -> None:
    assert read(event("DTSTART;VALUE=DATE:20301111")) == ["11-11 05:00/11-12 05:00"]
    days = event("DTSTART;VALUE=DATE:20301102", "DTEND;VALUE=DATE:20301104")
    assert read(days) == ["11-02 04:00/11-04 05:00"]  # over the change of the clocks
    assert read(event("DTSTART;VALUE=DATE:20301111", "DURATION:P2D"), tz="Pacific/Chatham") == [
        "11-10 10:15/11-12 10:15"
    ]


def test_only_what_takes_time_counts() -> None:
    at = ("DTSTART:20301104T150000Z", "DTEND:20301104T160000Z")
    assert read(event(*at, "TRANSP:TRANSPARENT")) == []
    assert read(event(*at, "STATUS:CANCELLED")) == []
    assert read(event(*at, "TRANSP:OPAQUE", "STATUS:TENTATIVE")) == ["11-04 15:00/16:00"]
    assert read(event("DTSTART:20301104T150000Z")) == []  # a moment
    assert read(event(at[0], "DTEND:20301104T140000Z")) == []
    assert read(event("DTSTART:20291104T150000Z", "DTEND:20291104T160000Z")) == []
    others = "BEGIN:VTODO\nDTSTART:20301104T150000Z\nDUE:20301105T150000Z\nEND:VTODO"
    assert read(others) == []


def test_what_lasts_into_the_time_looked_at_is_cut_at_its_bounds() -> None:
    long = event("DTSTART:20301001T000000Z", "DTEND:20310101T000000Z")
    assert read(long) == ["10-28 00:00/12-01 00:00"]


def test_blocks_that_touch_are_one() -> None:
    assert read(
        event("DTSTART:20301104T150000Z", "DTEND:20301104T160000Z"),
        event("DTSTART:20301104T160000Z", "DTEND:20301104T170000Z", uid="two"),
        event("DTSTART:20301104T153000Z", "DTEND:20301104T163000Z", uid="three"),
    ) == ["11-04 15:00/17:00"]


def test_an_event_that_recurs_keeps_to_its_clock() -> None:
    weekly = event(
        f"DTSTART;TZID={HOME}:20300107T100000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY",
        f"EXDATE;TZID={HOME}:20301111T100000",
    )  # fmt: skip
    assert read(weekly) == [
        "10-28 14:00/15:00", "11-04 15:00/16:00", "11-18 15:00/16:00", "11-25 15:00/16:00",
    ]  # fmt: skip
    until = event("DTSTART:20301104T150000Z", "DURATION:PT1H",
                  "RRULE:FREQ=DAILY;UNTIL=20301106T150000Z")  # fmt: skip
    assert read(until) == ["11-04 15:00/16:00", "11-05 15:00/16:00", "11-06 15:00/16:00"]
    counted = event("DTSTART:20301027T150000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=3")
    assert read(counted) == ["10-28 15:00/16:00", "10-29 15:00/16:00"]


def test_more_dates_and_dates_left_out() -> None:
    assert read(
        event(
            "DTSTART:20301104T150000Z", "DURATION:PT1H",
            "RDATE:20301105T150000Z,20301106T150000Z,20301106T150000Z",
            "RDATE;VALUE=PERIOD:20301107T150000Z/PT3H,20301108T150000Z/20301108T151500Z",
            "EXDATE:20301104T150000Z",
        )
    ) == [
        "11-05 15:00/16:00", "11-06 15:00/16:00", "11-07 15:00/18:00", "11-08 15:00/15:15",
    ]  # fmt: skip
    by_day = event("DTSTART:20301104T150000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=2",
                   "EXDATE;VALUE=DATE:20301104")  # fmt: skip
    assert read(by_day) == ["11-05 15:00/16:00"]


MASTER = event("DTSTART:20301104T150000Z", "DTEND:20301104T160000Z", "RRULE:FREQ=DAILY;COUNT=4")


def test_an_instance_that_was_moved_is_where_it_was_moved_to() -> None:
    moved = event("RECURRENCE-ID:20301105T150000Z", "DTSTART:20301110T100000Z", "DURATION:PT30M")
    assert read(MASTER, moved) == [
        "11-04 15:00/16:00", "11-06 15:00/16:00", "11-07 15:00/16:00", "11-10 10:00/10:30",
    ]  # fmt: skip
    off = event(
        "RECURRENCE-ID:20301105T150000Z", "DTSTART:20301105T150000Z", "DURATION:PT1H",
        "STATUS:CANCELLED",
    )  # fmt: skip
    assert read(off, MASTER) == ["11-04 15:00/16:00", "11-06 15:00/16:00", "11-07 15:00/16:00"]
    alone = event("RECURRENCE-ID:20301105T150000Z", "DTSTART:20301110T100000Z", "DURATION:PT30M")
    assert read(alone) == ["11-10 10:00/10:30"]


def test_an_instance_may_be_moved_with_all_that_follow() -> None:
    later = event(
        "RECURRENCE-ID;RANGE=THISANDFUTURE:20301106T150000Z", "DTSTART:20301106T170000Z",
        "DURATION:PT2H",
    )  # fmt: skip
    assert read(MASTER, later) == [
        "11-04 15:00/16:00", "11-05 15:00/16:00", "11-06 17:00/19:00", "11-07 17:00/19:00",
    ]  # fmt: skip


def test_one_instance_of_something_transparent_may_take_time() -> None:
    free = event("DTSTART:20301104T150000Z", "DTEND:20301104T160000Z", "RRULE:FREQ=DAILY;COUNT=4",
                 "TRANSP:TRANSPARENT")  # fmt: skip
    busy = event("RECURRENCE-ID:20301105T150000Z", "DTSTART:20301105T150000Z", "DURATION:PT1H")
    assert read(free, busy) == ["11-05 15:00/16:00"]


def test_free_busy_is_believed() -> None:
    told_ = (
        "BEGIN:VFREEBUSY\nFREEBUSY:20301104T150000Z/20301104T160000Z,20301105T150000Z/PT1H\n"
        "FREEBUSY;FBTYPE=FREE:20301106T150000Z/PT1H\n"
        "FREEBUSY;FBTYPE=BUSY-TENTATIVE:20301107T150000Z/PT1H\nEND:VFREEBUSY"
    )
    assert read(told_) == ["11-04 15:00/16:00", "11-05 15:00/16:00", "11-07 15:00/16:00"]


OUTLOOK = """BEGIN:VTIMEZONE
TZID:Eastern Standard Time
BEGIN:STANDARD
DTSTART:16010101T020000
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=1SU;BYMONTH=11
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=2SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE"""


def test_a_zone_that_only_the_calendar_knows_is_read_from_it() -> None:
    daily = event("DTSTART;TZID=Eastern Standard Time:20301101T100000", "DURATION:PT1H",
                  "RRULE:FREQ=DAILY;COUNT=4")  # fmt: skip
    assert read(OUTLOOK, daily) == [
        "11-01 14:00/15:00", "11-02 14:00/15:00", "11-03 15:00/16:00", "11-04 15:00/16:00",
    ]  # fmt: skip
    named = "/softwarestudio.org/Tzfile/America/Los_Angeles"
    assert read(event(f'DTSTART;TZID="{named}":20301104T100000', "DURATION:PT1H")) == [
        "11-04 18:00/19:00"
    ]
    # What it says of a zone that is known otherwise doesn't count.
    lying = OUTLOOK.replace("Eastern Standard Time", "Asia/Tokyo")
    assert read(lying, event("DTSTART;TZID=Asia/Tokyo:20301104T100000", "DURATION:PT1H")) == [
        "11-04 01:00/02:00"
    ]


@pytest.mark.parametrize("tz", ["America/New_York", "Australia/Lord_Howe", "America/Nuuk",
                                "Asia/Gaza", "Africa/Casablanca"])  # fmt: skip
def test_a_described_zone_gives_the_instants_of_the_real_one(tz: str) -> None:
    """By the descriptions that our own feeds carry, under a name that nobody knows."""
    described = vtimezone(tz, 2029, 2031).decode().replace("\r\n", "\n").replace(tz, "Our own")
    for day in range(0, 700, 3):
        at = datetime(2029, 2, 1, 10) + timedelta(days=day)
        span = (at.replace(tzinfo=UTC) - timedelta(days=2), at.replace(tzinfo=UTC) + timedelta(2))
        found = [
            busy_blocks(
                file(*parts, event(f"DTSTART;TZID={name}:{at:%Y%m%dT%H%M%S}", "DURATION:PT1H")),
                "UTC", *span,
            )
            for name, parts in ((tz, []), ("Our own", [described.strip()]))
        ]  # fmt: skip
        assert found[0] == found[1], at
        assert found[0]


def test_a_time_that_the_clocks_skip_is_read_by_the_offset_before() -> None:
    """RFC 5545 §3.3.5; of one that comes twice the first is meant."""
    since, until = datetime(2030, 3, 9, tzinfo=UTC), datetime(2030, 3, 12, tzinfo=UTC)
    for name, parts in ((HOME, []), ("Eastern Standard Time", [OUTLOOK])):
        at = event(f"DTSTART;TZID={name}:20300310T023000", "DURATION:PT1H")
        assert busy_blocks(file(*parts, at), "UTC", since, until) == [
            (datetime(2030, 3, 10, 7, 30, tzinfo=UTC), datetime(2030, 3, 10, 8, 30, tzinfo=UTC))
        ]
        twice = event(f"DTSTART;TZID={name}:20301103T013000", "DURATION:PT30M")
        assert read(*parts, twice) == ["11-03 05:30/06:00"]


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (("DTSTART:20301104T150000Z", "EXRULE:FREQ=DAILY"), Why.bad_rule),
        (("DTSTART:20301104T150000Z", "RRULE:FREQ=SECONDLY"), Why.bad_rule),
        (("DTSTART:20301104T150000Z", *["RRULE:FREQ=DAILY"] * 3), Why.bad_rule),
        (("SUMMARY:No start",), Why.no_calendar),
        (("DTSTART:soon",), Why.bad_time),
        (("DTSTART:99990101T000000Z",), Why.bad_time),
        (("DTSTART:00010101T000000",), Why.bad_time),
        (("DTSTART:20301304T150000Z",), Why.bad_time),
        (("DTSTART:20301104T150000Z", "DURATION:P99999999W"), Why.bad_time),
        (("DTSTART:20301104T150000Z", "DURATION:-PT1H"), Why.bad_time),
        (("DTSTART:20301104T150000Z", "DURATION:P"), Why.bad_time),
        (("DTSTART:20301104T150000Z", "RDATE;VALUE=PERIOD:20301104T150000Z"), Why.bad_time),
        (("DTSTART;TZID=Nowhere:20301104T150000",), Why.bad_zone),
        (("DTSTART;TZID=../../etc/passwd:20301104T150000",), Why.bad_zone),
        (('DTSTART;TZID="open:20301104T150000',), Why.no_calendar),
        (("DTSTART",), Why.no_calendar),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_whole(lines: tuple[str, ...], reason: Why) -> None:
    good = event("DTSTART:20301104T150000Z", "DURATION:PT1H", uid="two")
    assert why(good, event(*lines)) == reason.value


def test_every_fault_is_one_that_the_table_knows() -> None:
    assert {one.value for one in Why} <= {one.value for one in BusyFault}


def test_what_other_programs_write_is_read() -> None:
    """icalendar's own writing of an event with folded lines and parameters."""
    made = Event()
    made.add("summary", "Ein sehr langer Titel " * 20)
    made.add("uid", "x" * 200)
    made.add("dtstart", datetime(2030, 11, 4, 15, tzinfo=UTC))
    made.add("dtend", datetime(2030, 11, 4, 16, tzinfo=UTC))
    made.add("rrule", Recur(freq="daily", count=2))
    calendar = Calendar()
    calendar.add_component(made)
    blocks = busy_blocks(calendar.to_ical(), HOME, SINCE, UNTIL)
    assert [told(one) for one in blocks] == ["11-04 15:00/16:00", "11-05 15:00/16:00"]
