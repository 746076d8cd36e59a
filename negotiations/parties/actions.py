"""Changing negotiations, parties, tracks, people and issues."""

from datetime import date, datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from negotiations import audit
from negotiations.access.actor import Actor
from negotiations.access.policy import ENDED, demand
from negotiations.db import Db
from negotiations.errors import Conflict, Invalid
from negotiations.models import (
    Issue,
    Negotiation,
    Party,
    Person,
    Team,
    Track,
)
from negotiations.models.parties import PartyKind
from negotiations.outbox import announce
from negotiations.parties import going_on, queries, reopening
from negotiations.parties.bodies import (
    NewIssue,
    NewNegotiation,
    NewParty,
    NewTeam,
)

_WINDOW = frozenset({"title", "opens_on", "closes_on"})
ON_THE_TABLE = frozenset({PartyKind.agency, PartyKind.jurisdiction})


async def create_negotiation(
    db: Db, actor: Actor, body: NewNegotiation, *, now: datetime
) -> Negotiation:
    """A new negotiation, with its agency when the body names one."""
    demand(actor, "negotiation.create", None)
    row = Negotiation(created_at=now, **body.model_dump(exclude={"agency"}))
    await insert(db, row, f"There are talks called {body.slug!r} already.")
    audit.record_row(db, actor, "negotiation.create", row, at=now, negotiation_id=row.id)
    _announce(db, actor, row.id, now)
    if body.agency is not None:
        if body.agency.kind is not PartyKind.agency:
            raise Invalid.field("agency/kind", "The agency's kind must be agency.")
        await _make_party(db, actor, row, body.agency, now=now)
    return row


async def change(
    db: Db,
    actor: Actor,
    row: Negotiation | Party | Team | Track | Issue | Person,
    fields: dict[str, Any],
    *,
    negotiation_id: str,
    now: datetime,
) -> None:
    """Set fields that may be changed without further rules, and tell the feeds.

    The tracks are held first: who acts on one holds it and may then need the row changed here.
    """
    await going_on.hold_tracks(db, negotiation_id)
    if isinstance(row, Negotiation) and any(
        name in _WINDOW and value != getattr(row, name) for name, value in fields.items()
    ):
        row.window_sequence += 1
    was_over = isinstance(row, Negotiation) and row.status in ENDED
    for name, value in fields.items():
        if value is None and not _nullable(row, name):
            raise Invalid.field(name, f"{name} can't be empty. Give a value, or leave it out.")
        setattr(row, name, value)
    if isinstance(row, Negotiation) and row.opens_on and row.closes_on:
        _check_window(row.opens_on, row.closes_on)
    db.add(row)
    try:
        await db.flush()
    except IntegrityError:
        raise Conflict("Another row has this name, code or address already.") from None
    audit.record_row(
        db,
        actor,
        f"{row.__tablename__}.change",
        row,
        at=now,
        negotiation_id=negotiation_id,
    )
    _announce(db, actor, negotiation_id, now)
    if was_over and isinstance(row, Negotiation) and row.status not in ENDED:
        await reopening.give_time_anew(db, actor, row, now=now)


def _check_window(opens_on: date, closes_on: date) -> None:
    if closes_on < opens_on:
        raise Invalid.field("closes_on", "The window closes before it opens. Change one of them.")


async def add_party(
    db: Db, actor: Actor, negotiation: Negotiation, body: NewParty, *, now: datetime
) -> Party:
    """A party; those at the table get their default team, a jurisdiction its track."""
    demand(actor, "party.write", negotiation)
    return await _make_party(db, actor, negotiation, body, now=now)


async def _make_party(
    db: Db, actor: Actor, negotiation: Negotiation, body: NewParty, *, now: datetime
) -> Party:
    row = Party(created_at=now, negotiation_id=negotiation.id, **body.model_dump())
    what = (
        "These talks have an agency already."
        if body.kind is PartyKind.agency
        else f"There is a party called {body.slug!r} already."
    )
    await insert(db, row, what)
    audit.record_row(db, actor, "party.create", row, at=now, negotiation_id=negotiation.id)
    if body.kind in ON_THE_TABLE:
        db.add(Team(created_at=now, party_id=row.id, name="Delegation", is_default=True))
    if body.kind is PartyKind.jurisdiction:
        await add_track(db, actor, negotiation, row, now=now)
    _announce(db, actor, negotiation.id, now)
    return row


async def add_track(
    db: Db, actor: Actor, negotiation: Negotiation, party: Party, *, now: datetime
) -> Track:
    """The bilateral of a jurisdiction with the agency; each has one."""
    demand(actor, "track.write", negotiation)
    if party.kind is not PartyKind.jurisdiction:
        raise Invalid.field("jurisdiction", f"{party.name} is not a jurisdiction.")
    row = Track(created_at=now, negotiation_id=negotiation.id, party_id=party.id)
    await insert(db, row, f"{party.name} has its track already.")
    audit.record_row(db, actor, "track.create", row, at=now, negotiation_id=negotiation.id)
    _announce(db, actor, negotiation.id, now)
    return row


async def add_team(
    db: Db, actor: Actor, negotiation: Negotiation, body: NewTeam, *, now: datetime
) -> Team:
    """One more team of a party, so that it can sit at two tables at once."""
    demand(actor, "team.write", negotiation)
    party = await queries.party_named(db, negotiation.id, body.party)
    if party.kind not in ON_THE_TABLE:
        raise Invalid.field("party", f"{party.name} doesn't sit at the table.")
    row = Team(created_at=now, party_id=party.id, name=body.name)
    await insert(db, row, f"{party.name} has a team called {body.name!r} already.")
    audit.record_row(db, actor, "team.create", row, at=now, negotiation_id=negotiation.id)
    return row


async def add_issue(
    db: Db, actor: Actor, negotiation: Negotiation, body: NewIssue, *, now: datetime
) -> Issue:
    """One more line of the shared list of issues."""
    demand(actor, "issue.write", negotiation)
    raised_by = None
    if body.raised_by:
        party = await queries.party_named(db, negotiation.id, body.raised_by, pointer="raised_by")
        raised_by = party.id
    row = Issue(
        created_at=now,
        negotiation_id=negotiation.id,
        raised_by_id=raised_by,
        **body.model_dump(exclude={"raised_by"}),
    )
    await insert(db, row, f"There is an issue {body.code!r} already.")
    audit.record_row(db, actor, "issue.create", row, at=now, negotiation_id=negotiation.id)
    return row


def _nullable(row: SQLModel, name: str) -> bool:
    return bool(row.__table__.c[name].nullable)  # type: ignore[attr-defined]


async def insert(db: Db, row: SQLModel, taken: str) -> None:
    """Insert; what is taken is a Conflict that says `taken`."""
    try:
        async with db.begin_nested():
            db.add(row)
    except IntegrityError:
        raise Conflict(taken) from None


def _announce(db: Db, actor: Actor, negotiation_id: str, now: datetime) -> None:
    announce(
        db,
        "negotiation.changed",
        by=actor,
        at=now,
        negotiation_id=negotiation_id,
        object_id=negotiation_id,
    )
