"""Gathering what waits for somebody, over all the talks of who looks."""

from datetime import datetime, timedelta

from negotiations.access.actor import Actor
from negotiations.access.policy import ENDED
from negotiations.db import Db
from negotiations.models import Negotiation, NegotiationSession
from negotiations.models.sessions import SessionStatus
from negotiations.overview import queries, rounds, waiting
from negotiations.overview.asking import of_polls
from negotiations.overview.pending import pending
from negotiations.overview.unsettled import of_summaries
from negotiations.overview.waiting import Item
from negotiations.scheduling import queries as scheduling
from negotiations.scheduling import seating


async def items(
    db: Db, actor: Actor, *, now: datetime, ahead: timedelta = timedelta()
) -> list[Item]:
    """Every item, stuck calendar texts first, by a constant number of queries (and three more for
    each few hundred sessions that wait).

    With `ahead` also what was undertaken and is overdue after that time. In talks that are over
    nothing waits: nobody could do it.
    """
    sessions: list[Item] = []
    polls: list[Item] = []
    talks: list[Negotiation] = []
    async for some, asked in pending(db, actor, now=now):
        settings = await seating.settings_of(db, some)
        talks += [one.negotiation for one in settings.values()]
        logs = await scheduling.changes(db, some)
        about = {one.poll.session_id for one in asked}
        open_ = [one for one in some if not _is_sought(one, about)]
        sessions += waiting.of_sessions(actor, open_, settings, logs, now=now)
        polls += of_polls(actor, asked, {one.id: one for one in some}, settings)
    written = await rounds.written(db, actor)
    settings = await seating.settings_of(db, [session for session, _ in written])
    defects = await queries.defects(db, actor)
    unsettled = await rounds.unsettled(db, actor, written, settings)
    overdue = await queries.overdue(db, actor, now=now, ahead=ahead)
    late = await queries.late_requests(db, actor, now=now)
    talks += [one.negotiation for one in settings.values()]
    talks += [*(one.negotiation for one in overdue), *(one.negotiation for one in late)]
    over = {one.id for one in talks if one.status in ENDED}
    found = [
        *waiting.of_defects(defects),
        *sessions,
        *polls,
        *of_summaries(actor, unsettled, now=now),
        *waiting.of_commitments(actor, overdue),
        *waiting.of_requests(actor, late),
    ]
    return [one for one in found if one.negotiation_id not in over]


def _is_sought(session: NegotiationSession, about: set[str]) -> bool:
    """Whether a time is being found for a postponed session already."""
    return session.status is SessionStatus.postponed and session.id in about
