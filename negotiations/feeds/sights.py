"""PURE: which stored events does a subscription see? Subscriptions of equal sight share a body."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from negotiations.models.feeds import EventAudience


class Width(StrEnum):
    """How much of an audience's events is seen."""

    all = "all"
    tracks = "tracks"  # every track's sessions and the groups named
    named = "named"  # the groups named only


@dataclass(frozen=True, slots=True)
class Part:
    """Events of one audience in some talks.

    A group is what people sit at: a track, or a plenary or caucus session; the window of the talks
    and of a track are groups of their own.
    """

    negotiation_id: str
    audience: EventAudience
    width: Width
    groups: frozenset[str] = frozenset()


Sight = tuple[Part, ...]


def window_of(track_id: str) -> str:
    """The group of a track's own window: an agency sees that of the talks instead."""
    return f"window:{track_id}"


def group_of(object_id: str, track_id: str | None, session_id: str | None = None) -> str:
    """The group of a stored event; of minutes that of their session."""
    if track_id is None:
        return session_id or object_id
    return window_of(track_id) if object_id == track_id else track_id


def of_secretariat(negotiation_id: str) -> Part:
    return Part(negotiation_id, EventAudience.secretariat, Width.all)


def of_public(negotiation_id: str) -> Part:
    return Part(negotiation_id, EventAudience.public, Width.all)


def of_public_jurisdiction(negotiation_id: str, track_id: str, sessions: Iterable[str]) -> Part:
    """A jurisdiction's published sessions: its track's and those `sessions` it takes part in."""
    groups = frozenset((track_id, window_of(track_id), *sessions))
    return Part(negotiation_id, EventAudience.public_jurisdiction, Width.named, groups)


def of_party(
    negotiation_id: str,
    track_id: str | None,
    sessions: Mapping[str, bool],
    *,
    is_agency: bool,
) -> Sight:
    """A party's: its track (the agency: every track) and the plenary and caucus sessions that name
    it; `sessions` says by id whether it is a caucus's."""
    open_ = [one for one, in_caucus in sessions.items() if not in_caucus]
    hidden = frozenset(one for one, in_caucus in sessions.items() if in_caucus)
    own = (track_id, window_of(track_id)) if track_id and not is_agency else ()
    groups = frozenset((*own, *open_, *((negotiation_id,) if is_agency else ())))
    width = Width.tracks if is_agency else Width.named
    shared = Part(negotiation_id, EventAudience.track, width, groups)
    if not hidden:
        return (shared,)
    return (shared, Part(negotiation_id, EventAudience.caucus, Width.named, hidden))
