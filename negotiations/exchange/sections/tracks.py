"""How each jurisdiction's track stands; the tracks themselves come with their jurisdictions."""

from collections.abc import Iterable
from typing import Any

from negotiations.exchange.entry import Entry, Key, Reference
from negotiations.exchange.section import Gone, Section
from negotiations.exchange.telling import Telling, Told
from negotiations.exchange.work import Work
from negotiations.models import Track
from negotiations.models.parties import TrackStatus
from negotiations.parties import actions, queries
from negotiations.web.fields import Body, Line, Slug


class TrackItem(Body):
    """Its sessions set the status too; what stands here is set after them."""

    id: Key | None = None
    jurisdiction: Slug
    status: TrackStatus
    closed_reason: Line | None = None


class Tracks(Section[TrackItem]):
    name, kind, named = "tracks", "track", True
    item = TrackItem

    def key(self, item: TrackItem) -> str:
        return item.jurisdiction

    def references(self, item: TrackItem) -> Iterable[Reference]:
        yield Reference(("jurisdiction",), "jurisdiction", item.jurisdiction)

    def narrowed(self, item: TrackItem, jurisdiction: str, gone: Gone) -> TrackItem | None:
        return item if item.jurisdiction == jurisdiction else None

    async def tell(self, telling: Telling) -> list[Told[TrackItem]]:
        rows = await queries.tracks(telling.db, telling.actor, telling.negotiation.id)
        return [
            Told(track.id, self.told(telling, track, party.slug))
            for track, party in sorted(rows, key=lambda one: one[1].slug)
        ]

    def told(self, telling: Telling, row: Track, slug: str) -> TrackItem:
        return TrackItem.model_construct(
            id=telling.name(self.kind, row.id, slug),
            jurisdiction=slug,
            status=row.status,
            closed_reason=row.closed_reason,
        )

    async def create(self, work: Work, entry: Entry[TrackItem]) -> str:
        """The track has come with its jurisdiction in this very import."""
        row, _ = await queries.track(
            work.db, work.actor, work.negotiation.id, entry.item.jurisdiction
        )
        return row.id

    async def update(
        self, work: Work, entry: Entry[TrackItem], row_id: str, stored: TrackItem
    ) -> None:
        if entry.item.jurisdiction != stored.jurisdiction:
            work.stays(entry, ("jurisdiction",), f"It stays {stored.jurisdiction}'s track.")

    async def finish(self, work: Work, entry: Entry[TrackItem], row_id: str) -> None:
        row, said = await work.db.get_one(Track, row_id), entry.item
        fields: dict[str, Any] = {
            name: getattr(said, name)
            for name in ("status", "closed_reason")
            if name in said.model_fields_set and getattr(said, name) != getattr(row, name)
        }
        if fields:
            await actions.change(
                work.db, work.actor, row, fields, negotiation_id=work.negotiation.id, now=work.now
            )
            work.change(entry)
