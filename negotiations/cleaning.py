"""What is thrown away, and how long after it ended: logins, tokens, answers, mails, reminders."""

from datetime import timedelta

from sqlmodel import col, delete, or_, select, update

from negotiations.clock import Clock
from negotiations.db import Database
from negotiations.models import (
    ApiToken,
    IdempotencyKey,
    Login,
    Mail,
    MailEvent,
    Notice,
    Reminder,
    WebhookDelivery,
)
from negotiations.models.mail import MailEnd, MailKind
from negotiations.web import idempotency

# How long an ended login or token is kept, so that a person can still be told when it ended.
KEPT = timedelta(days=30)
REMEMBERED = timedelta(days=400)  # what somebody was told waits for them


async def clean_up(database: Database, clock: Clock) -> int:
    """Remove logins, links and tokens that ended KEPT ago; returns how many.

    Answers kept for requests sent again go too, after idempotency.KEPT, and what is known of mails
    that went; addresses that were typed to be sent a link after a day. Mails that were given up
    stay; of what programs were told everything goes that has ended.
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
        now = clock.now()
        gone = or_(
            col(Mail.ended_at) < before,
            (col(Mail.kind) == MailKind.sign_in) & (col(Mail.ended_at) < now - timedelta(days=1)),
        ) & (col(Mail.ended_as) != MailEnd.given_up)
        of_gone = select(Mail.id).where(gone)
        # What somebody was told of is remembered for longer: else they would be told of it again.
        of_them = update(Notice).where(col(Notice.mail_id).in_(of_gone))
        await db.exec(of_them.values(mail_id=None))
        await db.exec(delete(Notice).where(col(Notice.created_at) < now - REMEMBERED))
        await db.exec(delete(Reminder).where(col(Reminder.starts_at) < before))
        await db.exec(delete(MailEvent).where(col(MailEvent.mail_id).in_(of_gone)))
        mails = await db.exec(delete(Mail).where(gone))
        told = await db.exec(delete(WebhookDelivery).where(col(WebhookDelivery.ended_at) < before))
    ended = (logins, tokens, answers, mails, told)
    return sum([int(one.rowcount) for one in ended])
