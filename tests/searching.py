"""Entries of search indexes as tests make them, and what somebody finds."""

from datetime import date
from typing import Any

import httpx2
from factories import NEG, World
from sqlmodel import col, select

from negotiations.models import Negotiation, SearchEntry, Track
from negotiations.models.base import new_id
from negotiations.models.search import SearchAudience, SearchKind
from negotiations.search.shelves import shelves_of
from negotiations.search.words import kept


async def talks_of(db: Any, slug: str = "water-talks") -> Negotiation:
    return (await db.exec(select(Negotiation).where(col(Negotiation.slug) == slug))).one()


async def track_of(db: Any, negotiation: Negotiation, party_id: str) -> str:
    rows = await db.exec(
        select(Track.id).where(
            col(Track.negotiation_id) == negotiation.id, col(Track.party_id) == party_id
        )
    )
    return str(rows.one())


def entry(negotiation_id: str, audience: SearchAudience, reader_id: str, **more: Any) -> Any:
    """A note of 1 May 2030, if nothing else is said."""
    given = {"title": "Note", "text": "", "day": date(2030, 5, 1), "kind": SearchKind.note, **more}
    return SearchEntry(
        negotiation_id=negotiation_id,
        audience=audience,
        reader_id=reader_id,
        object_id=given.pop("object_id", None) or new_id(),
        words=kept(shelves_of(audience, reader_id, negotiation_id), given["title"], given["text"]),
        stamp="test",
        **given,
    )


async def find(client: httpx2.AsyncClient, q: str, **options: str) -> list[dict[str, Any]]:
    answer = await client.get(f"{NEG}/search", params={"q": q, **options})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def found(client: httpx2.AsyncClient, q: str) -> list[tuple[str, str]]:
    """Kind and title of each result, in order."""
    return [(one["kind"], one["title"]) for one in await find(client, q)]


async def stored(world: World) -> list[dict[str, Any]]:
    """Every entry but for its number, in one order."""
    async with world.database.read() as db:
        rows = (await db.exec(select(SearchEntry))).all()
    told = [one.model_dump(exclude={"number"}) for one in rows]
    return sorted(told, key=lambda one: (one["object_id"], one["audience"], one["reader_id"]))
