"""PURE: a session that is postponed, and comes back under the same UID at a new time."""

from collections.abc import Sequence
from datetime import datetime

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
