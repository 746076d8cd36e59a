"""Who takes part: people, their seats, and what ends with the last of them."""

from datetime import datetime
from typing import Any

from sqlmodel import col, delete, select, update

from negotiations import audit
from negotiations.access.actor import Actor, seat_of
from negotiations.access.policy import demand
from negotiations.access.scope import left
from negotiations.db import Db, reading_for
from negotiations.errors import Conflict, Forbidden, Invalid
from negotiations.models import (
    ApiToken,
    Availability,
    BusyBlock,
    BusyCalendar,
    Feed,
    FormerAddress,
    Login,
    Membership,
    Negotiation,
    Party,
    Person,
)
from negotiations.models.parties import SECRETARIAT_ROLES, Role
from negotiations.parties import queries
from negotiations.parties.actions import ON_THE_TABLE, change, insert
from negotiations.parties.bodies import NewMembership, NewPerson


async def add_person(
    db: Db, actor: Actor, negotiation: Negotiation, body: NewPerson, *, now: datetime
) -> Membership:
    """A person with a seat. Someone known by the same mail address keeps their one account."""
    party = await _seat_of(db, actor, negotiation, body.role, body.party)
    person = await _known(db, body.email)
    if person is None:
        person = Person(
            created_at=now,
            name=body.name,
            title=body.title,
            email=body.email,
            tz=body.tz or (party.tz if party else negotiation.home_tz),
        )
        try:
            await insert(db, person, "taken")
        except Conflict:  # by someone who added the same address at this very moment
            person = await _known(db, body.email)
            assert person is not None
    return await _seat(db, actor, negotiation, person, body.role, party, now=now)


async def _known(db: Db, email: str | None) -> Person | None:
    if email is None:
        return None
    return (await db.exec(select(Person).where(col(Person.email) == email))).first()


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
        demand(actor, "coordinator.appoint", negotiation)
    else:
        demand(actor, "people.write", negotiation)
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
    await insert(db, row, "This person has a place in these talks already. End it first.")
    audit.record_row(db, actor, "membership.create", row, at=now, negotiation_id=negotiation.id)
    return row


async def change_role(
    db: Db, actor: Actor, negotiation: Negotiation, row: Membership, role: Role, *, now: datetime
) -> None:
    """Another role on the same side."""
    _demand_over(actor, negotiation, row, role)
    if row.ended_at is not None:
        raise Conflict("This seat has ended. Give the person a new one.")
    if row.role is Role.coordinator and role is not Role.coordinator:
        await _check_not_last(db, negotiation, row)
    if (role in SECRETARIAT_ROLES) != (row.party_id is None):
        raise Invalid.field("role", "A person stays on one side. End this seat and make another.")
    row.role = role
    db.add(row)
    audit.record_row(db, actor, "membership.change", row, at=now, negotiation_id=negotiation.id)


async def end_membership(
    db: Db, actor: Actor, negotiation: Negotiation, row: Membership, *, now: datetime
) -> None:
    """Take the seat away. Without any other seat the person's logins, tokens and feeds end too."""
    _demand_over(actor, negotiation, row, row.role)
    if row.ended_at is not None:
        raise Conflict("This seat has ended already.")
    if row.role is Role.coordinator:
        await _check_not_last(db, negotiation, row)
    row.ended_at = now
    db.add(row)
    await db.flush()
    await _keep_sides(db, row)
    rest = await db.exec(
        select(Membership.id).where(
            col(Membership.person_id) == row.person_id, col(Membership.ended_at).is_(None)
        )
    )
    if rest.first() is None:
        await _end_proofs(db, row.person_id, now)
    audit.record_row(db, actor, "membership.end", row, at=now, negotiation_id=negotiation.id)


async def _keep_sides(db: Db, row: Membership) -> None:
    """The addresses that showed this seat show no other side of these talks, whoever takes one."""
    party = await db.get(Party, row.party_id) if row.party_id else None
    feeds = await db.exec(
        select(Feed).where(col(Feed.person_id) == row.person_id, col(Feed.revoked_at).is_(None))
    )
    listed = list(feeds)
    former = await db.exec(
        select(FormerAddress).where(col(FormerAddress.feed_id).in_([one.id for one in listed]))
    )
    for address in (*listed, *former):
        address.sides = left(address.sides, seat_of(row, party))
        db.add(address)


async def _check_not_last(db: Db, negotiation: Negotiation, row: Membership) -> None:
    others = await db.exec(
        select(Membership.id).where(
            col(Membership.negotiation_id) == negotiation.id,
            col(Membership.role) == Role.coordinator,
            col(Membership.ended_at).is_(None),
            col(Membership.id) != row.id,
        )
    )
    if others.first() is None:
        raise Conflict("These talks would have no coordinator. Appoint another one first.")


def _demand_over(actor: Actor, negotiation: Negotiation, row: Membership, role: Role) -> None:
    appointing = Role.coordinator in (row.role, role)
    demand(actor, "coordinator.appoint" if appointing else "people.write", negotiation)
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
    # What opens a calendar of theirs elsewhere isn't kept for nobody, nor when they are busy.
    async with reading_for(db, person_id):
        for rows in (BusyBlock, BusyCalendar, Availability):
            await db.exec(delete(rows).where(col(rows.person_id) == person_id))


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
    demand(actor, "people.write", negotiation)
    elsewhere = await db.exec(
        select(Membership.id).where(
            col(Membership.person_id) == person.id,
            col(Membership.negotiation_id) != negotiation.id,
        )
    )
    if elsewhere.first() is not None or person.is_administrator:
        raise Forbidden("Only the operator can change this person.")
    await change(db, actor, person, fields, negotiation_id=negotiation.id, now=now)
