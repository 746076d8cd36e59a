"""The ticks that look whom time has come for. Whatever they queue, the mails' tick sends."""

import logging
import time
from collections.abc import Awaitable, Callable

from sqlalchemy.exc import IntegrityError

from negotiations.clock import Clock
from negotiations.db import Database, Db
from negotiations.notices import asking, chasing, reminding, weekly
from negotiations.notices.writing import WRITERS

__all__ = ["WRITERS", "chase", "digest", "remind"]
log = logging.getLogger("negotiations")
LONGEST = 20.0  # seconds for which one look goes on


async def remind(database: Database, clock: Clock) -> int:
    """Queue reminders of sessions, and those that somebody asked for; returns how many mails."""
    now = clock.now()
    async with database.read() as db:
        of_sessions = await reminding.has_work(db, now=now)
        asked = await asking.has_work(db)
    found = 0
    if asked:
        found += await _queue(database, lambda db: asking.gather(db, now=now)) or 0
    until = time.monotonic() + LONGEST
    while of_sessions and time.monotonic() < until:
        queued = await _queue(database, lambda db: reminding.remind(db, now=now))
        if queued is None:
            break
        found += queued
        async with database.read() as db:
            of_sessions = await reminding.has_work(db, now=now)
    return found


async def chase(database: Database, clock: Clock) -> int:
    """Look for everybody once on each working day; returns how many things they are told of."""
    async with database.read() as db:
        people = await chasing.to_look_at(db, now=clock.now())
    found, until = 0, time.monotonic() + LONGEST
    for person_id, day in people:
        if time.monotonic() > until:
            break  # the next look goes on
        try:
            found += await chasing.look(database, person_id, day, now=clock.now())
        except IntegrityError:
            log.info("another process looks for the same person")
        except Exception:
            # What can't be looked at for one person holds up no other.
            log.exception("what waits for %s can't be looked at", person_id)
    return found


async def digest(database: Database, clock: Clock) -> int:
    """Queue the digests of the week; returns how many."""
    async with database.read() as db:
        if not await weekly.has_work(db, now=clock.now()):
            return 0
    return await _queue(database, lambda db: weekly.queue_digests(db, now=clock.now())) or 0


async def _queue(database: Database, do: Callable[[Db], Awaitable[int]]) -> int | None:
    """How many; None where another process does the same, and goes on with it."""
    try:
        async with database.write() as db:
            return await do(db)
    except IntegrityError:
        log.info("another process queues the same: nothing is told twice")
        return None
