"""Which item is it, and which revision of it? (RFC 5545 §3.8.4.7, §3.8.7)"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from negotiations.ics.properties import Property, RenderError
from negotiations.ics.reading import unfolded
from negotiations.ics.text import clean
from negotiations.ics.times import instant

# What raises SEQUENCE where it differs: start, end, STATUS and title (calendar.md 15).
_WEIGHTY = ("DTSTART", "DTEND", "DUE", "STATUS", "SUMMARY")


Class = Literal["PUBLIC", "PRIVATE", "CONFIDENTIAL"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What every event, to-do and journal has.

    `created` and `revised` are aware; `revised` is both DTSTAMP and LAST-MODIFIED.
    """

    uid: str
    sequence: int = 0
    created: datetime
    revised: datetime
    summary: str
    description: str
    url: str | None = None
    klass: Class
    categories: tuple[str, ...] = ()


def uid_of(kind: str, object_id: str) -> str:
    """Return the UID of what has none stored: the same for ever, and telling nothing of its id."""
    return f"{hashlib.sha256(f'{kind}:{object_id}'.encode()).hexdigest()[:40]}@negotiations"


def identity(uid: str, sequence: int, revised: datetime) -> list[Property]:
    """Return UID, SEQUENCE and the revision's time, as DTSTAMP and as LAST-MODIFIED.

    Raises RenderError for no UID or one over 255 octets (RFC 7986 §5.3) and a naive `revised`.
    """
    uid = clean(uid)
    if not 0 < len(uid.encode()) <= 255:
        raise RenderError("A UID has 1 to 255 octets (RFC 7986 §5.3).")
    at = instant(revised)
    return [
        Property("UID", uid),
        Property("SEQUENCE", max(sequence, 0)),
        Property("DTSTAMP", at),
        Property("LAST-MODIFIED", at),
    ]


def stamped(component: bytes, before: datetime, revised: datetime) -> bytes:
    """Return the component as it is written with this `revised`, where it was drawn with `before`.

    Nothing else says when it was revised, and both stand above all texts.
    """
    at, instead = _written(before), _written(revised)
    if component.count(at) < 1:
        raise ValueError("The component was not drawn with the time that it is said to have.")
    return component.replace(at, instead, 1)


def _written(revised: datetime) -> bytes:
    at = f"{revised.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    return f"\r\nDTSTAMP:{at}\r\nLAST-MODIFIED:{at}\r\n".encode()


def sequence_after(served: bytes, drawn: bytes) -> int:
    """Return the SEQUENCE of `drawn`, where `served` is what programs were given last.

    It is one more than that where start, end, STATUS or title differ, else the same; 0 when nothing
    was served. Raises ValueError when either can't be read.
    """
    if not served:
        return 0
    before, after = _lines(served), _lines(drawn)
    differs = any(before.get(name) != after.get(name) for name in _WEIGHTY)
    return int(before.get("SEQUENCE", ":0").rpartition(":")[2]) + differs


def _lines(component: bytes) -> dict[str, str]:
    """Each line's parameters and value by its name; none of those asked for stands there twice."""
    found: dict[str, str] = {}
    for line in unfolded(component):
        name = line.split(":", 1)[0].split(";", 1)[0]
        found[name] = line.removeprefix(name)
    return found
