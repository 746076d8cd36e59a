"""What does a calendar program get by mail of one session? (RFC 5546, RFC 6047)

Made of the very VEVENT that the person's own feed holds, so that its UID, SEQUENCE, times and texts
are the same; but of what a mail may not say nothing is left.
"""

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from urllib.parse import quote

from negotiations.ics.calendars import CLOSING, PRODID
from negotiations.ics.links import without_links
from negotiations.ics.properties import Property, RenderError, lines_of, vevent
from negotiations.ics.reading import Uri, read, unfolded
from negotiations.ics.text import clean
from negotiations.ics.times import instant

Method = Literal["REQUEST", "CANCEL"]
PartStat = Literal["NEEDS-ACTION", "ACCEPTED", "TENTATIVE", "DECLINED"]
Part = Literal["CHAIR", "REQ-PARTICIPANT", "OPT-PARTICIPANT"]

_PROPERTY = re.compile(rb"([A-Z-]+)[^\r]*\r\n(?: [^\r]*\r\n)*")
_BEGIN, _END = b"BEGIN:VEVENT\r\n", b"END:VEVENT\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Between:
    """From whom to whom: mail addresses, the organizer's being where the answer goes."""

    organizer: str
    organizer_name: str
    attendee: str
    attendee_name: str
    part: Part = "REQ-PARTICIPANT"
    partstat: PartStat = "NEEDS-ACTION"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What somebody was told of a session that isn't theirs any more: nothing newer is said."""

    uid: str
    starts_at: datetime
    ends_at: datetime


def request(
    event: bytes, between: Between, *, sequence: int, at: datetime, unsaid: Container[str] = (),
    timezone: bytes = b"",
) -> bytes:  # fmt: skip
    """An invitation or what is new of one, from a feed's VEVENT.

    `sequence` is the event's, or one above where more was told; `at` is this message's own time.
    Lines of the description that are `unsaid` are left out. Raises RenderError for no VEVENT.
    """
    return _calendar("REQUEST", timezone, _event(event, between, sequence, at, unsaid))


def cancel(
    event: bytes, between: Between, *, sequence: int, at: datetime, unsaid: Container[str] = (),
    timezone: bytes = b"",
) -> bytes:  # fmt: skip
    """The same of a session that is called off, whose VEVENT says so. RenderError if it doesn't."""
    drawn = _event(event, between, sequence, at, unsaid)
    if b"\r\nSTATUS:CANCELLED\r\n" not in drawn:
        raise RenderError("Only a cancelled event is cancelled.")
    return _calendar("CANCEL", timezone, drawn)


def take_back(was: Taken, between: Between, *, sequence: int, at: datetime) -> bytes:
    """Takes a session out of the calendar of somebody whom it doesn't concern any more.

    RFC 5546 §3.2.5: to them it is cancelled, whatever becomes of it for others.
    """
    moment = instant(at)
    drawn = vevent(
        [
            Property("UID", clean(was.uid)),
            Property("SEQUENCE", sequence),
            Property("DTSTAMP", moment),
            Property("DTSTART", instant(was.starts_at)),
            Property("DTEND", instant(was.ends_at)),
            Property("SUMMARY", "Not for you any more"),
            Property("STATUS", "CANCELLED"),
            *_people(between),
        ]
    )
    return _calendar("CANCEL", b"", drawn)


def uid_of_event(event: bytes) -> str:
    """The UID of a feed's VEVENT. Raises RenderError when it has none."""
    for name, octets in _properties(event):
        if name == b"UID":
            return str(_read(octets, ""))
    raise RenderError("An event without a UID can't be told of.")


def mailto(address: str) -> str:
    """The address as a URI (RFC 6068)."""
    return f"mailto:{quote(address, safe='@!$*+-.=_~')}"


def _calendar(method: Method, timezone: bytes, event: bytes) -> bytes:
    head = [
        Property("VERSION", "2.0"),
        Property("PRODID", PRODID),
        Property("CALSCALE", "GREGORIAN"),
        Property("METHOD", method),
    ]
    return b"".join([b"BEGIN:VCALENDAR\r\n", lines_of(head), timezone, event, CLOSING])


def _people(between: Between) -> list[Property]:
    """ORGANIZER and the one ATTENDEE: nobody learns who else is invited."""
    names = {"CN": _name(between.organizer_name)}
    attendee = {
        "CUTYPE": "INDIVIDUAL",
        "ROLE": between.part,
        "PARTSTAT": between.partstat,
        "RSVP": "TRUE",
        "CN": _name(between.attendee_name) or between.attendee,
    }
    return [
        Property("ORGANIZER", Uri(mailto(between.organizer)), names),
        Property("ATTENDEE", Uri(mailto(between.attendee)), attendee),
    ]


def _name(value: str) -> str:
    return " ".join(clean(value).split())


def _event(
    event: bytes, between: Between, sequence: int, at: datetime, unsaid: Container[str]
) -> bytes:
    if not (event.startswith(_BEGIN) and event.endswith(_END)):
        raise RenderError("What the feed holds is no VEVENT.")
    kept = []
    for name, octets in _properties(without_links(event)):
        if name == b"SEQUENCE":
            kept.append(lines_of([Property("SEQUENCE", sequence)]))
        elif name == b"DTSTAMP":
            # With a METHOD it is the time of the message (RFC 5545 §3.8.7.2).
            kept.append(lines_of([Property("DTSTAMP", instant(at))]))
        elif name == b"DESCRIPTION":
            kept.append(_description(str(_read(octets, "")), unsaid))
        else:
            kept.append(octets)
    return b"".join([_BEGIN, *kept, lines_of(_people(between)), _END])


def _description(text: str, unsaid: Container[str]) -> bytes:
    rest = "\n".join(line for line in text.split("\n") if line not in unsaid)
    return lines_of([Property("DESCRIPTION", rest)]) if rest else b""


def _properties(event: bytes) -> Sequence[tuple[bytes, bytes]]:
    inner = event.removeprefix(_BEGIN).removesuffix(_END)
    return [(found[1], found[0]) for found in _PROPERTY.finditer(inner)]


def _read(octets: bytes, like: str) -> object:
    [line] = unfolded(octets)
    return read(line, like)[2]
