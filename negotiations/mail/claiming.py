"""Who sends a mail: whoever claimed it, for the time of a lease; and what became of it.

A process that ends in the middle leaves its claim to run out; then another sends the mail, under
the same Message-ID.
"""

from datetime import datetime, timedelta

from sqlmodel import case, col, update

from negotiations import leases
from negotiations.db import Database, Db
from negotiations.mail import trouble
from negotiations.mail.bursts import next_try
from negotiations.models import Mail
from negotiations.models.mail import MailEnd, MailKind
from negotiations.waking import MAIL, wake

_BY_THE_THOUSAND = (MailKind.waiting, MailKind.digest)
LEASE = timedelta(seconds=30)


async def claim(database: Database, now: datetime) -> Mail | None:
    """The mail that has been due longest and that nobody else holds; None when there is none.

    On a Monday morning a thousand digests are due at once: they hold up no other mail. Nothing
    more is added to what is claimed.
    """
    async with database.write() as db:
        return await _claim(db, now)


async def _claim(db: Db, now: datetime) -> Mail | None:
    can_wait = case((col(Mail.kind).in_(_BY_THE_THOUSAND), 1), else_=0)
    found = await leases.claim(
        db, Mail, col(Mail.ended_as).is_(None), col(Mail.due_at) <= now,
        order=(can_wait, col(Mail.due_at), col(Mail.id)), now=now,
        claimed_until=now + LEASE, gathering=False, tries=Mail.tries + 1,
    )  # fmt: skip
    return None if found is None else await db.get_one(Mail, found)


async def end(
    database: Database, mail: Mail, how: MailEnd, *, now: datetime, failure: str | None = None
) -> bool:
    """It is sent, or won't be; False when the claim had run out and it is another's by now."""
    async with database.write() as db:
        return await _end(db, mail, how, failure, now)


async def end_and_claim(
    database: Database, mail: Mail, how: MailEnd, *, now: datetime
) -> Mail | None:
    """The same, and the next mail, in one transaction: SQLite has one writer, for whom a busy
    service's mails would wait twice each."""
    async with database.write() as db:
        await _end(db, mail, how, None, now)
        return await _claim(db, now)


async def _end(db: Db, mail: Mail, how: MailEnd, failure: str | None, now: datetime) -> bool:
    return await _change(db, mail, failure, now=now, ended_as=how, ended_at=now, claimed_until=None)


async def put_off(database: Database, mail: Mail, failure: str, *, now: datetime) -> bool:
    """It couldn't be sent: later once more, or given up after too many tries."""
    later = next_try(mail.kind, mail.tries, now)
    if later is None:
        return await end(database, mail, MailEnd.given_up, now=now, failure=failure)
    async with database.write() as db:
        return await _change(db, mail, failure, now=now, due_at=later, claimed_until=None)


async def _change(
    db: Db, mail: Mail, failure: str | None, *, now: datetime, **values: object
) -> bool:
    values["failure"] = failure
    if not await leases.change(db, mail, col(Mail.ended_as).is_(None), **values):
        return False
    if failure is not None:
        await trouble.note(db, mail, failure, now=now)
    elif values.get("ended_as") in (MailEnd.sent, MailEnd.dropped):
        await trouble.clear(db, mail)
    return True


async def again(db: Db, *, now: datetime) -> int:
    """Try what was given up once more; returns how many mails."""
    changed = await db.exec(
        update(Mail)
        .where(col(Mail.ended_as) == MailEnd.given_up)
        .values(ended_as=None, ended_at=None, tries=0, due_at=now)
        .execution_options(synchronize_session=False)
    )
    wake(db, MAIL)
    return int(changed.rowcount)
