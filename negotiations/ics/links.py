"""How does an event look to who wants no link to join in their calendar? (RFC 7986 §5.11)"""

import re

from negotiations.ics.properties import Property, lines_of
from negotiations.ics.reading import Uri, Value, read, unfolded

_BEGIN, _END = b"BEGIN:VEVENT\r\n", b"END:VEVENT\r\n"
_PROPERTY = re.compile(rb"([A-Z-]+)[^\r]*\r\n(?: [^\r]*\r\n)*")


def without_links(event: bytes) -> bytes:
    """Return a VEVENT's bytes without its CONFERENCE and without what repeats that address.

    Those are a LOCATION that is nothing else, and each line of DESCRIPTION that holds it. All other
    properties keep their bytes; an event without a CONFERENCE is returned as it is.
    """
    properties = [
        (found[1].decode(), found[0])
        for found in _PROPERTY.finditer(event.removeprefix(_BEGIN).removesuffix(_END))
    ]
    links = {str(_value(octets, Uri())) for name, octets in properties if name == "CONFERENCE"}
    if not links:
        return event
    kept = [_without(links, name, octets) for name, octets in properties]
    return b"".join([_BEGIN, *kept, _END])


def _without(links: set[str], name: str, octets: bytes) -> bytes:
    """The property's lines as they remain; none if nothing does."""
    if name == "CONFERENCE" or (name == "LOCATION" and _value(octets, "") in links):
        return b""
    if name != "DESCRIPTION":
        return octets
    lines = str(_value(octets, "")).split("\n")
    rest = "\n".join(line for line in lines if not any(link in line for link in links))
    return lines_of([Property(name, rest)]) if rest else b""


def _value(octets: bytes, like: Value) -> Value:
    [line] = unfolded(octets)
    return read(line, like)[2]
