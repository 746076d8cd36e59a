"""Taking the answers that calendar programs mail, of which none is believed but by its address.

An answer counts where it came to an address that we signed, from the address that the invitation
went to, as that attendee's, for that session and for what the session is now. Nothing else that a
mail says does anything, and no line that it is refused with tells of the session.
"""

import os
import re
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from negotiations.access.actor import load_actor
from negotiations.db import Database, Db
from negotiations.errors import NegotiationsError
from negotiations.ics.replies import Reply, Unreadable, read_reply
from negotiations.invitations import signing
from negotiations.invitations.answering import Older, answer
from negotiations.invitations.incoming import Automatic, Incoming, Unusable, read_mail
from negotiations.locks import locked
from negotiations.models import Invitation, NegotiationSession, Person
from negotiations.models.sessions import AnsweredBy, Rsvp
from negotiations.settings import Settings

# What mail servers make of how a command ends (sysexits.h). All of these give the mail back.
UNUSABLE, NOBODY, NOT_ALLOWED = os.EX_DATAERR, os.EX_NOUSER, os.EX_NOPERM
MOST_ADDRESSES = 10
OLDER = "Nothing changes: a newer answer was given already, or the session has changed since."
GONE = "there is nothing to answer any more. Ask who invited you"
_ANSWERS = {
    "ACCEPTED": Rsvp.accepted, "TENTATIVE": Rsvp.tentative, "DECLINED": Rsvp.declined,
}  # fmt: skip


class Returned(Exception):
    """A mail that changes nothing; `code` is how the command ends, `line` what it says."""

    def __init__(self, code: int, line: str) -> None:
        super().__init__(line)
        self.code, self.line = code, line


@dataclass(frozen=True, slots=True)
class _Addressed:
    """Which invitation it answers, and whose that is."""

    invitation: Invitation
    person: Person


async def receive(
    database: Database, settings: Settings, raw: bytes, *, to: str | None = None, now: datetime
) -> str:
    """Take one mail, whole as it came; returns what became of it, in a line.

    `to` is the address that it was delivered to, where the mail server says so; else its headers
    are looked through. Raises Returned for what is no answer of somebody who was invited. What
    programs write that are away is left alone.
    """
    if not settings.invites:
        raise Returned(os.EX_CONFIG, "NEGOTIATIONS_REPLY_ADDRESS isn't set: nobody is invited.")
    try:
        mail = read_mail(raw)
    except Automatic:
        return "Left alone: it was written by a program that answers by itself."
    except Unusable as error:
        raise Returned(UNUSABLE, f"This mail can't be taken: {error}.") from None
    async with database.write() as db:
        found = await _addressed(db, settings, mail, to)
        if found is None:
            raise Returned(NOBODY, "No invitation has this address. Use the newest one you got.")
        if mail.sender != found.invitation.address.lower():
            raise Returned(
                NOT_ALLOWED, "An answer has to come from the address that the invitation went to."
            )
        try:
            reply = read_reply(mail.calendar, found.invitation.address)
        except Unreadable as error:
            raise Returned(UNUSABLE, f"This mail can't be taken: {error}.") from None
        return await _take(db, found, reply, now)


async def _addressed(
    db: Db, settings: Settings, mail: Incoming, to: str | None
) -> _Addressed | None:
    """None unless one of the addresses is one that we gave to somebody at the address they have."""
    name, _, domain = settings.reply_address.partition("@")
    ours = re.compile(rf"{re.escape(name)}\+[a-z2-7]{{42}}@{re.escape(domain)}", re.IGNORECASE)
    listed = dict.fromkeys(ours.findall(mail.to if to is None else to))
    for address in list(listed)[:MOST_ADDRESSES]:
        invitation_id = signing.invitation_of(settings.reply_address, address)
        rows = await db.exec(locked(select(Invitation).where(col(Invitation.id) == invitation_id)))
        row = rows.first()
        if row is None or not signing.is_signed(
            settings.secret_key, settings.reply_address, address, row.id, row.address
        ):
            continue
        person = await db.get(Person, row.person_id)
        if person is not None and person.email == row.address:
            return _Addressed(row, person)
    return None


async def _take(db: Db, found: _Addressed, reply: Reply, now: datetime) -> str:
    row = found.invitation
    session = await db.get(NegotiationSession, row.session_id)
    if session is None or row.cancelled_at is not None:
        raise Returned(UNUSABLE, f"This mail can't be taken: {GONE}.")
    if reply.uid != session.uid:
        raise Returned(UNUSABLE, "This mail answers another invitation than its address is for.")
    if reply.sequence > row.sequence:
        raise Returned(UNUSABLE, "This mail answers what nobody was invited to.")
    if reply.sequence < row.sequence:
        return OLDER
    actor = await load_actor(db, found.person, via="mail")
    rsvp = _ANSWERS[reply.answer]
    try:
        await answer(
            db, actor, session.id, rsvp, by=AnsweredBy.mail, now=now, sequence=row.revision,
            at=min(reply.at, now),  # no clock of a program's may put off what is answered later
        )  # fmt: skip
    except Older:
        return OLDER
    except NegotiationsError:
        raise Returned(UNUSABLE, f"This mail can't be taken: {GONE}.") from None
    return f"Taken: {rsvp.value}."
