"""Large talks for measuring: many tracks with many sessions, and as many subscriptions as wanted.

Their rows are inserted as they are; the feeds' bytes are rendered by the service itself.
"""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from factories import make_talks, party
from sqlmodel import insert, select

from negotiations.access.actor import load_actor, operator
from negotiations.access.logins import make_token
from negotiations.access.secrets import fingerprint, new_secret
from negotiations.app import open_database
from negotiations.clock import Clock
from negotiations.db import Db
from negotiations.feeds import actions as feeds
from negotiations.models import AgendaItem, Feed, Negotiation, NegotiationSession, Person, Track
from negotiations.models.access import TokenScope
from negotiations.models.base import new_id
from negotiations.models.parties import Role
from negotiations.outbox import announce
from negotiations.parties import actions as parties
from negotiations.parties import seats
from negotiations.parties.bodies import NewPerson
from negotiations.schema import migrate
from negotiations.settings import Settings

SLUG = "large-talks"
START = datetime(2026, 3, 2, 15, tzinfo=UTC)
WORDS = [
    "".join(letters)
    for draw in [random.Random(2026)]
    for letters in ([draw.choice("bdfgklmnprstvz") + draw.choice("aeiou") for _ in range(3)]
    for _ in range(3000))
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Made:
    """Addresses of feeds by side (`agency`, `track-0`, …), and the coordinator's token."""

    feeds: dict[str, list[str]]
    token: str
    tracks: list[str]


async def make(
    settings: Settings,
    *,
    tracks: int,
    sessions: int,
    items: int = 0,
    feeds: int = 1,
    same_label: bool = False,
) -> Made:
    """Talks of so many tracks with so many sessions each, on a database without any tables.

    Each session has `items` agenda items of random words. The agency and each track have one
    delegate, with so many `feeds`, whose bodies differ by their labels unless it is the same.
    """
    migrate(settings.database_url, role=settings.requests_role)
    database = open_database(settings, Clock())
    now = datetime.now(UTC).replace(microsecond=0)
    async with database.write() as db:
        talks = await make_talks(db, SLUG, now)
        for number in range(tracks):
            body = party(f"track-{number}", name=f"County {number}", short_name=f"County {number}")
            await parties.add_party(db, operator(talks.id), talks, body, now=now)
        people = {
            side: await _person(db, talks, side, Role.delegate, now)
            for side in ("agency", *(f"track-{number}" for number in range(tracks)))
        }
        coordinator = await _person(db, talks, None, Role.coordinator, now)
        token = await make_token(
            db, coordinator, label="load", scope=TokenScope.write, days=30, now=now
        )
        made = {
            side: await _feeds(db, person, feeds, same_label, now)
            for side, person in people.items()
        }
    ids: list[str] = []
    async with database.write() as db:
        rows = (await db.exec(select(Track).order_by(Track.created_at, Track.id))).all()
        for row in rows:
            ids.append(row.id)
            await _sessions(db, row, sessions, items, now)
        announce(
            db, "negotiation.changed", by=operator(talks.id), at=now, negotiation_id=talks.id,
            object_id=talks.id,
        )  # fmt: skip
    await database.close()
    return Made(made, token, ids)


async def _person(
    db: Db, talks: Negotiation, side: str | None, role: Role, now: datetime
) -> Person:
    name = side or "coordinator"
    body = NewPerson(name=f"The {name}", email=f"{name}@example.org", role=role, party=side)
    seat = await seats.add_person(db, operator(talks.id), talks, body, now=now)
    person = await db.get(Person, seat.person_id)
    assert person is not None
    return person


async def _feeds(db: Db, person: Person, wanted: int, same_label: bool, now: datetime) -> list[str]:
    """One through the service's own action, the others as rows like it."""
    first, secret = await feeds.create(
        db, await load_actor(db, person), label="Mine", negotiation=None, now=now
    )
    secrets = [new_secret() for _ in range(wanted - 1)]
    rows = [
        {
            **first.model_dump(),
            "id": new_id(),
            "token_sha256": fingerprint(one),
            "label": "Mine" if same_label else f"Mine {number}",
        }
        for number, one in enumerate(secrets)
    ]
    for begin in range(0, len(rows), 1000):
        await db.exec(insert(Feed).values(rows[begin : begin + 1000]))
    return [f"/feeds/{one}.ics" for one in (secret, *secrets)]


async def _sessions(db: Db, track: Track, wanted: int, items: int, now: datetime) -> None:
    draw = random.Random(track.id)
    for number in range(1, wanted + 1):
        starts_at = START + timedelta(days=number // 4, hours=2 * (number % 4))
        local = starts_at.replace(tzinfo=None) - timedelta(hours=5)
        session = NegotiationSession(
            created_at=now, negotiation_id=track.negotiation_id, track_id=track.id,
            number=number, title=_words(draw, 4), local_start=local,
            local_end=local + timedelta(hours=1), tz="America/New_York", starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=1), location=_words(draw, 3), uid=f"{new_id()}@x",
        )  # fmt: skip
        db.add(session)
        await db.flush()
        for position in range(items):
            db.add(
                AgendaItem(
                    created_at=now,
                    session_id=session.id,
                    position=position,
                    title=_words(draw, 8),
                )
            )


def _words(draw: random.Random, wanted: int) -> str:
    return " ".join(draw.choices(WORDS, k=wanted)).capitalize()
