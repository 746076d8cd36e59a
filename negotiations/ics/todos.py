"""How does something undertaken look as a VTODO? (RFC 5545 §3.6.2)"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, get_args

from negotiations.ics.entries import Entry, component
from negotiations.ics.properties import Property, RenderError
from negotiations.ics.times import instant

Status = Literal["NEEDS-ACTION", "IN-PROCESS", "COMPLETED", "CANCELLED"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Todo(Entry):
    """`due` is the last day for it. `percent` and `completed` (aware) are None where unknown."""

    status: Status
    due: date | None = None
    percent: int | None = None
    completed: datetime | None = None


def render(todo: Todo) -> bytes:
    """Return the VTODO's bytes, always the same for the same to-do.

    Raises RenderError when it cannot be stated truly: see identity(); a STATUS of no standard, a
    percentage beyond 0 to 100, or a time of completion of what isn't completed.
    """
    if todo.status not in get_args(Status):
        raise RenderError(f"No STATUS of a to-do in RFC 5545: {todo.status!r}.")
    if todo.completed is not None and todo.status != "COMPLETED":
        raise RenderError("Only what is COMPLETED has a time of completion.")
    own = [Property("STATUS", todo.status)]
    if isinstance(todo.due, datetime):
        raise RenderError("The day it is due has no hour: give a date.")
    if todo.due is not None:
        own.insert(0, Property("DUE", todo.due, {"VALUE": "DATE"}))
    if todo.percent is not None:
        if not 0 <= todo.percent <= 100:
            raise RenderError("PERCENT-COMPLETE is 0 to 100 (RFC 5545 §3.8.1.8).")
        own.append(Property("PERCENT-COMPLETE", todo.percent))
    if todo.completed is not None:
        own.append(Property("COMPLETED", instant(todo.completed)))
    return component("VTODO", todo, own)
