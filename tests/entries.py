"""How the five readers understand to-dos and journals."""

from collections.abc import Callable
from typing import Any

import icalendar
import libical  # tests/libical.py
import vobject
from ical.calendar_stream import IcsCalendarStream
from readers import ask_icaljs

# By UID: kind, SUMMARY, DESCRIPTION, STATUS, the session's UID and the day (DUE or DTSTART).
Entries = dict[str, list[str]]
DAY = {"VTODO": "DUE", "VJOURNAL": "DTSTART"}


def read_with_icalendar(body: bytes) -> Entries:
    found: Entries = {}
    for kind, day in DAY.items():
        for component in icalendar.Calendar.from_ical(body).walk(kind):
            one: Any = component
            names = ("SUMMARY", "DESCRIPTION", "STATUS", "RELATED-TO")
            texts = [str(one.get(name, "")) for name in names]
            found[str(one["UID"])] = [kind, *texts, str(one[day].dt) if day in one else ""]
    return found


def read_with_ical(body: bytes) -> Entries:
    calendar = IcsCalendarStream.calendar_from_ics(body.decode())
    found: Entries = {}
    for kind, listed in (("VTODO", calendar.todos), ("VJOURNAL", calendar.journal)):
        for component in listed:
            one: Any = component
            parents = [each.uid for each in one.related_to or ()]
            day = one.due if kind == "VTODO" else one.dtstart
            found[one.uid] = [
                kind, one.summary, one.description, one.status.value, *(parents or [""]),
                str(day or ""),
            ]  # fmt: skip
    return found


def read_with_vobject(body: bytes) -> Entries:
    contents = vobject.readOne(body.decode()).contents
    found: Entries = {}
    for kind, day in DAY.items():
        for one in contents.get(kind.lower(), []):
            names = ("summary", "description", "status", "related-to", day.lower())
            values = [str(one.contents[n][0].value) if n in one.contents else "" for n in names]
            found[one.uid.value] = [kind, *values]
    return found


def read_with_icaljs(body: bytes) -> Entries:
    entries: Entries = ask_icaljs(body, {})["entries"]
    return entries


def read_with_libical(body: bytes) -> Entries:
    found: Entries = {}
    for kind, day in DAY.items():
        names = ["UID", "SUMMARY", "DESCRIPTION", "STATUS", "RELATED-TO", day]
        for uid, *texts, written in libical.values(body, kind, names):
            date = f"{written[:4]}-{written[4:6]}-{written[6:]}" if written else ""
            found[uid] = [kind, *map(_unescaped, texts), date]
    return found


def _unescaped(text: str) -> str:
    """libical gives the value as it is written."""
    for escaped, plain in (("\\n", "\n"), ("\\,", ","), ("\\;", ";"), ("\\\\", "\\")):
        text = text.replace(escaped, plain)
    return text


ENTRY_READERS: dict[str, Callable[[bytes], Entries]] = {
    "icalendar": read_with_icalendar,
    "ical": read_with_ical,
    "vobject": read_with_vobject,
    "ical.js": read_with_icaljs,
    "libical": read_with_libical,
}
