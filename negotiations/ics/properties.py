"""How do values become content lines that say exactly these values?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from icalendar import Parameters, vCategory, vDDDTypes, vInt, vText, vUri
from icalendar.parser import Contentline

from negotiations.ics.reading import Uri, Value, read, unfolded
from negotiations.ics.text import clean, escape

_WIDTH = 75  # octets, the space that marks a fold included
_REMEMBERED = 200  # characters of a text


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
    return b"".join(_line_of(_cleaned(each)) for each in properties)


def _line_of(meant: Property) -> bytes:
    params = tuple(meant.params.items())
    long = isinstance(meant.value, str) and len(meant.value) > _REMEMBERED
    make = _checked.__wrapped__ if long else _checked
    return make(meant.name, meant.value, params)


# Most lines of an item stand in others as well: in those for other audiences, and in its next
# revision. (Typed: a link that equals a text isn't written as one.)
@lru_cache(maxsize=4096, typed=True)
def _checked(name: str, value: Value, params: tuple[tuple[str, str], ...]) -> bytes:
    """The line, read back: it has to be this property and nothing else."""
    try:
        typed = _typed(value)
        line = Contentline.from_parts(name, _Parameters(params), typed, sorted=False)
        written = b"%s\r\n" % folded(line)
        said = [read(each, value) for each in unfolded(written)]
    except (ValueError, TypeError, AssertionError) as error:
        raise RenderError(f"The lines cannot be written: {error}.") from error
    if said != [(name, dict(params), value)]:
        raise RenderError(f"{name} would be read as something else than was meant.")
    return written


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
