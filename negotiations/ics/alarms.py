"""How does an event remind of itself? (VALARM, RFC 5545 §3.6.6)"""

from collections.abc import Iterable

_END = b"END:VEVENT\r\n"


def with_alarms(event: bytes, minutes: Iterable[int]) -> bytes:
    """Return a VEVENT's bytes with a reminder so many minutes before its start, for each.

    ACTION:DISPLAY with a text and a negative TRIGGER; no mail, no sound (calendar.md 37).
    """
    alarms = "".join(map(_alarm, minutes)).encode()
    return event.removesuffix(_END) + alarms + _END


def _alarm(minutes: int) -> str:
    text = f"Begins in {_words(minutes)}" if minutes else "Begins now"
    # A duration of zero has no sign that all programs read.
    trigger = f"-PT{minutes}M" if minutes else "PT0S"
    lines = ("BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{text}", f"TRIGGER:{trigger}")
    return "".join(f"{line}\r\n" for line in (*lines, "END:VALARM"))


def _words(minutes: int) -> str:
    """`1 day 2 hours`, `15 minutes`."""
    days, rest = divmod(minutes, 1440)
    named = zip((days, *divmod(rest, 60)), ("day", "hour", "minute"), strict=True)
    return " ".join(f"{n} {unit}{'s' if n > 1 else ''}" for n, unit in named if n)
