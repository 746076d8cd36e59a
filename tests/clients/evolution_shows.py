"""What does Evolution Data Server have of a calendar it follows? Run by Debian's own Python.

`dbus-run-session -- python3 evolution_shows.py UID`, where UID names a source of its registry.
stdin: a line for each question, `list`, or `refresh` and for how many seconds to try. stdout: a
line of JSON for each answer: its events, or whether it asked and took in what it got.
"""

import json
import sys
import time
from collections.abc import Callable

import gi

gi.require_version("ECal", "2.0")
gi.require_version("EDataServer", "1.2")
gi.require_version("ICalGLib", "3.0")
from gi.repository import ECal, EDataServer, GLib, ICalGLib  # noqa: E402

SECONDS = 30
AT_ONCE = 0xFFFFFFFF  # else it waits some seconds, though it shows what it has at once
START = ICalGLib.PropertyKind.DTSTART_PROPERTY
TZID = ICalGLib.ParameterKind.TZID_PARAMETER
END = ICalGLib.PropertyKind.DTEND_PROPERTY


class Calendar:
    """One calendar of the server, as a program on the desktop has it open."""

    def __init__(self, uid: str) -> None:
        registry = EDataServer.SourceRegistry.new_sync(None)
        source = registry.ref_source(uid)
        kind = ECal.ClientSourceType.EVENTS
        self.client = ECal.Client.connect_sync(source, kind, AT_ONCE, None)
        self.heard: list[str] = []
        _, self.view = self.client.get_view_sync("#t", None)
        self.view.connect("progress", lambda _view, _percent, text: self.heard.append(text))
        self.view.start()

    def refresh(self, seconds: float) -> bool:
        """Ask now, and again each second, until it began and ended to take in what it got.

        While it is still at it, the server drops a second wish without a word; and it begins
        nothing, as silently, when it gets no good answer.
        """
        until = time.monotonic() + seconds
        self.heard.clear()
        while not self.heard and time.monotonic() < until:
            self.client.refresh_sync(None)
            self._listen(lambda: self.heard, 1)
        self._listen(lambda: not self.heard or "" in self.heard, SECONDS)
        return "" in self.heard

    def _listen(self, enough: Callable[[], object], seconds: float) -> None:
        loop = GLib.MainContext.default()
        until = time.monotonic() + seconds
        while not enough() and time.monotonic() < until:
            if not loop.iteration(False):
                time.sleep(0.01)

    def events(self) -> list[dict]:
        _, events = self.client.get_object_list_as_comps_sync("#t", None)
        return [self._event(one.get_icalcomponent()) for one in events]

    def _event(self, event: ICalGLib.Component) -> dict:
        status = event.get_first_property(ICalGLib.PropertyKind.STATUS_PROPERTY)
        return {
            "uid": event.get_uid(),
            "start": self._moment(event.get_first_property(START).get_dtstart(), event, START),
            "end": self._moment(event.get_first_property(END).get_dtend(), event, END),
            "summary": event.get_summary(),
            "status": status.get_value_as_string(),
            "place": event.get_location() or "",
            "text": event.get_description(),
        }

    def _moment(
        self, told: ICalGLib.Time, event: ICalGLib.Component, kind: ICalGLib.PropertyKind
    ) -> int | str:
        """Seconds since 1970, by the zone that the server has under this name; or a day."""
        if told.is_date():
            return told.as_ical_string()
        name = event.get_first_property(kind).get_first_parameter(TZID).get_tzid()
        _, zone = self.client.get_timezone_sync(name, None)
        return told.as_timet_with_zone(zone)


def main() -> None:
    calendar = Calendar(sys.argv[1])
    for line in sys.stdin:
        word, *seconds = line.split()
        told = calendar.refresh(float(seconds[0])) if word == "refresh" else calendar.events()
        print(json.dumps(told), flush=True)


main()
