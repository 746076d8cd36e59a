"""Reading negotiations, parties, tracks, people and issues: only what the actor may see."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import bindparam
from sqlmodel import col, func, select

from negotiations.access.actor import Actor, still_seated
from negotiations.access.prepared import prepared
from negotiations.access.visible import visible
from negotiations.db import Db, once
from negotiations.errors import Invalid, NotFound
from negotiations.locks import locked
from negotiations.models import (
    Issue,
    Membership,
    Negotiation,
    Party,
    Person,
    Team,
    Track,
)
from negotiations.models.parties import PartyKind
from negotiations.parties.codes import code_order
from negotiations.web.cursors import Part, Sorted, in_order, rows_of

Row = TypeVar("Row", Party, Issue, Track, Membership)


async def negotiations(db: Db, actor: Actor, *, part: Part | None = None) -> Sequence[Negotiation]:
    """The negotiations the actor has a seat in (an administrator: all), oldest first."""
    return await rows_of(db, _negotiations(actor), part=part)


@prepared
def _negotiations(actor: Actor) -> Sorted:
    query = select(Negotiation).where(visible(actor, Negotiation))
    return in_order(query, col(Negotiation.created_at), col(Negotiation.slug))


async def negotiation(db: Db, actor: Actor, slug: str, *, lock: bool = False) -> Negotiation:
    """One negotiation by its slug; with `lock` nobody else writes to it until the commit."""
    query = _negotiation(actor)
    rows = await db.exec(locked(query) if lock else query, params={"slug": slug})
    found: Negotiation | None = rows.first()
    if found is None:
        raise NotFound
    if lock:
        await still_seated(db, actor, found.id)
    return found


@prepared
def _negotiation(actor: Actor) -> Any:
    wanted = col(Negotiation.slug) == bindparam("slug")
    return select(Negotiation).where(wanted, visible(actor, Negotiation))


async def named(db: Db, actor: Actor, slug: str) -> Negotiation:
    """The talks that a body's field `negotiation` names; Invalid where the actor isn't in them."""
    try:
        return await negotiation(db, actor, slug)
    except NotFound:
        raise Invalid.field("negotiation", f"You take part in no talks {slug!r}.") from None


async def parties(
    db: Db, actor: Actor, negotiation_id: str, *, part: Part | None = None
) -> Sequence[Party]:
    """The parties of a negotiation, the agency first, then by name."""
    return await rows_of(db, _parties(actor), part=part, params={"talks": negotiation_id})


@prepared
def _parties(actor: Actor) -> Sorted:
    query = _parties_of().where(visible(actor, Party))
    return in_order(query, col(Party.kind) != PartyKind.agency, col(Party.name), col(Party.id))


async def everyone(db: Db, negotiation_id: str) -> dict[str, Party]:
    """All parties by id, for what names them to readers of the talks."""

    async def ask() -> dict[str, Party]:
        rows = await db.exec(_parties_of(), params={"talks": negotiation_id})
        return {party.id: party for party in rows}

    return await once(db, ("parties", negotiation_id), ask)


@cache
def _parties_of() -> Any:
    return select(Party).where(col(Party.negotiation_id) == bindparam("talks"))


async def party_named(db: Db, negotiation_id: str, slug: str, *, pointer: str = "party") -> Party:
    """A party by its slug, for a body that names it; Invalid when there is none."""
    row = await db.exec(
        select(Party).where(col(Party.negotiation_id) == negotiation_id, col(Party.slug) == slug)
    )
    found = row.first()
    if found is None:
        raise Invalid.field(pointer, f"There is no party {slug!r} in these talks.")
    return found


async def agency(db: Db, negotiation_id: str, *, pointer: str = "jurisdiction") -> Party:
    """The agency of a negotiation; Invalid while it has none."""
    row = await db.exec(
        select(Party).where(
            col(Party.negotiation_id) == negotiation_id, col(Party.kind) == PartyKind.agency
        )
    )
    found = row.first()
    if found is None:
        raise Invalid.field(pointer, "These talks have no agency yet. Add it first.")
    return found


async def one(
    db: Db, actor: Actor, table: type[Row], negotiation_id: str, row_id: str, *, lock: bool = False
) -> Row:
    """One row of a negotiation by id; NotFound when unknown or not visible."""
    query = select(table).where(
        col(table.id) == row_id,
        col(table.negotiation_id) == negotiation_id,
        visible(actor, table),
    )
    row = (await db.exec(locked(query) if lock else query)).first()
    if row is None:
        raise NotFound
    return row


async def issues(
    db: Db, actor: Actor, negotiation_id: str, *, part: Part | None = None
) -> Sequence[Issue]:
    """The list of issues in the order of their codes, which no SQL knows: 2 before 10."""
    rows = await db.exec(_issues(actor), params={"talks": negotiation_id})
    found: Sequence[Issue] = rows.all()
    if part is None:
        return sorted(found, key=lambda issue: code_order(issue.code))
    return part.cut(found, lambda issue: (issue.code,), code_order)


@prepared
def _issues(actor: Actor) -> Any:
    within = col(Issue.negotiation_id) == bindparam("talks")
    return select(Issue).where(within, visible(actor, Issue))


async def tracks(
    db: Db, actor: Actor, negotiation_id: str, *, part: Part | None = None
) -> Sequence[tuple[Track, Party]]:
    """Each visible track with its jurisdiction, by the jurisdiction's name."""
    return await rows_of(db, _tracks(actor), part=part, params={"talks": negotiation_id})


@prepared
def _tracks(actor: Actor) -> Sorted:
    query = (
        select(Track, Party)
        .join(Party, col(Party.id) == Track.party_id)
        .where(col(Track.negotiation_id) == bindparam("talks"), visible(actor, Track))
    )
    return in_order(query, col(Party.name), col(Party.id))


async def track(
    db: Db, actor: Actor, negotiation_id: str, jurisdiction: str, *, lock: bool = False
) -> tuple[Track, Party]:
    """One track by its jurisdiction's slug."""
    query = (
        select(Track, Party)
        .join(Party, col(Party.id) == Track.party_id)
        .where(
            col(Track.negotiation_id) == negotiation_id,
            col(Party.slug) == jurisdiction,
            visible(actor, Track),
        )
    )
    if lock:
        query = locked(query, of=Track)
    found = (await db.exec(query)).first()
    if found is None:
        raise NotFound
    return found


async def teams(
    db: Db, actor: Actor, negotiation_id: str, *, part: Part | None = None
) -> Sequence[tuple[Team, Party]]:
    """Each visible team with its party."""
    query = (
        select(Team, Party)
        .join(Party, col(Party.id) == Team.party_id)
        .where(col(Party.negotiation_id) == negotiation_id, visible(actor, Team))
    )
    return await rows_of(db, query, col(Party.name), col(Team.name), col(Team.id), part=part)


async def default_team(db: Db, party_id: str) -> Team:
    """The team that sits for a party when none is named."""
    rows = await db.exec(select(Team).where(col(Team.party_id) == party_id, col(Team.is_default)))
    return rows.one()


Seated = tuple[Membership, Person, Party | None]


async def members(
    db: Db,
    actor: Actor,
    negotiation_id: str,
    *,
    ended: bool = False,
    part: Part | None = None,
) -> Sequence[Seated]:
    """The seats the actor may see, each with its person and party: secretariat first."""
    query = _members(actor, ended=ended)
    return await rows_of(db, query, part=part, params={"talks": negotiation_id})


@prepared
def _members(actor: Actor, *, ended: bool) -> Sorted:
    query = (
        select(Membership, Person, Party)
        .join(Person, col(Person.id) == Membership.person_id)
        .outerjoin(Party, col(Party.id) == Membership.party_id)
        .where(col(Membership.negotiation_id) == bindparam("talks"), visible(actor, Membership))
    )
    if not ended:
        query = query.where(col(Membership.ended_at).is_(None))
    secretariat_first = col(Membership.party_id).is_not(None)
    party, person_ = func.coalesce(col(Party.name), ""), col(Person.name)
    return in_order(query, secretariat_first, party, person_, col(Membership.id))


async def person(db: Db, actor: Actor, negotiation_id: str, person_id: str) -> Person:
    """A visible person who has or had a seat in this negotiation."""
    seats = select(Membership.person_id).where(
        col(Membership.negotiation_id) == negotiation_id, visible(actor, Membership)
    )
    row = await db.exec(
        select(Person).where(col(Person.id) == person_id, col(Person.id).in_(seats))
    )
    found = row.first()
    if found is None:
        raise NotFound
    return found


async def names(db: Db, person_ids: Iterable[str | None]) -> dict[str, str]:
    """Names by id, for people in rows the caller may already see."""
    wanted = {person_id for person_id in person_ids if person_id}
    if not wanted:
        return {}
    rows = await db.exec(_names(), params={"ids": list(wanted)})
    return dict(rows.all())


@cache
def _names() -> Any:
    within = col(Person.id).in_(bindparam("ids", expanding=True))
    return select(Person.id, Person.name).where(within)


async def slugs(db: Db, party_ids: Iterable[str | None]) -> dict[str, str]:
    """Slugs by id, for parties in rows the caller may already see."""
    wanted = {party_id for party_id in party_ids if party_id}
    if not wanted:
        return {}
    rows = await db.exec(select(Party.id, Party.slug).where(col(Party.id).in_(wanted)))
    return dict(rows.all())
