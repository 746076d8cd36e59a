"""Changing negotiations, parties, tracks, people and issues."""

from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel, col, select, update

from negotiations import audit
from negotiations.access.actor import Actor
from negotiations.db import Db
from negotiations.errors import Conflict, Forbidden, Invalid
from negotiations.models import (
    ApiToken,
    Feed,
    Issue,
    Login,
    Membership,
    Negotiation,
    Party,
    Person,
    Team,
    Track,
)
from negotiations.models.parties import SECRETARIAT_ROLES, PartyKind, Role
from negotiations.outbox import announce
from negotiations.parties import queries
from negotiations.parties.bodies import (
    NewIssue,
    NewMembership,
    NewNegotiation,
    NewParty,
    NewPerson,
    NewTeam,
)

ON_THE_TABLE = frozenset({PartyKind.agency, PartyKind.jurisdiction})


async def create_negotiation(
    db: Db, actor: Actor, body: NewNegotiation, *, now: datetime
) -> Negotiation:
    """A new negotiation, with its agency when the body names one."""
    queries.demand(actor, "negotiation.create", None)
    row = Negotiation(created_at=now, **body.model_dump(exclude={"agency"}))
    await _add(db, row, f"There are talks called {body.slug!r} already.")
    _record(db, actor, "negotiation.create", row, row.id, now)
    _announce(db, row.id, now)
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
    """Set fields that may be changed without further rules, and tell the feeds."""
    for name, value in fields.items():
        if value is None and not _nullable(row, name):
            raise Invalid.field(name, f"{name} can't be empty. Give a value, or leave it out.")
        setattr(row, name, value)
    db.add(row)
    try:
        await db.flush()
    except IntegrityError:
        raise Conflict("Another row has this name, code or address already.") from None
    _record(db, actor, f"{row.__tablename__}.change", row, negotiation_id, now)
    _announce(db, negotiation_id, now)


async def change_person(
    db: Db,
    actor: Actor,
    person: Person,
    fields: dict[str, Any],
    *,
    negotiation: Negotiation,
    now: datetime,
) -> None:
    """Change a person's name, title, address or zone.

    Someone with a seat in other talks too is changed by the operator only: a mail address is what
    people sign in with, so one secretariat can't change it under another's eyes.
    """
    queries.demand(actor, "people.write", negotiation)
    elsewhere = await db.exec(
        select(Membership.id).where(
            col(Membership.person_id) == person.id,
            col(Membership.negotiation_id) != negotiation.id,
        )
    )
    if elsewhere.first() is not None or person.is_administrator:
        raise Forbidden("Only the operator can change this person.")
    await change(db, actor, person, fields, negotiation_id=negotiation.id, now=now)


async def add_party(
    db: Db, actor: Actor, negotiation: Negotiation, body: NewParty, *, now: datetime
) -> Party:
    """A party; those at the table get their default team, a jurisdiction its track."""
    queries.demand(actor, "party.write", negotiation)
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
    await _add(db, row, what)
    _record(db, actor, "party.create", row, negotiation.id, now)
    if body.kind in ON_THE_TABLE:
        db.add(Team(created_at=now, party_id=row.id, name="Delegation", is_default=True))
    if body.kind is PartyKind.jurisdiction:
        await add_track(db, actor, negotiation, row, now=now)
    _announce(db, negotiation.id, now)
    return row


async def add_track(
    db: Db, actor: Actor, negotiation: Negotiation, party: Party, *, now: datetime
) -> Track:
    """The bilateral of a jurisdiction with the agency; each has one."""
    queries.demand(actor, "track.write", negotiation)
    if party.kind is not PartyKind.jurisdiction:
        raise Invalid.field("jurisdiction", f"{party.name} is not a jurisdiction.")
    row = Track(created_at=now, negotiation_id=negotiation.id, party_id=party.id)
    await _add(db, row, f"{party.name} has its track already.")
    _record(db, actor, "track.create", row, negotiation.id, now)
    _announce(db, negotiation.id, now)
    return row


async def add_team(
    db: Db, actor: Actor, negotiation: Negotiation, body: NewTeam, *, now: datetime
) -> Team:
    """One more team of a party, so that it can sit at two tables at once."""
    queries.demand(actor, "team.write", negotiation)
    party = await queries.party_named(db, negotiation.id, body.party)
    if party.kind not in ON_THE_TABLE:
        raise Invalid.field("party", f"{party.name} doesn't sit at the table.")
    row = Team(created_at=now, party_id=party.id, name=body.name)
    await _add(db, row, f"{party.name} has a team called {body.name!r} already.")
    _record(db, actor, "team.create", row, negotiation.id, now)
    return row


async def add_issue(
    db: Db, actor: Actor, negotiation: Negotiation, body: NewIssue, *, now: datetime
) -> Issue:
    """One more line of the shared list of issues."""
    queries.demand(actor, "issue.write", negotiation)
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
    await _add(db, row, f"There is an issue {body.code!r} already.")
    _record(db, actor, "issue.create", row, negotiation.id, now)
    return row


async def add_person(
    db: Db, actor: Actor, negotiation: Negotiation, body: NewPerson, *, now: datetime
) -> Membership:
    """A person with a seat. Someone known by the same mail address keeps their one account."""
    party = await _seat_of(db, actor, negotiation, body.role, body.party)
    person = None
    if body.email:
        rows = await db.exec(select(Person).where(col(Person.email) == body.email))
        person = rows.first()
    if person is None:
        person = Person(
            created_at=now,
            name=body.name,
            title=body.title,
            email=body.email,
            tz=body.tz or (party.tz if party else negotiation.home_tz),
        )
        db.add(person)
        await db.flush()
    return await _seat(db, actor, negotiation, person, body.role, party, now=now)


async def add_membership(
    db: Db, actor: Actor, negotiation: Negotiation, body: NewMembership, *, now: datetime
) -> Membership:
    """A seat for a person the actor can see here (who had one before)."""
    party = await _seat_of(db, actor, negotiation, body.role, body.party)
    person = await queries.person(db, actor, negotiation.id, body.person)
    return await _seat(db, actor, negotiation, person, body.role, party, now=now)


async def _seat_of(
    db: Db, actor: Actor, negotiation: Negotiation, role: Role, party: str | None
) -> Party | None:
    """Check that the actor may fill this seat, and that role and party fit."""
    if role is Role.coordinator:
        queries.demand(actor, "coordinator.appoint", negotiation)
    else:
        queries.demand(actor, "people.write", negotiation)
    if role in SECRETARIAT_ROLES:
        if party is not None:
            raise Invalid.field("party", f"A {role.value} belongs to no party. Leave it out.")
        return None
    if party is None:
        raise Invalid.field("party", f"Say which party this {role.value} belongs to.")
    found = await queries.party_named(db, negotiation.id, party)
    if found.kind not in ON_THE_TABLE:
        raise Invalid.field("party", f"{found.name} doesn't sit at the table.")
    return found


async def _seat(
    db: Db,
    actor: Actor,
    negotiation: Negotiation,
    person: Person,
    role: Role,
    party: Party | None,
    *,
    now: datetime,
) -> Membership:
    row = Membership(
        created_at=now,
        negotiation_id=negotiation.id,
        person_id=person.id,
        party_id=party.id if party else None,
        role=role,
    )
    await _add(db, row, "This person has a place in these talks already. End it first.")
    _record(db, actor, "membership.create", row, negotiation.id, now)
    return row


async def change_role(
    db: Db, actor: Actor, negotiation: Negotiation, row: Membership, role: Role, *, now: datetime
) -> None:
    """Another role on the same side."""
    _demand_over(actor, negotiation, row, role)
    if (role in SECRETARIAT_ROLES) != (row.party_id is None):
        raise Invalid.field("role", "A person stays on one side. End this seat and make another.")
    row.role = role
    db.add(row)
    _record(db, actor, "membership.change", row, negotiation.id, now)


async def end_membership(
    db: Db, actor: Actor, negotiation: Negotiation, row: Membership, *, now: datetime
) -> None:
    """Take the seat away. Without any other seat the person's logins, tokens and feeds end too."""
    _demand_over(actor, negotiation, row, row.role)
    if row.ended_at is not None:
        raise Conflict("This seat has ended already.")
    row.ended_at = now
    db.add(row)
    await db.flush()
    rest = await db.exec(
        select(Membership.id).where(
            col(Membership.person_id) == row.person_id, col(Membership.ended_at).is_(None)
        )
    )
    if rest.first() is None:
        await _end_proofs(db, row.person_id, now)
    _record(db, actor, "membership.end", row, negotiation.id, now)


def _demand_over(actor: Actor, negotiation: Negotiation, row: Membership, role: Role) -> None:
    appointing = Role.coordinator in (row.role, role)
    queries.demand(actor, "coordinator.appoint" if appointing else "people.write", negotiation)
    if not actor.seat_in(negotiation.id) and row.role is not Role.coordinator:
        raise Forbidden("An administrator appoints coordinators only.")


async def _end_proofs(db: Db, person_id: str, now: datetime) -> None:
    """End everything that proves this person, an administrator's excepted."""
    person = await db.get(Person, person_id)
    if person is None or person.is_administrator:
        return
    for table, column in ((ApiToken, "revoked_at"), (Feed, "revoked_at"), (Login, "ended_at")):
        await db.exec(
            update(table)
            .where(col(table.person_id) == person_id, getattr(table, column).is_(None))
            .values({column: now})
        )


def _nullable(row: SQLModel, name: str) -> bool:
    return bool(row.__table__.c[name].nullable)  # type: ignore[attr-defined]


async def _add(db: Db, row: SQLModel, taken: str) -> None:
    """Insert; what is taken is a Conflict that says `taken`."""
    try:
        async with db.begin_nested():
            db.add(row)
    except IntegrityError:
        raise Conflict(taken) from None


def _record(
    db: Db,
    actor: Actor,
    action: str,
    row: Negotiation | Party | Team | Track | Issue | Person | Membership,
    negotiation_id: str,
    now: datetime,
) -> None:
    audit.record(
        db,
        at=now,
        actor=actor.signature,
        action=action,
        object_type=str(row.__tablename__),
        object_id=row.id,
        content=row.model_dump(mode="json", exclude={"version"}),
        negotiation_id=negotiation_id,
    )


def _announce(db: Db, negotiation_id: str, now: datetime) -> None:
    announce(
        db,
        "negotiation.changed",
        at=now,
        negotiation_id=negotiation_id,
        object_id=negotiation_id,
    )
