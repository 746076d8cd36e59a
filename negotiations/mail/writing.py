"""Writing a mail at the moment it goes: to whom it still concerns, with what they may see now."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from email_validator import EmailNotValidError
from sqlmodel import col, select

from negotiations.access.actor import Actor, Seat, load_actor
from negotiations.access.logins import link_address, make_link
from negotiations.access.visible import visible
from negotiations.db import Database, Db
from negotiations.mail import texts
from negotiations.mail.describing import Describing
from negotiations.mail.encoding import Letter, address
from negotiations.mail.gathering import Who, is_told
from negotiations.mail.texts import Text
from negotiations.mail.twice import told_once
from negotiations.mail.unseen import unseen
from negotiations.models import Mail, MailEvent, Negotiation, OutboxEvent, Person
from negotiations.models.mail import MailKind
from negotiations.settings import Settings
from negotiations.web.showing import stamp, words

INVITED = timedelta(days=7)  # how long the link of an invitation is good


@dataclass(frozen=True, slots=True)
class Told:
    """Whom a mail goes to, with the seat they hold now in the talks it is about."""

    person: Person
    actor: Actor
    seat: Seat
    negotiation: Negotiation


# To whom and what; None when there is nothing to tell, or nobody to tell it to.
Written = tuple[str, Text] | None
Writer = Callable[[Db, Settings, Mail, datetime], Awaitable[Written]]
# What writes something down when it is written: a link's hash, what a program was told.
_WRITING = frozenset({MailKind.invitation, MailKind.sign_in, MailKind.scheduling})


async def letter_of(
    database: Database,
    settings: Settings,
    mail: Mail,
    others: Mapping[MailKind, Writer],
    *,
    now: datetime,
) -> Letter | None:
    """The mail as it goes now; None when there is nothing to tell, or nobody to tell it to.

    A sign-in link is made here, in a transaction of its own, so that none is kept but as a hash.
    `others` write what isn't known here.
    """
    writers = {
        MailKind.changes: _changes,
        MailKind.invitation: _invitation,
        MailKind.sign_in: _sign_in,
        MailKind.address_changed: _address_changed,
        **others,
    }
    opened = database.write if mail.kind in _WRITING else database.read
    async with opened() as db:
        written = await writers[mail.kind](db, settings, mail, now)
    if written is None:
        return None
    to, text = written
    try:
        checked = address(to)
    except EmailNotValidError:
        return None  # an address that no form lets through
    host = urlsplit(settings.base_url).hostname or "localhost"
    name = f"{mail.created_at:%Y-%m-%dT%H%M%S}-{mail.id}"
    return Letter(checked, text, f"<{mail.id}@{host}>", name, now)


async def reader(db: Db, mail: Mail) -> Told | None:
    """Whom it goes to; None when they have no address or no place there any more."""
    person = await db.get(Person, mail.person_id)
    if person is None or person.email is None:
        return None
    actor = await load_actor(db, person, via="tick")
    seat = actor.seat_in(mail.negotiation_id or "")
    rows = await db.exec(
        select(Negotiation).where(
            col(Negotiation.id) == mail.negotiation_id, visible(actor, Negotiation)
        )
    )
    negotiation = rows.first()
    if seat is None or negotiation is None:
        return None
    return Told(person, actor, seat, negotiation)


async def _changes(db: Db, settings: Settings, mail: Mail, now: datetime) -> Written:
    to = await reader(db, mail)
    if to is None or to.person.email is None:
        return None
    rows = await db.exec(
        select(OutboxEvent)
        .join(MailEvent, col(MailEvent.event_id) == OutboxEvent.id)
        .where(col(MailEvent.mail_id) == mail.id)
        .order_by(col(OutboxEvent.at), col(OutboxEvent.id))
    )
    who = Who(db)
    events = [
        event
        for event in rows.all()
        if is_told(event, await who.table(event), to.seat, to.person.id)
    ]
    talks, me = to.negotiation, f"{settings.base_url}/me"
    why = texts.of_all(me)
    if to.person.by_mail:
        events = await told_once(db, events, to.person.id)
    else:
        events = await unseen(db, events, talks.id, to.person.id, now=now)
        why = texts.of_unseen(f"{settings.base_url}/feeds")
    describing = Describing(
        db, to.actor, to.person, to.negotiation, to.seat, base_url=settings.base_url, now=now
    )
    blocks = await describing.blocks(events)
    if not blocks:
        return None
    return to.person.email, texts.of_changes(talks.slug, talks.title, blocks, why)


async def _invitation(db: Db, settings: Settings, mail: Mail, now: datetime) -> Written:
    to = await reader(db, mail)
    if to is None or to.person.email is None:
        return None
    link, until = await _link(db, settings, to.person, INVITED, now)
    role = words(to.seat.role)
    slug = to.negotiation.slug
    return to.person.email, texts.of_invitation(slug, settings.base_url, role, link, until)


async def _sign_in(db: Db, settings: Settings, mail: Mail, now: datetime) -> Written:
    rows = await db.exec(select(Person).where(col(Person.email) == mail.address))
    person = rows.first()
    if person is None or person.email is None:
        return None
    actor = await load_actor(db, person, via="tick")
    if not actor.seats and not actor.is_administrator:
        return None  # whoever has left has nothing to sign in for
    good = timedelta(minutes=settings.link_minutes)
    link, until = await _link(db, settings, person, good, now)
    return person.email, texts.of_sign_in(settings.base_url, link, until)


async def _address_changed(db: Db, settings: Settings, mail: Mail, _now: datetime) -> Written:
    negotiation = await db.get(Negotiation, mail.negotiation_id)
    if negotiation is None or mail.address is None:
        return None
    return mail.address, texts.of_address_changed(negotiation.slug, settings.base_url)


async def _link(
    db: Db, settings: Settings, person: Person, good: timedelta, now: datetime
) -> tuple[str, str]:
    """A new one-time link, and until when it is good, in the person's own zone."""
    minutes = int(good.total_seconds() // 60)
    secret = await make_link(db, person.id, now=now, minutes=minutes)
    return link_address(settings.base_url, secret), stamp(now + good, person.tz)
