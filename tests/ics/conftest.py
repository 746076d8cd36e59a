"""Factories of events, and the readers of tests/readers.py, as fixtures."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from readers import READERS, Read, ask_icaljs, find_octet_faults

from negotiations.ics.calendars import CalendarHead, assemble
from negotiations.ics.events import AllDayEvent, TimedEvent
from negotiations.ics.journals import Journal
from negotiations.ics.todos import Todo

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


def make_todo(**changes: Any) -> Todo:
    """What ICE undertook in Arlington on 5 November 2010."""
    made: dict[str, Any] = {
        "uid": "5f0c6d1e-0000-4000-8000-000000000003@example.org",
        "created": datetime(2010, 11, 5, 20, tzinfo=UTC),
        "revised": datetime(2010, 11, 6, 12, tzinfo=UTC),
        "summary": "Arlington: ICE: Answer the county's letter in writing",
        "description": "By: ICE",
        "klass": "PRIVATE",
        "status": "NEEDS-ACTION",
    }
    return Todo(**(made | changes))


def make_journal(**changes: Any) -> Journal:
    """The minutes of that session."""
    made: dict[str, Any] = {
        "uid": "5f0c6d1e-0000-4000-8000-000000000004@example.org",
        "created": datetime(2010, 11, 5, 21, tzinfo=UTC),
        "revised": datetime(2010, 11, 7, 12, tzinfo=UTC),
        "summary": "Minutes: Arlington / ICE: session 1",
        "description": "SC-ARL/S1/SUM: draft",
        "klass": "PRIVATE",
        "status": "DRAFT",
        "day": date(2010, 11, 5),
    }
    return Journal(**(made | changes))


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
def todo() -> Callable[..., Todo]:
    return make_todo


@pytest.fixture(scope="session")
def journal() -> Callable[..., Journal]:
    return make_journal


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
