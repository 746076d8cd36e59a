"""Making what tests need, through the same actions as everything else: plain functions."""

import os
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import httpx2
from beginnings import once_made
from sqlmodel import col, select
from starlette.applications import Starlette
from statements import leave_behind, take_over

from negotiations.access.actor import load_actor, operator
from negotiations.access.logins import make_link, make_token, open_link
from negotiations.app import create_app
from negotiations.clock import Clock
from negotiations.demo.load import accounts, load
from negotiations.feeds import actions as feeds
from negotiations.models import Negotiation, Person
from negotiations.models.access import TokenScope
from negotiations.models.parties import PartyKind, Role
from negotiations.parties import actions as parties
from negotiations.parties import seats
from negotiations.parties.bodies import NewIssue, NewNegotiation, NewParty, NewPerson
from negotiations.settings import Settings
from negotiations.web.forms import csrf_token

NEG = "/api/v1/negotiations/water-talks"
# When tests begin that start no service of their own: today, at an hour at which it is the same day
# for all who take part in them. With TESTS_AT at another instant, as 2026-12-31T23:40:00+00:00.
BEGUN = (
    datetime.fromisoformat(os.environ["TESTS_AT"])
    if "TESTS_AT" in os.environ
    else datetime.now(UTC).replace(hour=15, minute=7)
)
# name -> (role, party); the feed token and nobody come from elsewhere
SEATS: dict[str, tuple[Role, str | None]] = {
    "coordinator": (Role.coordinator, None),
    "note_taker": (Role.note_taker, None),
    "agency_head": (Role.head, "agency"),
    "agency_delegate": (Role.delegate, "agency"),
    "head_x": (Role.head, "x"),
    "delegate_x": (Role.delegate, "x"),
    "party_note_taker_x": (Role.party_note_taker, "x"),
    "former_delegate_x": (Role.delegate, "x"),
    "delegate_y": (Role.delegate, "y"),
}
ACTORS = (
    "nobody", "delegate_x", "delegate_y", "agency_delegate", "head_x", "agency_head",
    "party_note_taker_x", "note_taker", "coordinator", "administrator", "feed_token",
    "former_delegate_x", "coordinator_elsewhere",
)  # fmt: skip


class Standing(Clock):
    """A clock that stands still until it is told to go on."""

    def __init__(self, at: datetime | None = None) -> None:
        super().__init__()
        self.at = at or BEGUN

    def now(self) -> datetime:
        return self.at

    def forward(self, **by: float) -> None:
        self.at += timedelta(**by)


@dataclass
class World:
    """A running service with talks in it, and a client for each actor."""

    app: Starlette
    settings: Settings
    clock: Standing
    clients: dict[str, httpx2.AsyncClient] = field(default_factory=dict)
    tokens: dict[str, str | None] = field(default_factory=dict)  # of the first clients
    people: dict[str, str] = field(default_factory=dict)
    feeds: dict[str, str] = field(default_factory=dict)
    # How it came to stand where it does, until somebody asks it for something: see beginnings.py.
    beginnings: Any = None
    steps: tuple[str, ...] = ()

    @property
    def database(self) -> Any:
        return self.app.state.database

    def __getattr__(self, name: str) -> httpx2.AsyncClient:
        if name in self.clients:
            return self.clients[name]
        raise AttributeError(name)

    def on(self, settings: Settings) -> Self:
        """The same with a copy of its database, where nothing was done yet."""
        clock = Standing(self.clock.at)
        app = create_app(settings, clock=clock)
        take_over(app.state.database)
        copied = type(self)(app, settings, clock, people={**self.people}, feeds={**self.feeds})
        copied.give_clients(self.tokens)
        return copied

    def give_clients(self, tokens: dict[str, str | None]) -> None:
        self.tokens = tokens
        self.clients = {name: client_of(self.app, token) for name, token in tokens.items()}

    async def close(self) -> None:
        for client in self.clients.values():
            await client.aclose()
        leave_behind(self.database)
        await self.database.close()


def client_of(app: Starlette, token: str | None = None) -> httpx2.AsyncClient:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=True)
    return httpx2.AsyncClient(transport=transport, base_url="http://testserver", headers=headers)


def party(slug: str, kind: PartyKind = PartyKind.jurisdiction, **more: Any) -> NewParty:
    given = {"name": f"{slug.title()} County", "short_name": slug.title(), "city": slug.title()}
    return NewParty(slug=slug, kind=kind, **{**given, "tz": "America/New_York", **more})


async def make_talks(db: Any, slug: str, now: datetime) -> Negotiation:
    body = NewNegotiation(
        slug=slug,
        title=slug.replace("-", " ").title(),
        home_tz="America/New_York",
        symbol_prefix="WT",
        opens_on=(now - timedelta(days=30)).date(),
        closes_on=(now + timedelta(days=60)).date(),
        agency=party("agency", PartyKind.agency, name="Water Agency", city="Washington"),
    )
    return await parties.create_negotiation(db, operator(), body, now=now)


async def make_world(settings: Settings, clock: Standing) -> World:
    """The talks `water-talks` with x (Los Angeles) and y (New York), three issues, all actors."""
    app = create_app(settings, clock=clock)
    world = World(app, settings, clock)
    tokens: dict[str, str | None] = {"nobody": None}
    async with world.database.write() as db:
        now = clock.now()
        talks = await make_talks(db, "water-talks", now)
        secretariat = operator(talks.id)
        x = party("x", tz="America/Los_Angeles")
        for body in (x, party("y")):
            await parties.add_party(db, secretariat, talks, body, now=now)
        for code, title in (("1", "Water rights"), ("2", "Meters"), ("10", "Answers")):
            await parties.add_issue(
                db, secretariat, talks, NewIssue(code=code, title=title), now=now
            )
        other = await make_talks(db, "other-talks", now)
        for name, (role, side) in SEATS.items():
            tokens[name] = await _seat(db, world, talks, name, role, side, now)
        tokens["coordinator_elsewhere"] = await _seat(
            db, world, other, "coordinator_elsewhere", Role.coordinator, None, now
        )
        admin = Person(
            created_at=now, name="Administrator", email="admin@example.org",
            tz="UTC", is_administrator=True,
        )  # fmt: skip
        db.add(admin)
        await db.flush()
        tokens["administrator"] = await _token(db, admin, now)
        world.people["administrator"] = admin.id
        for name in ("delegate_x", "delegate_y", "agency_delegate", "coordinator"):
            owner = await load_actor(db, await person(db, world, name))
            _, secret = await feeds.create(db, owner, label="Mine", negotiation=None, now=now)
            world.feeds[name] = f"/feeds/{secret}.ics"
            if name == "delegate_x":
                tokens["feed_token"] = secret
    world.give_clients(tokens)
    await leaves(world, "former_delegate_x")
    return world


async def person(db: Any, world: World, name: str) -> Person:
    rows = await db.exec(select(Person).where(col(Person.id) == world.people[name]))
    return rows.one()


async def _seat(
    db: Any,
    world: World,
    talks: Negotiation,
    name: str,
    role: Role,
    side: str | None,
    now: datetime,
) -> str:
    body = NewPerson(name=f"The {name}", email=f"{name}@example.org", role=role, party=side)
    seat = await seats.add_person(db, operator(talks.id), talks, body, now=now)
    world.people[name] = seat.person_id
    return await _token(db, await person(db, world, name), now)


async def _token(db: Any, owner: Person, now: datetime) -> str:
    return await make_token(db, owner, label="test", scope=TokenScope.write, days=30, now=now)


async def take_seat(world: World, name: str, role: Role, side: str | None) -> httpx2.AsyncClient:
    """Somebody more in the talks, with a client and a calendar of their own."""
    now = world.clock.now()
    async with world.database.write() as db:
        rows = await db.exec(select(Negotiation).where(col(Negotiation.slug) == "water-talks"))
        token = await _seat(db, world, rows.one(), name, role, side, now)
        owner = await load_actor(db, await person(db, world, name))
        _, secret = await feeds.create(db, owner, label="Mine", negotiation=None, now=now)
    world.feeds[name] = f"/feeds/{secret}.ics"
    world.clients[name] = client_of(world.app, token)
    return world.clients[name]


async def leaves(world: World, name: str) -> None:
    """Their seat in the water talks ends."""
    listed = (await world.coordinator.get(f"{NEG}/memberships")).json()["items"]
    [seat] = [one["id"] for one in listed if one["person"] == world.people[name]]
    path = f"{NEG}/memberships/{seat}"
    tag = {"If-Match": (await world.coordinator.get(path)).headers["etag"]}
    answer = await world.coordinator.delete(path, headers=tag)
    assert answer.status_code == 200, answer.text


def in_days(days: float, hour: int = 10) -> str:
    """A local start some days from today, as JSON wants it."""
    day = BEGUN + timedelta(days=days)
    return f"{day:%Y-%m-%d}T{hour:02}:00"


def weekday(days: int, hour: int = 10) -> str:
    """The same on the first day from then on that is no Saturday or Sunday."""
    later = (BEGUN + timedelta(days=days)).weekday()
    return in_days(days + (7 - later if later >= 5 else 0), hour)


def session_body(**more: Any) -> dict[str, Any]:
    """A session with x in ten days, 10:00 to 12:00 in Los Angeles."""
    start = more.get("local_start") or in_days(10)
    return {
        "jurisdiction": "x",
        "local_start": start,
        "local_end": f"{start[:11]}{int(start[11:13]) + 2:02}{start[13:]}",
        "tz": "America/Los_Angeles",
        "location": "City Hall",
        "agenda": [{"issue": "1"}, {"issue": "2"}],
        **more,
    }


def plenary_body(*participants: str, **more: Any) -> dict[str, Any]:
    """A plenary of these (all, if none is named) in ten days."""
    body = session_body(kind="plenary", participants=participants or ("agency", "x", "y"), **more)
    del body["jurisdiction"]
    return body


def caucus_body(caucus: str, **more: Any) -> dict[str, Any]:
    """A session of this caucus in ten days."""
    body = session_body(kind="caucus", caucus=caucus, **more)
    del body["jurisdiction"]
    return body


@once_made
async def propose(world: World, **more: Any) -> dict[str, Any]:
    answer = await world.coordinator.post(f"{NEG}/sessions", json=session_body(**more))
    assert answer.status_code == 201, answer.text
    return answer.json()


async def act(
    client: httpx2.AsyncClient, session: str, event: str, body: dict[str, Any] | None = None
) -> httpx2.Response:
    """An act on a session as it is now."""
    path = f"/api/v1/sessions/{session}"
    seen = await client.get(path)
    headers = {"If-Match": seen.headers.get("etag", '"none"')}
    return await client.post(f"{path}/{event}", json=body or {}, headers=headers)


@once_made
async def confirmed(world: World, **more: Any) -> dict[str, Any]:
    """A session both heads accepted and the coordinator confirmed."""
    session = await propose(world, **more)
    for client in (world.head_x, world.agency_head):
        answer = await act(client, session["id"], "accept")
        assert answer.status_code == 200, answer.text
    answer = await act(world.coordinator, session["id"], "confirm")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def signed_in(world: World, name: str) -> httpx2.AsyncClient:
    """A browser in which this person has signed in, by a link and its cookie."""
    key = f"{name}'s browser"
    if key not in world.clients:
        cookie = await _cookie(world, world.people[name])
        world.clients[key] = client_of(world.app)
        world.clients[key].cookies.set("login", cookie)
    return world.clients[key]


@once_made
async def _cookie(world: World, person_id: str) -> str:
    now = world.clock.now()
    async with world.database.write() as db:
        secret = await make_link(db, person_id, now=now, minutes=60)
        return await open_link(db, secret, now=now, days=14)


async def send_form(client: httpx2.AsyncClient, path: str, **fields: Any) -> httpx2.Response:
    """Post a form with the token that the pages of this browser carry."""
    token = csrf_token(client.cookies.get("login", ""))
    return await client.post(path, data={"csrf": token, **fields})


@dataclass
class Demonstration(World):
    """The demonstration's service; clients by account (`coordinator`, `arlington`, …)."""


async def make_demonstration(settings: Settings) -> Demonstration:
    clock = Standing(datetime(2026, 11, 24, 12, tzinfo=UTC))
    made = Demonstration(create_app(settings, clock=clock), settings, clock)
    tokens: dict[str, str | None] = {"nobody": None}
    await load(made.database, now=clock.now())
    async with made.database.write() as db:
        for key, owner in (await accounts(db)).items():
            made.people[key] = owner.id
            tokens[key] = await _token(db, owner, clock.now())
            actor = await load_actor(db, owner)
            _, secret = await feeds.create(
                db, actor, label="My sessions", negotiation=None, now=clock.now()
            )
            made.feeds[key] = f"/feeds/{secret}.ics"
    made.give_clients(tokens)
    return made
