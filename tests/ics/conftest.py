"""Factories of events, the four readers of feeds, and the octet check, as fixtures."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import icalendar
import pytest
import vobject
from ical.calendar_stream import IcsCalendarStream

from negotiations.ics.calendars import CalendarHead, assemble
from negotiations.ics.events import AllDayEvent, TimedEvent

HERE = Path(__file__).parent
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


def find_octet_faults(body: bytes) -> list[str]:
    """Name what is wrong with these octets (calendar.md 1, 2, 3); [] for a body in order."""
    faults = []
    *lines, rest = body.split(b"\r\n")
    if rest or not lines or lines[-1] not in {b"END:VCALENDAR", b"END:VEVENT", b"END:VTIMEZONE"}:
        faults.append("the last line is not END and CRLF")
    if body.startswith(b"\xef\xbb\xbf"):
        faults.append("begins with a byte order mark")
    for number, line in enumerate(lines, 1):
        if not line:
            faults.append(f"line {number} is blank")
        if len(line) > 75:
            faults.append(f"line {number} has {len(line)} octets")
        if b"\r" in line or b"\n" in line:
            faults.append(f"line {number} holds a bare CR or LF")
        try:
            line.decode()
        except UnicodeDecodeError:
            faults.append(f"line {number} splits a character")
    return faults


@dataclass(frozen=True)
class Read:
    """What a reader understood: by UID, seconds since 1970 of start and end, and the texts."""

    events: dict[str, list[int]] = field(default_factory=dict)
    texts: dict[str, list[str]] = field(default_factory=dict)


def _seconds(moment: datetime) -> int:
    assert moment.tzinfo is not None, "a floating time: the reader did not find the zone"
    return int(moment.timestamp())


def read_with_icalendar(body: bytes) -> Read:
    read = Read()
    for component in icalendar.Calendar.from_ical(body).walk("VEVENT"):
        event: Any = component
        uid = str(event["UID"])
        read.events[uid] = [_seconds(event["DTSTART"].dt), _seconds(event["DTEND"].dt)]
        read.texts[uid] = [str(event.get("SUMMARY", "")), str(event.get("DESCRIPTION", ""))]
    return read


def read_with_ical(body: bytes) -> Read:
    read = Read()
    for event in IcsCalendarStream.calendar_from_ics(body.decode()).events:
        assert event.uid and event.dtend
        read.events[event.uid] = [_seconds(event.dtstart), _seconds(event.dtend)]  # type: ignore[arg-type]
        read.texts[event.uid] = [event.summary or "", event.description or ""]
    return read


def read_with_vobject(body: bytes) -> Read:
    read = Read()
    for event in vobject.readOne(body.decode()).vevent_list:
        uid = event.uid.value
        read.events[uid] = [_seconds(event.dtstart.value), _seconds(event.dtend.value)]
        read.texts[uid] = [event.summary.value, event.description.value]
    return read


def ask_icaljs(body: bytes, walls: dict[str, list[str]]) -> dict[str, Any]:
    """Run read_with_icaljs.mjs once; skip without node or ical.js, but fail where CI is true."""
    node = shutil.which("node")
    if node is None or not (HERE.parent / "node_modules" / "ical.js").is_dir():
        give_up = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        give_up("needs node and, in tests/, npm install --no-package-lock")
    answer = subprocess.run(
        [str(node), str(HERE / "read_with_icaljs.mjs")],
        input=json.dumps({"ics": body.decode(), "walls": walls}).encode(),
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert answer.returncode == 0, answer.stderr.decode()
    found: dict[str, Any] = json.loads(answer.stdout)
    return found


def read_with_icaljs(body: bytes) -> Read:
    found = ask_icaljs(body, {})
    return Read(found["events"], found["texts"])


READERS: dict[str, Callable[[bytes], Read]] = {
    "icalendar": read_with_icalendar,
    "ical": read_with_ical,
    "vobject": read_with_vobject,
    "ical.js": read_with_icaljs,
}


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
