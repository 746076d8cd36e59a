"""PURE: what happened in some talks, and when, on one lane for each table and one for documents.

Every day is the civil date where it happened. What can't be seen isn't given to this module.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from negotiations.civil import long_day
from negotiations.models import (
    DocumentRequest,
    DocumentRequestEvent,
    Issue,
    NegotiationSession,
    Party,
    Position,
    SessionChange,
)
from negotiations.models.documents import RequestEventKind
from negotiations.models.sessions import ChangeKind, SessionStatus
from negotiations.overview.clock_changes import ClockChange, clock_changes

Kind = Literal["held", "coming", "off", "moved", "said", "document", "due"]
DOCUMENTS = "Documents and court"
DRAWN = 300  # marks; more of them nobody tells apart
# In units of the drawing: its width without the names, a lane's height, and what is kept free.
WIDTH, LANE, NAMES, TOP, EDGE = 760, 44, 190, 34, 14
LAST_MONTH = 64  # the name of a month that begins at the end stands beside the last day
_OFF = frozenset({SessionStatus.cancelled, SessionStatus.postponed})
_MOVED = frozenset({ChangeKind.moved, ChangeKind.reinstated})


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing on one day; `was` is the day it was moved from, `path` where it is told whole."""

    on: date
    lane: str
    kind: Kind
    text: str
    path: str
    was: date | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """A mark in the drawing, its centre at `x`, `y`; `from_x` where an arrow to it begins."""

    mark: Mark
    x: float
    y: float
    from_x: float | None


@dataclass(frozen=True, slots=True)
class Drawing:
    """The marks placed: lanes with their middles, months and clock changes with their places.

    `left_out` counts the marks that are listed but not drawn.
    """

    lanes: Sequence[tuple[str, float]]
    marks: Sequence[Placed]
    months: Sequence[tuple[str, float]]
    changes: Sequence[tuple[ClockChange, float]]
    today: float | None
    left_out: int

    @property
    def width(self) -> int:
        return NAMES + WIDTH + LAST_MONTH

    @property
    def height(self) -> int:
        return TOP + LANE * len(self.lanes) + EDGE


def of_sessions(
    sessions: Iterable[NegotiationSession],
    lanes: Mapping[str, str],
    logs: Mapping[str, Sequence[SessionChange]],
) -> list[Mark]:
    """Each session on its day, and once more for each day it was moved from. `lanes` gives the
    table's name by session id."""
    found = []
    for one in sessions:
        path, lane = f"/s/{one.id}", lanes[one.id]
        kind: Kind = "held" if one.status is SessionStatus.held else "coming"
        if one.status in _OFF:
            kind = "off"
        text = f"{one.title}, {_words(one.status)}"
        found.append(Mark(one.local_start.date(), lane, kind, text, path))
        for change in logs.get(one.id, ()):
            if change.kind not in _MOVED or not change.from_start or not change.to_start:
                continue
            was, on = change.from_start.date(), change.to_start.date()
            if was != on:
                reason = f": {change.reason}" if change.reason else ""
                told = f"{one.title} moved from {long_day(was)}{reason}"
                found.append(Mark(on, lane, "moved", told, path, was))
    return found


Stated = tuple[Position, Party, Party, Issue]  # in whose track, by whom, on what


def of_positions(stated: Iterable[Stated], talks: str) -> list[Mark]:
    """What a side stated outside of any session: votes, letters."""
    return [
        Mark(
            row.stated_on,
            jurisdiction.short_name,
            "said",
            f"{side.short_name} on issue {issue.code}: {row.text}",
            f"/n/{talks}/tracks/{jurisdiction.slug}/issues/{issue.code}",
        )
        for row, jurisdiction, side, issue in stated
        if row.session_id is None
    ]


def of_requests(
    requests: Iterable[tuple[DocumentRequest, Sequence[DocumentRequestEvent]]], talks: str
) -> list[Mark]:
    """What happened to requests for documents, and their deadlines."""
    found = []
    for row, events in requests:
        path = f"/n/{talks}/requests/{row.id}"
        superseded = {event.supersedes_id for event in events}
        for event in events:
            if event.id in superseded:
                continue
            what = event.label or _words(event.state or event.kind)
            if event.kind is not RequestEventKind.deadline:
                text = f"{row.title}: {what}"
                found.append(Mark(event.happened_on, DOCUMENTS, "document", text, path))
            if event.due_on is not None:
                due = f"{row.title}: due"
                found.append(Mark(event.due_on, DOCUMENTS, "due", due, path))
    return found


def _words(value: str) -> str:
    return str(getattr(value, "value", value)).replace("_", " ")


def in_order(marks: Iterable[Mark]) -> list[Mark]:
    """The list beside the drawing, the earliest first."""
    return sorted(marks, key=lambda one: (one.on, one.lane, one.kind, one.text))


def drawing(
    marks: Sequence[Mark], lanes: Sequence[str], zones: Iterable[str], today: date
) -> Drawing | None:
    """Where everything stands; None where there is nothing to draw. `lanes` in their order; those
    without a mark are drawn empty: that nothing happened there is seen."""
    if not marks:
        return None
    nearest = sorted(marks, key=lambda one: abs(one.on - today))[:DRAWN]
    days = [day for one in nearest for day in (one.on, one.was) if day is not None]
    first, last = min(days) - timedelta(days=2), max(days) + timedelta(days=2)
    length = (last - first).days

    def at(day: date) -> float:
        return round(NAMES + WIDTH * (day - first).days / length, 1)

    used = {one.lane for one in nearest}
    named = [*lanes, *([DOCUMENTS] if DOCUMENTS in used else [])]
    middle = {name: TOP + LANE * place + LANE / 2 for place, name in enumerate(named)}
    placed = [
        Placed(one, at(one.on), middle[one.lane], at(one.was) if one.was else None)
        for one in in_order(nearest)
    ]
    return Drawing(
        list(middle.items()),
        placed,
        [(f"{month:%b %Y}", at(month)) for month in _months(first, last)],
        [(one, at(one.on)) for one in clock_changes(first, last, zones)],
        at(today) if first <= today <= last else None,
        len(marks) - len(nearest),
    )


def _months(first: date, last: date) -> list[date]:
    """The first days of months in between, at most a dozen of them."""
    found, day = [], first.replace(day=1)
    while day <= last:
        if day >= first:
            found.append(day)
        day = (day + timedelta(days=32)).replace(day=1)
    step = max(1, -(-len(found) // 12))
    return found[::step]
