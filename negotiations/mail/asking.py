"""Asking for a mail with a sign-in link: for oneself, or for somebody who is invited; and for a
word to an address that is nobody's any more.

Whoever asks for a link hears the same and has the same done, whether or not anybody has the
address: it is queued, and looked up when its turn comes.
"""

import math
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, select

from negotiations.access.actor import Actor
from negotiations.db import Db
from negotiations.errors import Invalid, TooMany
from negotiations.models import Mail, Membership, Person
from negotiations.models.mail import MailKind

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MOST_LINKS = 5  # to one address in an hour
MOST_INVITATIONS = 50  # by one person in an hour
MOST_TO_ONE = 3  # invitations of one person in a day


async def ask_for_link(db: Db, email: str, *, now: datetime) -> None:
    """Queue a sign-in link for whoever has this address; TooMany after MOST_LINKS in an hour."""
    asked = col(Mail.kind) == MailKind.sign_in, col(Mail.address) == email
    await _check(db, *asked, most=MOST_LINKS, within=HOUR, now=now)
    db.add(
        Mail(created_at=now, kind=MailKind.sign_in, address=email, first_at=now, due_at=now)
    )  # fmt: skip


async def invite(db: Db, actor: Actor, seat: Membership, *, now: datetime) -> None:
    """Queue a mail to the holder of a new seat, by whoever gave it.

    Invalid where they have no address; TooMany by one person in an hour, or to one in a day.
    """
    person = await db.get_one(Person, seat.person_id)
    if person.email is None:
        raise Invalid.field("email", "Give the address that the invitation goes to.")
    invited = col(Mail.kind) == MailKind.invitation
    by = col(Mail.actor_id).is_not_distinct_from(actor.person_id)
    to = col(Mail.person_id) == person.id
    await _check(db, invited, by, most=MOST_INVITATIONS, within=HOUR, now=now)
    await _check(db, invited, to, most=MOST_TO_ONE, within=DAY, now=now)
    db.add(
        Mail(
            created_at=now, kind=MailKind.invitation, person_id=person.id,
            negotiation_id=seat.negotiation_id, actor_id=actor.person_id, first_at=now, due_at=now,
        )
    )  # fmt: skip


def tell_former_address(db: Db, address: str, negotiation_id: str, *, now: datetime) -> None:
    """Queue a word to the address that was somebody's until now: sign-in links go elsewhere."""
    db.add(
        Mail(
            created_at=now, kind=MailKind.address_changed, address=address,
            negotiation_id=negotiation_id, first_at=now, due_at=now,
        )
    )  # fmt: skip


async def _check(db: Db, *which: Any, most: int, within: timedelta, now: datetime) -> None:
    """TooMany when there were `most` of these within the time, until the first of them is older."""
    rows = await db.exec(
        select(Mail.created_at)
        .where(*which, col(Mail.created_at) > now - within)
        .order_by(col(Mail.created_at).desc())
        .offset(most - 1)
        .limit(1)
    )
    first = rows.first()
    if first is not None:
        raise TooMany(max(1, math.ceil((first + within - now).total_seconds())))
