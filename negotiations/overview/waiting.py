"""Who has to act next: what waits on the one who looks, and what on others."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from negotiations.access.actor import Actor, Seat
from negotiations.access.policy import can
from negotiations.civil import local_date
from negotiations.models import NegotiationSession, SessionChange
from negotiations.models.parties import Role
from negotiations.models.sessions import SessionStatus
from negotiations.notes import deadlines
from negotiations.overview.queries import LateRequest, Overdue
from negotiations.scheduling import acceptance
from negotiations.scheduling.seating import Setting
from negotiations.web.showing import listing


class Meeting(NamedTuple):
    """What is told of the session that an item is about: ten thousand may wait, and rows are large.

    It is shown by `web.showing.when`, as a session is.
    """

    id: str
    tz: str
    local_start: datetime
    local_end: datetime
    starts_at: datetime
    ends_at: datetime


def meeting(session: NegotiationSession) -> Meeting:
    return Meeting(*(getattr(session, name) for name in Meeting._fields))


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing to be done: `text` says what and by whom, `title` and `path` about what.

    `due` (an instant or a date, as text) sorts it among its like. `key` names what is to be done
    for all whom it concerns, `by` is the last day on which it is in time, in the home zone of the
    talks, `waits_on` are the parties that it waits for, `person_id` is who undertook it.
    """

    on_me: bool
    text: str
    title: str
    path: str
    session: Meeting | None = None
    due: str = ""
    key: str = ""
    negotiation_id: str = ""
    by: date | None = None
    waits_on: tuple[str, ...] = ()
    person_id: str | None = None


class Told(NamedTuple):
    """What is to be done and on whom it waits, as in Item."""

    on_me: bool
    text: str
    by: date | None = None
    waits_on: tuple[str, ...] = ()


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
            found = _in_caucus(actor, session, where, now)
        elif session.status is SessionStatus.proposed:
            found = _answer(actor, seat, session, where, logs.get(session.id, ()), now)
        elif session.status is SessionStatus.postponed:
            found = _postponed(actor, session)
        elif session.status is SessionStatus.held:
            found = _without_outcome(session, where)
        else:
            found = _result(actor, seat, session, where, now)
        if found is not None:
            yield Item(
                on_me=found.on_me,
                text=found.text,
                title=session.title,
                path=f"/s/{session.id}",
                session=meeting(session),
                due=session.starts_at.isoformat(),
                key=f"session:{session.id}",
                negotiation_id=session.negotiation_id,
                by=found.by,
                waits_on=found.waits_on,
            )


def _settle_by(session: NegotiationSession, where: Setting) -> date:
    """The last day on which notice of it can still be given in time."""
    talks = where.negotiation
    return local_date(session.starts_at - timedelta(hours=talks.notice_hours), talks.home_tz)


def _close_by(session: NegotiationSession, where: Setting) -> date:
    return local_date(session.ends_at, where.negotiation.home_tz)


def _answer(
    actor: Actor,
    seat: Seat,
    session: NegotiationSession,
    where: Setting,
    log: Sequence[SessionChange],
    now: datetime,
) -> Told | None:
    """For a proposed session: whose answer is missing."""
    if not can(actor, "session.accept", session):
        return None
    declined = [where.sides[one] for one in acceptance.declined_by(log) if one in where.sides]
    answered = {*acceptance.accepted_by(log), *acceptance.declined_by(log)}
    silent = {party: name for party, name in where.sides.items() if party not in answered}
    by = _settle_by(session, where)
    if seat.party_id is None:
        return _coordinate(session, where, declined, silent, now)
    if seat.party_id in silent:
        return Told(True, "Accept or decline it.", by) if session.starts_at > now else None
    if seat.party_id in acceptance.declined_by(log) or declined:
        return Told(False, "The coordinator moves or cancels it: it was declined.", by)
    if silent:
        return Told(False, _unanswered(silent), by, tuple(silent))
    return Told(False, f"{where.everyone} accepted; the coordinator confirms it.", by)


def _in_caucus(
    actor: Actor, session: NegotiationSession, where: Setting, now: datetime
) -> Told | None:
    """For a caucus session: its heads settle and close it themselves."""
    if not can(actor, "session.confirm", session):
        return None
    if session.status is SessionStatus.postponed:
        return Told(True, "It is postponed: give it another time, or cancel it.")
    by = _settle_by(session, where)
    if session.status is not SessionStatus.proposed:
        by = _close_by(session, where)
        return Told(True, "It has begun: close it when it is over.", by)
    if session.starts_at > now:
        return Told(True, "Confirm it, or cancel it.", by)
    return Told(True, "Its time has come and it was never confirmed: move or cancel it.", by)


def _coordinate(
    session: NegotiationSession,
    where: Setting,
    declined: list[str],
    silent: Mapping[str, str],
    now: datetime,
) -> Told:
    by = _settle_by(session, where)
    if session.starts_at <= now:
        return Told(True, "Its time has come and it was never confirmed: move or cancel it.", by)
    if declined:
        return Told(True, f"{listing(declined)} declined: move or cancel it.", by)
    if silent:
        return Told(False, _unanswered(silent), by, tuple(silent))
    return Told(True, f"{where.everyone} accepted: confirm it.", by)


def _unanswered(silent: Mapping[str, str]) -> str:
    verb = "hasn’t" if len(silent) == 1 else "haven’t"
    return f"{listing(list(silent.values()))} {verb} answered."


def _postponed(actor: Actor, session: NegotiationSession) -> Told | None:
    """For a postponed session: the coordinator finds another time."""
    if can(actor, "session.reinstate", session):
        return Told(True, "It is postponed: give it another time, or cancel it.")
    if can(actor, "session.accept", session):
        return Told(False, "It is postponed; the coordinator finds another time.")
    return None


def _without_outcome(session: NegotiationSession, where: Setting) -> Told:
    """For a held session with nothing recorded of it: whoever keeps the record does that."""
    by = deadlines.circulate_by(where.negotiation, session, went_round=False)
    return Told(True, "Nothing is recorded of what came of its items: record it.", by)


def _result(
    actor: Actor, seat: Seat, session: NegotiationSession, where: Setting, now: datetime
) -> Told | None:
    """For a session that has begun: who closes it and posts its result."""
    if not can(actor, "session.close", session):
        return None
    if session.ends_at <= now:
        return Told(True, "It is over: post its result.", _close_by(session, where))
    return None if seat.role is Role.coordinator else Told(True, "It has begun: take notes.")


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
        yield Item(
            on_me=on_me,
            text=text,
            title=one.row.text,
            path=path,
            due=due.isoformat(),
            key=f"commitment:{one.row.id}",
            negotiation_id=one.negotiation.id,
            by=due,
            waits_on=(one.owner.id,),
            person_id=one.row.person_id,
        )


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
        by = local_date(one.session.starts_at, one.negotiation.home_tz)
        yield Item(
            on_me=on_me,
            text=one.warning,
            title=one.row.title,
            path=path,
            due=due,
            key=f"request:{one.row.id}",
            negotiation_id=one.negotiation.id,
            by=by,
            waits_on=(one.row.holder_id,),
        )


def of_defects(sessions: Iterable[NegotiationSession]) -> Iterator[Item]:
    """Sessions whose calendar text is stuck: phones go on showing the last good one."""
    for session in sessions:
        text = (
            "Calendars show its last good text, since a new one can't be made. Correct its fields."
        )
        yield Item(
            on_me=True,
            text=text,
            title=session.title,
            path=f"/s/{session.id}",
            key=f"calendar:{session.id}",
        )
