"""PURE: what the public sees of a published session: a copy, frozen while nothing is agreed.

The copy follows the session while it is confirmed or later. While it is proposed again (a head
moved it, the coordinator without both consents, or it was postponed and reinstated) the public
keeps what it saw last: no time, place or agenda is public before the coordinator has confirmed
it. What others write on the agenda of a published session waits for the coordinator's next act on
it. That it is off, postponed or cancelled, the public learns at once.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from negotiations.errors import Invalid
from negotiations.models import AgendaItem, NegotiationSession
from negotiations.models.sessions import ItemState, SessionStatus
from negotiations.scheduling.times import resolve

_OFF = frozenset({SessionStatus.postponed, SessionStatus.cancelled})
_TIMES = ("local_start", "local_end", "starts_at", "ends_at")
_PLAIN = ("title", "tz", "fold", "location", "room", "status", "sequence", "basis_note")


def updated(
    session: NegotiationSession, agenda: Sequence[AgendaItem], *, with_words: bool
) -> dict[str, Any] | None:
    """The copy after an act on the session; None while it isn't published.

    Without `with_words` the public keeps the agenda that it saw: who acted may not speak to it.
    """
    before = session.public_copy
    if session.published_at is None:
        return None
    if before is not None and session.status is SessionStatus.proposed:
        return before
    if before is not None and session.status in _OFF:
        return {**before, "status": session.status.value, "sequence": session.sequence}
    copy = {name: getattr(session, name) for name in _PLAIN}
    copy |= {name: getattr(session, name).isoformat() for name in _TIMES}
    copy["status"] = session.status.value
    copy["agenda"] = [item.title for item in agenda if item.state is not ItemState.dropped]
    if before is not None and not with_words:
        copy["agenda"] = before["agenda"]
    copy["moved_from"] = _moved_from(before, copy)
    return copy


def recomputed(session: NegotiationSession) -> dict[str, Any] | None:
    """The copy with its instants as the rules of its zone have them now.

    One that is frozen is told apart by SEQUENCE. What means no instant any more stays as it is.
    """
    copy = session.public_copy
    if copy is None:
        return None
    start, end = (datetime.fromisoformat(copy[name]) for name in ("local_start", "local_end"))
    try:
        slot = resolve(start, end, copy["tz"], copy["fold"])
    except Invalid:
        return copy
    instants = {"starts_at": slot.starts_at.isoformat(), "ends_at": slot.ends_at.isoformat()}
    if all(copy[name] == value for name, value in instants.items()):
        return copy
    return {**copy, **instants, "sequence": max(session.sequence, copy["sequence"] + 1)}


def _moved_from(before: dict[str, Any] | None, copy: dict[str, Any]) -> dict[str, Any] | None:
    """The time the public saw before its last move."""
    if before is None:
        return None
    agreed = ("local_start", "tz", "fold")
    elsewhere = any(before[name] != copy[name] for name in agreed)
    if elsewhere and before["starts_at"] != copy["starts_at"]:
        return {name: before[name] for name in ("local_start", "tz", "fold")}
    moved: dict[str, Any] | None = before["moved_from"]
    return moved


def as_public(session: NegotiationSession) -> NegotiationSession:
    """The session as the public sees it: the copy's fields, and nothing that isn't public."""
    copy = session.public_copy
    assert copy is not None, "only a published session has a public side"
    fields: dict[str, Any] = {name: copy[name] for name in _PLAIN}
    fields |= {name: datetime.fromisoformat(copy[name]) for name in _TIMES}
    fields["status"] = SessionStatus(copy["status"])
    kept = ("id", "created_at", "negotiation_id", "track_id", "number", "kind", "uid", "basis")
    fields |= {name: getattr(session, name) for name in kept}
    return NegotiationSession(**fields, published_at=session.published_at, public_copy=copy)
