"""How libical (Evolution, KOrganizer, sailfish) reads a feed, called through its C interface."""

import ctypes
import ctypes.util
import functools
from typing import Any

from lacking import lacking


class _Time(ctypes.Structure):
    """`struct icaltimetype` of libical 3."""

    _fields_ = [
        *[(name, ctypes.c_int) for name in ("year", "month", "day", "hour", "minute", "second")],
        ("is_date", ctypes.c_int),
        ("is_daylight", ctypes.c_int),
        ("zone", ctypes.c_void_p),
    ]


_VEVENT = 4  # ICAL_VEVENT_COMPONENT
_FUNCTIONS: dict[str, tuple[Any, list[Any]]] = {
    "icalparser_parse_string": (ctypes.c_void_p, [ctypes.c_char_p]),
    "icalcomponent_get_first_component": (ctypes.c_void_p, [ctypes.c_void_p, ctypes.c_int]),
    "icalcomponent_get_next_component": (ctypes.c_void_p, [ctypes.c_void_p, ctypes.c_int]),
    "icalcomponent_count_errors": (ctypes.c_int, [ctypes.c_void_p]),
    "icalcomponent_get_uid": (ctypes.c_char_p, [ctypes.c_void_p]),
    "icalcomponent_get_summary": (ctypes.c_char_p, [ctypes.c_void_p]),
    "icalcomponent_get_description": (ctypes.c_char_p, [ctypes.c_void_p]),
    "icalcomponent_get_location": (ctypes.c_char_p, [ctypes.c_void_p]),
    "icalproperty_string_to_kind": (ctypes.c_int, [ctypes.c_char_p]),
    "icalcomponent_get_first_property": (ctypes.c_void_p, [ctypes.c_void_p, ctypes.c_int]),
    "icalproperty_get_value_as_string": (ctypes.c_char_p, [ctypes.c_void_p]),
    "icalcomponent_get_dtstart": (_Time, [ctypes.c_void_p]),
    "icalcomponent_get_dtend": (_Time, [ctypes.c_void_p]),
    "icalcomponent_free": (None, [ctypes.c_void_p]),
    "icaltime_as_timet_with_zone": (ctypes.c_longlong, [_Time, ctypes.c_void_p]),
    "icaltimezone_get_utc_timezone": (ctypes.c_void_p, []),
    "icalcomponent_string_to_kind": (ctypes.c_int, [ctypes.c_char_p]),
}


@functools.cache
def _library() -> ctypes.CDLL:
    name = ctypes.util.find_library("ical")
    if name is None:
        lacking("needs libical (Debian: libical3)")
    library = ctypes.CDLL(str(name))
    for function, (gives, takes) in _FUNCTIONS.items():
        getattr(library, function).restype = gives
        getattr(library, function).argtypes = takes
    return library


def read(body: bytes) -> tuple[dict[str, list[int]], dict[str, list[str]], dict[str, list[str]]]:
    """As in `Read` of readers.py. An error that libical notes fails."""
    library = _library()
    status_kind = library.icalproperty_string_to_kind(b"STATUS")
    calendar = library.icalparser_parse_string(body)
    assert calendar, "libical can't read this at all"
    times: dict[str, list[int]] = {}
    texts: dict[str, list[str]] = {}
    more: dict[str, list[str]] = {}
    try:
        assert library.icalcomponent_count_errors(calendar) == 0
        event = library.icalcomponent_get_first_component(calendar, _VEVENT)
        while event:
            uid = library.icalcomponent_get_uid(event).decode()
            times[uid] = [
                _seconds(library, library.icalcomponent_get_dtstart(event)),
                _seconds(library, library.icalcomponent_get_dtend(event)),
            ]
            texts[uid] = [
                (library.icalcomponent_get_summary(event) or b"").decode(),
                (library.icalcomponent_get_description(event) or b"").decode(),
            ]
            status = library.icalcomponent_get_first_property(event, status_kind)
            more[uid] = [
                library.icalproperty_get_value_as_string(status).decode() if status else "",
                (library.icalcomponent_get_location(event) or b"").decode(),
            ]
            event = library.icalcomponent_get_next_component(calendar, _VEVENT)
    finally:
        library.icalcomponent_free(calendar)
    return times, texts, more


def _seconds(library: ctypes.CDLL, moment: _Time) -> int:
    assert moment.zone or moment.is_date, "a floating time: libical did not find the zone"
    return int(library.icaltime_as_timet_with_zone(moment, moment.zone))


def values(body: bytes, kind: str, names: list[str]) -> list[list[str]]:
    """Of each component of this kind these properties, as written; "" where one isn't there."""
    library = _library()
    calendar = library.icalparser_parse_string(body)
    assert calendar, "libical can't read this at all"
    found: list[list[str]] = []
    try:
        assert library.icalcomponent_count_errors(calendar) == 0
        wanted = library.icalcomponent_string_to_kind(kind.encode())
        component = library.icalcomponent_get_first_component(calendar, wanted)
        while component:
            found.append([_value(library, component, name) for name in names])
            component = library.icalcomponent_get_next_component(calendar, wanted)
    finally:
        library.icalcomponent_free(calendar)
    return found


def _value(library: ctypes.CDLL, component: int, name: str) -> str:
    kind = library.icalproperty_string_to_kind(name.encode())
    line = library.icalcomponent_get_first_property(component, kind)
    return (library.icalproperty_get_value_as_string(line) or b"").decode() if line else ""
