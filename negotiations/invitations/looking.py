"""Whose calendar program has to be told something: what it was told last, and how it is now.

It goes by how things stand and not by what happened: whatever made somebody expected or not (a
move, a chair, a seat that ended, their own choice), and whenever a process died, the next look
finds it.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, func, select

from negotiations.clock import Clock
from negotiations.db import Database, Db
from negotiations.invitations.expecting import (
    INVITED_TO,
    OFF,
    Coming,
    Place,
    coming,
    is_expected,
    places,
    secretariats,
)
from negotiations.locks import locked
from negotiations.mail.bursts import LONGEST, QUIET
from negotiations.models import Generation, Invitation, Mail, Person
from negotiations.models.mail import MailKind
from negotiations.settings import Settings

log = logging.getLogger("negotiations")
HOUR = timedelta(hours=1)
ANYWAY = timedelta(seconds=30)  # after which is looked though nothing seems to have changed
MOST = 500  # mails queued at once; the next look goes on
MOST_IN_AN_HOUR = 60  # invitations to one person; the others go in the next hour


@dataclass(frozen=True, slots=True)
class Due:
    """A mail that is to go to somebody about a session; `at_once` what takes it back."""

    person_id: str
    session_id: str
    negotiation_id: str
    at_once: bool


class Told(NamedTuple):
    """What holds of an invitation: where it is, which revision of the session it told, to whom."""

    negotiation_id: str
    revision: int
    address: str


@dataclass(slots=True)
class Looking:
    """The looks of one process, which knows whether anything changed since its last one."""

    settings: Settings
    _seen: object = None
    _looked_at: datetime | None = None
    _stands: dict[tuple[str, str], int] = field(default_factory=dict)

    async def look(self, database: Database, clock: Clock) -> int:
        """Queue what is due; returns how many mails."""
        if not self.settings.invites:
            return 0
        now = clock.now()
        async with database.read() as db:
            seen = await _changes(db)
            if seen == self._seen and self._is_fresh(now):
                return 0
            found, stands = await due(db, now=now)
        risen = {key for key, one in stands.items() if self._stands.get(key, one) != one}
        queued = 0
        if found:
            try:
                async with database.write() as db:
                    queued = await _queue(db, found, risen, now=now)
            except IntegrityError:
                queued = 0
                log.info("another process queues the same invitations")
        self._seen, self._stands = seen, stands
        self._looked_at = None if queued == MOST else now
        return queued

    def _is_fresh(self, now: datetime) -> bool:
        """Whether the last look was a moment ago, also by a clock that was set back."""
        return self._looked_at is not None and timedelta(0) <= now - self._looked_at < ANYWAY


async def _changes(db: Db) -> object:
    """What is another number once anything changed that calendars tell of, or a seat, or a
    choice."""
    rows = await db.exec(select(func.count(), func.sum(Generation.number)))
    return tuple(rows.one())


async def due(db: Db, *, now: datetime) -> tuple[list[Due], dict[tuple[str, str], int]]:
    """What has to be told, in the order of the sessions; and of each the session's SEQUENCE."""
    told = await _told(db, now)
    seats = await places(db)
    if not told and not seats:
        return [], {}
    talks = {one.negotiation_id for one in seats} | {
        one.negotiation_id for each in told.values() for one in each.values()
    }
    by_side: dict[tuple[str, str | None], dict[str, Place]] = defaultdict(dict)
    for place in seats:
        by_side[place.negotiation_id, place.party_id][place.person_id] = place
    found: list[Due] = []
    stands: dict[tuple[str, str], int] = {}
    ours = await secretariats(db, talks)
    for session in await coming(db, talks, now=now):
        expected = _expected(session, by_side, ours[session.negotiation_id])
        for one in _of_session(session, expected, told.get(session.id, {})):
            found.append(one)
            stands[one.person_id, session.id] = session.sequence
    return found, stands


def _expected(
    session: Coming, by_side: Mapping[tuple[str, str | None], Mapping[str, Place]], ours: set[str]
) -> dict[str, Place]:
    """Who wants invitations and is to be there, by person; `ours` sit in the secretariat."""
    found: dict[str, Place] = {}
    for side in session.sides:
        found |= by_side.get((session.negotiation_id, side), {})
    for person_id, place in by_side.get((session.negotiation_id, None), {}).items():
        if is_expected(
            person_id, None, place.role, session, session.sides, is_caucus=session.is_caucus,
            secretariat=ours,
        ):  # fmt: skip
            found[person_id] = place
    return found


def _of_session(
    session: Coming, expected: Mapping[str, Place], told: Mapping[str, Told]
) -> Iterator[Due]:
    """Whose program doesn't know yet how it is with this session."""
    off, ids = session.status in OFF, (session.id, session.negotiation_id)
    for person_id, last in told.items():
        place = expected.get(person_id)
        if place is None or off:
            yield Due(person_id, *ids, at_once=True)
        elif last.revision < session.sequence or last.address != place.address:
            yield Due(person_id, *ids, at_once=False)
    if session.status in INVITED_TO:
        for person_id in sorted(expected.keys() - told.keys()):
            yield Due(person_id, *ids, at_once=False)


async def _told(db: Db, now: datetime) -> dict[str, dict[str, Told]]:
    """The invitations that hold, by session and person. There may be tens of thousands."""
    row = Invitation
    rows = await db.exec(
        select(  # type: ignore[call-overload]
            row.session_id, row.person_id, row.negotiation_id, row.revision, row.address
        )
        .join(Person, col(Person.id) == row.person_id)
        .where(
            col(row.cancelled_at).is_(None), col(row.ends_at) > now, col(Person.email).is_not(None)
        )
    )
    found: dict[str, dict[str, Told]] = defaultdict(dict)
    for session_id, person_id, *told in rows:
        found[session_id][person_id] = Told(*told)
    return found


async def _queue(db: Db, found: list[Due], risen: set[tuple[str, str]], *, now: datetime) -> int:
    """One mail for each: ten seconds after the last change, at most a minute after the first.

    Raises IntegrityError when another process begins one of them at this very moment.
    """
    people = {one.person_id for one in found}
    waiting = await _waiting(db, people)
    sent = await _sent_lately(db, people, now)
    queued = 0
    for one in found:
        mail = waiting.get((one.person_id, one.session_id))
        if mail is not None:
            _put_off(mail, one, risen, now)
            db.add(mail)
            continue
        if not one.at_once and sent[one.person_id] >= MOST_IN_AN_HOUR:
            continue
        if queued == MOST:
            break
        sent[one.person_id] += 1
        queued += 1
        db.add(
            Mail(
                created_at=now, kind=MailKind.scheduling, person_id=one.person_id,
                negotiation_id=one.negotiation_id, session_id=one.session_id, gathering=True,
                first_at=now, due_at=now if one.at_once else now + QUIET,
            )
        )  # fmt: skip
    return queued


def _put_off(mail: Mail, due_: Due, risen: set[tuple[str, str]], now: datetime) -> None:
    """What is on its way already, or waits to be tried again, is written when it goes anyway."""
    if not mail.gathering or mail.due_at <= now:
        return
    if due_.at_once:
        mail.due_at = now
    elif (due_.person_id, due_.session_id) in risen:
        mail.due_at = min(mail.first_at + LONGEST, now + QUIET)


async def _waiting(db: Db, people: Iterable[str]) -> dict[tuple[str, str], Mail]:
    """Those that haven't gone yet, held until the commit."""
    rows = await db.exec(
        locked(
            select(Mail)
            .where(
                col(Mail.ended_as).is_(None),
                col(Mail.kind) == MailKind.scheduling,
                col(Mail.person_id).in_(people),
            )
            .order_by(col(Mail.id))
        )
    )
    return {(one.person_id or "", one.session_id or ""): one for one in rows}


async def _sent_lately(db: Db, people: Iterable[str], now: datetime) -> dict[str, int]:
    rows = await db.exec(
        select(Mail.person_id, func.count())
        .where(
            col(Mail.kind) == MailKind.scheduling,
            col(Mail.person_id).in_(people),
            col(Mail.created_at) > now - HOUR,
        )
        .group_by(col(Mail.person_id))
    )
    counted: dict[str, int] = defaultdict(int)
    counted.update({key or "": number for key, number in rows})
    return counted
