"""What stands around the events of a feed? (VCALENDAR, RFC 5545 §3.4, §3.6; RFC 7986 §5)"""

from collections.abc import Iterable
from dataclasses import dataclass

from negotiations.ics.properties import Property, lines_of
from negotiations.ics.reading import Uri
from negotiations.ics.text import safe_uri

PRODID = "-//negotiations//calendar 1//EN"


class EmptyCalendar(Exception):
    """A body without any VEVENT: an internal error, because programs delete what is absent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarHead:
    """What a program shows of the calendar itself.

    `tz_hint` is the home zone and only a hint. `source` is the feed's own address: public feeds
    only, never a secret one (RFC 7986 §5.8). `url` is the page for people. `color` is a CSS3 name
    (RFC 7986 §5.9), `apple_color` the same as hex.
    """

    name: str
    description: str
    tz_hint: str
    source: str | None = None
    url: str | None = None
    color: str = "steelblue"
    apple_color: str = "#4682B4"


ITEMS = ("VEVENT", "VTODO", "VJOURNAL")
CLOSING = b"END:VCALENDAR\r\n"


def assemble(head: CalendarHead, timezones: Iterable[bytes], items: Iterable[bytes]) -> bytes:
    """Return the whole body: head, VTIMEZONEs, then VEVENTs, VTODOs and VJOURNALs as given.

    The caller gives each zone that the events use once, and none other (RFC 5545 §3.2.19). No
    METHOD: libical would want an ORGANIZER. No UID: vdirsyncer would see one single item. Raises
    EmptyCalendar without events, ValueError when a part isn't a whole component.
    """
    zones, listed = list(timezones), list(items)
    whole(zones, "VTIMEZONE")
    whole(listed, *ITEMS)
    if not any(each.startswith(b"BEGIN:VEVENT\r\n") for each in listed):
        raise EmptyCalendar("A feed without any event must not be served; answer 503.")
    return b"".join([opening(head), *zones, *listed, CLOSING])


def whole(parts: Iterable[bytes], *kinds: str) -> None:
    """Raise ValueError unless each part is one whole component of these kinds, as far as its ends
    tell."""
    ends = [(f"BEGIN:{kind}\r\n".encode(), f"END:{kind}\r\n".encode()) for kind in kinds]
    for part in parts:
        for begin, end in ends:  # (any() takes three times as long, and there are thousands)
            if part.startswith(begin) and part.endswith(end):
                break
        else:
            named = " or ".join(kinds)
            raise ValueError(f"A part is no whole {named}: give what render() returned.")


def opening(head: CalendarHead) -> bytes:
    """Return what stands before the first component."""
    return b"BEGIN:VCALENDAR\r\n" + _head(head)


def _head(head: CalendarHead) -> bytes:
    hour = "PT1H"  # RFC 7986 §5.7; X-PUBLISHED-TTL is Outlook's older name for it
    found = [
        Property("VERSION", "2.0"),
        Property("PRODID", PRODID),
        Property("CALSCALE", "GREGORIAN"),
        Property("NAME", head.name),
        Property("X-WR-CALNAME", head.name),
        Property("DESCRIPTION", head.description),
        Property("X-WR-CALDESC", head.description),
        Property("X-WR-TIMEZONE", head.tz_hint),
        Property("REFRESH-INTERVAL", hour, {"VALUE": "DURATION"}),
        Property("X-PUBLISHED-TTL", hour),
        Property("SOURCE", Uri(safe_uri(head.source) or ""), {"VALUE": "URI"}),
        Property("URL", Uri(safe_uri(head.url) or "")),
        Property("COLOR", head.color),
        Property("X-APPLE-CALENDAR-COLOR", head.apple_color),
    ]
    return lines_of([each for each in found if each.value])
