"""Choosing one of a poll's times: it becomes the session's, and the rest is let go."""

from datetime import datetime

from negotiations.access.actor import Actor
from negotiations.access.policy import demand
from negotiations.db import Db
from negotiations.models import NegotiationSession, Poll, PollOption
from negotiations.models.polls import PollStatus
from negotiations.models.sessions import SessionStatus
from negotiations.polls import queries, rules
from negotiations.polls.bodies import Choose
from negotiations.scheduling import actions, bookings, holds, pausing
from negotiations.scheduling import queries as scheduling
from negotiations.scheduling import rules as states
from negotiations.scheduling.acceptance import Consent
from negotiations.scheduling.consents import side_of, witness
from negotiations.scheduling.log import finish
from negotiations.scheduling.seating import Setting
from negotiations.scheduling.times import Slot
from negotiations.scheduling.warnings import warnings


async def choose(
    db: Db, actor: Actor, session: NegotiationSession, poll: Poll, body: Choose, *, now: datetime
) -> list[str]:
    """Give the session this time under its own UID, and confirm it if nothing is missing.

    Accepted have it then the side that chose and those that had answered yes. With something
    missing it stays proposed. Returns what the time is warned of.
    """
    demand(actor, "poll.choose", session)
    rules.check_open(poll)
    log = (await scheduling.changes(db, [session]))[session.id]
    rules.check_may_ask(session, log)
    asked = await queries.asked(db, poll, session)
    option = rules.offered(asked.options, body.option)
    rules.check_choice(option, now)
    where = asked.where
    consents = rules.consents(asked.votes.get(option.id, ()), log, where.consenting)
    consents = _with(consents, _own(actor, where, body))
    number = len(asked.offered)
    reason = f"Chosen from {number} times asked about." if number > 1 else "Asked about and chosen."
    await holds.end(db, actor, session, poll, PollStatus.chosen, chosen=option, now=now)
    await _give(db, actor, session, option, where, consents, reason, now)
    # Booked once, with what is confirmed beside it: teams are held in one order (`bookings`).
    if (await queries.asked(db, poll, session)).missing:
        await bookings.rebook(db, actor, [session])
    else:
        await actions.confirmed(db, actor, session, where, now=now, moved=True)
    return await warnings(db, actor, session, where.negotiation, now=now)


def _own(actor: Actor, where: Setting, body: Choose) -> Consent | None:
    """The acceptance of the side that chooses; None where the coordinator does for nobody."""
    seat = actor.seat_in(where.negotiation.id)
    if seat is not None and seat.party_id is None and body.party is None:
        return None
    party = side_of(actor, where, body.party)
    by, how = witness(actor, where, body.by, body.how)
    return Consent(party.id, by, how if body.party and body.how else "by choosing it")


def _with(consents: list[Consent], own: Consent | None) -> list[Consent]:
    if own is None:
        return consents
    return [*(one for one in consents if one.party_id != own.party_id), own]


async def _give(
    db: Db,
    actor: Actor,
    session: NegotiationSession,
    option: PollOption,
    where: Setting,
    consents: list[Consent],
    reason: str,
    now: datetime,
) -> None:
    """Move the session there, or bring it back there if it was postponed."""
    slot = Slot(
        option.local_start, option.local_end, option.tz, option.fold,
        option.starts_at, option.ends_at,
    )  # fmt: skip
    if session.status is SessionStatus.postponed:
        change = pausing.reinstate(
            session, slot, location=session.location, room=session.room, consents=consents, now=now
        )
        event = "session.reinstated"
    else:
        change = states.move(
            session, slot, reason=reason, consents=consents, sides=where.consenting, now=now
        )
        event = "session.moved"
    await finish(db, actor, session, change, event, now=now)
