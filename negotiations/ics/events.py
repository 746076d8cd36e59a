"""How does a session, or a window of days, look as a VEVENT? (RFC 5545 §3.6.1)"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, get_args

from negotiations.ics.identity import Class, Item, identity
from negotiations.ics.properties import Property, RenderError, vevent
from negotiations.ics.reading import Uri
from negotiations.ics.text import clean, safe_uri
from negotiations.ics.times import day_span, instant, time_span, written_zone

__all__ = ["AllDayEvent", "RenderError", "TimedEvent", "minimal", "render", "zone_needed"]

Status = Literal["TENTATIVE", "CONFIRMED", "CANCELLED"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedEvent(Item):
    """A session. `start` and `end` are naive, on the wall clock of `tzid`.

    `fold_start` and `fold_end` are 1 for the second of two equal readings of the clock (PEP 495).
    """

    start: datetime
    end: datetime
    tzid: str
    fold_start: int = 0
    fold_end: int = 0
    location: str | None = None
    conference: str | None = None
    conference_label: str = "Join"
    status: Status
    transparent: bool
    ocd_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AllDayEvent(Item):
    """A window of days, both ends included. It is CONFIRMED and blocks nobody's time."""

    first: date
    last: date


def render(event: TimedEvent | AllDayEvent) -> bytes:
    """Return the VEVENT's bytes, always the same for the same event.

    A link that safe_uri refuses is left out. Raises RenderError when it cannot be stated truly:
    no UID or one over 255 octets (RFC 7986 §5.3), an end not after the start (RFC 5545
    §3.8.2.2), an unknown zone, a naive `created` or `revised`, a STATUS or CLASS of no standard.
    """
    times = _times(event)
    if len(times) < 2:
        raise RenderError("The end is not after the start: correct one of them.")
    head = identity(event.uid, event.sequence, event.revised)
    head += [Property("CREATED", instant(event.created)), *times]
    summary = Property("SUMMARY", event.summary)
    return vevent([*head, summary, *_state(event), *_details(event)])


def minimal(event: TimedEvent | AllDayEvent) -> bytes:
    """Return what can be served of a row that render() refuses: who and when, no text of its own.

    SEQUENCE and LAST-MODIFIED stay, since programs ignore a change without them, and so does
    CANCELLED: a session that is off must not look as if it were on. An end that isn't after the
    start is left out. Raises RenderError without a UID, a revision or a valid start.
    """
    cancelled = isinstance(event, TimedEvent) and event.status == "CANCELLED"
    state = [Property("STATUS", "CANCELLED"), Property("TRANSP", "TRANSPARENT")]
    texts = [Property("SUMMARY", "Session"), Property("DESCRIPTION", "See the session's page.")]
    head = identity(event.uid, event.sequence, event.revised)
    return vevent([*head, *_times(event), *texts, *(state if cancelled else [])])


def zone_needed(event: TimedEvent | AllDayEvent) -> str | None:
    """Return the TZID written, None without one: a feed holds just these (RFC 5545 §3.2.19)."""
    if isinstance(event, AllDayEvent):
        return None
    return written_zone(event.start, event.end, event.tzid)


def _times(event: TimedEvent | AllDayEvent) -> list[Property]:
    if isinstance(event, AllDayEvent):
        return day_span(event.first, event.last)
    start = event.start.replace(fold=event.fold_start)
    return time_span(start, event.end.replace(fold=event.fold_end), event.tzid)


def _state(event: TimedEvent | AllDayEvent) -> list[Property]:
    status, transparent = "CONFIRMED", True
    if isinstance(event, TimedEvent):
        # calendar.md 33: a cancelled session blocks no time, whatever the row says.
        status, transparent = event.status, event.transparent or event.status == "CANCELLED"
    if status not in get_args(Status) or event.klass not in get_args(Class):
        raise RenderError(f"No STATUS or CLASS of RFC 5545: {status!r}, {event.klass!r}.")
    return [
        Property("STATUS", status),
        Property("TRANSP", "TRANSPARENT" if transparent else "OPAQUE"),
        Property("CLASS", event.klass),
    ]


def _details(event: TimedEvent | AllDayEvent) -> list[Property]:
    """List what is there of place, text, links and categories; an empty one is no line."""
    timed = event if isinstance(event, TimedEvent) else None
    categories = tuple(filter(None, map(clean, event.categories)))
    found = [
        Property("LOCATION", (timed and timed.location) or ""),
        Property("DESCRIPTION", event.description),
        Property("URL", Uri(safe_uri(event.url) or "")),
        *(_conference(timed) if timed else ()),
        Property("CATEGORIES", categories),
        Property("X-OCD-DIVISION-ID", (timed and timed.ocd_id) or ""),
    ]
    return [each for each in found if each.value]


def _conference(event: TimedEvent) -> list[Property]:
    """State how to join (RFC 7986 §5.11); FEATURE is §6.3, LABEL §6.4."""
    uri = safe_uri(event.conference, ("http", "https", "tel"))
    feature = "PHONE" if uri and uri.lower().startswith("tel:") else "VIDEO"
    params = {"VALUE": "URI", "FEATURE": feature, "LABEL": event.conference_label}
    return [Property("CONFERENCE", Uri(uri or ""), params)]
