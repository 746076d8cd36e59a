"""Every mail that those outside X are sent, as the bytes that leave, over the days that follow.

They leave from a copy of the talks, in which the secretariat first does a few things that mails
tell of: in the talks themselves nothing is sent, so that the next world is compared with them too.
"""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from caucuses.privately import HUSH, SESSIONS, WRITERS
from factories import World, act, in_days
from faults.engines import Databases
from mail.post import Box
from sqlmodel import col, func, select, update
from templates import settings_for

from negotiations.busy import telling
from negotiations.db import Db
from negotiations.invitations import writing as invitations
from negotiations.invitations.looking import Looking
from negotiations.mail import writing
from negotiations.mail.asking import ask_for_link
from negotiations.mail.encoding import Letter, encoded
from negotiations.mail.jobs import Office
from negotiations.mail.texts import Text
from negotiations.mail.writing import Writer, Written
from negotiations.models import Mail, Note, Person
from negotiations.models.mail import MailKind
from negotiations.models.notes import NoteAudience
from negotiations.notices import jobs as notices
from negotiations.settings import Settings
from negotiations.ticks import JOBS
from negotiations.webhooks import stopping

WRITING: Mapping[MailKind, Writer] = {
    **notices.WRITERS, **invitations.WRITERS, **stopping.WRITERS, **telling.WRITERS,
}  # fmt: skip
# Seconds from one look at what is due to the next: a burst's end, an hour, then each day of a week
# in the morning and in the evening, since one of them is at a time at which people get mails.
LOOKS = (0, 70, 3600, *[43_200] * 16)
CALLED_OFF = 4  # before which of these looks sessions are cancelled
REPLY = "answers@example.org"
# Made by chance when a mail is written: one-time links, of which only the hash is kept.
_LINK = re.compile(r"(/sign-in/)[\w-]+")
_REPLY = re.compile(rb"answers\+([a-z2-7]|\r\n )+@")  # of an invitation, whose id is new each time


class Sent(NamedTuple):
    """One mail without what differs at each sending, its readable parts apart."""

    to: str
    whole: bytes
    said: str


async def sent(
    world: World, own: Databases, writing_: Mapping[MailKind, Writer] = WRITING
) -> list[Sent]:
    """To everybody but X's people, in no order of their own."""
    async with _copy(world, own) as copied:
        box = Box()
        await _happen(copied)
        office = Office(copied.settings, box, writing_, Looking(copied.settings).look)
        for number, seconds in enumerate(LOOKS):
            if number == CALLED_OFF:
                await _call_off(copied)
            copied.clock.forward(seconds=seconds)
            for job in JOBS:
                await job.run(copied.database, copied.clock)
            await office.send_due(copied.database, copied.clock)
        ours = {f"{one}@example.org" for one in WRITERS}
        sender = copied.settings.sender
        return sorted(_plain(one, sender) for one in box.letters if one.to not in ours)


@asynccontextmanager
async def _copy(world: World, own: Databases) -> AsyncIterator[World]:
    await world.database.close()  # PostgreSQL copies what nobody has open; it is opened again
    url = own.copy(world.settings.database_url)
    copied = world.on(settings_for(url).model_copy(update={"reply_address": REPLY}))
    try:
        yield copied
    finally:
        await copied.close()
        own.drop(url)


async def _happen(world: World) -> None:
    """Everybody comes to want invitations too. A session is moved and confirmed, others are
    reminded, and somebody asks for a link."""
    async with world.database.write() as db:
        await db.exec(update(Person).values(invitations=True))
        await ask_for_link(db, "head_y@example.org", now=world.clock.now())
    moved = {"local_start": in_days(9), "local_end": in_days(9, 12), "reason": "The room is taken"}
    agreed = [{"party": one, "how": "by telephone"} for one in ("x", "agency")]
    await _act(world, "joint", "move", {**moved, "consents": agreed})
    await _act(world, "joint", "confirm", {})
    assert (await world.coordinator.post("/api/v1/me/waiting/remind", json={})).status_code < 300


async def _call_off(world: World) -> None:
    for kind in ("joint", "plenary"):
        await _act(world, kind, "cancel", {"reason": "The talks are over"})


async def _act(world: World, kind: str, event: str, body: Mapping[str, object]) -> None:
    """Of the session of this kind that is to come."""
    world.clock.forward(seconds=1)  # at one instant their order in a mail would be chance's
    listed = (await world.coordinator.get(SESSIONS)).json()["items"]
    ahead = (one["id"] for one in listed if one["status"] in ("proposed", "confirmed"))
    kinds = {one["id"]: one["kind"] for one in listed}
    session = next(one for one in ahead if kinds[one] == kind)
    answer = await act(world.coordinator, session, event, dict(body))
    assert answer.status_code == 200, answer.text


def _plain(letter: Letter, sender: str) -> Sent:
    """The boundary of its parts follows from its id."""
    text, parts = letter.text, []
    if text.calendar:
        body = _REPLY.sub(b"answers@", text.calendar.body)
        text = replace(text, calendar=replace(text.calendar, body=body, sender=REPLY))
        parts = [body.decode(), text.calendar.html]
    text = replace(text, body=_LINK.sub(r"\1", text.body))
    whole = encoded(replace(letter, message_id="<one@testserver>", text=text), sender)
    return Sent(letter.to, whole, "\n".join((text.subject, text.body, *parts)))


async def telling_a_number(db: Db, settings: Settings, mail: Mail, now: datetime) -> Written:
    """What must be found out: a mail of changes that says how many private notes there are."""
    written = await writing._changes(db, settings, mail, now)
    if written is None:
        return None
    notes = select(func.count()).where(col(Note.audience) != NoteAudience.secretariat)
    number = (await db.exec(notes.select_from(Note))).one()
    to, text = written
    return to, Text(text.subject, f"{text.body}{number}\n", text.calendar)


BABBLING: Mapping[MailKind, Writer] = {**WRITING, MailKind.changes: telling_a_number}


def apart(before: list[Sent], now: list[Sent]) -> list[str]:
    """To whom other mails go than before, and who is shown a private word."""
    once, again = set(before), set(now)
    found = [f"a mail to {one.to} differs" for one in sorted(once ^ again)]
    if len(before) != len(now):
        found.append(f"{len(before)} mails were sent, and now {len(now)}")
    return found + [f"a mail to {one.to} shows a private word" for one in now if HUSH in one.said]
