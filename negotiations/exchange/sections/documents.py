"""Who asked whom for which documents, and what became of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field

from negotiations.documents import actions, queries
from negotiations.documents.bodies import (
    DocumentRequestChange,
    NewDocumentRequest,
    NewRequestEvent,
)
from negotiations.documents.queries import Requested
from negotiations.exchange.entry import Entry, Key, Reference, as_body, differing
from negotiations.exchange.section import Gone, Section
from negotiations.exchange.telling import Telling, Told, told_sources
from negotiations.exchange.tree import Path
from negotiations.exchange.work import Work, at
from negotiations.models import DocumentRequestEvent, Source
from negotiations.sources import says


class RequestEventItem(NewRequestEvent):
    """`supersedes` is the place of the event it corrects, counted from 1."""

    supersedes: Annotated[str | None, Field(pattern=r"^[1-9][0-9]{0,2}$")] = None


class DocumentRequestItem(NewDocumentRequest):
    """`published` lets the public see it as it stands at the end."""

    id: Key | None = None
    needed_before: Annotated[list[Key], Field(max_length=100)] = []
    events: Annotated[list[RequestEventItem], Field(max_length=100)] = []  # type: ignore[assignment]
    published: bool = False


class DocumentRequests(Section[DocumentRequestItem]):
    name, kind = "document_requests", "document_request"
    item = DocumentRequestItem

    def key(self, item: DocumentRequestItem) -> str:
        return item.title

    def references(self, item: DocumentRequestItem) -> Iterable[Reference]:
        yield Reference(("requester",), "party", item.requester)
        yield Reference(("holder",), "party", item.holder)
        for place, slug in enumerate(item.co_requesters):
            yield Reference(("co_requesters", place), "party", slug)
        for place, key in enumerate(item.needed_before):
            yield Reference(("needed_before", place), "session", key)

    def faults(self, item: DocumentRequestItem) -> Iterator[tuple[Path, str]]:
        """Corrections of what doesn't come before them."""
        for place, event in enumerate(item.events):
            if event.supersedes and int(event.supersedes) > place:
                why = "It corrects an event that stands before it. Count from 1."
                yield ("events", place, "supersedes"), why

    def narrowed(
        self, item: DocumentRequestItem, jurisdiction: str, gone: Gone
    ) -> DocumentRequestItem | None:
        if {("party", item.requester), ("party", item.holder)} & gone:
            return None
        left = {
            "co_requesters": [one for one in item.co_requesters if ("party", one) not in gone],
            "needed_before": [one for one in item.needed_before if ("session", one) not in gone],
        }
        return item.model_copy(update=left)

    async def tell(self, telling: Telling) -> list[Told[DocumentRequestItem]]:
        rows = await queries.requests(telling.db, telling.actor, telling.negotiation)
        sources = await queries.sources_of(telling.db, [one for row in rows for one in row.events])
        told = [Told(one.row.id, _item(telling, one, sources)) for one in rows]
        told.sort(key=lambda one: (one.item.title, one.item.requester, one.item.holder))
        for one in told:
            one.item.id = telling.name(self.kind, one.row_id, one.item.title)
        return told

    async def create(self, work: Work, entry: Entry[DocumentRequestItem]) -> str:
        item = entry.item
        plain = next((n for n, one in enumerate(item.events) if one.supersedes), len(item.events))
        body = as_body(
            NewDocumentRequest,
            item,
            needed_before=[work.id("session", one) for one in item.needed_before],
            events=[as_body(NewRequestEvent, one) for one in item.events[:plain]],
        )
        row = await actions.create(work.db, work.actor, work.negotiation, body, now=work.now)
        await self._append(work, item, row.id, plain)
        return row.id

    async def update(
        self,
        work: Work,
        entry: Entry[DocumentRequestItem],
        row_id: str,
        stored: DocumentRequestItem,
    ) -> None:
        item = entry.item
        fields = differing(item, stored)
        fields.pop("published", None)
        if "events" in fields:
            del fields["events"]
            same = all(map(_same, item.events, stored.events))
            if not same or len(item.events) < len(stored.events):
                why = "What happened is never rewritten. Correct it by a later event."
                work.stays(entry, ("events",), why)
            elif len(item.events) > len(stored.events):
                await self._append(work, item, row_id, len(stored.events))
                work.change(entry)
        if "needed_before" in fields:
            fields["needed_before"] = [work.id("session", one) for one in item.needed_before]
        if fields:
            asked = await queries.request(work.db, work.actor, work.negotiation, row_id)
            body = DocumentRequestChange(**fields)
            await actions.change(work.db, work.actor, asked, body, now=work.now)
            work.change(entry)

    async def finish(self, work: Work, entry: Entry[DocumentRequestItem], row_id: str) -> None:
        asked = await queries.request(work.db, work.actor, work.negotiation, row_id)
        if entry.item.published and asked.row.published_at is None:
            await actions.publish(work.db, work.actor, asked, now=work.now)
            work.change(entry)

    async def _append(self, work: Work, item: DocumentRequestItem, row_id: str, first: int) -> None:
        """Append the events from the `first` on, each correcting what it says by its place."""
        for place, one in enumerate(item.events[first:], start=first):
            asked = await queries.request(work.db, work.actor, work.negotiation, row_id)
            corrected = asked.events[int(one.supersedes) - 1].id if one.supersedes else None
            body = as_body(NewRequestEvent, one, supersedes=corrected)
            with at("events", place):
                await actions.add_event(work.db, work.actor, asked, body, now=work.now)


_SAID = ("kind", "state", "disposition", "due_on", "label", "text", "certainty", "supersedes")


def _same(given: RequestEventItem, there: RequestEventItem) -> bool:
    """Whether the record says what the file says; its day and sources count where given."""
    return (
        all(getattr(given, name) == getattr(there, name) for name in _SAID)
        and given.happened_on in (None, there.happened_on)
        and (not given.sources or says(given.sources) == says(there.sources))
    )


def _item(
    telling: Telling, one: Requested, sources: Mapping[str, Sequence[Source]]
) -> DocumentRequestItem:
    row = one.row
    places = {event.id: str(place) for place, event in enumerate(one.events, start=1)}
    return DocumentRequestItem.model_construct(
        title=row.title,
        scope=row.scope,
        requester=one.requester.slug,
        co_requesters=sorted(party.slug for party in one.co_requesters),
        holder=one.holder.slug,
        legal_basis=row.legal_basis,
        reference=row.reference,
        basis=row.basis,
        certainty=row.certainty,
        needed_before=sorted(telling.key("session", each.id) or "" for each in one.sessions),
        events=[_event(event, places, sources.get(event.id, ())) for event in one.events],
        published=row.published_at is not None,
    )


def _event(
    row: DocumentRequestEvent, places: Mapping[str, str], sources: Sequence[Source]
) -> RequestEventItem:
    fields: dict[str, Any] = {name: getattr(row, name) for name in (*_SAID[:-1], "happened_on")}
    return RequestEventItem.model_construct(
        **fields,
        supersedes=places.get(row.supersedes_id or ""),
        sources=told_sources(sources),
    )
