"""PURE: what feeds of equal sight and equal options have in common: everything but their heads."""

import hashlib
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import itemgetter
from typing import Protocol

from negotiations.feeds.indexes import Index, Item
from negotiations.feeds.options import Options
from negotiations.feeds.packing import Part as Packed
from negotiations.feeds.packing import compress
from negotiations.feeds.sights import Sight, Width
from negotiations.ics.alarms import with_alarms
from negotiations.ics.calendars import CLOSING, ITEMS, EmptyCalendar, whole
from negotiations.ics.links import without_links
from negotiations.ics.timezones import vtimezone
from negotiations.models.feeds import EventComponent
from negotiations.models.sessions import SessionStatus

_TO_COME = frozenset({SessionStatus.proposed, SessionStatus.confirmed, SessionStatus.in_progress})
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
VEVENT = EventComponent.vevent
# Of thousands of items each is taken by these, several times faster than by name.
_KIND, _REVISED, _DIGEST, _ZONE = (
    itemgetter(Item._fields.index(name)) for name in ("component", "revised_at", "digest", "zone")
)
_LENGTH = 32  # bytes of a digest
SMALL = 96  # events that are compressed at one go
TOGETHER = 16  # parts
LONGEST = 64  # events of a part
_CUT = re.compile(rb"[\x00-\x07]")  # 8 of 256: a part has 32 events in the middle


@dataclass(frozen=True, slots=True)
class Tail:
    """Zones and events in their order. `digest` differs with any byte of them."""

    digest: bytes
    last_modified: datetime
    zones: tuple[bytes, ...]
    items: tuple[Item, ...]


def chosen(sight: Sight, indexes: Sequence[Index], options: Options) -> Tail:
    """What this sight has to show; `indexes` belong to its parts, in their order.

    Raises EmptyCalendar when there is no event at all: programs delete what is absent.
    """
    items: list[Item] = []
    risen, kinds = EPOCH, {VEVENT, *options.components}
    for part, index in zip(sight, indexes, strict=True):
        for several in _of_kinds(index.items(part), kinds):
            items += several
        if part.width is Width.tracks:
            risen = max(risen, datetime.fromtimestamp(index.tracks_risen, UTC))
    # Also when a change took an event out of what is shown, Last-Modified has to tell of it.
    last_modified = max(map(_REVISED, items), default=EPOCH)
    if not options.cancelled:
        items = [one for one in items if one.state is not SessionStatus.cancelled]
    if len(sight) > 1:
        items.sort()
    if not items or items[0].component is not VEVENT:  # which come first
        raise EmptyCalendar("A feed without any event must not be served; answer 503.")
    zones = _timezones(items)
    digest = hashlib.sha256(
        b"".join(zones) + _told(_digests(items), _marks(items, options), options)
    )
    return Tail(digest.digest(), max(last_modified, risen), zones, tuple(items))


def _of_kinds(items: Sequence[Item], kinds: Collection[EventComponent]) -> Iterable[Sequence[Item]]:
    """Those of these kinds; the items are in the order of a feed, so each kind stands together."""
    for kind in sorted(kinds):
        begin = bisect_left(items, kind, key=_KIND)
        yield items[begin : bisect_right(items, kind, begin, key=_KIND)]


def _digests(items: Iterable[Item]) -> bytes:
    return b"".join(map(_DIGEST, items))


def _marks(items: Iterable[Item], options: Options) -> bytes:
    """A byte for each event: whether it has alarms. Empty where nobody wants any."""
    return bytes(map(_is_to_come, items)) if options.alarms else b""


def _told(hashes: bytes, marks: bytes, options: Options) -> bytes:
    """What differs with any byte of these events as this subscription has them."""
    if not options.links:
        hashes += b"without links"
    return hashes + repr(options.alarms).encode() + marks if any(marks) else hashes


def _is_to_come(item: Item) -> bool:
    return item.component is VEVENT and item.state in _TO_COME


def _timezones(items: Iterable[Item]) -> tuple[bytes, ...]:
    """Each zone used, for the years of its sessions and one on either side."""
    years: dict[str, list[int]] = {}
    for used in set(map(_ZONE, items)):
        if used is not None:
            zone, _, year = used.partition(" ")
            years.setdefault(zone, []).append(int(year))
    return tuple(vtimezone(tz, min(years[tz]) - 1, max(years[tz]) + 1) for tz in sorted(years))


Texts = Callable[[Sequence[Item]], Mapping[str, bytes]]


class Parts(Protocol):
    """Where compressed parts are kept by their keys."""

    def get(self, key: bytes) -> Packed | None: ...

    def put(self, key: bytes, value: Packed, size: int) -> None: ...


def packed(tail: Tail, options: Options, texts: Texts, parts: Parts) -> Sequence[Packed]:
    """The tail compressed in parts, with the end of the calendar.

    `texts` gives the bytes of events by the ids of their rows. Where many events are, a part ends
    wherever the events' hashes say so: a change of one event leaves all other parts as they are.
    """
    zones = b"".join(tail.zones)
    if len(tail.items) <= SMALL:
        return [compress(zones + _text(tail.items, options, texts(tail.items)) + CLOSING)]
    hashes, marks = _digests(tail.items), _marks(tail.items, options)
    cut = []
    for begin, end in _cut(hashes[::_LENGTH]):
        told = _told(hashes[begin * _LENGTH : end * _LENGTH], marks[begin:end], options)
        cut.append((hashlib.sha256(told).digest(), tail.items[begin:end]))
    found = {key: parts.get(key) for key, _ in cut}
    for some in _batches([(key, items) for key, items in cut if found[key] is None]):
        bodies = texts([item for _, items in some for item in items])
        for key, items in some:
            found[key] = made = compress(_text(items, options, bodies))
            parts.put(key, made, made.size)
    middle = [part for key, _ in cut if (part := found[key]) is not None]
    return [compress(zones), *middle, compress(CLOSING)]


_Keyed = tuple[bytes, Sequence[Item]]


def _batches(lacking: Sequence[_Keyed]) -> Iterable[Sequence[_Keyed]]:
    """A few parts at a time, so that the texts of thousands of events are never there at once."""
    for begin in range(0, len(lacking), TOGETHER):
        yield lacking[begin : begin + TOGETHER]


def _text(items: Sequence[Item], options: Options, bodies: Mapping[str, bytes]) -> bytes:
    texts = [bodies[one.row_id] for one in items]
    whole(texts, *ITEMS)
    if not options.links:
        texts = [without_links(text) for text in texts]
    if options.alarms:
        texts = [
            with_alarms(text, options.alarms) if _is_to_come(one) else text
            for one, text in zip(items, texts, strict=True)
        ]
    return b"".join(texts)


def _cut(firsts: bytes) -> Iterable[tuple[int, int]]:
    """Where parts begin and end, by the first byte of each event's hash."""
    begin = 0
    for end in [found.end() for found in _CUT.finditer(firsts)] + [len(firsts)]:
        while begin < end:
            yield begin, min(end, begin + LONGEST)
            begin = min(end, begin + LONGEST)


def text(tail: Tail, options: Options, texts: Texts) -> bytes:
    """The tail as it is, with the end of the calendar."""
    return b"".join((*tail.zones, _text(tail.items, options, texts(tail.items)), CLOSING))
