"""To whom do mails of the talks not get through, as far as the secretariat may know?

Of a mail that tells of a caucus alone nobody else may learn, not even that there is one. So only
what happened where the secretariat sits, and invitations, count; and no fault in the writing does,
since it may lie in anything that the mail tells of.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import and_, col, false, func, literal, or_, select, update

from negotiations.access.actor import Actor
from negotiations.db import Db, inserting, is_sqlite
from negotiations.models import (
    Mail,
    MailEvent,
    MailTrouble,
    Membership,
    NegotiationSession,
    OutboxEvent,
    Person,
)
from negotiations.models.mail import MailEnd, MailKind
from negotiations.models.parties import Role
from negotiations.waking import MAIL, wake

STUCK = timedelta(hours=1)  # after which somebody should look after it
WRITING = "writing:"  # how a failure begins that lies in what a mail tells of


async def note(db: Db, mail: Mail, failure: str, *, now: datetime) -> None:
    """A mail couldn't be sent."""
    if failure.startswith(WRITING) or not await _may_be_known(db, mail):
        return
    values = {
        "person_id": mail.person_id, "negotiation_id": mail.negotiation_id, "since": now,
        "again": False,
    }  # fmt: skip
    await db.exec(inserting(is_sqlite(db), MailTrouble).values(values).on_conflict_do_nothing())


async def clear(db: Db, mail: Mail) -> None:
    """A mail was sent, or needs no sending any more. If it is one that counts and no other is
    given up, the trouble is over."""
    if mail.person_id is None or mail.negotiation_id is None:
        return
    found = await db.get(MailTrouble, (mail.person_id, mail.negotiation_id))
    if found is None or not await _may_be_known(db, mail):
        return
    given_up = await db.exec(
        select(Mail).where(
            col(Mail.person_id) == mail.person_id,
            col(Mail.negotiation_id) == mail.negotiation_id,
            col(Mail.ended_as) == MailEnd.given_up,
            ~col(Mail.failure).startswith(WRITING),
        )
    )
    for other in given_up.all():
        if await _may_be_known(db, other):
            return
    await db.delete(found)


async def _may_be_known(db: Db, mail: Mail) -> bool:
    if mail.person_id is None or mail.negotiation_id is None:
        return False
    if mail.kind is MailKind.invitation:
        return True
    if mail.kind is MailKind.scheduling:
        found = await db.exec(
            select(NegotiationSession.id).where(
                col(NegotiationSession.id) == mail.session_id,
                col(NegotiationSession.caucus_id).is_(None),
            )
        )
        return found.first() is not None
    rows = await db.exec(
        select(MailEvent.event_id)
        .join(OutboxEvent, col(OutboxEvent.id) == MailEvent.event_id)
        .where(col(MailEvent.mail_id) == mail.id, col(OutboxEvent.caucus_id).is_(None))
        .limit(1)
    )
    return rows.first() is not None


def queries(actor: Actor, *, now: datetime) -> list[Any]:
    """What a coordinator should look after in their talks: rows of a kind (`mail`: to whom mails
    don't get through; `untold`: the oldest change of which none were made), the talks' id, a name,
    since when, and whether it is being tried again."""
    talks = _coordinated(actor)
    failing = (
        select(  # type: ignore[call-overload]
            literal("mail").label("kind"), col(MailTrouble.negotiation_id), col(Person.name),
            col(MailTrouble.since), col(MailTrouble.again),
        )
        .join(Person, col(Person.id) == MailTrouble.person_id)
        .join(
            Membership,
            and_(
                col(Membership.person_id) == MailTrouble.person_id,
                col(Membership.negotiation_id) == MailTrouble.negotiation_id,
                col(Membership.ended_at).is_(None),
            ),
        )
        .where(
            col(MailTrouble.negotiation_id).in_(talks), col(MailTrouble.since) <= now - STUCK
        )
    )  # fmt: skip
    untold = (
        select(  # type: ignore[call-overload]
            literal("untold"), col(OutboxEvent.negotiation_id), literal(""),
            func.min(col(OutboxEvent.at)), false(),
        )
        .where(
            col(OutboxEvent.to_mail),
            col(OutboxEvent.caucus_id).is_(None),
            col(OutboxEvent.negotiation_id).in_(talks),
            col(OutboxEvent.at) <= now - STUCK,
        )
        .group_by(col(OutboxEvent.negotiation_id))
    )  # fmt: skip
    return [failing, untold]


async def try_again(db: Db, actor: Actor) -> None:
    """Have what couldn't be sent in the actor's talks tried again at once."""
    await db.exec(
        update(MailTrouble)
        .where(col(MailTrouble.negotiation_id).in_(_coordinated(actor)))
        .values(again=True)
    )
    wake(db, MAIL)


def _coordinated(actor: Actor) -> list[str]:
    return [seat.negotiation_id for seat in actor.seats if seat.role is Role.coordinator]


async def has_wishes(db: Db) -> bool:
    """Whether anybody wants mails tried again."""
    rows = await db.exec(select(MailTrouble.person_id).where(col(MailTrouble.again)).limit(1))
    return rows.first() is not None


async def gather_wishes(db: Db, *, now: datetime) -> None:
    """Make due what those wait for whom a coordinator wants to be told at last."""
    rows = (await db.exec(select(MailTrouble).where(col(MailTrouble.again)))).all()
    for row in rows:
        await db.exec(
            update(Mail)
            .where(
                col(Mail.person_id) == row.person_id,
                col(Mail.negotiation_id) == row.negotiation_id,
                or_(
                    col(Mail.ended_as) == MailEnd.given_up,
                    and_(col(Mail.ended_as).is_(None), col(Mail.failure).is_not(None)),
                ),
            )
            .values(ended_as=None, ended_at=None, tries=0, due_at=now)
            .execution_options(synchronize_session=False)
        )
        row.again = False
        db.add(row)
