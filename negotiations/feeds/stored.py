"""Reading the stored events of an audience into its index: only what has changed since."""

import hashlib
import re
import sys
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import String, type_coerce
from sqlmodel import Session, col, func, select

from negotiations.feeds.generations import events_key, tracks_key
from negotiations.feeds.indexes import Index, Item, Read, grown
from negotiations.feeds.sights import group_of
from negotiations.ics.timezones import vtimezone
from negotiations.models import EventBytes, Generation
from negotiations.models.feeds import EventAudience, EventComponent
from negotiations.models.sessions import SessionStatus

_TZID = re.compile(rb"\nDTSTART;TZID=([A-Za-z0-9_+/-]+):")
AT_ONCE = 250  # rows
MOST_TEXTS = 2000
MOST_ZONES = 100
# Here nobody has every event: an agency has every track's, and what it sits at besides.
OF_TABLES = frozenset({EventAudience.track, EventAudience.caucus})


def prepare_zones(db: Session) -> None:
    """Work out the zones that the calendars of whole talks need."""
    table = EventBytes
    rows = db.exec(
        select(table.tz, func.min(table.starts_at), func.max(table.starts_at))
        .where(col(table.tz).is_not(None))
        .group_by(col(table.negotiation_id), col(table.audience), col(table.tz))
        .limit(MOST_ZONES)
    )
    for tz, first, last in rows:
        with suppress(ValueError):  # a broken row breaks nothing here
            vtimezone(str(tz), first.year - 1, last.year + 1)


def load(
    db: Session,
    negotiation_id: str,
    audience: EventAudience,
    old: Index | None,
    texts: dict[str, bytes],
) -> Index:
    """The index as the database has it; only what changed since `old` is read.

    Bytes that were read on the way are put into `texts`, by the id of their row: not all of them
    where they are many.
    """
    keys = events_key(negotiation_id, audience), tracks_key(negotiation_id)
    counted = select(Generation.key, Generation.number, Generation.risen_at)
    rows = db.exec(counted.where(col(Generation.key).in_(keys)))
    generations = {key: (number, risen_at) for key, number, risen_at in rows}
    number, _ = generations.get(keys[0], (0, 0))
    if old is not None and number == old.number:
        return old
    if old is None or number < old.number:
        old = Index()
    found = _read(db, negotiation_id, audience, old.number, texts)
    _, risen = generations.get(keys[1], (0, 0))
    return grown(old, number, risen, found, of_tables=audience in OF_TABLES)


def _read(
    db: Session,
    negotiation_id: str,
    audience: EventAudience,
    since: int,
    texts: dict[str, bytes],
) -> list[Read]:
    table = EventBytes
    rows = db.connection().execute(  # (through the session it takes twice as long)
        sa.select(
            col(table.id), _raw(table.component), col(table.object_id), col(table.track_id),
            col(table.uid), _raw(table.starts_at), _raw(table.revised_at), _raw(table.state),
            col(table.generation), col(table.body),
        ).where(
            col(table.negotiation_id) == negotiation_id,
            col(table.audience) == audience,
            *((col(table.generation) > since,) if since else ()),
        ),
        execution_options={"yield_per": AT_ONCE},
    )  # fmt: skip
    found = []
    for row_id, kind, object_id, track_id, uid, starts_at, revised_at, state, number, body in rows:
        if len(texts) < MOST_TEXTS:
            texts[row_id] = body
        # The name in the bytes counts: it was checked when they were rendered.
        zone, begins = _TZID.search(body), _utc(starts_at)
        used = sys.intern(f"{zone[1].decode()} {begins.year}") if zone else None
        # A word that this version doesn't know stays as it is (see models.base.Unknown).
        item = Item(
            _KINDS.get(kind, kind), begins, uid, row_id, hashlib.sha256(body).digest(), used,
            _utc(revised_at), _STATES.get(state, state),
        )  # fmt: skip
        found.append(Read(item, group_of(object_id, track_id), number, track_id))
    return found


# Thousands of rows are read at a time: what they hold is taken as the driver gives it, since the
# types of the columns take longer for that than the database does.
_KINDS: Mapping[str, EventComponent] = {one.value: one for one in EventComponent}
_STATES: Mapping[str | None, SessionStatus | None] = {
    None: None,
    **{one.value: one for one in SessionStatus},
}


def _raw(column: Any) -> Any:
    return type_coerce(column, String)


def _utc(stored: str | datetime) -> datetime:
    """A time as SQLite (a text in UTC) and PostgreSQL's driver give it."""
    if isinstance(stored, str):
        return datetime.fromisoformat(f"{stored}+00:00")
    return stored.astimezone(UTC)
