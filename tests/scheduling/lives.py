"""Talks whose sessions are lived at random: the acts, through the real actions, and snapshots."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from factories import Standing, make_world
from sqlalchemy import text
from sqlmodel import col, select

from negotiations.access.actor import Actor, load_actor
from negotiations.app import open_database
from negotiations.errors import NegotiationsError
from negotiations.feeds import projection
from negotiations.feeds.facts import Scope
from negotiations.models import (
    AgendaItem,
    Booking,
    EventBytes,
    Negotiation,
    NegotiationSession,
    Outcome,
    Person,
    SessionChange,
)
from negotiations.models.feeds import EventAudience
from negotiations.parties import queries as parties
from negotiations.scheduling import queries
from negotiations.settings import Settings

# Four days before the clocks go forward in the United States.
BEGINNING = datetime(2027, 3, 10, 12, tzinfo=UTC)
BASE = "http://testserver"
Write = Callable[[Any, Actor, NegotiationSession], Awaitable[Any]]


@dataclass
class Snapshot:
    """What is stored of all sessions at one moment."""

    sessions: dict[str, NegotiationSession]
    agendas: dict[str, list[AgendaItem]]
    logs: dict[str, list[SessionChange]]
    bookings: list[Booking]
    outcomes: dict[str, dict[str, Any]]
    events: dict[tuple[str, EventAudience], tuple[bytes, datetime]]
    overlaps: int
    audits: int

    def public(self) -> dict[tuple[str, EventAudience], tuple[bytes, datetime]]:
        return {key: value for key, value in self.events.items() if key[1].startswith("public")}


OVERLAPS = text(
    "SELECT count(*) FROM booking a JOIN booking b ON a.resource_no = b.resource_no "
    "AND a.id < b.id AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at"
)


def prepare(url: str) -> dict[str, str]:
    """Fill a migrated database with the talks of `factories`; returns the people's ids."""

    async def fill() -> dict[str, str]:
        world = await make_world(Settings(database_url=url, base_url=BASE), Standing(BEGINNING))
        await world.close()
        return world.people

    return asyncio.run(fill())


@dataclass
class Talks:
    """One database of such talks, with a clock that only the test moves."""

    url: str
    people: dict[str, str]
    clock: Standing = field(default_factory=lambda: Standing(BEGINNING))
    runner: asyncio.Runner = field(default_factory=asyncio.Runner)

    def __post_init__(self) -> None:
        self.database = open_database(Settings(database_url=self.url, base_url=BASE), self.clock)

    def close(self) -> None:
        self.runner.run(self.database.close())
        self.runner.close()

    def act(self, who: str, session: str, write: Write) -> bool:
        """Let somebody do something to a session, as a request would; False when refused."""
        return self.runner.run(self._act(who, session, write))

    async def _act(self, who: str, session: str, write: Write) -> bool:
        try:
            async with self.database.write() as db:
                actor = await self._actor(db, who)
                row = await queries.session_for_change(db, actor, session)
                await write(db, actor, row)
        except NegotiationsError:
            return False
        return True

    def propose(self, who: str, write: Callable[[Any, Actor, Negotiation], Awaitable[Any]]) -> bool:
        return self.runner.run(self._propose(who, write))

    async def _propose(
        self, who: str, write: Callable[[Any, Actor, Negotiation], Awaitable[Any]]
    ) -> bool:
        try:
            async with self.database.write() as db:
                actor = await self._actor(db, who)
                talks = await parties.negotiation(db, actor, "water-talks")
                await write(db, actor, talks)
        except NegotiationsError:
            return False
        return True

    async def _actor(self, db: Any, who: str) -> Actor:
        person = await db.get(Person, self.people[who])
        return await load_actor(db, person)

    def snapshot(self) -> Snapshot:
        return self.runner.run(self._snapshot())

    async def _snapshot(self) -> Snapshot:
        async with self.database.read() as db:
            found = await db.exec(select(NegotiationSession).order_by(col(NegotiationSession.id)))
            sessions = found.all()
            outcomes = await db.exec(select(Outcome))
            events = await db.exec(select(EventBytes))
            known = {one.id for one in sessions}
            return Snapshot(
                {one.id: one for one in sessions},
                dict(await queries.agendas(db, sessions)),
                dict(await queries.changes(db, sessions)),
                list((await db.exec(select(Booking))).all()),
                {one.id: one.model_dump() for one in outcomes},
                {
                    (one.object_id, one.audience): (one.body, one.revised_at)
                    for one in events
                    if one.object_id in known
                },
                (await db.exec(OVERLAPS)).scalar_one(),
                (await db.exec(text("SELECT count(*) FROM audit_entry"))).scalar_one(),
            )

    def rendered_later(self) -> Snapshot:
        """What would be stored if everything were rendered anew in two years; nothing is."""
        return self.runner.run(self._rendered_later())

    async def _rendered_later(self) -> Snapshot:
        now = self.clock.at
        self.clock.forward(days=730)
        async with self.database.write(dry_run=True) as db:
            talks = await db.exec(select(Negotiation.id))
            await projection._render(db, Scope(whole=frozenset(talks.all())))
            events = (await db.exec(select(EventBytes))).all()
            found = {(one.object_id, one.audience): (one.body, one.revised_at) for one in events}
        self.clock.at = now
        return Snapshot({}, {}, {}, [], {}, found, 0, 0)
