"""Reading caucuses: for members of the parties that are asked into them, and nobody else."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from negotiations.access.actor import Actor
from negotiations.access.visible import visible
from negotiations.db import Db
from negotiations.errors import NotFound
from negotiations.locks import afresh, locked
from negotiations.models import Caucus, CaucusParty, Party
from negotiations.parties import going_on
from negotiations.web.cursors import Part, rows_of


@dataclass(frozen=True, slots=True)
class Circle:
    """A caucus with the parties asked into it, by name, and what those of them answered."""

    caucus: Caucus
    asked: Sequence[Party]
    joined: Sequence[Party]
    declined: Sequence[Party]

    @property
    def founder(self) -> Party:
        return next(party for party in self.asked if party.id == self.caucus.founded_by_id)

    def has_joined(self, actor: Actor) -> bool:
        """Whether the actor's party belongs to it, or is only asked."""
        return self._own(actor) in {party.id for party in self.joined}

    def has_declined(self, actor: Actor) -> bool:
        return self._own(actor) in {party.id for party in self.declined}

    def _own(self, actor: Actor) -> str | None:
        seat = actor.seat_in(self.caucus.negotiation_id)
        return seat.party_id if seat else None


async def circles(
    db: Db,
    actor: Actor,
    negotiation_id: str,
    *,
    only: str | None = None,
    lock: bool = False,
    part: Part | None = None,
) -> list[Circle]:
    """The caucuses of the actor's party and those it is asked into, in the order of founding."""
    query = select(Caucus).where(
        col(Caucus.negotiation_id) == negotiation_id, visible(actor, Caucus)
    )
    if only is not None:
        query = query.where(col(Caucus.id) == only)
    query = locked(query) if lock else query
    found = await rows_of(db, query, col(Caucus.created_at), col(Caucus.id), part=part)
    rows = await db.exec(
        afresh(
            select(CaucusParty, Party)
            .join(Party, col(Party.id) == CaucusParty.party_id)
            .where(col(CaucusParty.caucus_id).in_([caucus.id for caucus in found]))
            .order_by(col(Party.name), col(Party.id))
        )
    )
    asked: dict[str, list[tuple[CaucusParty, Party]]] = defaultdict(list)
    for row, party in rows:
        asked[row.caucus_id].append((row, party))
    return [
        Circle(
            one,
            [party for _, party in asked[one.id]],
            [party for row, party in asked[one.id] if row.joined_at is not None],
            [party for row, party in asked[one.id] if row.declined_at is not None],
        )
        for one in found
    ]


async def circle(
    db: Db, actor: Actor, negotiation_id: str, caucus_id: str, *, lock: bool = False
) -> Circle:
    """One caucus that the actor knows of; with `lock` nobody else writes to it until the commit.

    NotFound for any other; with `lock` WrongState once the talks are over.
    """
    found = await circles(db, actor, negotiation_id, only=caucus_id, lock=lock)
    if not found:
        raise NotFound
    if lock:
        await going_on.check_still(db, actor, negotiation_id)
    return found[0]


def by_itself(party_id: str) -> SelectOfScalar[str]:
    """The ids of the caucuses to which nobody but this party, their founder, was ever asked."""
    asked = CaucusParty
    others = select(asked.caucus_id).where(col(asked.party_id) != party_id)
    return select(asked.caucus_id).where(
        col(asked.party_id) == party_id, col(asked.caucus_id).not_in(others)
    )
