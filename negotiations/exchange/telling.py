"""Telling what is stored of some talks in the words of a file, each row under its external id."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic

from sqlmodel import col, select

from negotiations.access.actor import Actor
from negotiations.db import Db
from negotiations.exchange.entry import Model
from negotiations.models import ExternalId, Negotiation, Source
from negotiations.sources import NewSource


@dataclass(frozen=True, slots=True)
class Told(Generic[Model]):
    """One row as an item of a file."""

    row_id: str
    item: Model


@dataclass(slots=True)
class Telling:
    """Some talks as `actor` (the secretariat) sees them.

    `ids` and `keys` map external ids to row ids and back, by kind; sections fill them in order.
    `slugs` and `codes` are what parties and issues are called by others, by row id.
    """

    db: Db
    actor: Actor
    negotiation: Negotiation
    external: dict[tuple[str, str], ExternalId]
    ids: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    keys: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))

    slugs: dict[str, str] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    _reserved: set[tuple[str, str]] = field(init=False)

    def __post_init__(self) -> None:
        self._reserved = {(row.kind, row.external_id) for row in self.external.values()}

    def name(self, kind: str, row_id: str, natural: str) -> str:
        """The row's external id: the one it came with, else what is natural to it.

        Rows that would be called alike are numbered in the order in which they are told.
        """
        came = self.external.get((kind, row_id))
        key = came.external_id if came else natural
        taken = self.ids[kind]
        if came is None:
            number = 2
            while key in taken or (kind, key) in self._reserved:
                key, number = f"{natural[:190]} ({number})", number + 1
        taken[key] = row_id
        self.keys[kind][row_id] = key
        return key

    def key(self, kind: str, row_id: str | None) -> str | None:
        """What a row is called; None for none."""
        return self.keys[kind].get(row_id) if row_id else None


async def telling_of(db: Db, actor: Actor, negotiation: Negotiation) -> Telling:
    """An empty telling that knows which rows came with an external id."""
    rows = await db.exec(select(ExternalId).where(col(ExternalId.negotiation_id) == negotiation.id))
    external = {(row.kind, row.object_id): row for row in rows}
    return Telling(db, actor, negotiation, external)


def told_sources(sources: Sequence[Source]) -> list[NewSource]:
    """Sources as a file has them."""
    return [
        NewSource.model_construct(citation=one.citation, url=one.url, certainty=one.certainty)
        for one in sorted(sources, key=lambda one: (one.citation, one.url or "", one.certainty))
    ]
