"""Reading the stored events of an audience into its index: only what has changed since."""

import hashlib
import re
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from itertools import chain
from typing import Any

import sqlalchemy as sa
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
MOST_IDS = 500  # in a statement
EVERYTHING = -1  # less than any generation
MOST_TEXTS = 2000
MOST_ZONES = 100
# Here nobody has every event: an agency has every track's, and what it sits at besides.
OF_TABLES = frozenset({EventAudience.track, EventAudience.caucus})


class Outdated(Exception):
    """The database has other bytes than the index that was made of them: forget(), try again."""


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
    counted = db.connection().execute(_COUNTED, {"keys": keys})
    generations = {key: (number, risen_at) for key, number, risen_at in counted}
    number, _ = generations.get(keys[0], (0, 0))
    if old is not None and number == old.number:
        return old
    if old is None or number < old.number:
        old = Index()
    since = old.number or EVERYTHING
    found = _read(db, negotiation_id, audience, since, texts)
    _, risen = generations.get(keys[1], (0, 0))
    return grown(old, number, risen, found, of_tables=audience in OF_TABLES)


def _read(
    db: Session,
    negotiation_id: str,
    audience: EventAudience,
    since: int,
    texts: dict[str, bytes],
) -> list[Read]:
    given = {"talks": negotiation_id, "audience": audience, "since": since}
    rows = db.connection().execute(_ROWS, given, execution_options={"yield_per": AT_ONCE})
    found = []
    for (
        row_id, kind, object_id, track_id, session_id, uid, starts_at, revised_at, state, number,
        body,
    ) in chain.from_iterable(rows.partitions()):  # fmt: skip  # (one by one takes twice as long)
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
        found.append(Read(item, group_of(object_id, track_id, session_id), number, track_id))
    return found


def texts_of(db: Session, items: Sequence[Item], texts: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """The events' bytes by the ids of their rows: from `texts`, which were read together with the
    items, and those that aren't there from the database.

    Raises Outdated where they aren't those of the items.
    """
    found = {one.row_id: texts[one.row_id] for one in items if one.row_id in texts}
    lacking = [one for one in items if one.row_id not in found]
    for begin in range(0, len(lacking), MOST_IDS):
        some = [one.row_id for one in lacking[begin : begin + MOST_IDS]]
        rows = db.connection().execute(_BODIES, {"ids": some})
        found.update((row_id, body) for row_id, body in rows)
    for one in lacking:
        if one.row_id not in found or hashlib.sha256(found[one.row_id]).digest() != one.digest:
            raise Outdated("An event has changed meanwhile.")
    return found


def _raw(column: Any) -> Any:
    return sa.type_coerce(column, sa.String)


def _utc(stored: str | datetime) -> datetime:
    """A time as SQLite (a text in UTC) and PostgreSQL's driver give it."""
    if isinstance(stored, str):
        return datetime.fromisoformat(f"{stored}+00:00")
    return stored.astimezone(UTC)


# Thousands of rows are read at a time: what they hold is taken as the driver gives it, since the
# types of the columns take longer for that than the database does. And what is asked after each
# change is put together once: that would take as long as asking it.
_KINDS: Mapping[str, EventComponent] = {one.value: one for one in EventComponent}
_STATES: Mapping[str | None, SessionStatus | None] = {
    None: None,
    **{one.value: one for one in SessionStatus},
}
_ROWS = sa.select(
    col(EventBytes.id), _raw(EventBytes.component), col(EventBytes.object_id),
    col(EventBytes.track_id), col(EventBytes.session_id), col(EventBytes.uid),
    _raw(EventBytes.starts_at),
    _raw(EventBytes.revised_at), _raw(EventBytes.state), col(EventBytes.generation),
    col(EventBytes.body),
).where(
    col(EventBytes.negotiation_id) == sa.bindparam("talks"),
    col(EventBytes.audience) == sa.bindparam("audience"),
    col(EventBytes.generation) > sa.bindparam("since"),
)  # fmt: skip
_BODIES = sa.select(col(EventBytes.id), col(EventBytes.body)).where(
    col(EventBytes.id).in_(sa.bindparam("ids", expanding=True))
)
_COUNTED = sa.select(col(Generation.key), col(Generation.number), col(Generation.risen_at)).where(
    col(Generation.key).in_(sa.bindparam("keys", expanding=True))
)
