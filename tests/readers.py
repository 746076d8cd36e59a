"""The five readers of feeds, as calendar programs have them, and the octet check."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import icalendar
import libical  # tests/libical.py
import vobject
from ical.calendar_stream import IcsCalendarStream
from lacking import lacking

HERE = Path(__file__).parent
KINDS = (b"VCALENDAR", b"VEVENT", b"VTODO", b"VJOURNAL", b"VTIMEZONE")


def find_octet_faults(body: bytes) -> list[str]:
    """Name what is wrong with these octets (calendar.md 1, 2, 3); [] for a body in order."""
    faults = []
    *lines, rest = body.split(b"\r\n")
    if rest or not lines or lines[-1] not in {*map(b"END:%b".__mod__, KINDS)}:
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
    """What a reader understood: by UID, seconds since 1970 of start and end, and the texts.

    A day is its midnight in UTC. `more`: STATUS and place, by those that calendar programs use.
    """

    events: dict[str, list[int]] = field(default_factory=dict)
    texts: dict[str, list[str]] = field(default_factory=dict)
    more: dict[str, list[str]] = field(default_factory=dict, compare=False)


def _seconds(moment: datetime) -> int:
    assert moment.tzinfo is not None, "a floating time: the reader did not find the zone"
    return int(moment.timestamp())


def read_with_icalendar(body: bytes) -> Read:
    icalendar.use_zoneinfo()  # else it keeps what it read of a zone in another feed
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
    zones = vars(vobject.icalendar)["__tzidMap"]
    for tzid in [one for one in zones if one != "UTC"]:
        del zones[tzid]  # else it keeps what it read of a zone in another feed
    read = Read()
    for event in vobject.readOne(body.decode()).vevent_list:
        uid = event.uid.value
        read.events[uid] = [_seconds(event.dtstart.value), _seconds(event.dtend.value)]
        read.texts[uid] = [event.summary.value, event.description.value]
    return read


def ask_icaljs(body: bytes, walls: dict[str, list[str]]) -> dict[str, Any]:
    """Run read_with_icaljs.mjs once; skip without node or ical.js, but fail where CI is true."""
    node = shutil.which("node")
    if node is None or not (HERE / "node_modules" / "ical.js").is_dir():
        lacking("needs node and, in tests/, npm install --no-package-lock")
    answer = subprocess.run(
        [str(node), str(HERE / "ics" / "read_with_icaljs.mjs")],
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
    return Read(found["events"], found["texts"], found["more"])


def read_with_libical(body: bytes) -> Read:
    return Read(*libical.read(body))


READERS: dict[str, Callable[[bytes], Read]] = {
    "icalendar": read_with_icalendar,
    "ical": read_with_ical,
    "vobject": read_with_vobject,
    "ical.js": read_with_icaljs,
    "libical": read_with_libical,
}


def renamed(body: bytes) -> bytes:
    """The same feed with zones nobody knows, so that its own VTIMEZONE must be read."""
    return body.replace(b"TZID:", b"TZID:Test/").replace(b";TZID=", b";TZID=Test/")


def events(body: bytes) -> dict[str, icalendar.Event]:
    """The events of a feed by UID."""
    icalendar.use_zoneinfo()  # else it keeps a zone as it was when it was read first
    calendar = icalendar.Calendar.from_ical(body)
    return {str(event["UID"]): event for event in calendar.walk("VEVENT")}  # type: ignore[misc]


def blocks(body: bytes) -> dict[str, bytes]:
    """The bytes of each event by UID, as they stand in the feed."""
    found = re.findall(rb"BEGIN:VEVENT\r\n.*?END:VEVENT\r\n", body, re.DOTALL)
    return {re.search(rb"UID:(\S+)", one)[1].decode(): one for one in found}  # type: ignore[index]
