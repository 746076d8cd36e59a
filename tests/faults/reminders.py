"""F11 and F12: long simulated years with outages, clocks that step, moves and cancellations: no
reminder is missed, none comes twice, none is of a time that no longer holds.

What has to come is worked out beside the service, from what was done and when was looked.
"""

import random
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from factories import Standing, make_talks, party
from sqlmodel import col, insert, select, update

from negotiations.access.actor import operator
from negotiations.app import open_database
from negotiations.db import Database
from negotiations.models import (
    Mail,
    Membership,
    NegotiationSession,
    Party,
    Person,
    SessionChange,
    Track,
)
from negotiations.models.base import new_id
from negotiations.models.mail import MailKind
from negotiations.models.parties import LEADS, PartyKind, Role
from negotiations.models.sessions import ChangeKind, SessionKind, SessionStatus
from negotiations.notices.jobs import remind
from negotiations.parties import actions as parties
from negotiations.settings import Settings

BEGIN = datetime(2030, 1, 3, 6, tzinfo=UTC)
ZONES = (
    "America/Los_Angeles", "America/New_York", "America/Phoenix", "America/St_Johns",
    "Europe/London", "Asia/Kathmandu", "Asia/Tokyo", "Australia/Lord_Howe",
)  # fmt: skip
CHOICES = ((1440, 60), (10080,), (2880, 240, 15), (), LEADS)
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
OUTAGES = (6, 24, 7 * 24)  # hours
Told = tuple[str, str, datetime]  # person, session, start


@dataclass
class Report:
    seed: str
    days: int = 0
    looks: int = 0
    reminders: int = 0
    seconds: float = 0
    broken: list[str] = field(default_factory=list)

    def text(self) -> str:
        counted = f"{self.days} days, {self.looks} looks, {self.reminders} reminders"
        first = f"{counted} in {self.seconds:.0f} s; {len(self.broken)} broken; seed {self.seed}"
        return "\n".join([first, *(f"  {one}" for one in self.broken[:20])])


@dataclass
class Meant:
    """A session as it was settled last."""

    id: str
    track: int
    tz: str
    starts_at: datetime
    told_at: datetime
    stands: bool = True


class Years:
    """The talks, and what has to come of them."""

    def __init__(self, database: Database, clock: Standing, seed: str, report: Report) -> None:
        self._database, self._clock, self._draw = database, clock, random.Random(seed)
        self.report = report
        self._sessions: list[Meant] = []
        self._people: dict[int, dict[str, tuple[int, ...]]] = {}
        self._done: set[tuple[str, datetime, int]] = set()
        self._meant: list[Told] = []

    async def found(self, sessions: int, days: int) -> None:
        """Eight tracks, each with people who choose differently, and their sessions."""
        async with self._database.write() as db:
            talks = await make_talks(db, "water-talks", BEGIN)
            for number, tz in enumerate(ZONES):
                side = party(f"track-{number}", tz=tz)
                await parties.add_party(db, operator(talks.id), talks, side, now=BEGIN)
            rows = (await db.exec(select(Track, Party).join(Party))).all()
            agency = (await db.exec(select(Party).where(Party.kind == PartyKind.agency))).one()
            tracks = sorted(rows, key=lambda row: row[1].slug)
            both = await self._seat(db, agency, "America/New_York", "agency")
            for number, (_, side) in enumerate(tracks):
                self._people[number] = {**both, **await self._seat(db, side, side.tz, f"t{number}")}
            made = [self._drawn(number, days) for number in range(sessions)]
            self._sessions = made
            connection = await db.connection()
            listed = [_row(one, tracks[one.track][0], n) for n, one in enumerate(made)]
            await connection.execute(insert(NegotiationSession), listed)

    async def _seat(self, db: Any, side: Party, tz: str, name: str) -> dict[str, tuple[int, ...]]:
        found = {}
        for number, choice in enumerate(CHOICES):
            one = Person(
                created_at=BEGIN, name=f"{name} {number}", email=f"{name}.{number}@example.org",
                tz=tz, reminders=list(choice),
            )  # fmt: skip
            seat = Membership(
                created_at=BEGIN, negotiation_id=side.negotiation_id, person_id=one.id,
                party_id=side.id, role=Role.delegate,
            )  # fmt: skip
            db.add(one)
            await db.flush()
            db.add(seat)
            found[one.id] = choice
        return found

    def _drawn(self, number: int, days: int) -> Meant:
        track = number % len(ZONES)
        tz = ZONES[track]
        # Entered by hand, without a log of changes: known since ever.
        return Meant(new_id(), track, tz, self._start(tz, 0, days), LONG_AGO)

    def _start(self, tz: str, first: float, last: float) -> datetime:
        """Some quarter of an hour in these days after the beginning, by the zone's own clock."""
        day = BEGIN + timedelta(days=self._draw.uniform(first, last))
        local = day.astimezone(ZoneInfo(tz)).replace(
            minute=15 * self._draw.randrange(4), second=0, microsecond=0
        )
        return local.astimezone(UTC)

    async def run(self, days: int, every: timedelta, seconds: float) -> None:
        """Look every so often; now and then nobody does, the clock steps, or a session changes."""
        began, end = time.monotonic(), BEGIN + timedelta(days=days)
        at = BEGIN
        while at < end and time.monotonic() - began < seconds:
            step = every * self._draw.uniform(0.5, 1.5)
            if self._draw.random() < 0.002:
                step = timedelta(hours=self._draw.choice(OUTAGES))
            elif self._draw.random() < 0.005:
                step = -timedelta(minutes=self._draw.choice((1, 30, 90)))
            at += step
            if self._draw.random() < 0.05:
                await self._change(at, days)
            self._clock.at = at
            await remind(self._database, self._clock)
            self._expect(at)
            self.report.looks += 1
        self.report.days = (at - BEGIN).days
        await self._compare()
        self.report.seconds = time.monotonic() - began

    async def _change(self, at: datetime, days: int) -> None:
        """Move, cancel or confirm again one that lies ahead."""
        ahead = [one for one in self._sessions if one.starts_at > at]
        if not ahead:
            return
        one = self._draw.choice(ahead)
        kind = self._draw.choice((ChangeKind.moved, ChangeKind.moved, ChangeKind.cancelled))
        if not one.stands:
            kind = ChangeKind.confirmed
        if kind is ChangeKind.moved:
            offset = (at - BEGIN) / timedelta(days=1)
            near = self._draw.choice((0.2, 3, max(4, days - offset)))
            one.starts_at = max(self._start(one.tz, offset, offset + near), at + timedelta(hours=1))
            one.starts_at = one.starts_at.replace(microsecond=0)
        one.stands, one.told_at = kind is not ChangeKind.cancelled, at
        status = SessionStatus.confirmed if one.stands else SessionStatus.cancelled
        async with self._database.write() as db:
            numbers = await db.exec(
                select(SessionChange.number).where(col(SessionChange.session_id) == one.id)
            )
            db.add(
                SessionChange(
                    created_at=at, session_id=one.id, number=len(numbers.all()) + 1, kind=kind
                )
            )
            ends_at = one.starts_at + timedelta(hours=1)
            await db.exec(
                update(NegotiationSession)
                .where(col(NegotiationSession.id) == one.id)
                .values(status=status, starts_at=one.starts_at, ends_at=ends_at)
            )

    def _expect(self, at: datetime) -> None:
        """Of each session that stands, the tightest moment that has come since it was dealt with,
        where its people knew the time by then."""
        for one in self._sessions:
            if not one.stands or not at < one.starts_at <= at + timedelta(minutes=max(LEADS)):
                continue
            came = [
                lead
                for lead in LEADS
                if one.starts_at - timedelta(minutes=lead) <= at
                and (one.id, one.starts_at, lead) not in self._done
            ]
            self._done |= {(one.id, one.starts_at, lead) for lead in came}
            for person_id, choice in self._people[one.track].items():
                mine = [lead for lead in came if lead in choice]
                if mine and one.starts_at - timedelta(minutes=min(mine)) >= one.told_at:
                    self._meant.append((person_id, one.id, one.starts_at))

    async def _compare(self) -> None:
        async with self._database.read() as db:
            rows = await db.exec(
                select(Mail.person_id, Mail.session_id, Mail.starts_at).where(  # type: ignore[call-overload]
                    col(Mail.kind) == MailKind.reminder
                )
            )
            told = [tuple(row) for row in rows]
        self.report.reminders = len(told)
        for what, some, others in (
            ("missed", self._meant, told), ("not meant", told, self._meant),
        ):  # fmt: skip
            left = list(others)
            for one in sorted(some, key=str):
                if one in left:
                    left.remove(one)
                else:
                    self.report.broken.append(f"{what}: {one}")


def _row(one: Meant, track: Track, number: int) -> dict[str, Any]:
    local = one.starts_at.astimezone(ZoneInfo(one.tz)).replace(tzinfo=None)
    row = NegotiationSession(
        id=one.id, created_at=BEGIN, negotiation_id=track.negotiation_id, track_id=track.id,
        number=number + 1, kind=SessionKind.joint, title=f"Session {number + 1}",
        status=SessionStatus.confirmed, local_start=local, local_end=local + timedelta(hours=1),
        tz=one.tz, starts_at=one.starts_at, ends_at=one.starts_at + timedelta(hours=1),
        location="Town hall", uid=f"{one.id}@negotiations",
    )  # fmt: skip
    return row.model_dump()


async def run(
    url: str, sessions: int, days: int, every: timedelta, seconds: float, seed: str
) -> Report:
    """So many sessions in so many days, looked for about every so often."""
    clock, report = Standing(BEGIN), Report(seed)
    settings = Settings(database_url=url, base_url="http://testserver")
    database = open_database(settings, clock)
    try:
        years = Years(database, clock, seed, report)
        await years.found(sessions, days)
        await years.run(days, every, seconds)
    finally:
        await database.close()
    return report
