"""libical's own handling of invitations (RFC 5546), once that of many programs."""

import ctypes
import functools
from pathlib import Path
from typing import Any

from lacking import lacking

_POINTER, _TEXT, _NUMBER = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
_CORE = {
    "icalparser_parse_string": (_POINTER, [_TEXT]),
    "icalcomponent_as_ical_string": (_TEXT, [_POINTER]),
    "icalcomponent_new_clone": (_POINTER, [_POINTER]),
    "icalrestriction_check": (_NUMBER, [_POINTER]),
    "icalproperty_enum_to_string": (_TEXT, [_NUMBER]),
}
_SETS = {
    "icalclassify": (_NUMBER, [_POINTER, _POINTER, _TEXT]),
    "icalmessage_new_accept_reply": (_POINTER, [_POINTER, _TEXT, _TEXT]),
    "icalmessage_new_decline_reply": (_POINTER, [_POINTER, _TEXT, _TEXT]),
    "icalfileset_new": (_POINTER, [_TEXT]),
    "icalfileset_add_component": (_NUMBER, [_POINTER, _POINTER]),
    "icalfileset_remove_component": (_NUMBER, [_POINTER, _POINTER]),
    "icalfileset_fetch_match": (_POINTER, [_POINTER, _POINTER]),
    "icalfileset_commit": (_NUMBER, [_POINTER]),
}


@functools.cache
def _libraries() -> tuple[Any, Any]:
    try:
        core, sets = ctypes.CDLL("libical.so.3"), ctypes.CDLL("libicalss.so.3")
    except OSError:
        lacking("needs libical (Debian: libical3)")
    for library, functions in ((core, _CORE), (sets, _SETS)):
        for name, (gives, takes) in functions.items():
            function = getattr(library, name)
            function.restype, function.argtypes = gives, takes
    return core, sets


class Calendar:
    """One attendee's calendar in a file, which takes what comes by mail."""

    def __init__(self, file: Path, attendee: str) -> None:
        self._core, self._sets = _libraries()
        self._file, self._attendee = file, attendee.encode()
        self._set = self._sets.icalfileset_new(str(file).encode())

    def take(self, message: bytes) -> str:
        """What libical says the message is; it is stored, in place of what it is about, or that is
        removed. Raises ValueError where it breaks RFC 5546."""
        read = self._core.icalparser_parse_string(message)
        if not read or not self._core.icalrestriction_check(read):
            raise ValueError("no message of RFC 5546")
        before = self._sets.icalfileset_fetch_match(self._set, read)
        kind = self._sets.icalclassify(read, before, self._attendee)
        name = self._core.icalproperty_enum_to_string(kind).decode()
        if before and name in ("REQUEST-UPDATE", "REQUEST-RESCHEDULE", "CANCEL-EVENT"):
            self._sets.icalfileset_remove_component(self._set, before)
        if name.startswith("REQUEST-"):
            copied = self._core.icalcomponent_new_clone(read)
            self._sets.icalfileset_add_component(self._set, copied)
        self._sets.icalfileset_commit(self._set)
        return str(name)

    def reply(self, message: bytes, *, accepts: bool = True) -> bytes:
        """What libical answers to a REQUEST."""
        read = self._core.icalparser_parse_string(message)
        make = (
            self._sets.icalmessage_new_accept_reply
            if accepts
            else self._sets.icalmessage_new_decline_reply
        )
        made: bytes = self._core.icalcomponent_as_ical_string(make(read, self._attendee, b""))
        return made

    @property
    def text(self) -> str:
        return self._file.read_text()
