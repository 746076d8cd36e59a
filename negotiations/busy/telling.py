"""How somebody is told by mail that their calendar can't be read, or can again."""

from datetime import datetime

from sqlmodel import col, select

from negotiations.access.actor import load_actor
from negotiations.access.visible import visible
from negotiations.busy.verdicts import WORDS
from negotiations.db import Db
from negotiations.mail.texts import Text, body_of
from negotiations.mail.writing import Writer, Written
from negotiations.models import BusyCalendar, Mail, Person
from negotiations.models.availability import BusyState
from negotiations.models.mail import MailKind
from negotiations.settings import Settings
from negotiations.web.showing import stamp


async def _changed(db: Db, settings: Settings, mail: Mail, _now: datetime) -> Written:
    """Of those of their calendars whose state changed then, and still is so."""
    person = await db.get(Person, mail.person_id)
    if person is None or person.email is None or not person.by_mail:
        return None
    actor = await load_actor(db, person, via="tick")
    rows = await db.exec(
        select(BusyCalendar)
        .where(visible(actor, BusyCalendar), col(BusyCalendar.told_at) == mail.first_at)
        .order_by(col(BusyCalendar.created_at), col(BusyCalendar.id))
    )
    found = rows.all()
    if not found:
        return None
    lines: list[str] = []
    for one in found:
        lines += [*_said(one, person.tz), ""]
    lines.append(f"Your calendars here: {settings.base_url}/me/availability")
    failing = any(one.state is BusyState.failing for one in found)
    subject = "Your calendar can't be read" if failing else "Your calendar can be read again"
    return person.email, Text(subject, body_of(lines))


def _said(row: BusyCalendar, tz: str) -> list[str]:
    name = f"{row.origin} ({row.fingerprint})"
    if row.state is not BusyState.failing or row.fault is None:
        return [f"Your calendar at {name} can be read again."]
    as_of = (
        f"as it was on {stamp(row.read_at, tz)}" if row.read_at else "not at all: it never could be"
    )
    return [
        f"Your calendar at {name} can't be read: {WORDS.get(row.fault, row.fault.value)}.",
        f"When you are busy is known {as_of}. It is tried again and again.",
    ]


WRITERS: dict[MailKind, Writer] = {MailKind.busy_calendar: _changed}
