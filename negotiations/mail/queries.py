"""How it stands with the mails: what waits, what was given up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, func, or_, select

from negotiations.db import Db
from negotiations.models import Mail, OutboxEvent
from negotiations.models.mail import MailEnd


@dataclass(frozen=True, slots=True)
class Standing:
    """How many mails wait, how many of them since they couldn't be sent, and were given up; and
    why the one that failed last did."""

    waiting: int
    failing: int
    given_up: int
    failure: str | None

    def __str__(self) -> str:
        told = f"{self.waiting} waiting"
        if self.failing:
            told += f" ({self.failing} couldn't be sent yet: {self.failure})"
        if self.given_up:
            told += (
                f", {self.given_up} given up ({self.failure}); to try them again: "
                "negotiations mail retry"
            )
        return told


async def standing(db: Db) -> Standing:
    """How it stands now."""
    waits = col(Mail.ended_as).is_(None)
    given_up = col(Mail.ended_as) == MailEnd.given_up
    counts = await db.exec(
        select(
            func.count().filter(waits),
            func.count().filter(waits, col(Mail.failure).is_not(None)),
            func.count().filter(given_up),
        ).select_from(Mail)
    )
    last = await db.exec(
        select(Mail.failure)
        .where(or_(waits, given_up), col(Mail.failure).is_not(None))
        .order_by(col(Mail.due_at).desc(), col(Mail.id))
        .limit(1)
    )
    waiting, failing, lost = counts.one()
    return Standing(waiting, failing, lost, last.first())


async def unsent(db: Db) -> Sequence[Mail]:
    """Those that couldn't be sent yet or were given up, the longest due first."""
    ended = or_(col(Mail.ended_as).is_(None), col(Mail.ended_as) == MailEnd.given_up)
    rows = await db.exec(
        select(Mail)
        .where(ended, col(Mail.failure).is_not(None))
        .order_by(col(Mail.due_at), col(Mail.id))
    )
    return rows.all()


async def has_work(db: Db, now: datetime) -> bool:
    """Whether anything waits to be gathered or sent: what a look costs where nothing does."""
    due = select(Mail.id).where(col(Mail.ended_as).is_(None), col(Mail.due_at) <= now)
    announced = select(OutboxEvent.id).where(col(OutboxEvent.to_mail))
    rows = await db.exec(select(or_(due.exists(), announced.exists())))
    return bool(rows.one())


async def next_due(db: Db, now: datetime) -> datetime | None:
    """When the next mail after this instant is due; None when none waits for a time to come."""
    rows = await db.exec(
        select(func.min(Mail.due_at)).where(col(Mail.ended_as).is_(None), col(Mail.due_at) > now)
    )
    return rows.one()
