"""PURE: which sessions can't both take place as they lie: the same people or room, or no time to
get from one to the other."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from negotiations.models import NegotiationSession
from negotiations.scheduling.rules import BOOKING

ROOM = "the room"


@dataclass(frozen=True, slots=True)
class Clash:
    """What stands in the way of a session: another one, and whom or what both want.

    `overlaps` is False where they only follow one another too closely.
    """

    other: NegotiationSession
    wanted: tuple[str, ...]
    overlaps: bool


Pair = tuple[NegotiationSession, NegotiationSession]  # the earlier one first


def clashes(
    sessions: Collection[NegotiationSession],
    taken: Mapping[str, Mapping[int, str]],
    buffer: timedelta,
) -> dict[str, list[Clash]]:
    """The clashes of each of these sessions, by session id, the earliest of the others first.

    `taken` names the teams and people of each session by their resource numbers. Between sessions
    of the same people there is to be a `buffer`, and none between those in the same room. Of
    several alternatives for one meeting only one takes place: they don't clash. Only of these
    sessions anything is said, so who is given those of one table learns nothing of another.
    """
    open_ = sorted(
        (one for one in sessions if one.status in BOOKING), key=lambda one: (one.starts_at, one.id)
    )
    meeting = _meetings(open_)
    people: dict[int, list[NegotiationSession]] = defaultdict(list)
    rooms: dict[tuple[str, str], list[NegotiationSession]] = defaultdict(list)
    for one in open_:
        for number in taken.get(one.id, {}):
            people[number].append(one)
        if one.room and one.room.strip():
            rooms[_words(one.location), _words(one.room)].append(one)
    near = [
        (pair, taken[pair[0].id][number])
        for number, users in people.items()
        for pair in _close(users, buffer)
    ]
    near += [(pair, ROOM) for users in rooms.values() for pair in _close(users, timedelta(0))]
    found: dict[tuple[str, str], tuple[Pair, list[str]]] = {}
    for (first, second), name in near:
        if meeting[first.id] != meeting[second.id]:
            found.setdefault((first.id, second.id), ((first, second), []))[1].append(name)
    told: dict[str, list[Clash]] = defaultdict(list)
    for (first, second), names in found.values():
        overlaps = second.starts_at < first.ends_at
        told[first.id].append(Clash(second, tuple(names), overlaps))
        told[second.id].append(Clash(first, tuple(names), overlaps))
    return {
        id_: sorted(them, key=lambda one: (one.other.starts_at, one.other.id))
        for id_, them in told.items()
    }


def _close(users: Sequence[NegotiationSession], buffer: timedelta) -> Iterator[Pair]:
    """Those of one team, person or room, by their starts, between which lies less than that."""
    for place, first in enumerate(users):
        for second in users[place + 1 :]:
            if second.starts_at >= first.ends_at + buffer:
                break
            yield first, second


def _meetings(sessions: Collection[NegotiationSession]) -> dict[str, str]:
    """What meeting each stands for: the id of the first of its alternatives, by session id."""
    instead = {one.id: one.instead_of_id for one in sessions}
    found = {}
    for one in sessions:
        first, seen = one.id, {one.id}
        while (before := instead.get(first)) and before not in seen:
            first = before
            seen.add(first)
        found[one.id] = first
    return found


def _words(text: str | None) -> str:
    return " ".join((text or "").split()).casefold()
