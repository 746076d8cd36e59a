"""What each side holds on each issue, in a track."""

import hashlib
from collections.abc import Iterable
from typing import Annotated

from pydantic import AfterValidator

from negotiations.exchange.entry import Entry, Key, Reference, as_body, differing
from negotiations.exchange.section import Gone, Section
from negotiations.exchange.sections.results import by_order
from negotiations.exchange.telling import Telling, Told, told_sources
from negotiations.exchange.work import Work
from negotiations.models import Position, Track
from negotiations.outcomes import positions as queries
from negotiations.outcomes import stating
from negotiations.outcomes.bodies import NewPosition, PositionChange
from negotiations.outcomes.placing import track_named
from negotiations.outcomes.positions import Stance
from negotiations.parties.codes import code_order
from negotiations.sources import says
from negotiations.web.fields import Slug


class PositionItem(NewPosition):
    """Of several of one side on one issue each supersedes the one before."""

    id: Key | None = None
    jurisdiction: Slug
    session: Key | None = None
    supersedes: Annotated[str | None, AfterValidator(by_order)] = None


class Positions(Section[PositionItem]):
    name, kind = "positions", "position"
    item = PositionItem

    def key(self, item: PositionItem) -> str:
        """Its text has no name of its own: eight characters of a digest stand for it."""
        digest = hashlib.sha256(item.text.encode()).hexdigest()[:8]
        return f"{item.jurisdiction}/{item.issue}/{item.party}/{digest}"

    def references(self, item: PositionItem) -> Iterable[Reference]:
        yield Reference(("jurisdiction",), "jurisdiction", item.jurisdiction)
        yield Reference(("party",), "side", item.party, (item.jurisdiction,))
        yield Reference(("issue",), "issue", item.issue)
        if item.session:
            yield Reference(("session",), "session", item.session)

    def narrowed(self, item: PositionItem, jurisdiction: str, gone: Gone) -> PositionItem | None:
        if item.jurisdiction != jurisdiction:
            return None
        if ("session", item.session) in gone:  # a plenary, which is no session of this table
            return item.model_copy(update={"session": None})
        return item

    async def tell(self, telling: Telling) -> list[Told[PositionItem]]:
        rows = await queries.positions(telling.db, telling.actor, telling.negotiation.id)
        told = []
        for one in sorted(rows, key=_order):  # each line stays in its order
            item = _item(telling, one)
            item.id = telling.name(self.kind, one.row.id, self.key(item))
            told.append(Told(one.row.id, item))
        return told

    async def create(self, work: Work, entry: Entry[PositionItem]) -> str:
        row, _ = await self._state(work, entry)
        return row.id

    async def update(
        self, work: Work, entry: Entry[PositionItem], row_id: str, stored: PositionItem
    ) -> None:
        fields = differing(entry.item, stored)
        if "sources" in fields and says(entry.item.sources) == says(stored.sources):
            del fields["sources"]
        for name in fields.keys() & {"jurisdiction", "issue", "party"}:
            work.stays(entry, (name,), f"It stays {getattr(stored, name)}: make another position.")
            return
        if fields.keys() == {"attributed"}:
            row = await work.db.get_one(Position, row_id)
            track = await work.db.get_one(Track, row.track_id)
            body = PositionChange(attributed=entry.item.attributed)
            await stating.allow_quoting(work.db, work.actor, track, row, body, now=work.now)
            work.change(entry)
        elif fields:
            later, is_new = await self._state(work, entry)
            if is_new:
                work.replaced[row_id] = later.id
                work.change(entry)

    async def _state(self, work: Work, entry: Entry[PositionItem]) -> tuple[Position, bool]:
        """Record it; it supersedes what stands of that side on that issue."""
        item = entry.item
        session = await work.session(item.session)
        track = await track_named(work.db, work.actor, work.negotiation, item.jurisdiction, session)
        line = [
            one
            for one in await queries.positions(
                work.db, work.actor, work.negotiation.id, track_id=track.id
            )
            if (one.issue.code, one.party.slug) == (item.issue, item.party)
        ]
        body = as_body(
            NewPosition,
            item,
            session=session.id if session else None,
            supersedes=line[-1].row.id if line else None,
        )
        return await stating.state(
            work.db, work.actor, work.negotiation, track, body, session=session, now=work.now
        )


def _order(one: Stance) -> tuple[object, ...]:
    return (one.jurisdiction.slug, code_order(one.issue.code), one.party.slug)


def _item(telling: Telling, one: Stance) -> PositionItem:
    row = one.row
    return PositionItem.model_construct(
        jurisdiction=one.jurisdiction.slug,
        session=telling.key("session", row.session_id),
        issue=one.issue.code,
        party=one.party.slug,
        text=row.text,
        attributed=row.attributed,
        stated_on=row.stated_on,
        basis=row.basis,
        certainty=row.certainty,
        sources=told_sources(one.sources),
    )
