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
from negotiations.scheduling.times import Slot, resolve

log = logging.getLogger("negotiations")
NONE_LEFT = "The rules of a time zone changed, and none of its times can be held."


async def stale(db: Db, now: datetime) -> Sequence[PollOption]:
    """The times that are asked about and whose instants aren't what their civil times mean."""
    return [one for one in await _offered(db, now) if _slot(one) != _as_it_is(one)]


async def sessions_of(db: Db, asked: Sequence[PollOption]) -> Sequence[NegotiationSession]:
    """The sessions about which these are asked, as they are now."""
    if not asked:
        return []
    one = NegotiationSession
    ids = {option.session_id for option in asked}
    rows = await db.exec(
        select(one).where(col(one.id).in_(ids)).order_by(col(one.starts_at), col(one.id))
        .execution_options(populate_existing=True)
    )  # fmt: skip
    return rows.all()


async def give_up(
    db: Db, actor: Actor, sessions: Sequence[NegotiationSession], asked: Sequence[PollOption]
) -> None:
    """Hold none of these for now: neither they nor sessions, which follow the same rules, may be in
    the way of each other by where they were."""
    for option in asked:
        option.status = OptionStatus.released
        db.add(option)
    if sessions:
        await bookings.rebook(db, actor, sessions)


async def follow(
    db: Db, actor: Actor, sessions: Sequence[NegotiationSession], asked: Sequence[PollOption],
    now: datetime,
) -> int:  # fmt: skip
    """Hold what was given up at the instants of now, once sessions have theirs; returns how many
    changed.

    One that can't follow, as it no longer exists or its people are taken then, is let go: nobody
    has agreed to it yet. With the last of its times a poll ends.
    """
    for session in sessions:
        theirs = [one for one in asked if one.session_id == session.id]
        for option in theirs:
            await _follow(db, actor, session, option)
        poll = await holds.open_poll(db, session.id)
        if poll is None:
            continue
        if (await holds.offered(db, [session.id]))[session.id]:
            holds.enter(db, actor, session, "poll.changed", poll, theirs, now=now)
        else:
            await _end(db, actor, session, poll, now)
    return len(asked)


async def _offered(db: Db, now: datetime) -> Sequence[PollOption]:
    rows = await db.exec(
        select(PollOption)
        .where(col(PollOption.status) == OptionStatus.offered, col(PollOption.starts_at) > now)
        .order_by(col(PollOption.starts_at), col(PollOption.id))
        .execution_options(populate_existing=True)
    )
    return rows.all()


async def _end(
    db: Db, actor: Actor, session: NegotiationSession, poll: Poll, now: datetime
) -> None:
    await holds.end(db, actor, session, poll, PollStatus.closed, reason=NONE_LEFT, now=now)
    await bookings.rebook(db, actor, [session])


async def _follow(db: Db, actor: Actor, session: NegotiationSession, option: PollOption) -> None:
    """Hold it at the instants that its civil time means now, or let it go."""
    slot = _slot(option)
    if slot is not None:
        before = (option.starts_at, option.ends_at)
        option.starts_at, option.ends_at = slot.starts_at, slot.ends_at
        option.status = OptionStatus.offered
        db.add(option)
        await db.flush()
        try:
            async with db.begin_nested():
                await bookings.rebook(db, actor, [session])
            option.sequence += 1
            return
        except BookingClash:
            option.starts_at, option.ends_at = before
    log.error("a time that poll %s asks about can't follow the new rules", option.poll_id)
    holds.release(option, OptionStatus.released)
    db.add(option)
    await db.flush()


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
