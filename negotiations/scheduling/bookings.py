"""Holding a session's teams and people for its time; the database refuses any overlap."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.exc import IntegrityError
from sqlmodel import and_, col, delete, func, select

from negotiations.access.actor import Actor
from negotiations.access.visible import visible
from negotiations.civil import clock_time, day
from negotiations.db import Db
from negotiations.errors import BookingClash
from negotiations.models import (
    Attendance,
    Booking,
    NegotiationSession,
    Party,
    Person,
    SessionChange,
    SessionTeam,
    Team,
)
from negotiations.models.sessions import ChangeKind, SessionStatus
from negotiations.scheduling import succession
from negotiations.scheduling.rules import BOOKING


@dataclass(frozen=True, slots=True)
class Resource:
    """What can sit at one table at a time, and how it is called in a sentence."""

    no: int
    name: str


async def resources(db: Db, session: NegotiationSession) -> list[Resource]:
    """The distinct teams and people the session takes, in order of their numbers."""
    found = (await resources_of(db, [session]))[session.id]
    return [Resource(no, found[no]) for no in sorted(found)]


async def resources_of(db: Db, sessions: Sequence[NegotiationSession]) -> dict[str, dict[int, str]]:
    """The names of the distinct teams and people each of these sessions takes, by their numbers."""
    found: dict[str, dict[int, str]] = {session.id: {} for session in sessions}
    if not found:
        return found
    teams = await db.exec(
        select(SessionTeam.session_id, Team, Party.short_name)
        .join(Team, col(Team.id) == SessionTeam.team_id)
        .join(Party, col(Party.id) == Team.party_id)
        .where(col(SessionTeam.session_id).in_(found))
    )
    for session_id, team, party in teams:
        name = f"{party}'s team" if team.is_default else f"{party}'s team {team.name}"
        found[session_id][team.resource_no] = name
    chaired: dict[str, list[str]] = defaultdict(list)
    for session in sessions:
        if session.chair_id:
            chaired[session.chair_id].append(session.id)
    needed = and_(
        col(Attendance.person_id) == Person.id,
        col(Attendance.session_id).in_(found),
        col(Attendance.indispensable),
    )
    people = await db.exec(
        select(Person.id, Person.resource_no, Person.name, Attendance.session_id)
        .outerjoin(Attendance, needed)
        .where(col(Attendance.session_id).is_not(None) | col(Person.id).in_(chaired))
    )
    for person_id, no, name, wanted_by in people:
        for session_id in [*chaired[person_id], *([wanted_by] if wanted_by else [])]:
            found[session_id][no] = name
    return found


def to_book(db: Db) -> dict[str, NegotiationSession] | None:
    """The sessions that wait to be booked, by id; None where nothing waits."""
    waiting: dict[str, NegotiationSession] | None = db.info.get("to_book")
    return waiting


async def rebook(db: Db, actor: Actor, sessions: Sequence[NegotiationSession]) -> None:
    """Make the bookings of these sessions follow their rows.

    All old rows go before the first new one comes, and new ones come in order of their resource,
    so that two sessions can swap. Raises BookingClash. Where bookings wait for the end of the
    transaction (`settling`), it only notes the sessions.
    """
    waiting = to_book(db)
    if waiting is not None:
        waiting.update({session.id: session for session in sessions})
        return
    await db.flush()
    wanted = [
        (resource, session)
        for session in await _taking_time(db, sessions)
        for resource in await resources(db, session)
    ]
    await _hold(db, sessions, [resource for resource, _ in wanted])
    await db.exec(delete(Booking).where(col(Booking.session_id).in_([one.id for one in sessions])))
    for resource, session in sorted(wanted, key=lambda pair: (pair[0].no, pair[1].id)):
        booking = Booking(
            created_at=db.info["clock"].now(),
            session_id=session.id,
            resource_no=resource.no,
            starts_at=session.starts_at,
            ends_at=session.ends_at,
        )
        try:
            async with db.begin_nested():
                db.add(booking)
        except IntegrityError as error:
            if "overlap" not in str(error.orig):
                raise
            detail = await _clash(db, actor, session, resource)
            raise BookingClash(detail, session.id) from None


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
        if await _overlapping(db, session, [resource.no], besides=besides):
            detail = await _clash(db, actor, session, resource, besides)
            raise BookingClash(detail, session.id)


async def _hold(db: Db, sessions: Sequence[NegotiationSession], wanted: Iterable[Resource]) -> None:
    """Take every resource that is given up or wanted, in one order, before any row changes.

    Else two sessions that move into each other's place wait for one another: each insert for the
    other's uncommitted delete. SQLite has one writer and needs no such lock.
    """
    if db.get_bind().dialect.name != "postgresql":
        return
    held = await db.exec(
        select(Booking.resource_no).where(
            col(Booking.session_id).in_([session.id for session in sessions])
        )
    )
    for number in sorted({*held.all(), *(resource.no for resource in wanted)}):
        await db.exec(select(func.pg_advisory_xact_lock(number)))


async def _clash(
    db: Db,
    actor: Actor,
    session: NegotiationSession,
    resource: Resource,
    besides: Sequence[str] = (),
) -> str:
    """Who isn't free when; the other session is named only to who may see it."""
    taken = await _overlapping(db, session, [resource.no], besides=besides)
    time = f"{day(session.local_start)} {session.local_start:%H:%M} to "
    time += clock_time(session.ends_at, session.tz)
    sentence = f"{resource.name} is not free {time}"
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
    numbers: Iterable[int],
    margin: timedelta = timedelta(0),
    *,
    besides: Sequence[str] = (),
) -> Sequence[Booking]:
    """Bookings of these resources by other sessions, save those `besides`, within `margin`."""
    rows = await db.exec(
        select(Booking).where(
            col(Booking.resource_no).in_(list(numbers)),
            col(Booking.session_id).not_in([session.id, *besides]),
            col(Booking.starts_at) < session.ends_at + margin,
            col(Booking.ends_at) > session.starts_at - margin,
        )
    )
    return rows.all()


async def tight_travel(db: Db, session: NegotiationSession, minutes: int) -> str | None:
    """A warning when less than the travel buffer lies between this and another booking.

    Sessions at a time of the same resource; the interval of a booking is no secret, the rest is.
    Nothing can be said while bookings wait.
    """
    if not minutes or to_book(db) is not None:
        return None
    taken = {resource.no: resource.name for resource in await resources(db, session)}
    besides = [one.id for one in await succession.alternatives(db, session)]
    near = await _overlapping(db, session, taken, timedelta(minutes=minutes), besides=besides)
    held = {booking.resource_no for booking in near}
    names = [name for no, name in taken.items() if no in held]
    if not names:
        return None
    return f"Less than {minutes} minutes lie between this and another session of {names[0]}."
