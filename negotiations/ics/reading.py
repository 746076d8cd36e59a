"""What do the written lines of a component say? (a strict reader, independent of icalendar)"""

import re
from collections.abc import Iterator
from datetime import date, datetime

_LINE = re.compile(r'([A-Z-]+)((?:;[A-Z-]+=(?:"[^"]*"|[^";:,]*))*):(.*)', re.DOTALL)
_PARAM = re.compile(r';([A-Z-]+)=(?:"([^"]*)"|([^";:,]*))')
_CARETS = {"^n": "\n", "^'": '"', "^^": "^"}
_LISTED = re.compile(r"(?:\\.|[^,\\])+", re.DOTALL)


class Uri(str):
    """A URI that safe_uri let through: written without TEXT escapes (RFC 5545 §3.3.13)."""

    __slots__ = ()


Value = str | Uri | int | date | tuple[str, ...]


def unfolded(written: bytes) -> Iterator[str]:
    """Yield the logical lines (RFC 5545 §3.1).

    Raises ValueError for a line over 75 octets, a fold within a UTF-8 sequence, a line break
    other than CRLF, and a last line without one.
    """
    logical: list[str] = []
    *physical, rest = written.split(b"\r\n")
    for octets in physical:
        if len(octets) > 75 or b"\n" in octets or b"\r" in octets:
            raise ValueError("a line is longer than 75 octets or holds a bare line break")
        line = octets.decode()
        if not line.startswith(" ") and logical:
            yield "".join(logical)
            logical = []
        logical.append(line.removeprefix(" ") if logical else line)
    if rest:
        raise ValueError("the last line does not end with CRLF")
    yield "".join(logical)


def read(line: str, like: Value) -> tuple[str, dict[str, str], Value]:
    """Read a line as name, parameters (RFC 6868) and a value of the type of `like`.

    Raises ValueError for a line that is no content line or no such value.
    """
    found = _LINE.fullmatch(line)
    if found is None:
        raise ValueError(f"no content line: {line[:60]!r}")
    params = {
        name: re.sub(r"\^[n'^]", lambda caret: _CARETS[caret[0]], quoted or bare)
        for name, quoted, bare in _PARAM.findall(found[2])
    }
    return found[1], params, _value(found[3], like)


def _value(raw: str, like: Value) -> Value:
    match like:
        case Uri():
            return Uri(raw)
        case str():
            return _text(raw)
        case tuple():
            return tuple(_text(part) for part in _LISTED.findall(raw))
        case int():
            return int(raw)
        case datetime():
            form = "%Y%m%dT%H%M%S" if like.tzinfo is None else "%Y%m%dT%H%M%S%z"
            return datetime.strptime(raw, form)
        case date():
            return datetime.strptime(raw, "%Y%m%d").date()


def _text(raw: str) -> str:
    """Undo the escapes of TEXT (RFC 5545 §3.3.11)."""
    return re.sub(r"\\(.)", lambda pair: "\n" if pair[1] in "nN" else pair[1], raw, flags=re.DOTALL)
