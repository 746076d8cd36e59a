"""What changes shortly before it begins, told to who follows by a calendar that hasn't seen it.

They want no mails, and a calendar program may take hours to look. So they get this one, unless the
calendar was fetched within the hour in which it is asked to, or no hour is left.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import col, select

from negotiations.civil import zone_of
from negotiations.db import Db
from negotiations.feeds.health import followed
from negotiations.mail import bursts
from negotiations.models import (
    Membership,
    NegotiationSession,
    OutboxEvent,
    Party,
    Person,
    SessionChange,
)

CLOSE = timedelta(hours=48)  # before the start
SOON = timedelta(hours=4)  # before it nobody waits for a calendar
PATIENCE = timedelta(hours=1)  # what the feed asks programs to look in (REFRESH-INTERVAL)
TYPES = frozenset(
    {
        "session.confirmed",
        "session.moved",
        "session.relocated",
        "session.postponed",
        "session.reinstated",
        "session.cancelled",
    }
)
Seats = Sequence[tuple[Membership, Party | None]]


async def close(db: Db, events: Iterable[OutboxEvent]) -> Mapping[str, datetime]:
    """The start of what changed less than CLOSE before it, by the ids of these events.

    A session that moved has two; the one that comes first counts, if it is still to come then.
    """
    asked = [one for one in events if one.type in TYPES and one.session_id]
    if not asked:
        return {}
    ids = {one.session_id for one in asked}
    rows = await db.exec(
        select(NegotiationSession.id, NegotiationSession.starts_at).where(
            col(NegotiationSession.id).in_(ids)
        )
    )
    starts = dict(rows.all())
    log = await db.exec(
        select(SessionChange).where(
            col(SessionChange.session_id).in_(ids), col(SessionChange.from_start).is_not(None)
        )
    )
    before: dict[tuple[str | None, object], datetime | None] = {
        (one.session_id, one.number): _from(one) for one in log
    }
    found = {}
    for event in asked:
        payload: Any = event.payload  # which may be any JSON, where it was written by hand
        number = payload.get("change") if isinstance(payload, dict) else None
        listed = (starts.get(event.session_id or ""), before.get((event.session_id, number)))
        ahead = [one for one in listed if one and event.at <= one < event.at + CLOSE]
        if ahead:
            found[event.id] = min(ahead)
    return found


def _from(change: SessionChange) -> datetime | None:
    """When it was to begin before the change; None where that can't be said."""
    if change.from_start is None or change.from_tz is None:
        return None
    try:
        zone = zone_of(change.from_tz)
    except ValueError:  # a broken row holds up no mail
        return None
    return change.from_start.replace(tzinfo=zone, fold=change.from_fold or 0).astimezone(UTC)


def due_at(event: OutboxEvent, starts_at: datetime) -> datetime:
    """When the mail of a change goes, to whose calendar hasn't been fetched since."""
    if starts_at - event.at < SOON:
        return bursts.due_at(event.at, event.at, event.type)
    return event.at + PATIENCE


async def by_calendar(db: Db, negotiation_id: str) -> Seats:
    """The seats of these talks whose holders want no mails, but have an address."""
    rows = await db.exec(
        select(Membership, Party)
        .join(Person, col(Person.id) == Membership.person_id)
        .outerjoin(Party, col(Party.id) == Membership.party_id)
        .where(
            col(Membership.negotiation_id) == negotiation_id,
            col(Membership.ended_at).is_(None),
            col(Person.email).is_not(None),
            ~col(Person.by_mail),
        )
        .order_by(col(Membership.person_id))
    )
    return rows.all()


async def unseen(
    db: Db, events: Sequence[OutboxEvent], negotiation_id: str, person_id: str, *, now: datetime
) -> list[OutboxEvent]:
    """Those of the events that were close to a start, and that none of the person's calendars has
    been fetched after; none where they have no calendar of these talks."""
    near = await close(db, events)
    held = [one for one in await by_calendar(db, negotiation_id) if one[0].person_id == person_id]
    found = await followed(db, negotiation_id, held, now=now)
    if person_id not in found:
        return []
    fetch = found[person_id][1]
    return [
        one for one in events if one.id in near and (fetch is None or fetch.fetched_at < one.at)
    ]
