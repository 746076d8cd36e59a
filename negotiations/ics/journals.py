"""How do the minutes of a session look as a VJOURNAL? (RFC 5545 §3.6.3)"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, get_args

from negotiations.ics.entries import Entry, component
from negotiations.ics.properties import Property, RenderError

Status = Literal["DRAFT", "FINAL", "CANCELLED"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal(Entry):
    """What is written of one `day`."""

    status: Status
    day: date


def render(journal: Journal) -> bytes:
    """Return the VJOURNAL's bytes, always the same for the same journal.

    Raises RenderError when it cannot be stated truly: see identity(); a STATUS of no standard.
    """
    if journal.status not in get_args(Status):
        raise RenderError(f"No STATUS of a journal in RFC 5545: {journal.status!r}.")
    if isinstance(journal.day, datetime):
        raise RenderError("The day of a journal has no hour: give a date.")
    own = [
        Property("DTSTART", journal.day, {"VALUE": "DATE"}),
        Property("STATUS", journal.status),
    ]
    return component("VJOURNAL", journal, own)
