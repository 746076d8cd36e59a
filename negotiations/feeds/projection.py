"""Rendering events in the transaction that changed them, so that reading a feed never renders.

Of each table touched every event, to-do and journal is rendered for each of its audiences and
compared with what is stored; LAST-MODIFIED rises exactly where a byte changed (invariant 3).
"""

import contextlib
import hashlib
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from importlib.metadata import version
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import col, select, text

from negotiations.db import Db, insert_all
from negotiations.feeds import facts as loading
from negotiations.feeds.facts import Scope
from negotiations.feeds.generations import events_key, rise, tracks_key
from negotiations.feeds.wanted import Item, Wanted, wanted_of_table, windows
from negotiations.ics import journals, todos
from negotiations.ics.events import AllDayEvent, TimedEvent, minimal, render, zone_needed
from negotiations.ics.identity import sequence_after, stamped
from negotiations.ics.journals import Journal
from negotiations.ics.todos import Todo
from negotiations.locks import afresh
from negotiations.models import EventBytes, Generation, Negotiation
from negotiations.models.base import new_id
from negotiations.models.feeds import EventAudience, EventComponent
from negotiations.outbox import announced_in

RENDERER = "7"
UNTOLD = frozenset({"document_request.changed"})  # no calendar tells of these
RENDERING = 7236837  # names the lock of who renders everything anew
log = logging.getLogger("negotiations")


@lru_cache
def stamp_of(base_url: str) -> str:
    """What made the bytes; where it differs, they are rendered again at the next start."""
    return f"{RENDERER} {base_url} tzdata {version('tzdata')}"[:200]


async def refresh(db: Db) -> None:
    """Bring the stored events up to what was announced in this transaction."""
    events = announced_in(db)
    shown = [event for event in events if event.type not in UNTOLD]
    events.clear()
    if not shown:
        return
    await db.flush()
    await _render(db, Scope.of(shown))


async def refresh_stale(db: Db) -> int:
    """Render again what another version, address or time-zone data made; returns how many.

    Of several processes that start at once one renders, and the others find nothing left to do.
    """
    if db.get_bind().dialect.name == "postgresql":
        await db.exec(text("SET LOCAL lock_timeout = 0"))  # type: ignore[call-overload]
        await db.exec(text(f"SELECT pg_advisory_xact_lock({RENDERING})"))  # type: ignore[call-overload]
    current = stamp_of(db.info["base_url"])
    rows = await db.exec(
        select(EventBytes.negotiation_id).where(col(EventBytes.stamp) != current).distinct()
    )
    negotiation_ids = frozenset(rows.all())
    if negotiation_ids:
        await _render(db, Scope(whole=negotiation_ids))
    return len(negotiation_ids)


async def _render(db: Db, scope: Scope) -> None:
    tables = await loading.load(db, scope)
    base_url = db.info["base_url"]
    wanted = [one for facts in tables for one in wanted_of_table(facts, base_url)]
    if scope.whole:
        rows = await db.exec(
            afresh(select(Negotiation).where(col(Negotiation.id).in_(scope.whole)))
        )
        wanted += [one for row in rows for one in windows(row, base_url)]
    await _store(db, wanted)


async def _store(db: Db, wanted: list[Wanted]) -> None:
    """Write what differs from what is stored."""
    ids = {one.object_id for one in wanted}
    rows = await db.exec(_stored(), params={"ids": list(ids)})
    stored = {(row.object_id, row.audience): row for row in rows}
    now = db.info["clock"].now().replace(microsecond=0)
    stamp = stamp_of(db.info["base_url"])
    changed: list[tuple[Wanted, _Drawn]] = []
    placed: list[tuple[EventBytes, Wanted]] = []  # the same bytes in another place or state
    for one in wanted:
        row = stored.get((one.object_id, one.audience))
        drawn = _draw(one, row, row.revised_at if row else now)
        if row is None or drawn.body != row.body:
            if drawn.body:
                changed.append((one, drawn))
            continue
        if (row.state, row.starts_at, row.component) != (one.state, one.starts_at, one.component):
            placed.append((row, one))
        _put(row, _beside(one, drawn.defect, stamp))
    counted = (*(one for one, _ in changed), *(one for _, one in placed))
    generations = await rise(db, {key for one in counted for key in _keys(one)})
    for row, one in placed:
        row.generation = generations[events_key(one.negotiation_id, one.audience)].number
    clocks = _clocks([one for one, _ in changed], stored.values(), generations, now)
    new = []
    for one, drawn in changed:
        values = _beside(one, drawn.defect, stamp)
        if drawn.event is not None:
            revised = clocks[_clock(one)]
            body = stamped(drawn.body, drawn.revised, revised)
            values |= {
                "revised_at": revised,
                "body": body,
                "sha256": hashlib.sha256(body).hexdigest(),
                "tz": _zone_needed(drawn.event),
                "generation": generations[events_key(one.negotiation_id, one.audience)].number,
            }
        row = stored.get((one.object_id, one.audience))
        if row is None:
            new.append(_first(one, drawn, now) | values)
        else:
            _put(row, values)
    await db.flush()
    await insert_all(db, EventBytes, new)


@cache
def _stored() -> Any:
    of_objects = col(EventBytes.object_id).in_(bindparam("ids", expanding=True))
    return afresh(select(EventBytes).where(of_objects))


def _beside(one: Wanted, defect: str | None, stamp: str) -> dict[str, Any]:
    """What stands beside an item's bytes."""
    return {
        "starts_at": one.starts_at,
        "ends_at": one.ends_at,
        "state": one.state,
        "component": one.component,
        "stamp": stamp,
        "defect": defect,
    }


def _put(row: EventBytes, values: Mapping[str, Any]) -> None:
    """Set what differs: an act looks at every item of its table, and most are what they were."""
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)


@dataclass(frozen=True, slots=True)
class _Drawn:
    """Bytes for one wanted item; no event when the last good bytes stand in for it."""

    body: bytes
    event: Item | None
    revised: datetime
    defect: str | None = None


def _draw(one: Wanted, row: EventBytes | None, revised: datetime) -> _Drawn:
    """Render; what can't be rendered keeps its last good bytes, else gets the least there is.

    One bad row never breaks a feed (calendar.md, fail closed); an event without a valid start, a
    to-do or a journal is left out (no bytes).
    """
    try:
        event = one.make(revised)
        return _Drawn(_rendered(event, row.body if row else b""), event, revised)
    except Exception as error:
        defect = f"{type(error).__name__}: {error}"[:300]
        # What is wrong with it may be private text: the coordinator reads it, the log doesn't.
        log.error("event %s can't be rendered for %s", one.object_id, one.audience, exc_info=error)
    if row is not None:
        return _Drawn(row.body, None, revised, defect)
    with contextlib.suppress(Exception):
        event = one.make(revised)
        if isinstance(event, TimedEvent | AllDayEvent):
            return _Drawn(minimal(event), event, revised, defect)
    return _Drawn(b"", None, revised, defect)


def _rendered(item: Item, served: bytes) -> bytes:
    """Its bytes. A to-do's or a journal's SEQUENCE follows from what was served last; so does that
    of a window, whose title changes with the first session as well."""
    if isinstance(item, TimedEvent):
        return _event(item)
    if isinstance(item, AllDayEvent):
        drawn = _event(item)
        with contextlib.suppress(ValueError):  # what was served can't be read
            later = max(item.sequence, sequence_after(served, drawn))
            return drawn if later == item.sequence else _event(replace(item, sequence=later))
        return drawn
    drawn = _entry(item)
    sequence = sequence_after(served, drawn)
    return _entry(replace(item, sequence=sequence)) if sequence else drawn


# An act renders all of its table's items to compare them, and most are what they were.
@lru_cache(maxsize=4096)
def _event(item: TimedEvent | AllDayEvent) -> bytes:
    return render(item)


@lru_cache(maxsize=4096)
def _entry(item: Todo | Journal) -> bytes:
    return todos.render(item) if isinstance(item, Todo) else journals.render(item)


def _zone_needed(item: Item) -> str | None:
    return zone_needed(item) if isinstance(item, TimedEvent) else None


def _first(one: Wanted, drawn: _Drawn, now: datetime) -> dict[str, Any]:
    """The values of a row that isn't there yet, without its bytes."""
    return {
        "id": new_id(),
        "version": 1,
        "created_at": now,
        "object_id": one.object_id,
        "audience": one.audience,
        "negotiation_id": one.negotiation_id,
        "track_id": one.track_id,
        "session_id": one.session_id,
        "uid": drawn.event.uid if drawn.event else one.object_id,
        "tz": None,
        "body": b"",
        "sha256": "",
        "revised_at": drawn.revised,
        "generation": 0,
    }


# These audiences subscribe to a whole negotiation, the others to what they sit at: a track, and
# each plenary and caucus session by itself.
_WIDE = frozenset({EventAudience.public, EventAudience.secretariat})


def _keys(one: Wanted) -> Iterable[str]:
    """What counts one more change with this event."""
    yield events_key(one.negotiation_id, one.audience)
    of_track = one.audience is EventAudience.track and one.track_id not in (None, one.object_id)
    if of_track and one.component is EventComponent.vevent:
        yield tracks_key(one.negotiation_id)


ClockKey = tuple[str, EventAudience]


def _clock(one: Wanted | EventBytes) -> ClockKey:
    if one.audience in _WIDE:
        return (one.negotiation_id, one.audience)
    return (one.track_id or one.session_id or one.object_id, one.audience)


def _clocks(
    changed: Iterable[Wanted],
    rows: Iterable[EventBytes],
    generations: Mapping[str, Generation],
    now: datetime,
) -> dict[ClockKey, datetime]:
    """The LAST-MODIFIED for what changes now, a second above all that its audience has seen.

    So a feed's own Last-Modified rises with every change. It is counted within what an audience
    subscribes to: no side's dates tell of another track's changes.
    """
    clocks = {_clock(one): now for one in changed}
    for row in rows:
        if _clock(row) in clocks:
            clocks[_clock(row)] = max(clocks[_clock(row)], row.revised_at + timedelta(seconds=1))
    for one in changed:
        if one.audience in _WIDE:
            risen = generations[events_key(one.negotiation_id, one.audience)].risen_at
            at = datetime.fromtimestamp(risen, UTC)
            clocks[_clock(one)] = max(clocks[_clock(one)], at)
    return clocks
