"""Saying oneself whether one comes to a session to which one is expected."""

from datetime import datetime

from sqlmodel import col, select

from negotiations.access.actor import Actor
from negotiations.access.policy import demand
from negotiations.db import Db
from negotiations.errors import NotFound, WrongState
from negotiations.invitations.expecting import is_expected, secretariats
from negotiations.models import Attendance, NegotiationSession
from negotiations.models.sessions import AnsweredBy, Rsvp
from negotiations.outbox import announce_session
from negotiations.scheduling import queries, rules, seating
from negotiations.scheduling.log import enter

Given = tuple[int, datetime]


class Older(Exception):
    """They gave a newer answer already, or the session has changed since: nothing is written."""


class Changed(Older):
    """The session isn't any more what was answered."""


async def answer(
    db: Db, actor: Actor, session_id: str, rsvp: Rsvp, *, by: AnsweredBy, now: datetime,
    sequence: int | None = None, at: datetime | None = None,
) -> None:  # fmt: skip
    """Write down the actor's own answer to this revision of the session, the present one if none is
    given, of this time (RFC 5546 §2.1.5), by default now.

    NotFound for what they can't see or aren't expected at, WrongState once it is over or off, Older
    for what nothing follows from.
    """
    session = await queries.session_for_change(db, actor, session_id)
    demand(actor, "attendance.answer", session)
    row = await own(db, actor, session)
    if row is None and not await expects(db, actor, session):
        raise NotFound
    if session.status not in rules.BOOKING or session.ends_at <= now:
        raise WrongState("This session is over or off: there is nothing to answer any more.")
    given = session.sequence if sequence is None else sequence, at or now
    if given[0] < session.sequence:
        raise Changed
    if row is not None and given <= _newest(row, given):
        raise Older
    if row is None:
        row = Attendance(created_at=now, session_id=session.id, person_id=actor.person_id or "")
    is_new = (row.rsvp, row.answered_by) != (rsvp, by) or not holds(row, session)
    row.rsvp, row.answered_by = rsvp, by
    row.answered_sequence, row.answered_at = given
    db.add(row)
    if not is_new:
        return
    enter(db, actor, session, "attendance.answer", {"rsvp": rsvp, "by": by}, now)
    announce_session(db, "session.changed", session, by=actor, at=now)


def holds(row: Attendance, session: NegotiationSession) -> bool:
    """Whether their answer is to the session as it is: of another time or place it isn't known."""
    return row.answered_sequence is None or row.answered_sequence >= session.sequence


def _newest(row: Attendance, given: Given) -> Given:
    """The newest that is known of them; where nothing is, what is older than the given one.

    What others entered, as when they telephoned, is of no revision: what they had sent before is
    older.
    """
    if row.answered_at is None:
        return -1, given[1]
    if row.answered_by is None:
        return given[0], row.answered_at
    return row.answered_sequence or 0, row.answered_at


async def own(db: Db, actor: Actor, session: NegotiationSession) -> Attendance | None:
    """What is written down of the actor at this session."""
    rows = await db.exec(
        select(Attendance).where(
            col(Attendance.session_id) == session.id,
            col(Attendance.person_id) == actor.person_id,
        )
    )
    return rows.first()


async def expects(db: Db, actor: Actor, session: NegotiationSession) -> bool:
    """Whether the actor is to be there."""
    seat = actor.seat_in(session.negotiation_id)
    if seat is None:
        return False
    where = await seating.setting(db, session)
    ours = await secretariats(db, [session.negotiation_id])
    return is_expected(
        actor.person_id or "", seat.party_id, seat.role, session, where.sides,
        is_caucus=where.is_caucus, secretariat=ours[session.negotiation_id],
    )  # fmt: skip
