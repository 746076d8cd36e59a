"""Appending to the log of a document request: nothing in it is ever changed."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from negotiations.access.actor import Actor
from negotiations.civil import local_date
from negotiations.db import Db
from negotiations.documents import states
from negotiations.documents.bodies import NewRequestEvent
from negotiations.errors import AlreadySuperseded, FieldError, Invalid
from negotiations.models import (
    DocumentRequest,
    DocumentRequestEvent,
    DocumentRequestSource,
    Negotiation,
)
from negotiations.sources import cited


async def append(
    db: Db,
    actor: Actor,
    negotiation: Negotiation,
    row: DocumentRequest,
    before: Sequence[DocumentRequestEvent],
    body: NewRequestEvent,
    *,
    now: datetime,
    pointer: str = "",
) -> DocumentRequestEvent:
    """The next event of the request; `before` are all it has.

    Raises Invalid for a day that lies ahead and for what doesn't fit together, AlreadySuperseded
    when what it corrects was corrected already.
    """
    today = local_date(now, negotiation.home_tz)
    event = DocumentRequestEvent(
        created_at=now,
        request_id=row.id,
        number=len(before) + 1,
        happened_on=body.happened_on or today,
        supersedes_id=_superseded(before, body.supersedes, pointer),
        set_by_id=actor.person_id,
        recorded_at=now,
        **body.model_dump(exclude={"happened_on", "supersedes", "sources"}),
    )
    wrong = dict(states.mistakes(event))
    if event.happened_on > today:
        wrong["happened_on"] = "This day lies ahead. Enter what happened, or a deadline for it."
    if wrong:
        raise Invalid([FieldError(f"/{pointer}{name}", text) for name, text in wrong.items()])
    db.add(event)
    await db.flush()
    for source in await cited(db, negotiation.id, body.sources, now=now):
        await db.merge(DocumentRequestSource(event_id=event.id, source_id=source.id))
    return event


def _superseded(
    before: Iterable[DocumentRequestEvent], event_id: str | None, pointer: str
) -> str | None:
    if event_id is None:
        return None
    if all(one.id != event_id for one in before):
        raise Invalid.field(f"{pointer}supersedes", "This request has no such event.")
    if any(one.supersedes_id == event_id for one in before):
        raise AlreadySuperseded("This event was corrected already. Correct the later one.")
    return event_id
