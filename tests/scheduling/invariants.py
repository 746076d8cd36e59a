"""What must hold after each act on a session, whatever came before: invariants of domain.md."""

from collections import Counter, defaultdict
from datetime import timedelta
from typing import Any

from scheduling.lives import Snapshot

from negotiations.models import NegotiationSession
from negotiations.models.feeds import EventAudience
from negotiations.models.outcomes import OutcomeValue
from negotiations.models.sessions import ChangeKind, ItemState, SessionStatus
from negotiations.scheduling.rules import BOOKING, ICALENDAR_STATUS
from negotiations.scheduling.times import resolve

# No text with one of these words in it may reach the public.
SECRETS = (b"SECRET",)


def significant(session: NegotiationSession) -> tuple[Any, ...]:
    """What raises SEQUENCE when it changes (invariant 2)."""
    return (
        session.starts_at, session.ends_at, session.tz, session.location, session.room,
        ICALENDAR_STATUS[session.status], session.title,
    )  # fmt: skip


def check(before: Snapshot, after: Snapshot) -> None:
    """Everything that can be read off what was stored before and after an act."""
    for session in after.sessions.values():
        slot = resolve(session.local_start, session.local_end, session.tz, session.fold)
        assert (slot.starts_at, slot.ends_at) == (session.starts_at, session.ends_at)
        old = before.sessions.get(session.id)
        if old is None:
            assert session.sequence == 0
        else:
            assert session.uid == old.uid
            rise = significant(session) != significant(old)
            assert session.sequence - old.sequence == rise
    uids = [session.uid for session in after.sessions.values()]
    assert len(set(uids)) == len(uids)
    assert set(before.sessions) <= set(after.sessions)
    check_events(before, after)
    check_bookings(after)
    check_held(after)
    check_outcomes(before, after)
    check_logs(before, after)


def check_events(before: Snapshot, after: Snapshot) -> None:
    """Invariants 3 and 10: LAST-MODIFIED rises exactly with the bytes; the public learns little."""
    for key, (body, revised) in after.events.items():
        if key in before.events:
            old_body, old_revised = before.events[key]
            if body == old_body:
                assert revised == old_revised
            else:
                assert revised >= old_revised + timedelta(seconds=1)
    assert set(before.events) <= set(after.events)
    for (session_id, _), (body, _) in after.public().items():
        assert not any(secret in body for secret in SECRETS)
        session, old = after.sessions[session_id], before.sessions.get(session_id)
        if old is not None and old.public_copy == session.public_copy:
            for audience in (EventAudience.public, EventAudience.public_jurisdiction):
                key = (session_id, audience)
                assert after.events[key] == before.events[key]
        was_public = old is not None and old.public_copy is not None
        if was_public and session.status is SessionStatus.proposed:
            assert old is not None
            assert session.public_copy == old.public_copy


def check_bookings(after: Snapshot) -> None:
    """Invariant 5, and that who sits at a table is booked for all of its time and no other."""
    assert after.overlaps == 0
    taken = Counter(one.session_id for one in after.bookings)
    for session in after.sessions.values():
        confirmed = any(one.kind is ChangeKind.confirmed for one in after.logs[session.id])
        waits = session.status is SessionStatus.proposed and not confirmed
        books = session.status in BOOKING and not (waits and session.instead_of_id)
        assert (taken[session.id] >= 2) == books
        assert taken[session.id] == 0 or books
    for booking in after.bookings:
        session = after.sessions[booking.session_id]
        assert (booking.starts_at, booking.ends_at) == (session.starts_at, session.ends_at)


def check_held(after: Snapshot) -> None:
    """Invariant 6: what was held is settled."""
    spoken = {(one["session_id"], one["issue_id"]) for one in after.outcomes.values()}
    items = {item.id: item for agenda in after.agendas.values() for item in agenda}
    for session in after.sessions.values():
        held = session.status is SessionStatus.held
        assert held == (session.close_kind is not None)
        for item in after.agendas.get(session.id, []):
            carried = item.state is ItemState.carried_over
            assert carried == (item.carried_to_id is not None)
            if not carried and not held:
                continue
            assert held
            assert item.state is not ItemState.proposed
            if carried:
                there = items[item.carried_to_id or ""]
                assert after.sessions[there.session_id].continues_id == session.id
                assert there.issue_id == item.issue_id
            elif item.issue_id and item.state is ItemState.adopted:
                assert (session.id, item.issue_id) in spoken


def check_outcomes(before: Snapshot, after: Snapshot) -> None:
    """Invariants 7 and 8: append-only, one that stands, and no refusal without who and why."""
    for key, row in before.outcomes.items():
        assert after.outcomes[key] == row
    replaced = {one["supersedes_id"] for one in after.outcomes.values()}
    standing: dict[tuple[str, str], int] = defaultdict(int)
    for key, row in after.outcomes.items():
        standing[row["session_id"], row["issue_id"]] += key not in replaced
        if row["value"] is OutcomeValue.declined:
            assert row["reason"]
            assert row["decided_by_id"]
    assert set(standing.values()) <= {1}


def check_logs(before: Snapshot, after: Snapshot) -> None:
    """The log is append-only and numbered, and every act is in the audit."""
    for session_id, log in after.logs.items():
        old = before.logs.get(session_id, [])
        assert [one.model_dump() for one in log[: len(old)]] == [one.model_dump() for one in old]
        assert [one.number for one in log] == list(range(1, len(log) + 1))
    grew = sum(map(len, after.logs.values())) - sum(map(len, before.logs.values()))
    assert after.audits - before.audits >= grew


def same(before: Snapshot, after: Snapshot) -> bool:
    """Whether nothing at all has changed."""
    rows = [{key: row.model_dump() for key, row in one.sessions.items()} for one in (before, after)]
    return rows[0] == rows[1] and before.events == after.events and before.audits == after.audits
