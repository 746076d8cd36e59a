"""Which tick runs how often in a serving process; the only import of APScheduler.

Truth is rows: a tick looks for what is due and may run in several processes at once without harm.
"""

import logging
from datetime import timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlmodel import col, delete, or_

from negotiations.clock import Clock
from negotiations.db import Database
from negotiations.models import ApiToken, IdempotencyKey, Login
from negotiations.web import idempotency

log = logging.getLogger("negotiations")
# How long an ended login or token is kept, so that a person can still be told when it ended.
KEPT = timedelta(days=30)


def scheduler(database: Database, clock: Clock) -> AsyncIOScheduler:
    """The ticks of one process, not yet started."""
    made = AsyncIOScheduler(timezone="UTC")
    made.add_job(
        _guarded,
        "interval",
        args=[database, clock],
        hours=1,
        id="clean-up",
        max_instances=1,
        coalesce=True,
    )
    return made


async def _guarded(database: Database, clock: Clock) -> None:
    try:
        await clean_up(database, clock)
    except Exception as error:
        log.error("the clean-up failed: %s", type(error).__name__)


async def clean_up(database: Database, clock: Clock) -> int:
    """Remove logins, links and tokens that ended KEPT ago; returns how many.

    Answers kept for requests sent again go too, after idempotency.KEPT.
    """
    before = clock.now() - KEPT
    async with database.write() as db:
        logins = await db.exec(
            delete(Login).where(
                or_(
                    col(Login.ended_at) < before,
                    col(Login.expires_at) < before,
                    col(Login.signed_in_at).is_(None) & (col(Login.link_expires_at) < before),
                )
            )
        )
        tokens = await db.exec(
            delete(ApiToken).where(
                or_(col(ApiToken.expires_at) < before, col(ApiToken.revoked_at) < before)
            )
        )
        answers = await db.exec(
            delete(IdempotencyKey).where(
                col(IdempotencyKey.created_at) < clock.now() - idempotency.KEPT
            )
        )
    return int(logins.rowcount + tokens.rowcount + answers.rowcount)
