"""How do values become content lines that say exactly these values?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from icalendar import Event, Parameters, vCategory, vDDDTypes, vInt, vText, vUri
from icalendar.parser import Contentline

from negotiations.ics.reading import Uri, Value, read, unfolded
from negotiations.ics.text import clean, escape

_WIDTH = 75  # octets, the space that marks a fold included


class RenderError(ValueError):
    """An event cannot be written, or its lines would say something else than was meant."""


@dataclass(frozen=True, slots=True)
class Property:
    """One line that is meant: str is TEXT, a tuple a list of TEXT, a naive datetime local time.

    An aware datetime is UTC. A date needs the parameter VALUE=DATE, a local time TZID.
    """

    name: str
    value: Value
    params: Mapping[str, str] = field(default_factory=dict)


class _Text(vText):
    """icalendar's TEXT, but with our escaping."""

    def to_ical(self) -> bytes:
        return escape(self).encode()


class _Parameters(Parameters):
    always_quoted = (*Parameters.always_quoted, "LABEL")  # type: ignore[assignment]


def vevent(properties: Sequence[Property]) -> bytes:
    """Return BEGIN:VEVENT to END:VEVENT around these lines, written and checked as lines_of()."""
    return b"".join([b"BEGIN:VEVENT\r\n", lines_of(properties), b"END:VEVENT\r\n"])


def lines_of(properties: Sequence[Property]) -> bytes:
    """Return one line per property in this order, CRLF, folded at 75 octets (RFC 5545 §3.1).

    Texts and parameters pass through clean(). Raises RenderError when the lines, read back,
    differ in any property, parameter or value: no part of a text can become a line of its own.
    """
    meant = [_cleaned(each) for each in properties]
    try:
        written = _written(meant)
        _compare(list(unfolded(written)), meant)
    except RenderError:
        raise
    except (ValueError, TypeError, AssertionError) as error:
        raise RenderError(f"The lines cannot be written: {error}.") from error
    return written


def _written(meant: Sequence[Property]) -> bytes:
    component = Event()
    for each in meant:
        typed = _typed(each.value)
        typed.params = _Parameters(each.params)
        component.add(each.name, typed, encode=False)
    _, *lines, _, _ = component.content_lines(sorted=False)  # BEGIN, those meant, END, an end
    return b"".join(b"%s\r\n" % folded(line) for line in lines)


def folded(line: Contentline) -> bytes:
    """Return what its to_ical() does, in a tenth of the time where all is ASCII.

    icalendar looks at each character; these are most of what drawing an event costs.
    """
    if not line.isascii():
        octets: bytes = line.to_ical()  # type: ignore[no-untyped-call]
        return octets
    if len(line) < _WIDTH:
        return line.encode()
    parts, at = [], 0
    while at < len(line):
        end = at + _WIDTH - 1
        # An escape and what it escapes stay on one line.
        if end < len(line) and line[end - 1] in "\\^":
            end -= 1
        parts.append(line[at:end])
        at = end
    return "\r\n ".join(parts).encode()


def _typed(value: Value) -> vText | vUri | vInt | vDDDTypes | vCategory:
    match value:
        case Uri():
            return vUri(value)
        case str():
            return _Text(value)
        case tuple():
            texts = vCategory([])
            texts.cats = [_Text(text) for text in value]
            return texts
        case int():
            return vInt(value)
        case _:
            return vDDDTypes(value)


def _cleaned(each: Property) -> Property:
    params = {name: clean(value) for name, value in each.params.items()}
    value = each.value
    if isinstance(value, tuple):
        value = tuple(clean(text) for text in value)
    elif isinstance(value, str) and not isinstance(value, Uri):
        value = clean(value)
    return Property(each.name, value, params)


def _compare(lines: Sequence[str], meant: Sequence[Property]) -> None:
    """Raise RenderError unless the lines are the meant properties and nothing else."""
    if len(lines) != len(meant):
        raise RenderError("The text would be written with other lines than were meant.")
    for line, each in zip(lines, meant, strict=True):
        if read(line, each.value) != (each.name, each.params, each.value):
            raise RenderError(f"{each.name} would be read as something else than was meant.")
