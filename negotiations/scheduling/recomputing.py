"""A new edition of the time-zone rules: the instants of what lies ahead follow the agreed times."""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlmodel import col, select

from negotiations.access.actor import Actor
from negotiations.db import Db
from negotiations.errors import BookingClash, Invalid
from negotiations.models import NegotiationSession, SessionChange
from negotiations.models.sessions import ChangeKind, SessionStatus
from negotiations.scheduling import bookings, options, pausing, publication, queries
from negotiations.scheduling.log import finish
from negotiations.scheduling.rules import set_time
from negotiations.scheduling.table_locks import hold_tables
from negotiations.scheduling.times import Slot, resolve

log = logging.getLogger("negotiations")
# Sees nothing, so that a clash names no other session in a log that both sides read.
_CLOCKMAKER = Actor(person=None, via="tick", may_write=False)


async def recompute(db: Db, now: datetime) -> int:
    """Let future sessions, and what polls ask about, follow the rules of now; returns how many
    changed (invariant 1).

    The local time was agreed, so it stays and the instants move. A session that can't follow, as
    its time no longer exists or its people are taken then, keeps its instants and says so in its
    log, once; the others follow all the same.
    """
    if not await _hold(db, now):
        return 0
    sessions = await _stale(db, now)
    asked = await options.stale(db, now)
    polled = await options.sessions_of(db, asked)
    await options.give_up(db, _CLOCKMAKER, polled, asked)
    stuck, slots = _resolved(sessions)
    stuck |= await _book(db, [one for one in sessions if one.id in slots], slots)
    changed = 0
    for session in sessions:
        if session.id in stuck:
            await _complain(db, session, stuck[session.id], now)
        else:
            change = pausing.recomputed(session, slots[session.id], now=now)
            session.public_copy = publication.recomputed(session)
            await _enter(db, session, change, now)
            changed += 1
    return changed + await options.follow(db, _CLOCKMAKER, polled, asked, now)


async def _ahead(db: Db, now: datetime) -> Sequence[NegotiationSession]:
    rows = await db.exec(
        select(NegotiationSession)
        .where(
            col(NegotiationSession.starts_at) > now,
            col(NegotiationSession.status).not_in([SessionStatus.held, SessionStatus.cancelled]),
        )
        .order_by(col(NegotiationSession.starts_at), col(NegotiationSession.id))
        .execution_options(populate_existing=True)
    )
    return rows.all()


async def _stale(db: Db, now: datetime) -> list[NegotiationSession]:
    return [one for one in await _ahead(db, now) if _is_stale(one)]


async def _hold(db: Db, now: datetime) -> bool:
    """Hold where what is stale belongs, in the order in which all writers do; False for nothing."""
    asked = await options.sessions_of(db, await options.stale(db, now))
    sessions = {one.id: one for one in [*asked, *await _stale(db, now)]}
    if sessions:
        await hold_tables(db, list(sessions.values()))
    return bool(sessions)


def _is_stale(session: NegotiationSession) -> bool:
    """Whether its instants, or those that the public sees, aren't what its local times mean."""
    if publication.recomputed(session) != session.public_copy:
        return True
    try:
        return _slot(session) != _as_it_is(session)
    except Invalid:
        return True


def _slot(session: NegotiationSession) -> Slot:
    return resolve(session.local_start, session.local_end, session.tz, session.fold)


def _as_it_is(session: NegotiationSession) -> Slot:
    return Slot(
        session.local_start,
        session.local_end,
        session.tz,
        session.fold,
        session.starts_at,
        session.ends_at,
    )


def _resolved(sessions: Iterable[NegotiationSession]) -> tuple[dict[str, str], dict[str, Slot]]:
    """What the local times mean now, by session id, and why some mean nothing."""
    stuck, slots = {}, {}
    for session in sessions:
        try:
            slots[session.id] = _slot(session)
        except Invalid as error:
            stuck[session.id] = error.detail
    return stuck, slots


async def _book(
    db: Db, sessions: Sequence[NegotiationSession], slots: dict[str, Slot]
) -> dict[str, str]:
    """Move the bookings of all that can move; returns why the others can't, by session id."""
    stuck: dict[str, str] = {}
    before = {session.id: _as_it_is(session) for session in sessions}
    moving = list(sessions)
    for session in sessions:
        set_time(session, slots[session.id])
    while moving:
        await db.flush()
        try:
            async with db.begin_nested():
                await bookings.rebook(db, _CLOCKMAKER, moving)
            break
        except BookingClash as clash:
            stuck[clash.session_id] = clash.detail
            for session in moving:
                if session.id == clash.session_id:
                    set_time(session, before[session.id])
            moving = [session for session in moving if session.id not in stuck]
    for session in moving:
        set_time(session, before[session.id])  # the rule changes it, and counts SEQUENCE
    return stuck


async def _complain(db: Db, session: NegotiationSession, why: str, now: datetime) -> None:
    """Say in the session's log why it couldn't follow, unless that was said last."""
    change = pausing.not_recomputed(session, why, now=now)
    entries = (await queries.changes(db, [session]))[session.id]
    said = [one.reason for one in entries if one.kind is ChangeKind.recomputed]
    if said[-1:] != [change.reason]:
        # The words of the clash name a person or a team: they stand in the session's log alone.
        log.error("session %s can't follow the new rules of %s", session.id, session.tz)
        await _enter(db, session, change, now)


async def _enter(db: Db, session: NegotiationSession, change: SessionChange, now: datetime) -> None:
    change.recorded_by = "service"
    await finish(db, _CLOCKMAKER, session, change, "session.changed", now=now)
