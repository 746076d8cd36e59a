"""Who has to act next: what waits on the one who looks, and what on others."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from negotiations.access.actor import Actor, Seat
from negotiations.access.policy import can
from negotiations.models import NegotiationSession, SessionChange
from negotiations.models.parties import Role
from negotiations.models.sessions import SessionStatus
from negotiations.overview.queries import LateRequest, Overdue
from negotiations.scheduling import acceptance
from negotiations.scheduling.seating import Setting
from negotiations.web.showing import listing


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to be done: `text` says what and by whom, `title` and `path` about what.

    `due` (an instant or a date, as text) sorts it among its like.
    """

    on_me: bool
    text: str
    title: str
    path: str
    session: NegotiationSession | None = None
    due: str = ""


def of_sessions(
    actor: Actor,
    sessions: Iterable[NegotiationSession],
    settings: Mapping[str, Setting],
    logs: Mapping[str, Sequence[SessionChange]],
    *,
    now: datetime,
) -> Iterator[Item]:
    """What these sessions wait for, as far as it concerns the actor."""
    for session in sessions:
        where = settings[session.id]
        seat = actor.seat_in(session.negotiation_id)
        if seat is None:
            continue
        if where.is_caucus:
            found = _in_caucus(actor, session, now)
        elif session.status is SessionStatus.proposed:
            found = _answer(actor, seat, session, where, logs.get(session.id, ()), now)
        elif session.status is SessionStatus.postponed:
            found = _postponed(actor, session)
        else:
            found = _result(actor, seat, session, now)
        if found is not None:
            on_me, text = found
            due = session.starts_at.isoformat()
            yield Item(on_me, text, session.title, f"/s/{session.id}", session, due)


def _answer(
    actor: Actor,
    seat: Seat,
    session: NegotiationSession,
    where: Setting,
    log: Sequence[SessionChange],
    now: datetime,
) -> tuple[bool, str] | None:
    """For a proposed session: whose answer is missing."""
    if not can(actor, "session.accept", session):
        return None
    declined = [where.sides[one] for one in acceptance.declined_by(log) if one in where.sides]
    answered = {*acceptance.accepted_by(log), *acceptance.declined_by(log)}
    silent = {party: name for party, name in where.sides.items() if party not in answered}
    if seat.party_id is None:
        return _coordinate(session, where, declined, list(silent.values()), now)
    if seat.party_id in silent:
        return (True, "Accept or decline it.") if session.starts_at > now else None
    if seat.party_id in acceptance.declined_by(log) or declined:
        return False, "The coordinator moves or cancels it: it was declined."
    if silent:
        return False, _unanswered(list(silent.values()))
    return False, f"{where.everyone} accepted; the coordinator confirms it."


def _in_caucus(actor: Actor, session: NegotiationSession, now: datetime) -> tuple[bool, str] | None:
    """For a caucus session: its heads settle and close it themselves."""
    if not can(actor, "session.confirm", session):
        return None
    if session.status is SessionStatus.postponed:
        return True, "It is postponed: give it another time, or cancel it."
    if session.status is not SessionStatus.proposed:
        return True, "It has begun: close it when it is over."
    if session.starts_at > now:
        return True, "Confirm it, or cancel it."
    return True, "Its time has come and it was never confirmed: move or cancel it."


def _coordinate(
    session: NegotiationSession,
    where: Setting,
    declined: list[str],
    silent: list[str],
    now: datetime,
) -> tuple[bool, str]:
    if session.starts_at <= now:
        return True, "Its time has come and it was never confirmed: move or cancel it."
    if declined:
        return True, f"{listing(declined)} declined: move or cancel it."
    if silent:
        return False, _unanswered(silent)
    return True, f"{where.everyone} accepted: confirm it."


def _unanswered(silent: list[str]) -> str:
    return f"{listing(silent)} {'hasn’t' if len(silent) == 1 else 'haven’t'} answered."


def _postponed(actor: Actor, session: NegotiationSession) -> tuple[bool, str] | None:
    """For a postponed session: the coordinator finds another time."""
    if can(actor, "session.reinstate", session):
        return True, "It is postponed: give it another time, or cancel it."
    if can(actor, "session.accept", session):
        return False, "It is postponed; the coordinator finds another time."
    return None


def _result(
    actor: Actor, seat: Seat, session: NegotiationSession, now: datetime
) -> tuple[bool, str] | None:
    """For a session that has begun: who closes it and posts its result."""
    if not can(actor, "session.close", session):
        return None
    if session.ends_at <= now:
        return True, "It is over: post its result."
    return None if seat.role is Role.coordinator else (True, "It has begun: take notes.")


def of_commitments(actor: Actor, overdue: Iterable[Overdue]) -> Iterator[Item]:
    """What was undertaken and not done in time: the owner's own, or for others to wait for."""
    for one in overdue:
        seat = actor.seat_in(one.negotiation.id)
        due = one.row.due_on
        if seat is None or due is None:
            continue
        text = f"{one.owner.short_name} undertook it by {due.day} {due:%b %Y}."
        path = f"/n/{one.negotiation.slug}/tracks/{one.jurisdiction}#c-{one.row.id}"
        on_me = seat.party_id == one.owner.id
        yield Item(on_me, text, one.row.text, path, due=due.isoformat())


def of_requests(actor: Actor, late: Iterable[LateRequest]) -> Iterator[Item]:
    """Documents that come too late for a session: the holder's to bring sooner, the secretariat's
    to see to, and the requester's to wait for."""
    for one in late:
        seat = actor.seat_in(one.negotiation.id)
        if seat is None or seat.party_id not in (None, one.row.holder_id, one.row.requester_id):
            continue
        path = f"/n/{one.negotiation.slug}/requests/{one.row.id}"
        due = one.session.starts_at.isoformat()
        on_me = seat.party_id != one.row.requester_id
        yield Item(on_me, one.warning, one.row.title, path, due=due)


def of_defects(sessions: Iterable[NegotiationSession]) -> Iterator[Item]:
    """Sessions whose calendar text is stuck: phones go on showing the last good one."""
    for session in sessions:
        text = (
            "Calendars show its last good text, since a new one can't be made. Correct its fields."
        )
        yield Item(True, text, session.title, f"/s/{session.id}")
