"""A new edition of the time-zone rules: the times that polls ask about follow the civil ones."""

import logging
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select

from negotiations.access.actor import Actor
from negotiations.db import Db
from negotiations.errors import BookingClash, Invalid
from negotiations.models import NegotiationSession, Poll, PollOption
from negotiations.models.polls import OptionStatus, PollStatus
from negotiations.scheduling import bookings, holds
from negotiations.scheduling.table_locks import hold_tables
from negotiations.scheduling.times import Slot, resolve

log = logging.getLogger("negotiations")
NONE_LEFT = "The rules of a time zone changed, and none of its times can be held."


async def recompute(db: Db, actor: Actor, now: datetime) -> int:
    """Let the times that are asked about follow the rules of now; returns how many changed.

    One that can't follow, as it no longer exists or its people are taken then, is let go: nobody
    has agreed to it yet. With the last of its times a poll ends.
    """
    stale = [one for one in await _offered(db, now) if _slot(one) != _as_it_is(one)]
    if not stale:
        return 0
    found = await db.exec(
        select(NegotiationSession).where(
            col(NegotiationSession.id).in_({one.session_id for one in stale})
        )
    )
    sessions = found.all()
    await hold_tables(db, sessions)
    changed = 0
    for session in sessions:
        changed += await _of_session(db, actor, session, now)
    return changed


async def _offered(db: Db, now: datetime) -> Sequence[PollOption]:
    rows = await db.exec(
        select(PollOption)
        .where(col(PollOption.status) == OptionStatus.offered, col(PollOption.starts_at) > now)
        .order_by(col(PollOption.starts_at), col(PollOption.id))
        .execution_options(populate_existing=True)
    )
    return rows.all()


async def _of_session(db: Db, actor: Actor, session: NegotiationSession, now: datetime) -> int:
    """As many as changed of one session's, whose table is held."""
    await db.refresh(session)
    mine = [one for one in await _offered(db, now) if one.session_id == session.id]
    stale = [one for one in mine if _slot(one) != _as_it_is(one)]
    poll = await holds.open_poll(db, session.id)
    if poll is None or not stale:
        return 0
    for option in stale:
        await _follow(db, actor, session, option)
    kept = (await holds.offered(db, [session.id]))[session.id]
    if kept:
        holds.enter(db, actor, session, "poll.changed", poll, stale, now=now)
    else:
        await _end(db, actor, session, poll, now)
    return len(stale)


async def _end(
    db: Db, actor: Actor, session: NegotiationSession, poll: Poll, now: datetime
) -> None:
    await holds.end(db, actor, session, poll, PollStatus.closed, reason=NONE_LEFT, now=now)
    await bookings.rebook(db, actor, [session])


async def _follow(db: Db, actor: Actor, session: NegotiationSession, option: PollOption) -> None:
    """Give it the instants that its civil time means now, or let it go."""
    slot = _slot(option)
    if slot is not None:
        before = (option.starts_at, option.ends_at)
        option.starts_at, option.ends_at = slot.starts_at, slot.ends_at
        try:
            async with db.begin_nested():
                db.add(option)
                await bookings.rebook(db, actor, [session])
            option.sequence += 1
            return
        except BookingClash:
            option.starts_at, option.ends_at = before
    log.error("a time that poll %s asks about can't follow the new rules", option.poll_id)
    holds.release(option, OptionStatus.released)
    db.add(option)
    await bookings.rebook(db, actor, [session])


def _slot(option: PollOption) -> Slot | None:
    """What its civil time means by the rules of now; None where it means nothing."""
    try:
        return resolve(option.local_start, option.local_end, option.tz, option.fold)
    except Invalid:
        return None


def _as_it_is(option: PollOption) -> Slot:
    return Slot(
        option.local_start, option.local_end, option.tz, option.fold,
        option.starts_at, option.ends_at,
    )  # fmt: skip
