"""Writing reminders and digests at the moment they go, with what their reader may see then."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from sqlmodel import col, select

from negotiations.access.actor import Actor, load_actor
from negotiations.access.visible import visible
from negotiations.db import Db
from negotiations.mail.writing import Writer, Written, reader
from negotiations.models import Mail, NegotiationSession, Notice, Person
from negotiations.models.mail import MailKind
from negotiations.models.parties import Role
from negotiations.models.sessions import SessionStatus
from negotiations.notices import texts
from negotiations.notices.chasing import is_for, subject_of
from negotiations.notices.due import AHEAD
from negotiations.notices.texts import Line, Section
from negotiations.overview import todo
from negotiations.overview.waiting import Item
from negotiations.readings import Reader
from negotiations.scheduling import queries as scheduling
from negotiations.scheduling.rules import place_of
from negotiations.settings import Settings
from negotiations.web.showing import when, words

WEEK = timedelta(days=7)
MOST = 40  # things in a section of a mail
ASKED = "The secretariat asks you for this."


async def _reminder(db: Db, settings: Settings, mail: Mail, now: datetime) -> Written:
    """Nothing of a session that begins at another time by now, won't be, or has begun."""
    to = await reader(db, mail)
    if to is None or to.person.email is None or not to.person.by_mail:
        return None
    rows = await db.exec(
        select(NegotiationSession).where(
            col(NegotiationSession.id) == mail.session_id,
            col(NegotiationSession.status) == SessionStatus.confirmed,
            col(NegotiationSession.starts_at) == mail.starts_at,
            col(NegotiationSession.starts_at) > now,
            visible(to.actor, NegotiationSession),
        )
    )
    session = rows.first()
    if session is None:
        return None
    line = _of_session(session, Reader(to.person.tz), settings.base_url)
    begins = texts.until(session.starts_at, now)
    talks = to.negotiation
    me = f"{settings.base_url}/me"
    return to.person.email, texts.of_reminder(talks.slug, talks.title, line, begins, me)


def _of_session(session: NegotiationSession, reader_: Reader, base_url: str) -> Line:
    place = place_of(session)
    said = [when(session, reader_), *([f"Place: {place}"] if place else [])]
    if session.status is not SessionStatus.confirmed:
        said.append(f"Status: {words(session.status)}")
    return Line(session.title, said, f"{base_url}/s/{session.id}")


async def _waiting(db: Db, settings: Settings, mail: Mail, now: datetime) -> Written:
    """What has been done since it was noticed is left out."""
    found = await _person(db, mail)
    if found is None:
        return None
    person, actor = found
    rows = await db.exec(
        select(Notice.subject, Notice.asked_by_id).where(col(Notice.mail_id) == mail.id)
    )
    asked = dict(rows.all())
    on_me, on_others = Most(), Most()
    async for part in todo.parts(db, actor, now=now, ahead=timedelta(days=AHEAD + 1)):
        for one in part:
            if subject_of(one) in asked and _is_told(one, actor):
                (on_me if one.on_me else on_others).add(one)
    if not on_me.count and not on_others.count:
        return None
    base_url = settings.base_url
    sections = [
        on_me.section(
            "Waiting for you",
            lambda one: _of_item(one, base_url, by_wish=asked[subject_of(one)] is not None),
        ),
        on_others.section("Waiting for others, and late", lambda one: _of_item(one, base_url)),
    ]
    return person.email or "", texts.of_waiting(sections, base_url)


class Most:
    """Of more things than can be read those that are due first, in their order."""

    def __init__(self) -> None:
        self.count = 0
        self._first: list[tuple[date, int, Item]] = []

    def add(self, item: Item) -> None:
        self._first.append((item.by or date.max, self.count, item))
        self.count += 1
        if len(self._first) > 2 * MOST:
            self._cut()

    def _cut(self) -> None:
        self._first = sorted(self._first)[:MOST]  # no two have the same number

    def section(self, heading: str, of_item: Callable[[Item], Line]) -> Section:
        """With how many more there are."""
        self._cut()
        shown = [item for _, _, item in sorted(self._first, key=lambda one: one[1])]
        return Section(heading, [of_item(one) for one in shown], self.count - len(shown))


def _is_told(item: Item, actor: Actor) -> bool:
    """Whoever has done their part isn't told that others haven't; the coordinator is."""
    seat = actor.seat_in(item.negotiation_id)
    return item.on_me or (seat is not None and seat.role is Role.coordinator)


def _of_item(item: Item, base_url: str, *, by_wish: bool = False) -> Line:
    said = [item.text, *([ASKED] if by_wish else [])]
    return Line(item.title, said, f"{base_url}{item.path}")


async def _digest(db: Db, settings: Settings, mail: Mail, now: datetime) -> Written:
    """The sessions of seven days, and all that waits: for the coordinator also on others."""
    found = await _person(db, mail)
    if found is None or not found[0].weekly:
        return None
    person, actor = found
    coming = [
        one
        for one in await scheduling.upcoming(db, actor, after=now)
        if one.starts_at < mail.created_at + WEEK
    ]
    on_me, on_others = Most(), Most()
    async for part in todo.parts(db, actor, now=now):
        for one in part:
            if not one.on_me:
                on_others.add(one)
            elif _is_own(one, actor):
                on_me.add(one)
    base_url = settings.base_url

    def plain(item: Item) -> Line:
        return _of_item(item, base_url)

    sections = [
        Section("This week", [_of_session(one, Reader(person.tz), base_url) for one in coming]),
        on_me.section("Waiting for you", plain),
        on_others.section("Waiting for others", plain),
    ]
    if not any(section.lines for section in sections):
        return None
    return person.email or "", texts.of_week(sections, base_url)


def _is_own(item: Item, actor: Actor) -> bool:
    seat = actor.seat_in(item.negotiation_id)
    return seat is None or is_for(item, seat, actor.person_id or "")


async def _person(db: Db, mail: Mail) -> tuple[Person, Actor] | None:
    """Whom it goes to; None when they have no address or want no mails by now."""
    person = await db.get(Person, mail.person_id)
    if person is None or person.email is None or not person.by_mail:
        return None
    actor = await load_actor(db, person, via="tick")
    return (person, actor) if actor.seats else None


WRITERS: dict[MailKind, Writer] = {
    MailKind.reminder: _reminder,
    MailKind.waiting: _waiting,
    MailKind.digest: _digest,
}
