"""Who did what: the audit's entries as each may read them, and the heads of chains.

Party members read their own acts, heads and deputies those of all their side's (of each while they
sat on it), the secretariat the shared chains. Numbers and hashes of a chain go only to who may read
all of it: with them one could count what others did.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlmodel import and_, col, or_, select

from negotiations import audit
from negotiations.access.actor import Actor
from negotiations.access.visible import visible
from negotiations.chains import CAUCUS, Head
from negotiations.db import Db
from negotiations.models import AuditEntry, Caucus, Membership, Negotiation, Party, Person, Track
from negotiations.models.parties import HEADS
from negotiations.web.answers import Id, Moment, TypedDict
from negotiations.web.cursors import Part, rows_of


@dataclass(frozen=True, slots=True)
class Chains:
    """The chains of some talks in which the actor may find entries; `whole` are those of which
    they may read every entry. `jurisdictions` are slugs by the chains of tracks."""

    listed: Sequence[str]
    whole: frozenset[str]
    jurisdictions: Mapping[str, str]


async def chains_of(db: Db, actor: Actor, negotiation: Negotiation) -> Chains:
    """Which these are for this actor; none for who has no seat there."""
    seat = actor.seat_in(negotiation.id)
    rows = await db.exec(
        select(Track.id, Party.slug)
        .join(Party, col(Party.id) == Track.party_id)
        .where(col(Track.negotiation_id) == negotiation.id, visible(actor, Track))
        .order_by(col(Track.id))
    )
    tracks = {f"track:{id_}": slug for id_, slug in rows}
    own = await db.exec(
        select(Caucus.id).where(
            col(Caucus.negotiation_id) == negotiation.id, visible(actor, Caucus)
        )
    )
    caucuses = [f"{CAUCUS}{id_}" for id_ in own]
    if seat is None:
        return Chains([], frozenset(), {})
    shared = [f"negotiation:{negotiation.id}", *tracks]
    if seat.party_id is None:
        return Chains(shared, frozenset(shared), tracks)
    party = f"party:{seat.party_id}"
    whole = frozenset({party}) if seat.role in HEADS else frozenset[str]()
    return Chains([*shared, party, *caucuses], whole, tracks)


def _readable(actor: Actor, negotiation: Negotiation, chains: Chains) -> Any:
    """The condition under which an entry is the actor's to read."""
    seat = actor.seat_in(negotiation.id)
    whose: list[Any] = [col(AuditEntry.chain).in_(chains.whole)]
    mine = col(AuditEntry.actor) == (actor.person_id or "")
    if seat is not None and seat.party_id is not None:
        whose.append(mine)
        if seat.role in HEADS:
            # What they did while they sat on it: some came from another side, or went to one.
            seated = (
                select(Membership.id)
                .where(
                    col(Membership.person_id) == AuditEntry.actor,
                    col(Membership.negotiation_id) == negotiation.id,
                    col(Membership.party_id) == seat.party_id,
                    col(Membership.created_at) <= AuditEntry.at,
                    or_(
                        col(Membership.ended_at).is_(None),
                        col(Membership.ended_at) >= AuditEntry.at,
                    ),
                )
                .exists()
            )
            whose.append(seated)
    return and_(col(AuditEntry.chain).in_(chains.listed), or_(*whose))


Chain = Literal["negotiation", "track", "party", "caucus"]


class EntryView(TypedDict):
    """One act. `by` is a person's id, or `console`, `import` or `tick`; `name` that of a person
    whom the reader knows of. `number` and the hashes are null for who may not read all of the
    chain."""

    id: Id
    at: Moment
    by: str
    name: str | None
    action: str
    object_type: str
    object_id: Id
    chain: Chain
    jurisdiction: str | None
    number: int | None
    content_sha256: str | None
    previous_sha256: str | None
    sha256: str | None


async def entries(db: Db, actor: Actor, negotiation: Negotiation, *, part: Part) -> list[EntryView]:
    """A part of what the actor may read, the newest first, by four statements."""
    chains = await chains_of(db, actor, negotiation)
    query = select(AuditEntry).where(_readable(actor, negotiation, chains))
    rows = await rows_of(db, query, col(AuditEntry.at).desc(), col(AuditEntry.id).desc(), part=part)
    known = await db.exec(
        select(Person.id, Person.name).where(
            col(Person.id).in_({row.actor for row in rows}), visible(actor, Person)
        )
    )
    names: dict[str, str] = dict(known.all())
    return [_view(row, chains, names) for row in rows]


def _view(row: AuditEntry, chains: Chains, names: Mapping[str, str]) -> EntryView:
    kind: Any = row.chain.partition(":")[0]
    whole = row.chain in chains.whole
    return {
        "id": row.id,
        "at": row.at,
        "by": row.actor,
        "name": names.get(row.actor),
        "action": row.action,
        "object_type": row.object_type,
        "object_id": row.object_id,
        "chain": kind,
        "jurisdiction": chains.jurisdictions.get(row.chain),
        "number": row.number if whole else None,
        "content_sha256": row.content_sha256 if whole else None,
        "previous_sha256": row.previous_sha256 if whole else None,
        "sha256": row.sha256 if whole else None,
    }


class HeadView(TypedDict):
    """The last entry of a chain, to be kept elsewhere; `anchor` is what `audit verify --anchor`
    takes later."""

    chain: Chain
    jurisdiction: str | None
    number: int
    sha256: str
    anchor: str


async def heads(db: Db, actor: Actor, negotiation: Negotiation, *, part: Part) -> list[HeadView]:
    """Those of the chains that the actor may read whole."""
    chains = await chains_of(db, actor, negotiation)
    found = await audit.heads(db, sorted(chains.whole))
    listed = part.cut(found, lambda one: (one.chain,), lambda *place: place)
    return [_head(one, chains) for one in listed]


def _head(one: Head, chains: Chains) -> HeadView:
    kind: Any = one.chain.partition(":")[0]
    return {
        "chain": kind,
        "jurisdiction": chains.jurisdictions.get(one.chain),
        "number": one.number,
        "sha256": one.sha256,
        "anchor": str(one),
    }
