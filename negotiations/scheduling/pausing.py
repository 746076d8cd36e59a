"""PURE: a session that is off for now and comes back, or whose instants the zone's rules move."""

from collections.abc import Sequence
from datetime import UTC, datetime

from negotiations.models import NegotiationSession, SessionChange
from negotiations.models.sessions import ChangeKind, SessionStatus
from negotiations.scheduling.acceptance import Consent
from negotiations.scheduling.rules import (
    check_allowed,
    entry,
    place_of,
    required,
    revised,
    set_time,
)
from negotiations.scheduling.times import Slot


def postpone(session: NegotiationSession, *, reason: str, now: datetime) -> SessionChange:
    """Off for now: calendars keep it at its old time as cancelled (RFC 5546 lets it return)."""
    check_allowed("postpone", session)
    change = entry(session, ChangeKind.postponed, now)
    change.reason = required(reason, "Say why it is postponed: everyone concerned reads it.")
    change.from_start, change.from_tz = session.local_start, session.tz
    change.from_fold = session.fold
    with revised(session):
        session.status = SessionStatus.postponed
    # Opened and broken off before anything was settled: it will be opened anew.
    session.opened_at = None
    return change


def reinstate(
    session: NegotiationSession,
    slot: Slot,
    *,
    location: str | None,
    room: str | None,
    consents: Sequence[Consent],
    now: datetime,
) -> SessionChange:
    """Proposed again at this time and place; what was accepted before is void."""
    check_allowed("reinstate", session)
    change = entry(session, ChangeKind.reinstated, now)
    change.from_start, change.from_tz = session.local_start, session.tz
    change.from_fold, change.from_place = session.fold, place_of(session) or None
    change.to_start, change.to_tz, change.to_fold = slot.local_start, slot.tz, slot.fold
    change.consents = [consent.as_json() for consent in consents]
    with revised(session):
        set_time(session, slot)
        session.location, session.room = location, room
        session.status = SessionStatus.proposed
    change.to_place = place_of(session) or None
    return change


def recomputed(session: NegotiationSession, slot: Slot, *, now: datetime) -> SessionChange:
    """The same local time, which the rules of its zone now place at other instants."""
    change = entry(session, ChangeKind.recomputed, now)
    change.reason = (
        f"The rules of {session.tz} changed. The local time stays; it now begins at "
        f"{_utc(slot.starts_at)} instead of {_utc(session.starts_at)}."
    )
    if (slot.starts_at, slot.ends_at) == (session.starts_at, session.ends_at):
        change.reason = "The rules of a zone changed: the time that the public still sees follows."
    with revised(session):
        set_time(session, slot)
    return change


def not_recomputed(session: NegotiationSession, why: str, *, now: datetime) -> SessionChange:
    """The rules of its zone changed, and it can't follow."""
    change = entry(session, ChangeKind.recomputed, now)
    change.reason = f"The rules of {session.tz} changed, and it can't follow. {why}"
    return change


def _utc(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
