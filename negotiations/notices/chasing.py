"""Looking once a day what waits for somebody, and writing down what they are to be told."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlmodel import col, or_, select, update

from negotiations.access.actor import Actor, Seat, load_actor
from negotiations.civil import local_date
from negotiations.db import Database, Db, insert_all
from negotiations.models import Look, Mail, Membership, Negotiation, Notice, Person
from negotiations.models.base import new_id
from negotiations.models.mail import MailKind
from negotiations.models.parties import HEADS, NegotiationStatus, Role
from negotiations.notices.due import AHEAD, DAY, is_time, stage_of_others, stage_of_own
from negotiations.overview import todo
from negotiations.overview.waiting import Item

_OVER = (NegotiationStatus.concluded, NegotiationStatus.abandoned)


async def to_look_at(db: Db, *, now: datetime) -> list[tuple[str, date]]:
    """Whom it is time to look for, with the day: who can be reached, once each working day."""
    seated = select(Membership.id).where(
        col(Membership.person_id) == Person.id, col(Membership.ended_at).is_(None)
    )
    rows = await db.exec(
        select(Person.id, Person.tz, Look)
        .outerjoin(Look, col(Look.person_id) == Person.id)
        .where(
            col(Person.email).is_not(None),
            col(Person.by_mail),
            seated.exists(),
            # It is never later than this anywhere on earth (UTC+14).
            or_(col(Look.day).is_(None), col(Look.day) < local_date(now + 14 * DAY / 24, "UTC")),
        )
        .order_by(col(Person.id))
    )
    found: list[tuple[str, str, Look | None]] = list(rows.all())
    days = [(key, is_time(now, tz), last) for key, tz, last in found]
    return [(key, day) for key, day, last in days if day and (last is None or last.day < day)]


async def look(database: Database, person_id: str, day: date, *, now: datetime) -> int:
    """Queue one mail with all that the person is told of on this day; returns of how many things.

    Raises IntegrityError when another process looks for the same person right now.
    """
    async with database.write() as db:
        if not await _claim(db, person_id, day):
            return 0
        person = await db.get_one(Person, person_id)
        actor = await load_actor(db, person, via="tick")
        zones = await _zones(db, actor)
        mail: Mail | None = None
        seen: set[str] = set()
        async for part in todo.parts(db, actor, now=now, ahead=timedelta(days=AHEAD + 1)):
            staged = {
                subject_of(item): stage
                for item in part
                if item.negotiation_id in zones
                and (stage := _stage(item, actor, zones[item.negotiation_id], now))
            }
            told = await _told(db, person_id, staged)
            fresh = [one for one in staged.items() if one not in told and one[0] not in seen]
            if fresh and mail is None:
                mail = queue(db, person_id, now=now)
                await db.flush()
            seen.update(subject for subject, _ in fresh)
            rows = [
                {
                    "id": new_id(), "created_at": now, "version": 1, "person_id": person_id,
                    "subject": subject, "stage": stage, "to_mail": False,
                    "mail_id": mail.id if mail else None,
                }
                for subject, stage in fresh
            ]  # fmt: skip
            await insert_all(db, Notice, rows)
        return len(seen)


def queue(db: Db, person_id: str, *, now: datetime) -> Mail:
    """A mail to this person, of what its notices will name."""
    mail = Mail(
        created_at=now, kind=MailKind.waiting, person_id=person_id, first_at=now, due_at=now
    )  # fmt: skip
    db.add(mail)
    return mail


def subject_of(item: Item) -> str:
    """What names an item in notices: put off to another day it is another one."""
    return f"{item.key}|{item.by or ''}"


def is_for(item: Item, seat: Seat, person_id: str) -> bool:
    """Whether somebody who sees the item is who has to do it, and not only of their party."""
    return seat.party_id is None or seat.role in HEADS or item.person_id == person_id


def _stage(item: Item, actor: Actor, home_tz: str, now: datetime) -> str | None:
    seat = actor.seat_in(item.negotiation_id)
    if item.by is None or seat is None:
        return None
    today = local_date(now, home_tz)
    if item.on_me:
        own = stage_of_own(item.by, today)
        return own if is_for(item, seat, actor.person_id or "") else None
    return stage_of_others(item.by, today) if seat.role is Role.coordinator else None


async def _zones(db: Db, actor: Actor) -> dict[str, str]:
    """The home zones of those of the actor's talks that go on."""
    rows = await db.exec(
        select(Negotiation.id, Negotiation.home_tz).where(
            col(Negotiation.id).in_([seat.negotiation_id for seat in actor.seats]),
            col(Negotiation.status).not_in(_OVER),
        )
    )
    return dict(rows.all())


async def _told(db: Db, person_id: str, subjects: Iterable[str]) -> set[tuple[str, str]]:
    rows = await db.exec(
        select(Notice.subject, Notice.stage).where(
            col(Notice.person_id) == person_id, col(Notice.subject).in_(list(subjects))
        )
    )
    return set(rows.all())


async def _claim(db: Db, person_id: str, day: date) -> bool:
    """Whether nobody has looked for them on this day yet."""
    moved = await db.exec(
        update(Look).where(col(Look.person_id) == person_id, col(Look.day) < day).values(day=day)
    )
    if moved.rowcount == 1:
        return True
    if await db.get(Look, person_id) is not None:
        return False
    db.add(Look(person_id=person_id, day=day))
    await db.flush()
    return True
