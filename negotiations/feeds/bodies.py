"""A negotiation's calendar as its secretariat sees it, as one file (for export)."""

from sqlmodel import Session

from negotiations.db import Db
from negotiations.feeds import sights, stored, tails
from negotiations.feeds.options import Options
from negotiations.feeds.sights import Part, Width
from negotiations.feeds.stored import texts_of
from negotiations.ics.calendars import CalendarHead, opening
from negotiations.models import Negotiation
from negotiations.models.feeds import EventAudience


async def secretariat_body(
    db: Db, negotiation: Negotiation, track: tuple[str, str] | None, base_url: str
) -> bytes:
    """The whole calendar, or that of one `track` (id and name)."""
    name = negotiation.title
    part = sights.of_secretariat(negotiation.id)
    if track is not None:
        name = f"{track[1]}: {name}"
        # The window belongs to every track: a calendar is never without an event.
        groups = frozenset((negotiation.id, track[0]))
        part = Part(negotiation.id, EventAudience.secretariat, Width.named, groups)
    head = CalendarHead(
        name=name,
        description=f"Every session. {negotiation.subject}".strip(),
        tz_hint=negotiation.home_tz,
        url=f"{base_url}/n/{negotiation.slug}",
    )
    return opening(head) + await db.run_sync(lambda _: _tail(db.sync_session, part))


def _tail(db: Session, part: Part) -> bytes:
    texts: dict[str, bytes] = {}
    index = stored.load(db, part.negotiation_id, part.audience, None, texts)
    tail = tails.chosen((part,), [index], Options())
    return tails.text(tail, Options(), lambda items: texts_of(db, items, texts))
