"""Factories of events, and the readers of tests/readers.py, as fixtures."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from readers import READERS, Read, ask_icaljs, find_octet_faults

from negotiations.ics.calendars import CalendarHead, assemble
from negotiations.ics.events import AllDayEvent, TimedEvent

HEAD = CalendarHead(name="Talks", description="All sessions", tz_hint="America/New_York")


def make_timed(**changes: Any) -> TimedEvent:
    """T2 of the 2010 record, 9 November 10:00 in San Francisco, 18:00 UTC."""
    made: dict[str, Any] = {
        "uid": "5f0c6d1e-0000-4000-8000-000000000001@example.org",
        "sequence": 0,
        "created": datetime(2010, 10, 1, 12, tzinfo=UTC),
        "revised": datetime(2010, 10, 2, 12, tzinfo=UTC),
        "start": datetime(2010, 11, 9, 10),
        "end": datetime(2010, 11, 9, 12),
        "tzid": "America/Los_Angeles",
        "summary": "San Francisco / ICE: session 1",
        "description": "10:00 PST San Francisco = 13:00 EST Washington",
        "status": "CONFIRMED",
        "transparent": False,
        "klass": "PUBLIC",
    }
    return TimedEvent(**(made | changes))


def make_all_day(**changes: Any) -> AllDayEvent:
    """The window of the 2010 negotiation."""
    made: dict[str, Any] = {
        "uid": "5f0c6d1e-0000-4000-8000-000000000002@example.org",
        "sequence": 0,
        "created": datetime(2010, 10, 1, 12, tzinfo=UTC),
        "revised": datetime(2010, 10, 2, 12, tzinfo=UTC),
        "first": date(2010, 11, 5),
        "last": date(2010, 11, 9),
        "summary": "Secure Communities talks: window",
        "description": "",
        "klass": "PUBLIC",
    }
    return AllDayEvent(**(made | changes))


def make_feed(events: list[bytes], *timezones: bytes) -> bytes:
    """Put a whole VCALENDAR around these components."""
    return assemble(HEAD, timezones, events)


@pytest.fixture(scope="session")
def timed_event() -> Callable[..., TimedEvent]:
    return make_timed


@pytest.fixture(scope="session")
def all_day_event() -> Callable[..., AllDayEvent]:
    return make_all_day


@pytest.fixture(scope="session")
def feed() -> Callable[..., bytes]:
    return make_feed


@pytest.fixture(scope="session")
def octet_faults() -> Callable[[bytes], list[str]]:
    return find_octet_faults


@pytest.fixture(scope="session")
def readers() -> dict[str, Callable[[bytes], Read]]:
    return READERS


@pytest.fixture(scope="session")
def icaljs() -> Callable[[bytes, dict[str, list[str]]], dict[str, Any]]:
    return ask_icaljs
