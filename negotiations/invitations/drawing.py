"""What an invitation is drawn with: whom it is between, what may be said, what is kept."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime, timedelta

from negotiations.access.actor import Seat
from negotiations.ics.itip import Between, Part, PartStat
from negotiations.ics.text import clean
from negotiations.ics.timezones import vtimezone
from negotiations.invitations import answering, signing
from negotiations.models import (
    Attendance,
    EventBytes,
    Invitation,
    Mail,
    Negotiation,
    NegotiationSession,
    Person,
)
from negotiations.models.parties import Role
from negotiations.models.sessions import Rsvp
from negotiations.scheduling.seating import Setting
from negotiations.settings import Settings

SECOND = timedelta(seconds=1)
_PARTSTAT: dict[Rsvp, PartStat] = {
    Rsvp.needs_action: "NEEDS-ACTION",
    Rsvp.accepted: "ACCEPTED",
    Rsvp.tentative: "TENTATIVE",
    Rsvp.declined: "DECLINED",
}


@dataclass(frozen=True, slots=True)
class Told:
    """Whom it goes to, to which session, and what their program was told before."""

    person: Person
    to: str
    negotiation: Negotiation
    uid: str
    before: Invitation | None


@dataclass(frozen=True, slots=True)
class Shown:
    """The session as its reader may see it, and what their feed shows of it."""

    session: NegotiationSession
    where: Setting
    seat: Seat
    event: EventBytes
    is_expected: bool


class Everything(Container[str]):
    """Holds whatever is asked for."""

    def __contains__(self, _one: object) -> bool:
        return True


def row_of(told: Told, mail: Mail, now: datetime) -> Invitation:
    """What is kept of this invitation, from now on as this mail's."""
    row = told.before or Invitation(
        created_at=now, person_id=told.person.id, session_id=mail.session_id or "",
        negotiation_id=told.negotiation.id, address=told.to, sequence=-1, revision=-1,
        starts_at=now, ends_at=now, told_at=now - SECOND,
    )  # fmt: skip
    if row.mail_id != mail.id:
        is_new = told.before is None or row.cancelled_at is not None or row.address != told.to
        row.from_change = None if is_new else row.change
    return row


def tell(row: Invitation, mail: Mail, to: str, now: datetime, *, off: bool) -> None:
    """Each message is later than the one before, also where the clock stands or steps back."""
    if row.mail_id != mail.id or (row.cancelled_at is not None) != off:
        row.told_at = max(now.replace(microsecond=0), row.told_at.replace(microsecond=0) + SECOND)
    row.mail_id, row.address = mail.id, to
    row.cancelled_at = row.told_at if off else None


def between_of(
    settings: Settings, told: Told, row: Invitation, shown: Shown | None, mine: Attendance | None
) -> Between:
    part: Part = "REQ-PARTICIPANT"
    if shown is not None and shown.session.chair_id == told.person.id:
        part = "CHAIR"
    elif shown is not None and shown.seat.role is Role.observer:
        part = "OPT-PARTICIPANT"
    holds = mine is not None and shown is not None and answering.holds(mine, shown.session)
    return Between(
        organizer=signing.answer_address(
            settings.secret_key, settings.reply_address, row.id, told.to
        ),
        organizer_name=told.negotiation.slug,
        attendee=told.to,
        attendee_name=told.person.name,
        part=part,
        partstat=_PARTSTAT.get(mine.rsvp, "NEEDS-ACTION") if mine and holds else "NEEDS-ACTION",
    )


def unsaid(shown: Shown) -> Container[str]:
    """The lines of the event's text that stand in no mail: how one comes in; and of a caucus all,
    since why it meets is its own affair."""
    if shown.where.is_caucus or shown.event.defect is not None:
        return Everything()
    note = clean(shown.session.access_note or "")
    return frozenset(line for line in note.split("\n") if line)


def timezone_of(event: EventBytes) -> bytes:
    if event.tz is None:
        return b""
    return vtimezone(event.tz, event.starts_at.year - 1, event.ends_at.year + 1)
