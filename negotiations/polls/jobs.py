"""The tick that lets go of the times of polls whose day is over."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import col, select

from negotiations.access.actor import operator
from negotiations.civil import local_date
from negotiations.clock import Clock
from negotiations.db import Database, Db
from negotiations.models import Negotiation, NegotiationSession, Poll
from negotiations.models.polls import PollStatus
from negotiations.scheduling import bookings, holds
from negotiations.scheduling.table_locks import hold_tables

log = logging.getLogger("negotiations")
REASON = "Nobody had chosen when its day was over."


async def expire(database: Database, clock: Clock) -> int:
    """End the polls whose day has ended in the talks' home zone; returns how many.

    Each by itself: what hinders one hinders no other. In talks that are over too, since what is
    held there is held in vain.
    """
    now = clock.now()
    async with database.read() as db:
        over = await _over(db, now)
    ended = 0
    for poll_id in over:
        try:
            async with database.write() as db:
                ended += await _expire(db, poll_id, now)
        except Exception:
            log.exception("poll %s can't be ended", poll_id)
    return ended


async def _over(db: Db, now: datetime) -> Sequence[str]:
    rows = await db.exec(
        select(Poll, Negotiation.home_tz)
        .join(Negotiation, col(Negotiation.id) == Poll.negotiation_id)
        .where(
            col(Poll.status) == PollStatus.open,
            # By any clock on earth: which day it is at home is asked here.
            col(Poll.due_on) < local_date(now + timedelta(hours=14), "UTC"),
        )
        .order_by(col(Poll.due_on), col(Poll.id))
    )
    return [poll.id for poll, home_tz in rows if poll.due_on < local_date(now, home_tz)]


async def _expire(db: Db, poll_id: str, now: datetime) -> bool:
    """False where another process did it, or somebody chose, while the table was waited for."""
    seen = (await db.exec(select(Poll).where(col(Poll.id) == poll_id))).one()
    of_session = select(NegotiationSession).where(col(NegotiationSession.id) == seen.session_id)
    session = (await db.exec(of_session)).one()
    await hold_tables(db, [session])
    for row in (seen, session):
        await db.refresh(row)
    if seen.status is not PollStatus.open:
        return False
    actor = operator(session.negotiation_id, via="tick")
    await holds.end(db, actor, session, seen, PollStatus.expired, reason=REASON, now=now)
    await bookings.rebook(db, actor, [session])
    return True
