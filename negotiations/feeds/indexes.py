"""Which events has one audience of some talks, in memory: what a feed is chosen and named by.

Without their texts; those stay in the database until a body is put together.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, col, select

from negotiations.feeds.generations import events_key, tracks_key
from negotiations.feeds.sights import Part, Width, group_of
from negotiations.models import EventBytes, Generation
from negotiations.models.feeds import EventAudience, EventComponent
from negotiations.models.sessions import SessionStatus

_TZID = re.compile(rb"\nDTSTART;TZID=([A-Za-z0-9_+/-]+):")
ITEM_SIZE = 600  # bytes, about: an item, its hash, its times and its place
# Here nobody has every event: an agency has every track's, and what it sits at besides.
OF_TABLES = frozenset({EventAudience.track, EventAudience.caucus})


class Item(NamedTuple):
    """One stored event, to-do or journal, in the order of a feed: by kind, start, then UID.

    `digest` is its SHA-256; `zone` the TZID in its bytes, with its `year`.
    """

    component: EventComponent
    starts_at: datetime
    uid: str
    row_id: str
    digest: bytes
    zone: str | None
    year: int
    revised_at: datetime
    state: SessionStatus | None


@dataclass(frozen=True, slots=True)
class Group:
    """In the order of a feed: by start, then UID. `number`: the generation of its last change."""

    items: tuple[Item, ...]
    number: int


@dataclass(frozen=True, slots=True)
class Index:
    """At generation `number`; nothing in it is ever changed.

    `ordered` is what sits under nothing but the width of a part, in the order of a feed: every
    track's sessions, or in an audience of whole talks every event; `ordered_number` the generation
    of its newest change. `tracks_risen`: when an agency was last told of one (seconds since 1970).
    """

    number: int = 0
    ordered_number: int = 0
    tracks_risen: int = 0
    groups: Mapping[str, Group] = field(default_factory=dict)
    ordered: tuple[Item, ...] = ()

    def newest(self, part: Part) -> int:
        """The generation of the newest change that this part may see."""
        numbers = [self.groups[one].number for one in part.groups if one in self.groups]
        if part.width is not Width.named:
            numbers.append(self.ordered_number)
        return max(numbers, default=0)

    def items(self, part: Part) -> list[Item]:
        """What this part sees, in no order."""
        found = [] if part.width is Width.named else list(self.ordered)
        for name in part.groups:
            if name in self.groups:
                found += self.groups[name].items
        return found

    @property
    def size(self) -> int:
        """Bytes of memory, about."""
        return 500 + sum(300 + ITEM_SIZE * len(group.items) for group in self.groups.values())


def load(
    db: Session,
    negotiation_id: str,
    audience: EventAudience,
    old: Index | None,
    texts: dict[str, bytes],
) -> Index:
    """The index as the database has it; only what changed since `old` is read.

    The bytes that were read on the way are put into `texts`, by the id of their row.
    """
    keys = events_key(negotiation_id, audience), tracks_key(negotiation_id)
    rows = db.exec(select(Generation).where(col(Generation.key).in_(keys)))
    generations = {row.key: row for row in rows}
    number = generations[keys[0]].number if keys[0] in generations else 0
    if old is not None and number == old.number:
        return old
    if old is None or number < old.number:
        old = Index()
    found = db.exec(
        select(  # type: ignore[call-overload]  # typed for up to four columns
            EventBytes.id,
            EventBytes.component,
            EventBytes.object_id,
            EventBytes.track_id,
            EventBytes.uid,
            EventBytes.starts_at,
            EventBytes.revised_at,
            EventBytes.state,
            EventBytes.generation,
            EventBytes.body,
        ).where(
            col(EventBytes.negotiation_id) == negotiation_id,
            col(EventBytes.audience) == audience,
            *((col(EventBytes.generation) > old.number,) if old.number else ()),
        )
    ).all()
    changed: dict[str, list[tuple[Item, int]]] = {}
    ordered, ordered_number = {one.row_id: one for one in old.ordered}, old.ordered_number
    for (
        row_id,
        component,
        object_id,
        track_id,
        uid,
        starts_at,
        revised_at,
        state,
        risen,
        body,
    ) in found:
        texts[row_id] = body
        # The name in the bytes counts: it was checked when they were rendered.
        zone = _TZID.search(body)
        item = Item(
            component,
            starts_at,
            uid,
            row_id,
            hashlib.sha256(body).digest(),
            zone[1].decode() if zone else None,
            starts_at.year,
            revised_at,
            state,
        )
        group = group_of(object_id, track_id)
        changed.setdefault(group, []).append((item, risen))
        if audience not in OF_TABLES or group == track_id:
            ordered[row_id] = item
            ordered_number = max(ordered_number, risen)
    return Index(
        number,
        ordered_number,
        generations[keys[1]].risen_at if keys[1] in generations else 0,
        _merged(old.groups, changed),
        tuple(sorted(ordered.values())),
    )


def _merged(
    groups: Mapping[str, Group], changed: Mapping[str, Iterable[tuple[Item, int]]]
) -> dict[str, Group]:
    merged = dict(groups)
    for name, new in changed.items():
        old = merged.get(name)
        items = {item.row_id: item for item in (old.items if old else ())}
        numbers = [old.number if old else 0]
        for item, number in new:
            items[item.row_id] = item
            numbers.append(number)
        merged[name] = Group(tuple(sorted(items.values())), max(numbers))
    return merged
