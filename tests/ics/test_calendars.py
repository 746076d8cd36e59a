"""What stands around the events of a feed."""

from collections.abc import Callable

import pytest

from negotiations.ics import journals, todos
from negotiations.ics.calendars import CalendarHead, EmptyCalendar, assemble
from negotiations.ics.events import AllDayEvent, TimedEvent, render
from negotiations.ics.journals import Journal
from negotiations.ics.timezones import vtimezone
from negotiations.ics.todos import Todo

HEAD = CalendarHead(
    name="Secure Communities talks; all",
    description="Every published session,\nas recorded",
    tz_hint="America/New_York",
    source="https://example.org/feeds/public.ics",
    url="https://example.org/public",
)


def test_a_public_feed_has_exactly_these_lines(
    timed_event: Callable[..., TimedEvent], octet_faults: Callable[[bytes], list[str]]
) -> None:
    """calendar.md 1, 8, 12, 28, 29, 30: no UID and no METHOD of its own."""
    zone = vtimezone("America/Los_Angeles", 2009, 2011)
    event = render(timed_event())
    body = assemble(HEAD, [zone], [event])
    head = [
        b"BEGIN:VCALENDAR",
        b"VERSION:2.0",
        b"PRODID:-//negotiations//calendar 1//EN",
        b"CALSCALE:GREGORIAN",
        b"NAME:Secure Communities talks\\; all",
        b"X-WR-CALNAME:Secure Communities talks\\; all",
        b"DESCRIPTION:Every published session\\,\\nas recorded",
        b"X-WR-CALDESC:Every published session\\,\\nas recorded",
        b"X-WR-TIMEZONE:America/New_York",
        b"REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        b"X-PUBLISHED-TTL:PT1H",
        b"SOURCE;VALUE=URI:https://example.org/feeds/public.ics",
        b"URL:https://example.org/public",
        b"COLOR:steelblue",
        b"X-APPLE-CALENDAR-COLOR:#4682B4",
        b"",
    ]
    assert body == b"\r\n".join(head) + zone + event + b"END:VCALENDAR\r\n"
    assert octet_faults(body) == []


def test_a_secret_feed_does_not_give_its_address_away(
    all_day_event: Callable[..., AllDayEvent],
) -> None:
    """calendar.md 30 and 51."""
    head = CalendarHead(name="Mine", description="My sessions", tz_hint="America/New_York")
    body = assemble(head, [], [render(all_day_event())])
    assert [line for line in body.splitlines() if b"URL" in line or b"SOURCE" in line] == []


def test_nothing_can_be_injected_through_the_head(
    all_day_event: Callable[..., AllDayEvent], octet_faults: Callable[[bytes], list[str]]
) -> None:
    """calendar.md 7."""
    evil = "x\r\nMETHOD:PUBLISH\u2028\x00"
    head = CalendarHead(name=evil, description=evil, tz_hint=evil, source=evil, color=evil)
    body = assemble(head, [], [render(all_day_event())])
    assert b"\r\nMETHOD" not in body
    assert octet_faults(body) == []


def test_a_feed_without_an_event_is_an_internal_error() -> None:
    """calendar.md 34: programs delete what is absent."""
    with pytest.raises(EmptyCalendar):
        assemble(HEAD, [vtimezone("America/New_York", 2009, 2011)], [])


def test_to_dos_and_journals_alone_are_no_calendar_either(
    todo: Callable[..., Todo], journal: Callable[..., Journal]
) -> None:
    """calendar.md 34, 38: most programs read events only, and would find it empty."""
    with pytest.raises(EmptyCalendar):
        assemble(HEAD, [], [todos.render(todo()), journals.render(journal())])


@pytest.mark.parametrize(
    "part",
    [
        b"",
        b"BEGIN:VEVENT\r\nUID:1\r\n",
        b"UID:1\r\n",
        b"BEGIN:VTODO\r\nEND:VJOURNAL\r\n",
        b"BEGIN:VFREEBUSY\r\nEND:VFREEBUSY\r\n",
    ],
)
def test_a_torn_event_is_not_served(part: bytes) -> None:
    """calendar.md 34: never a truncated body."""
    with pytest.raises(ValueError, match="whole VEVENT"):
        assemble(HEAD, [], [part])


def test_an_event_is_no_time_zone(timed_event: Callable[..., TimedEvent]) -> None:
    """calendar.md 19."""
    event = render(timed_event())
    with pytest.raises(ValueError, match="whole VTIMEZONE"):
        assemble(HEAD, [event], [event])
