"""What happens to summaries by time alone: silence becomes consent when the deadline is over."""

from sqlmodel import col, select

from negotiations.access.actor import operator
from negotiations.clock import Clock
from negotiations.db import Database
from negotiations.errors import NotFound, WrongState
from negotiations.models import NegotiationSession, Summary
from negotiations.models.parties import Approval
from negotiations.models.summaries import SummaryState
from negotiations.notes import circulating
from negotiations.scheduling import queries as scheduling


async def take_silence(database: Database, clock: Clock) -> int:
    """Agree what nobody objected to in time, each in a transaction of its own; how many."""
    now = clock.now()
    async with database.read() as db:
        found = await db.exec(
            select(NegotiationSession.id, NegotiationSession.negotiation_id)
            .join(Summary, col(Summary.session_id) == NegotiationSession.id)
            .where(
                col(Summary.state) == SummaryState.circulated,
                col(Summary.rule) == Approval.silence,
                # Its day is over nowhere on earth before this.
                col(Summary.due_on) <= now.date(),
            )
            .order_by(col(Summary.due_on), col(NegotiationSession.id))
        )
        due = found.all()
    agreed = 0
    for session_id, negotiation_id in due:
        actor = operator(negotiation_id, via="tick")
        try:
            async with database.write() as db:
                session = await scheduling.session_for_change(db, actor, session_id)
                agreed += await circulating.consent_by_silence(db, actor, session, now=now)
        except (NotFound, WrongState):
            continue  # the talks are over: nothing is written any more
    return agreed
