"""Writing an invitation at the moment it goes: drawn from what the person's own feed shows then."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select

from negotiations.access.actor import Actor, load_actor
from negotiations.access.visible import visible
from negotiations.db import Db
from negotiations.ics import itip
from negotiations.ics.itip import Between
from negotiations.invitations import signing, texts
from negotiations.invitations.drawing import (
    Shown,
    Told,
    between_of,
    row_of,
    tell,
    timezone_of,
    unsaid,
)
from negotiations.invitations.expecting import INVITED_TO, OFF, is_expected, secretariats
from negotiations.invitations.texts import Words
from negotiations.locks import locked
from negotiations.mail.describing import change_of, to_accept
from negotiations.mail.texts import Calendar, Change, Text, body_of, html_of
from negotiations.mail.writing import Writer, Written
from negotiations.models import (
    Attendance,
    EventBytes,
    Invitation,
    Mail,
    Negotiation,
    NegotiationSession,
    Person,
    SessionChange,
)
from negotiations.models.feeds import EventAudience, EventComponent
from negotiations.models.mail import MailKind
from negotiations.readings import Reader
from negotiations.scheduling import queries as scheduling
from negotiations.scheduling import seating
from negotiations.scheduling.rules import place_of
from negotiations.scheduling.seating import Setting
from negotiations.settings import Settings
from negotiations.web.showing import when, words


async def _scheduling(db: Db, settings: Settings, mail: Mail, now: datetime) -> Written:
    """None where another mail has told it meanwhile, or there is nothing to tell."""
    told = await _told(db, mail)
    if told is None or not settings.invites:
        return None
    actor = await load_actor(db, told.person, via="tick")
    shown = await _shown(db, actor, mail)
    before = told.before
    again = before is not None and before.mail_id == mail.id
    if shown is not None and _is_for(told.person, shown, now):
        return await _of_session(db, settings, mail, told, shown, again=again, now=now)
    if before is None or before.ends_at <= now or (before.cancelled_at and not again):
        return None
    return await _take_back(db, settings, mail, told, shown, again=again, now=now)


def _is_for(person: Person, shown: Shown, now: datetime) -> bool:
    """Whether the session itself is told of. That it is off also who wants no more invitations."""
    wanted = person.by_mail and person.invitations
    there = shown.is_expected and shown.session.ends_at > now
    return there and (wanted or shown.session.status in OFF)


async def _told(db: Db, mail: Mail) -> Told | None:
    person = await db.get(Person, mail.person_id)
    negotiation = await db.get(Negotiation, mail.negotiation_id)
    uid = await db.exec(
        select(NegotiationSession.uid).where(col(NegotiationSession.id) == mail.session_id)
    )
    before = await db.exec(
        locked(
            select(Invitation).where(
                col(Invitation.person_id) == mail.person_id,
                col(Invitation.session_id) == mail.session_id,
            )
        )
    )
    found = uid.first()
    if person is None or person.email is None or negotiation is None or found is None:
        return None
    return Told(person, person.email, negotiation, found, before.first())


async def _shown(db: Db, actor: Actor, mail: Mail) -> Shown | None:
    """None for what they can't see (any more)."""
    seat = actor.seat_in(mail.negotiation_id or "")
    rows = await db.exec(
        select(NegotiationSession).where(
            col(NegotiationSession.id) == mail.session_id, visible(actor, NegotiationSession)
        )
    )
    session = rows.first()
    if session is None or seat is None:
        return None
    where = await seating.setting(db, session)
    audience = EventAudience.track
    if where.is_caucus:
        audience = EventAudience.caucus
    elif seat.party_id is None:
        audience = EventAudience.secretariat
    stored = await db.exec(
        select(EventBytes).where(
            col(EventBytes.object_id) == session.id,
            col(EventBytes.audience) == audience,
            col(EventBytes.component) == EventComponent.vevent,
        )
    )
    event = stored.first()
    if event is None:
        return None
    ours = await secretariats(db, [session.negotiation_id])
    there = is_expected(
        actor.person_id or "", seat.party_id, seat.role, session, where.sides,
        is_caucus=where.is_caucus, secretariat=ours[session.negotiation_id],
    )  # fmt: skip
    return Shown(session, where, seat, event, there)


async def _of_session(
    db: Db, settings: Settings, mail: Mail, told: Told, shown: Shown, *, again: bool, now: datetime
) -> Written:  # fmt: skip
    session, before = shown.session, told.before
    off = session.status in OFF
    if not again and _is_told(before, session, told.to):
        return None
    row = row_of(told, mail, now)
    if session.sequence > row.revision:
        # The feed's; more only for who was invited again after it had been taken back.
        row.sequence = max(session.sequence, row.sequence + 1)
        row.revision = session.sequence
    elif row.cancelled_at is not None and not again:
        row.sequence += 1  # to their program it was off (RFC 5546 §2.1.4)
    row.starts_at, row.ends_at = session.starts_at, session.ends_at
    tell(row, mail, told.to, now, off=off)
    log = (await scheduling.changes(db, [session]))[session.id]
    changes = _changes(log, row.from_change, session, shown.where, Reader(told.person.tz))
    row.change = log[-1].number if log else 0
    db.add(row)
    mine = await db.exec(
        select(Attendance).where(
            col(Attendance.session_id) == session.id, col(Attendance.person_id) == told.person.id
        )
    )
    between = between_of(settings, told, row, shown, mine.first())
    draw = itip.cancel if off else itip.request
    body = draw(
        shown.event.body, between, sequence=row.sequence, at=row.told_at,
        unsaid=unsaid(shown), timezone=timezone_of(shown.event),
    )  # fmt: skip
    page, me = f"{settings.base_url}/s/{session.id}", f"{settings.base_url}/me"
    talks, title = told.negotiation, session.title
    if off:
        said = texts.of_cancel(
            talks.slug, talks.title, title, changes, [f"Status: {words(session.status)}"],
            headline=words(session.status).capitalize(), page=page, me=me,
        )  # fmt: skip
        return _written(told, between, "CANCEL", body, said)
    token = signing.answer_token(settings.secret_key, told.person.id, session.id, told.to)
    said = texts.of_request(
        talks.slug, talks.title, title, changes, _standing(shown, told.person, log),
        is_new=row.from_change is None, page=page,
        answer=f"{settings.base_url}/answer/{token}", me=me,
    )  # fmt: skip
    return _written(told, between, "REQUEST", body, said)


def _is_told(before: Invitation | None, session: NegotiationSession, to: str) -> bool:
    """Whether their program knows how it is, or needn't know."""
    if before is None or before.cancelled_at is not None:
        return session.status not in INVITED_TO
    if session.status in OFF:
        return False
    return before.revision >= session.sequence and before.address == to


async def _take_back(
    db: Db, settings: Settings, mail: Mail, told: Told, shown: Shown | None, *, again: bool,
    now: datetime,
) -> Written:  # fmt: skip
    """What they were invited to is theirs no more, or they want their feed only."""
    row = told.before
    assert row is not None
    if not (again and row.cancelled_at):
        row.sequence += 1
    tell(row, mail, told.to, now, off=True)
    db.add(row)
    between = between_of(settings, told, row, None, None)
    was = itip.Taken(uid=told.uid, starts_at=row.starts_at, ends_at=row.ends_at)
    body = itip.take_back(was, between, sequence=row.sequence, at=row.told_at)
    talks = told.negotiation
    if shown is not None and shown.is_expected:
        page, me = f"{settings.base_url}/s/{shown.session.id}", f"{settings.base_url}/me"
        said = texts.of_feed_only(talks.slug, talks.title, shown.session.title, page=page, me=me)
    else:
        said = texts.of_leaving(talks.slug, settings.base_url)
    return _written(told, between, "CANCEL", body, said)


def _changes(
    log: Sequence[SessionChange], since: int | None, session: NegotiationSession, where: Setting,
    reader: Reader,
) -> list[Change]:  # fmt: skip
    """What happened since it was told last; of a new invitation nothing that was before it."""
    if since is None:
        return []
    found = (change_of(one, session, where, reader) for one in log if one.number > since)
    return [one for one in found if one is not None]


def _standing(shown: Shown, person: Person, log: Sequence[SessionChange]) -> list[str]:
    session = shown.session
    place = place_of(session)
    return [
        when(session, Reader(person.tz)),
        *([f"Place: {place}"] if place else []),
        f"Status: {words(session.status)}",
        *to_accept(session, shown.where, log, shown.seat),
    ]


def _written(told: Told, between: Between, method: str, body: bytes, said: Words) -> Written:
    calendar = Calendar(
        between.organizer, told.negotiation.slug, method, body, html_of(said.lines)
    )  # fmt: skip
    return told.to, Text(said.subject, body_of(said.lines), calendar)


WRITERS: dict[MailKind, Writer] = {MailKind.scheduling: _scheduling}
