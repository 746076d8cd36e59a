"""PURE: the life of a session: which event is allowed from where, and what it does.

Each event function takes the session with what it needs to judge, raises `WrongState` or
`Invalid` with all that is missing, and otherwise changes the row and returns the entry for the
log of changes. They touch no database and know no clock: `now` is given.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Literal

from negotiations.errors import Invalid, WrongState
from negotiations.models import AgendaItem, NegotiationSession, SessionChange
from negotiations.models.sessions import ChangeKind, ItemState, SessionStatus
from negotiations.scheduling.acceptance import Consent, accepted_by
from negotiations.scheduling.times import Slot

BOOKING = frozenset({SessionStatus.proposed, SessionStatus.confirmed, SessionStatus.in_progress})
ALLOWED_FROM: dict[str, frozenset[SessionStatus]] = {
    "accept": frozenset({SessionStatus.proposed}),
    "decline": frozenset({SessionStatus.proposed}),
    "confirm": frozenset({SessionStatus.proposed}),
    "move": frozenset({SessionStatus.proposed, SessionStatus.confirmed}),
    "relocate": frozenset({SessionStatus.proposed, SessionStatus.confirmed}),
    "change": frozenset({SessionStatus.proposed, SessionStatus.confirmed}),
    "counter": frozenset({SessionStatus.proposed, SessionStatus.postponed}),
    "postpone": BOOKING,
    "reinstate": frozenset({SessionStatus.postponed}),
    "cancel": BOOKING | {SessionStatus.postponed},
    "open": frozenset({SessionStatus.confirmed}),
    "close": frozenset({SessionStatus.confirmed, SessionStatus.in_progress}),
    "publish": frozenset({SessionStatus.confirmed, SessionStatus.in_progress, SessionStatus.held}),
}
ICALENDAR_STATUS: dict[SessionStatus, Literal["TENTATIVE", "CONFIRMED", "CANCELLED"]] = {
    SessionStatus.proposed: "TENTATIVE",
    SessionStatus.confirmed: "CONFIRMED",
    SessionStatus.in_progress: "CONFIRMED",
    SessionStatus.held: "CONFIRMED",
    SessionStatus.postponed: "CANCELLED",
    SessionStatus.cancelled: "CANCELLED",
}


def check_allowed(event: str, session: NegotiationSession) -> None:
    """Raise WrongState unless `event` may happen to a session in this status."""
    allowed = ALLOWED_FROM[event]
    if session.status not in allowed:
        names = " or ".join(status.value for status in SessionStatus if status in allowed)
        raise WrongState(
            f"This session is {session.status.value.replace('_', ' ')}; "
            f"to {event} it, it must be {names.replace('_', ' ')}."
        )


def place_of(session: NegotiationSession) -> str:
    """Where it is, on one line; empty when nothing is set."""
    return ", ".join(part for part in (session.room, session.location) if part)


@contextmanager
def revised(session: NegotiationSession) -> Iterator[None]:
    """Raise SEQUENCE by one if what RFC 5546 §2.1.4 calls significant changed (invariant 2).

    The join link is not part of it: the public can't see it, so it may not show in their bytes.
    """

    def significant() -> tuple[Any, ...]:
        return (
            session.starts_at,
            session.ends_at,
            session.tz,
            session.location,
            session.room,
            ICALENDAR_STATUS[session.status],
            session.title,
        )

    before = significant()
    yield
    if significant() != before:
        session.sequence += 1


def created(
    session: NegotiationSession, *, consents: Sequence[Consent], now: datetime
) -> SessionChange:
    """The first entry of a session's log."""
    return SessionChange(
        created_at=now,
        session_id=session.id,
        number=1,
        kind=ChangeKind.created,
        to_start=session.local_start,
        to_tz=session.tz,
        to_fold=session.fold,
        to_place=place_of(session) or None,
        consents=[consent.as_json() for consent in consents],
    )


def entry(session: NegotiationSession, kind: ChangeKind, now: datetime) -> SessionChange:
    """An entry for the session's log of changes."""
    # The action numbers it: only the database knows how many came before.
    return SessionChange(created_at=now, session_id=session.id, number=0, kind=kind)


def accept(session: NegotiationSession, consent: Consent, *, now: datetime) -> SessionChange:
    """A side says yes to this time and place."""
    check_allowed("accept", session)
    change = entry(session, ChangeKind.accepted, now)
    change.consents = [consent.as_json()]
    return change


def decline(
    session: NegotiationSession, party_id: str, *, reason: str, now: datetime
) -> SessionChange:
    """A side says no; the session stays proposed until it is moved or cancelled."""
    check_allowed("decline", session)
    change = entry(session, ChangeKind.declined, now)
    change.party_id = party_id
    change.reason = required(reason, "Say why, so that another time can be found.")
    return change


def confirm(
    session: NegotiationSession,
    *,
    sides: dict[str, str],
    changes: Sequence[SessionChange],
    agenda: Sequence[AgendaItem],
    now: datetime,
) -> SessionChange:
    """Both sides accepted, there is a place and something to talk about: it takes place.

    `sides` maps the ids of the two parties to their short names.
    """
    check_allowed("confirm", session)
    missing = missing_for(session, sides=sides, changes=changes, agenda=agenda)
    if missing:
        raise WrongState(f"This session can't be confirmed yet: {'; '.join(missing)}.")
    with revised(session):
        session.status = SessionStatus.confirmed
    return entry(session, ChangeKind.confirmed, now)


def missing_for(
    session: NegotiationSession,
    *,
    sides: dict[str, str],
    changes: Sequence[SessionChange],
    agenda: Sequence[AgendaItem],
) -> list[str]:
    """What a proposed session hasn't got and needs to be confirmed, each as a clause."""
    accepted = accepted_by(changes)
    missing = [f"{name} hasn't accepted it" for id_, name in sides.items() if id_ not in accepted]
    return missing + _lacking(session, agenda)


def _lacking(session: NegotiationSession, agenda: Sequence[AgendaItem]) -> list[str]:
    """What a session needs to take place and hasn't got."""
    lacking = []
    if not place_of(session) and not session.conference_url:
        lacking.append("it has neither a place nor a link to join")
    if not any(item.state is not ItemState.dropped for item in agenda):
        lacking.append("its agenda is empty")
    return lacking


def check_may_counter(session: NegotiationSession) -> None:
    """WrongState unless another session may be proposed instead of this one."""
    if session.status in (SessionStatus.confirmed, SessionStatus.in_progress):
        raise WrongState(
            "This session is agreed already: another time is no longer an alternative to it. "
            "Move it instead."
        )
    check_allowed("counter", session)


def check_still_ready(session: NegotiationSession, agenda: Sequence[AgendaItem]) -> None:
    """WrongState when a change would take from a confirmed session what it was confirmed with."""
    lacking = _lacking(session, agenda)
    if session.status is SessionStatus.confirmed and lacking:
        raise WrongState(
            f"This session is confirmed, and with this change {' and '.join(lacking)}. "
            "Give another, or move or cancel the session."
        )


def move(
    session: NegotiationSession,
    slot: Slot,
    *,
    reason: str,
    consents: Sequence[Consent],
    sides: Iterable[str],
    now: datetime,
    told: bool = False,
) -> SessionChange:
    """To another time. It keeps its status only with both sides' consent, else it is proposed.

    One that is `told` of the past, to another end only, may change nothing: no log keeps its ends.
    """
    check_allowed("move", session)
    same = (slot.starts_at, slot.ends_at, slot.tz) == (
        session.starts_at, session.ends_at, session.tz,
    )  # fmt: skip
    if same and not told:
        raise Invalid.field("local_start", "The session is at this time already. Choose another.")
    change = entry(session, ChangeKind.moved, now)
    change.reason = required(reason, "Say why it moves: everyone concerned reads it.")
    change.from_start, change.from_tz = session.local_start, session.tz
    change.from_fold = session.fold
    change.to_start, change.to_tz, change.to_fold = slot.local_start, slot.tz, slot.fold
    change.consents = [consent.as_json() for consent in consents]
    with revised(session):
        set_time(session, slot)
        if not set(sides) <= {consent.party_id for consent in consents}:
            session.status = SessionStatus.proposed
    return change


def relocate(
    session: NegotiationSession,
    *,
    location: str | None,
    room: str | None,
    reason: str,
    consents: Sequence[Consent],
    sides: Iterable[str],
    now: datetime,
) -> SessionChange:
    """To another place, under the same rule as a move."""
    check_allowed("relocate", session)
    if (location, room) == (session.location, session.room):
        raise Invalid.field("location", "The session is at this place already. Choose another.")
    change = entry(session, ChangeKind.relocated, now)
    change.reason = required(reason, "Say why the place changes: everyone concerned reads it.")
    change.from_place = place_of(session) or None
    change.consents = [consent.as_json() for consent in consents]
    with revised(session):
        session.location, session.room = location, room
        if not set(sides) <= {consent.party_id for consent in consents}:
            session.status = SessionStatus.proposed
    change.to_place = place_of(session) or None
    return change


def set_time(session: NegotiationSession, slot: Slot) -> None:
    """Give the session the slot's civil times, zone and instants."""
    session.local_start, session.local_end = slot.local_start, slot.local_end
    session.tz, session.fold = slot.tz, slot.fold
    session.starts_at, session.ends_at = slot.starts_at, slot.ends_at


def change_details(session: NegotiationSession, changes: dict[str, Any]) -> None:
    """Title, link, chair and the like; time and place have events of their own."""
    check_allowed("change", session)
    with revised(session):
        for name, value in changes.items():
            setattr(session, name, value)


def cancel(session: NegotiationSession, *, reason: str, now: datetime) -> SessionChange:
    """Final."""
    check_allowed("cancel", session)
    change = entry(session, ChangeKind.cancelled, now)
    change.reason = required(reason, "Say why it is cancelled: everyone concerned reads it.")
    with revised(session):
        session.status = SessionStatus.cancelled
        session.cancel_reason = change.reason
    return change


def publish(session: NegotiationSession, *, now: datetime) -> SessionChange:
    """Its time and place become public."""
    check_allowed("publish", session)
    if session.published_at is not None:
        raise WrongState("This session is published already.")
    session.published_at = now
    return entry(session, ChangeKind.published, now)


def required(text: str, what: str) -> str:
    """The reason given; Invalid with the sentence `what` when there is none."""
    if not text.strip():
        raise Invalid.field("reason", what)
    return text.strip()
