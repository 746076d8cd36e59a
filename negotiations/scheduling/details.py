"""What of a session changes without a new agreement: title, people, agenda, attendance."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import col, select

from negotiations.access.actor import Actor
from negotiations.access.policy import demand
from negotiations.db import Db, insert_all
from negotiations.errors import Conflict, Invalid, WrongState
from negotiations.models import (
    Attendance,
    Membership,
    NegotiationSession,
    SessionChange,
)
from negotiations.models.base import new_id
from negotiations.models.sessions import ChangeKind, Rsvp, SessionKind
from negotiations.outbox import announce_session
from negotiations.scheduling import bookings, holds, queries, rules, seating
from negotiations.scheduling.agenda import set_items
from negotiations.scheduling.bodies import Attendee, NewItem, SessionPatch
from negotiations.scheduling.log import check_ready, enter, finish, republish
from negotiations.scheduling.seating import Setting

# A session of these belongs to no track; none of a track can become one of them, nor back.
_OWN_TABLE = frozenset({SessionKind.plenary, SessionKind.caucus})


async def change(
    db: Db, actor: Actor, session: NegotiationSession, body: SessionPatch, *, now: datetime
) -> None:
    """Title, link, chair and the like."""
    demand(actor, "session.change", session)
    where = await seating.setting(db, session)
    fields: dict[str, Any] = body.model_dump(
        exclude_unset=True, exclude={"chair", "note_taker", "indispensable"}
    )
    for name in ("title", "kind"):
        if name in fields and fields[name] is None:
            raise Invalid.field(name, f"{name} can't be empty. Give one, or leave it out.")
    kinds = {session.kind, fields.get("kind", session.kind)}
    if len(kinds) > 1 and kinds & _OWN_TABLE:
        raise Invalid.field("kind", "A session stays at its table. Leave the kind as it is.")
    for name in ("chair", "note_taker"):
        given = getattr(body, name)
        # Who has left the talks meanwhile stays named until somebody else is.
        if name in body.model_fields_set and given != getattr(session, f"{name}_id"):
            fields[f"{name}_id"] = await member_id(db, actor, where, given, name)
    called = session.title
    rules.change_details(session, fields)
    if session.title != called:
        await holds.renumber(db, session, gone=True)
    if body.indispensable is not None:
        await set_indispensable(db, actor, where, session, body.indispensable, now=now)
    await check_ready(db, session)
    await republish(db, actor, session)
    enter(db, actor, session, "session.change", fields, now)
    announce_session(db, "session.changed", session, by=actor, at=now)
    await bookings.rebook(db, actor, [session])


async def set_agenda(
    db: Db, actor: Actor, session: NegotiationSession, items: Sequence[NewItem], *, now: datetime
) -> None:
    """Replace the agenda, before the session is held."""
    demand(actor, "agenda.write", session)
    if session.status not in rules.BOOKING:
        raise WrongState(f"This session is {session.status.value}; its agenda is settled.")
    where = await seating.setting(db, session)
    await set_items(db, where.negotiation, session, items, now=now, pointer="items")
    change = SessionChange(created_at=now, session_id=session.id, number=0, kind=ChangeKind.agenda)
    await finish(db, actor, session, change, "session.changed", now=now)


async def set_attendance(
    db: Db,
    actor: Actor,
    session: NegotiationSession,
    items: Sequence[Attendee],
    *,
    now: datetime,
    pointer: str = "items",
    where: Setting | None = None,
) -> None:
    """Replace who is expected and who came; who is indispensable stays so."""
    demand(actor, "attendance.write", session)
    where = where or await seating.setting(db, session)
    rows = {row.person_id: row for row, _ in await queries.attendance(db, session.id)}
    named: set[str] = set()
    new = {item.person for item in items if item.person not in rows}
    seated = await _seated(db, actor, where, new)
    added = []
    for place, item in enumerate(items):
        if item.person in new - seated:  # who was there stays listed after leaving the talks
            raise _no_place(f"{pointer}/{place}/person")
        if item.person in named:
            raise Invalid.field(f"{pointer}/{place}/person", "This person is listed already.")
        named.add(item.person)
        row = rows.pop(item.person, None)
        if row is None:
            added.append(_attending(session, item, now))
            continue
        if row.rsvp != item.rsvp:
            # It isn't what they said themselves, and newer than what they sent before.
            row.answered_by, row.answered_at, row.answered_sequence = None, now, None
        row.rsvp, row.actual, row.mode = item.rsvp, item.actual, item.mode
        db.add(row)
    for row in rows.values():
        if row.indispensable:
            raise Conflict("An indispensable person stays on the list. Change that first.")
        await db.delete(row)
    await db.flush()
    await insert_all(db, Attendance, added)
    enter(
        db, actor, session, "attendance.write", [one.model_dump(mode="json") for one in items], now
    )
    announce_session(db, "session.changed", session, by=actor, at=now)


def _attending(session: NegotiationSession, item: Attendee, now: datetime) -> dict[str, Any]:
    """The values of a new row: nothing in the transaction reads it as an object."""
    known_since = None if item.rsvp is Rsvp.needs_action else now
    return {
        "id": new_id(), "version": 1, "created_at": now, "session_id": session.id,
        "person_id": item.person, "rsvp": item.rsvp, "actual": item.actual, "mode": item.mode,
        "indispensable": False, "answered_by": None, "answered_sequence": None,
        "answered_at": known_since,
    }  # fmt: skip


async def member_id(
    db: Db, actor: Actor, where: Setting, person_id: str | None, pointer: str
) -> str | None:
    """The id, if that person now has a seat on one of the sides, or in the secretariat.

    The secretariat has no place in a caucus. A file, which tells of the past, may also name who had
    a seat there.
    """
    if person_id is None:
        return None
    if not await _seated(db, actor, where, [person_id]):
        raise _no_place(pointer)
    return person_id


def _no_place(pointer: str) -> Invalid:
    return Invalid.field(pointer, "This person has no place at this table.")


async def _seated(db: Db, actor: Actor, where: Setting, person_ids: Collection[str]) -> set[str]:
    """Those of the people who now have a seat there: see member_id."""
    if not person_ids:
        return set()
    given = {"people": list(person_ids), "sides": list(where.sides), "talks": where.negotiation.id}
    return set(await db.exec(_with_seat(where.is_caucus, past=actor.via == "import"), params=given))


@cache
def _with_seat(at_caucus: bool, *, past: bool) -> Any:
    seated = col(Membership.party_id).in_(bindparam("sides", expanding=True))
    query = select(Membership.person_id).where(
        col(Membership.person_id).in_(bindparam("people", expanding=True)),
        col(Membership.negotiation_id) == bindparam("talks"),
        seated if at_caucus else seated | col(Membership.party_id).is_(None),
    )
    return query if past else query.where(col(Membership.ended_at).is_(None))


async def set_indispensable(
    db: Db,
    actor: Actor,
    where: Setting,
    session: NegotiationSession,
    person_ids: Sequence[str],
    *,
    now: datetime,
) -> None:
    rows = {row.person_id: row for row, _ in await queries.attendance(db, session.id)}
    for place, person_id in enumerate(person_ids):
        if person_id not in rows or not rows[person_id].indispensable:
            await member_id(db, actor, where, person_id, f"indispensable/{place}")
        if person_id not in rows:
            rows[person_id] = Attendance(created_at=now, session_id=session.id, person_id=person_id)
    for person_id, row in rows.items():
        row.indispensable = person_id in person_ids
        db.add(row)
    await db.flush()
