"""Holding a session's teams and people for its time, and for those its poll asks about.

The database refuses any overlap.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, delete, select

from negotiations.access.actor import Actor
from negotiations.access.visible import visible
from negotiations.civil import begins, clock_time, day
from negotiations.db import Db
from negotiations.errors import BookingClash
from negotiations.models import (
    Booking,
    NegotiationSession,
    PollOption,
    SessionChange,
)
from negotiations.models.sessions import ChangeKind, SessionStatus
from negotiations.scheduling import holds, succession
from negotiations.scheduling.resources import Resource, resources, resources_of
from negotiations.scheduling.rules import BOOKING

Slot = NegotiationSession | PollOption  # what has a time


@dataclass(frozen=True, slots=True)
class Taking:
    """A resource that a session takes for its own time, or for one that its poll asks about."""

    resource: Resource
    session: NegotiationSession
    at: Slot

    @property
    def option_id(self) -> str | None:
        return self.at.id if isinstance(self.at, PollOption) else None

    def booking(self, now: datetime) -> Booking:
        return Booking(
            created_at=now,
            session_id=self.session.id,
            option_id=self.option_id,
            resource_no=self.resource.no,
            starts_at=self.at.starts_at,
            ends_at=self.at.ends_at,
        )


def to_book(db: Db) -> dict[str, NegotiationSession] | None:
    """The sessions that wait to be booked, by id; None where nothing waits."""
    waiting: dict[str, NegotiationSession] | None = db.info.get("to_book")
    return waiting


async def rebook(db: Db, actor: Actor, sessions: Sequence[NegotiationSession]) -> None:
    """Make the bookings of these sessions follow their rows and those of their polls.

    All old rows go before the first new one comes, and new ones come in order of their resource,
    so that two sessions can swap. Raises BookingClash. Where bookings wait for the end of the
    transaction (`settling`), it only notes the sessions.
    """
    waiting = to_book(db)
    if waiting is not None:
        waiting.update({session.id: session for session in sessions})
        return
    await db.flush()
    wanted = await _wanted(db, sessions)
    await _hold(db, sessions, [one.resource for one in wanted])
    await db.exec(_given_up(), params={"ids": [one.id for one in sessions]})
    now = db.info["clock"].now()
    for one in sorted(wanted, key=lambda one: (one.resource.no, one.session.id, one.at.starts_at)):
        try:
            async with db.begin_nested():
                db.add(one.booking(now))
        except IntegrityError as error:
            if "overlap" not in str(error.orig):
                raise
            detail = await _clash(db, actor, one)
            raise BookingClash(detail, one.session.id) from None


@cache
def _given_up() -> Any:
    return delete(Booking).where(col(Booking.session_id).in_(bindparam("ids", expanding=True)))


async def _wanted(db: Db, sessions: Sequence[NegotiationSession]) -> list[Taking]:
    """What these sessions take as they stand, with the times that are held for them."""
    asked = await holds.offered(db, [session.id for session in sessions])
    slots: dict[str, list[Slot]] = {id_: list(options) for id_, options in asked.items()}
    for session in await _taking_time(db, sessions):
        slots.setdefault(session.id, []).append(session)
    taking = [session for session in sessions if session.id in slots]
    named = await resources_of(db, taking)
    return [
        Taking(Resource(no, name), session, at)
        for session in taking
        for no, name in named[session.id].items()
        for at in slots[session.id]
    ]


async def _taking_time(db: Db, sessions: Sequence[NegotiationSession]) -> list[NegotiationSession]:
    """Those of the sessions whose teams and people are held.

    A counter-proposal takes nobody's time until it is confirmed for the first time: it may overlap
    the session it stands instead of, and no side takes the other's time by proposing.
    """
    found = [session for session in sessions if session.status in BOOKING]
    counters = [
        session.id
        for session in found
        if session.instead_of_id and session.status is SessionStatus.proposed
    ]
    if not counters:
        return found
    rows = await db.exec(
        select(SessionChange.session_id).where(
            col(SessionChange.session_id).in_(counters),
            col(SessionChange.kind) == ChangeKind.confirmed,
        )
    )
    free = set(counters) - set(rows.all())
    return [session for session in found if session.id not in free]


async def check_counter(db: Db, actor: Actor, session: NegotiationSession) -> None:
    """BookingClash when a session that takes no time yet could not be confirmed for its time."""
    if session.instead_of_id is None or await _taking_time(db, [session]):
        return
    besides = [one.id for one in await succession.alternatives(db, session)]
    for resource in await resources(db, session):
        if await _overlapping(db, session, session, [resource.no], besides=besides):
            taking = Taking(resource, session, session)
            raise BookingClash(await _clash(db, actor, taking, besides), session.id)


async def _hold(db: Db, sessions: Sequence[NegotiationSession], wanted: Iterable[Resource]) -> None:
    """Take every resource that is given up or wanted, in one order, before any row changes.

    Else two sessions that move into each other's place wait for one another: each insert for the
    other's uncommitted delete. SQLite has one writer and needs no such lock.
    """
    if db.get_bind().dialect.name != "postgresql":
        return
    given = {"sessions": [session.id for session in sessions], "wanted": [one.no for one in wanted]}
    await (await db.connection()).execute(_IN_ORDER, given)


_IN_ORDER = text("""
SELECT pg_advisory_xact_lock(no) FROM (
    SELECT resource_no AS no FROM booking WHERE session_id = ANY(:sessions)
    UNION SELECT unnest(CAST(:wanted AS bigint[])) ORDER BY no
) AS held
""")


async def _clash(db: Db, actor: Actor, taking: Taking, besides: Sequence[str] = ()) -> str:
    """Who isn't free when; the other session is named only to who may see it."""
    at = taking.at
    taken = await _overlapping(db, taking.session, at, [taking.resource.no], besides=besides)
    first = begins(at.starts_at, at.ends_at, at.tz)
    time = f"{day(at.local_start)} {first} to {clock_time(at.ends_at, at.tz)}"
    sentence = f"{taking.resource.name} is not free {time}"
    others = await db.exec(
        select(NegotiationSession.title)
        .where(
            col(NegotiationSession.id).in_([booking.session_id for booking in taken]),
            visible(actor, NegotiationSession),
        )
        .order_by(col(NegotiationSession.starts_at))
    )
    titles = others.all()
    named = f": {' and '.join(titles)}" if titles else ""
    return f"{sentence}{named}. Choose another time, or another team."


async def _overlapping(
    db: Db,
    session: NegotiationSession,
    at: Slot,
    numbers: Iterable[int],
    margin: timedelta = timedelta(0),
    *,
    besides: Sequence[str] = (),
) -> Sequence[Booking]:
    """Bookings of these resources by other sessions, save those `besides`, within `margin`."""
    given = {"numbers": list(numbers), "besides": [session.id, *besides]}
    span = {"before": at.ends_at + margin, "after": at.starts_at - margin}
    rows = await db.exec(_taken(), params=given | span)
    return list(rows.all())


@cache
def _taken() -> Any:
    return select(Booking).where(
        col(Booking.resource_no).in_(bindparam("numbers", expanding=True)),
        col(Booking.session_id).not_in(bindparam("besides", expanding=True)),
        col(Booking.starts_at) < bindparam("before"),
        col(Booking.ends_at) > bindparam("after"),
    )


@dataclass(frozen=True, slots=True)
class Near:
    """Bookings of other sessions that lie closer to a session than people can travel.

    `name` is whose they are, of one of them; `times` are all, as resource number, start and end.
    """

    name: str
    times: Sequence[tuple[int, datetime, datetime]]


async def close_by(
    db: Db, session: NegotiationSession, minutes: int, at: Slot | None = None
) -> Near | None:
    """What lies less than this before or after the session, or another time of it.

    Sessions at a time of the same resource; the interval of a booking is no secret, the rest is.
    Nothing can be said while bookings wait.
    """
    if not minutes or to_book(db) is not None:
        return None
    taken = {resource.no: resource.name for resource in await resources(db, session)}
    besides = [one.id for one in await succession.alternatives(db, session)]
    margin = timedelta(minutes=minutes)
    near = await _overlapping(db, session, at or session, taken, margin, besides=besides)
    if not near:
        return None
    times = sorted((one.resource_no, one.starts_at, one.ends_at) for one in near)
    return Near(taken[times[0][0]], times)
