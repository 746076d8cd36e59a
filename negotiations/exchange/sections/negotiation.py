"""The talks themselves: what they are called, their window and their rules."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator

from negotiations.access.actor import Actor
from negotiations.db import Db
from negotiations.exchange.entry import Entry, Key, as_body, differing
from negotiations.exchange.section import Section
from negotiations.exchange.telling import Telling, Told
from negotiations.exchange.work import Work
from negotiations.models import Negotiation
from negotiations.models.parties import NegotiationStatus
from negotiations.parties import actions
from negotiations.parties.bodies import NegotiationChange, NewNegotiation, NewParty


def _elsewhere(agency: NewParty | None) -> NewParty | None:
    if agency is not None:
        raise ValueError("stands among the parties, as the one of kind agency; write it there")
    return agency


class NegotiationItem(NewNegotiation):
    """`status` is set when all else is written: concluded talks take nothing in."""

    id: Key | None = None
    agency: Annotated[NewParty | None, AfterValidator(_elsewhere)] = None
    status: NegotiationStatus = NegotiationStatus.open


async def found(
    db: Db, actor: Actor, entry: Entry[NegotiationItem], *, now: datetime
) -> Negotiation:
    """New talks."""
    body = as_body(NewNegotiation, entry.item, agency=None)
    return await actions.create_negotiation(db, actor, body, now=now)


class NegotiationSection(Section[NegotiationItem]):
    """A file holds one, and it is a mapping rather than a list."""

    name = kind = "negotiation"
    named = True
    item = NegotiationItem

    def key(self, item: NegotiationItem) -> str:
        return item.slug

    async def tell(self, telling: Telling) -> list[Told[NegotiationItem]]:
        row = telling.negotiation
        key = telling.name(self.kind, row.id, row.slug)
        fields = set(NegotiationItem.model_fields) - {"id", "agency"}
        item = NegotiationItem.model_construct(
            id=key, **{name: getattr(row, name) for name in fields}
        )
        return [Told(row.id, item)]

    async def create(self, work: Work, entry: Entry[NegotiationItem]) -> str:
        return work.negotiation.id  # founded before anything else

    async def update(
        self, work: Work, entry: Entry[NegotiationItem], row_id: str, stored: NegotiationItem
    ) -> None:
        fields = differing(entry.item, stored)
        fields.pop("status", None)
        for name in [one for one in fields if one not in NegotiationChange.model_fields]:
            del fields[name]
            old = getattr(stored, name)
            work.stays(entry, (name,), f"It stays {old}: it is settled when talks are founded.")
        if fields:
            await self._change(work, entry, fields)

    async def finish(self, work: Work, entry: Entry[NegotiationItem], row_id: str) -> None:
        said = entry.item
        if "status" in said.model_fields_set and said.status != work.negotiation.status:
            await self._change(work, entry, {"status": said.status})

    async def _change(
        self, work: Work, entry: Entry[NegotiationItem], fields: dict[str, object]
    ) -> None:
        row = work.negotiation
        await actions.change(work.db, work.actor, row, fields, negotiation_id=row.id, now=work.now)
        work.change(entry)
