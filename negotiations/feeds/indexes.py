"""PURE: which events has one audience of some talks? What a feed is chosen and named by.

Without their texts; those stay in the database until a body is put together.
"""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from negotiations.feeds.sights import Part, Width
from negotiations.models.feeds import EventComponent
from negotiations.models.sessions import SessionStatus

FEW = 50  # items that are put into their places one by one
ITEM_SIZE = 600  # bytes, about: an item, its hash, its times and its place


class Item(NamedTuple):
    """One stored event, to-do or journal, in the order of a feed: by kind, start, then UID.

    `digest` is its SHA-256; `zone` the TZID in its bytes and the year of its start, as
    `America/New_York 2010`.
    """

    component: EventComponent
    starts_at: datetime
    uid: str
    row_id: str
    digest: bytes
    zone: str | None
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
        """What this part sees, in the order of a feed."""
        found = [] if part.width is Width.named else list(self.ordered)
        named = [
            item for one in part.groups if one in self.groups for item in self.groups[one].items
        ]
        if len(named) > FEW:
            return sorted(found + named)
        for item in named:
            insort(found, item)
        return found

    @property
    def size(self) -> int:
        """Bytes of memory, about."""
        return 500 + sum(300 + ITEM_SIZE * len(group.items) for group in self.groups.values())


class Read(NamedTuple):
    """An item as it was read: its group, the generation of its change, and its track."""

    item: Item
    group: str
    number: int
    track_id: str | None


def grown(
    old: Index, number: int, tracks_risen: int, found: Sequence[Read], *, of_tables: bool
) -> Index:
    """The index with these items in the places of those that they follow."""
    changed: dict[str, list[Read]] = defaultdict(list)
    for one in found:
        changed[one.group].append(one)
    groups, before = dict(old.groups), {}
    for name, new in changed.items():
        group = groups.get(name, Group((), 0))
        items = {item.row_id: item for item in group.items}
        before.update(items)
        items.update({one.item.row_id: one.item for one in new})
        newest = max(group.number, *(one.number for one in new))
        groups[name] = Group(tuple(sorted(items.values())), newest)
    ordered = [one for one in found if not of_tables or one.group == one.track_id]
    placed = _placed(old.ordered, before, [one.item for one in ordered])
    newest = max((one.number for one in ordered), default=0)
    return Index(number, max(old.ordered_number, newest), tracks_risen, groups, placed)


def _placed(
    items: Sequence[Item], before: Mapping[str, Item], new: Sequence[Item]
) -> tuple[Item, ...]:
    """The items in order, with the new ones instead of what they were before."""
    if len(new) > FEW:
        kept = {one.row_id: one for one in items}
        kept.update({one.row_id: one for one in new})
        return tuple(sorted(kept.values()))
    placed = list(items)
    for one in new:
        if one.row_id in before:
            del placed[bisect_left(placed, before[one.row_id])]
        insort(placed, one)
    return tuple(placed)
