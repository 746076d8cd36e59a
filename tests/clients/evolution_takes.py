"""What Evolution Data Server makes of invitations that come by mail. Run by Debian's own Python.

`dbus-run-session -- python3 evolution_takes.py UID`, where UID names a calendar of its own. stdin:
a line of JSON for each message (its calendar); stdout: a line of JSON for each, what the calendar
holds then.
"""

import json
import sys

import gi

gi.require_version("ECal", "2.0")
gi.require_version("EDataServer", "1.2")
gi.require_version("ICalGLib", "3.0")
from gi.repository import ECal, EDataServer, ICalGLib  # noqa: E402


def shown(event: ICalGLib.Component) -> dict:
    return {
        "uid": event.get_uid(),
        "summary": event.get_summary(),
        "sequence": event.get_sequence(),
        "start": event.get_dtstart().as_ical_string(),
    }


def main() -> None:
    registry = EDataServer.SourceRegistry.new_sync(None)
    source = registry.ref_source(sys.argv[1])
    client = ECal.Client.connect_sync(source, ECal.ClientSourceType.EVENTS, 30, None)
    for line in sys.stdin:
        message = ICalGLib.Component.new_from_string(json.loads(line))
        client.receive_objects_sync(message, ECal.OperationFlags.NONE, None)
        _, events = client.get_object_list_sync("#t", None)
        print(json.dumps([shown(one) for one in events]), flush=True)


main()
