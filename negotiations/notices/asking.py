"""Somebody's wish that others be reminded of what they are waited for."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import col, select

from negotiations.access.actor import Actor, Seat
from negotiations.civil import local_date
from negotiations.db import Db, inserting, is_sqlite
from negotiations.errors import Forbidden, Invalid
from negotiations.models import Membership, Notice, Person
from negotiations.models.base import new_id
from negotiations.models.parties import HEADS, Role
from negotiations.notices.chasing import queue, subject_of
from negotiations.overview import todo
from negotiations.overview.waiting import Item
from negotiations.waking import REMINDERS, wake

MOST = 200  # things at once
WRONG = "Tick what others are to be reminded of. Some of what was ticked waits for nobody any more."
NOBODY = "None of those who have to do it can be reached by mail: call them."


def can_remind(actor: Actor, item: Item) -> bool:
    """Whether the actor may have the others reminded: the coordinator, of what waits for sides."""
    seat = actor.seat_in(item.negotiation_id)
    return _coordinates(actor, seat) and not item.on_me and bool(item.waits_on)


def _coordinates(actor: Actor, seat: Seat | None) -> bool:
    return actor.may_write and seat is not None and seat.role is Role.coordinator


async def reminded(db: Db, actor: Actor, *, now: datetime) -> set[str]:
    """The subjects of which the actor has had others reminded today."""
    rows = await db.exec(
        select(Notice.subject).where(
            col(Notice.asked_by_id) == actor.person_id, col(Notice.stage) == _stage(actor, now)
        )
    )
    return set(rows.all())


def _stage(actor: Actor, now: datetime) -> str:
    """The day of who asks, by their own clock."""
    tz = actor.person.tz if actor.person else "UTC"
    return f"asked-{local_date(now, tz)}"


async def remind(db: Db, actor: Actor, keys: Collection[str] | None, *, now: datetime) -> int:
    """Have the heads of the sides that these wait for reminded, and who undertook it; returns how
    many people. Without keys, of everything. On one day nobody is reminded of the same twice.

    Forbidden for who coordinates no talks; Invalid where a key names nothing that waits for others,
    or nobody can be reached.
    """
    if not any(_coordinates(actor, seat) for seat in actor.seats):
        raise Forbidden("Only the coordinator has others reminded.")
    items = [one for one in await todo.items(db, actor, now=now) if can_remind(actor, one)]
    if keys is not None and not {one.key for one in items}.issuperset(keys or [""]):
        raise Invalid.field("keys", WRONG)
    chosen = [one for one in items if keys is None or one.key in keys]
    reached = await _reached(db, chosen)
    rows = [
        {
            "id": new_id(), "created_at": now, "version": 1, "person_id": person_id,
            "subject": subject_of(item), "stage": _stage(actor, now),
            "asked_by_id": actor.person_id, "to_mail": True, "mail_id": None,
        }
        for item in chosen
        for person_id in _responsible(item, reached)
    ]  # fmt: skip
    if not rows and keys is not None:
        raise Invalid.field("keys", NOBODY)
    if rows:
        # Not read first: who has been told what is nobody's to see but the ticks'.
        once = inserting(is_sqlite(db), Notice).on_conflict_do_nothing()
        await (await db.connection()).execute(once, rows)
        wake(db, REMINDERS)
    return len({row["person_id"] for row in rows})


async def _reached(db: Db, items: Iterable[Item]) -> Mapping[str, Sequence[tuple[str, Role]]]:
    """Who of the parties that these wait for can be reached, by party."""
    rows = await db.exec(
        select(Membership.party_id, Membership.person_id, Membership.role)
        .join(Person, col(Person.id) == Membership.person_id)
        .where(
            col(Membership.party_id).in_({side for item in items for side in item.waits_on}),
            col(Membership.ended_at).is_(None),
            col(Person.email).is_not(None),
            col(Person.by_mail),
        )
        .order_by(col(Membership.person_id))
    )
    found: dict[str, list[tuple[str, Role]]] = defaultdict(list)
    seats: Sequence[Any] = rows.all()
    for party_id, person_id, role in seats:
        found[party_id].append((person_id, role))
    return found


def _responsible(item: Item, reached: Mapping[str, Sequence[tuple[str, Role]]]) -> list[str]:
    """The ids of who has to do it."""
    return [
        person_id
        for side in item.waits_on
        for person_id, role in reached[side]
        if role in HEADS or person_id == item.person_id
    ]


async def gather(db: Db, *, now: datetime) -> int:
    """Queue a mail to each who is to be reminded; returns how many mails."""
    rows = await db.exec(
        select(Notice).where(col(Notice.to_mail)).order_by(col(Notice.created_at)).limit(MOST)
    )
    found = _by_person(rows.all())
    for person_id, notices in found.items():
        mail = queue(db, person_id, now=now)
        for notice in notices:
            notice.to_mail, notice.mail_id = False, mail.id
            db.add(notice)
    return len(found)


def _by_person(notices: Iterable[Notice]) -> dict[str, list[Notice]]:
    found: dict[str, list[Notice]] = {}
    for one in notices:
        found.setdefault(one.person_id, []).append(one)
    return found


async def has_work(db: Db) -> bool:
    """Whether anybody is to be reminded."""
    rows = await db.exec(select(Notice.id).where(col(Notice.to_mail)).limit(1))
    return rows.first() is not None
