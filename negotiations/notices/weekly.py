"""Queueing once a week a digest of what lies ahead, for whoever wants it."""

from datetime import datetime

from sqlmodel import col, select

from negotiations.db import Db
from negotiations.models import Mail, Membership, Notice, Person
from negotiations.models.mail import MailKind
from negotiations.notices.due import week_of

SUBJECT = "digest"
MOST = 500  # people at once


async def queue_digests(db: Db, *, now: datetime) -> int:
    """Queue the digests whose time has come; returns how many.

    Raises IntegrityError when another process does so right now.
    """
    wanted = await _wanted(db, now)
    for person_id, week in wanted[:MOST]:
        mail = Mail(
            created_at=now, kind=MailKind.digest, person_id=person_id, first_at=now, due_at=now
        )  # fmt: skip
        notice = Notice(
            created_at=now, person_id=person_id, subject=SUBJECT, stage=week, mail_id=mail.id
        )
        db.add_all([mail, notice])
    return len(wanted[:MOST])


async def has_work(db: Db, *, now: datetime) -> bool:
    """Whether it is anybody's time."""
    return bool(await _wanted(db, now))


async def _wanted(db: Db, now: datetime) -> list[tuple[str, str]]:
    seated = select(Membership.id).where(
        col(Membership.person_id) == Person.id, col(Membership.ended_at).is_(None)
    )
    zones = await db.exec(select(Person.tz).distinct())
    weeks = {tz: week for tz in zones if (week := week_of(now, tz))}
    if not weeks:
        return []
    had = select(Notice.person_id, Notice.stage).where(
        col(Notice.subject) == SUBJECT, col(Notice.stage).in_(set(weeks.values()))
    )
    told = set((await db.exec(had)).all())
    rows = await db.exec(
        select(Person.id, Person.tz)
        .where(
            col(Person.email).is_not(None),
            col(Person.by_mail),
            col(Person.weekly),
            col(Person.tz).in_(weeks),
            seated.exists(),
        )
        .order_by(col(Person.id))
    )
    return [(key, weeks[tz]) for key, tz in rows if (key, weeks[tz]) not in told]
