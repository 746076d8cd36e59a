"""PURE: what of an iCalendar file matters to whether somebody is busy, component by component."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from negotiations.busy.faults import (
    DEEPEST,
    LONGEST_LINE,
    MOST_COMPONENTS,
    MOST_PARAMETERS,
    MOST_PROPERTIES,
    Refused,
    Why,
)

# By component, what is read of it. Of all others it is only seen where they end.
READ: dict[str, frozenset[str]] = {
    "VEVENT": frozenset(
        {
            "UID", "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "EXRULE",
            "RECURRENCE-ID", "STATUS", "TRANSP",
        }
    ),
    "VFREEBUSY": frozenset({"FREEBUSY"}),
    "VTIMEZONE": frozenset({"TZID"}),
    "STANDARD": frozenset({"DTSTART", "RRULE", "RDATE", "TZOFFSETFROM", "TZOFFSETTO"}),
    "DAYLIGHT": frozenset({"DTSTART", "RRULE", "RDATE", "TZOFFSETFROM", "TZOFFSETTO"}),
}  # fmt: skip


@dataclass(slots=True)
class Line:
    """A property: its value, and its parameters by name."""

    value: str
    params: dict[str, str]


@dataclass(slots=True)
class Component:
    """A component with the lines that are read of it, by name, and what it holds."""

    name: str
    lines: dict[str, list[Line]] = field(default_factory=dict)
    inside: list["Component"] = field(default_factory=list)
    properties: int = 0

    def one(self, name: str) -> Line | None:
        """The property that comes once; the first if it comes several times."""
        found = self.lines.get(name)
        return found[0] if found else None

    def all(self, name: str) -> list[Line]:
        return self.lines.get(name, [])


def components(body: bytes) -> list[Component]:
    """The calendars of a file; Refused where it is none, is cut off, or is too much."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(Why.not_utf8) from None
    if "\x00" in text:
        raise Refused(Why.not_utf8)
    found: list[Component] = []
    stack: list[Component] = []
    number = 0
    for line in _unfolded(text):
        name = line[: min(at for at in (line.find(";"), line.find(":"), len(line)) if at >= 0)]
        key = name.upper()
        if key == "BEGIN":
            number += 1
            if number > MOST_COMPONENTS or len(stack) >= DEEPEST:
                raise Refused(Why.too_much)
            _begin(line, stack, found)
        elif key == "END":
            if not stack or line[4:].strip().upper() != stack.pop().name:
                raise Refused(Why.no_calendar)
        elif not stack or len(name) == len(line):
            raise Refused(Why.no_calendar)
        else:
            _keep(stack[-1], key, line[len(name) :])
    if stack or not found:
        raise Refused(Why.no_calendar)
    return found


def _unfolded(text: str) -> Iterator[str]:
    """The lines that say something (RFC 5545 §3.1); line breaks of any sort."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n ", "").replace("\n\t", "")
    for line in text.split("\n"):
        if len(line) > LONGEST_LINE:
            raise Refused(Why.too_much)
        if line and not line.isspace():
            yield line


def _begin(line: str, stack: list[Component], found: list[Component]) -> None:
    one = Component(line[6:].strip().upper())
    if stack:
        stack[-1].inside.append(one)
    elif one.name == "VCALENDAR":
        found.append(one)
    else:
        raise Refused(Why.no_calendar)
    stack.append(one)


def _keep(component: Component, name: str, rest: str) -> None:
    component.properties += 1
    if component.properties > MOST_PROPERTIES:
        raise Refused(Why.too_much)
    if name in READ.get(component.name, ()):
        component.lines.setdefault(name, []).append(_line(rest))


def _line(rest: str) -> Line:
    """What follows the name: `;TZID="Europe/Paris":20300101T000000`."""
    params: dict[str, str] = {}
    number = 0
    while rest.startswith(";"):
        name, equals, after = rest[1:].partition("=")
        number += 1
        if not equals or number > MOST_PARAMETERS:
            raise Refused(Why.no_calendar)
        if after.startswith('"'):
            value, quote, rest = after[1:].partition('"')
            if not quote:
                raise Refused(Why.no_calendar)
        else:
            end = min(at for at in (after.find(";"), after.find(":"), len(after)) if at >= 0)
            value, rest = after[:end], after[end:]
        params[name.upper()] = value
    if not rest.startswith(":"):
        raise Refused(Why.no_calendar)
    return Line(rest[1:].strip(), params)
