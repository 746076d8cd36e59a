"""Gathering what waits for somebody, over all the talks of who looks."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
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
from negotiations.scheduling.seating import Setting


async def items(
    db: Db, actor: Actor, *, now: datetime, ahead: timedelta = timedelta()
) -> list[Item]:
    """All of `parts`, in one list."""
    return [one async for part in parts(db, actor, now=now, ahead=ahead) for one in part]


async def parts(
    db: Db, actor: Actor, *, now: datetime, ahead: timedelta = timedelta()
) -> AsyncIterator[Sequence[Item]]:
    """Every item, stuck calendar texts first, by a constant number of queries (and three more for
    each few hundred sessions that wait): so that ten thousand are never held at once.

    With `ahead` also what was undertaken and is overdue after that time. In talks that are over
    nothing waits: nobody could do it.
    """
    yield list(waiting.of_defects(await queries.defects(db, actor)))
    polls: list[Item] = []
    async for some, asked in pending(db, actor, now=now):
        settings = await seating.settings_of(db, some)
        logs = await scheduling.changes(db, some)
        about = {one.poll.session_id for one in asked}
        open_ = [one for one in some if not _is_sought(one, about)]
        polls += _of_going_on(
            of_polls(actor, asked, {one.id: one for one in some}, settings), settings
        )
        yield _of_going_on(waiting.of_sessions(actor, open_, settings, logs, now=now), settings)
    yield polls
    written = await rounds.written(db, actor)
    settings = await seating.settings_of(db, [session for session, _ in written])
    unsettled = await rounds.unsettled(db, actor, written, settings)
    yield _of_going_on(of_summaries(actor, unsettled, now=now), settings)
    overdue = await queries.overdue(db, actor, now=now, ahead=ahead)
    yield _going_on(waiting.of_commitments(actor, overdue), [one.negotiation for one in overdue])
    late = await queries.late_requests(db, actor, now=now)
    yield _going_on(waiting.of_requests(actor, late), [one.negotiation for one in late])


def _of_going_on(found: Iterable[Item], settings: Mapping[str, Setting]) -> list[Item]:
    return _going_on(found, [one.negotiation for one in settings.values()])


def _going_on(found: Iterable[Item], talks: Iterable[Negotiation]) -> list[Item]:
    """Those of them that aren't of talks that are over."""
    over = {one.id for one in talks if one.status in ENDED}
    return [one for one in found if one.negotiation_id not in over]


def _is_sought(session: NegotiationSession, about: set[str]) -> bool:
    """Whether a time is being found for a postponed session already."""
    return session.status is SessionStatus.postponed and session.id in about
