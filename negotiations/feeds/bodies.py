"""Putting a feed together from stored bytes; nothing is rendered here."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import col, func, select

from negotiations.access.actor import Actor, Seat
from negotiations.db import Db
from negotiations.feeds.options import Options
from negotiations.ics.alarms import with_alarms
from negotiations.ics.calendars import CalendarHead, assemble
from negotiations.ics.timezones import vtimezone
from negotiations.models import (
    EventBytes,
    Feed,
    Membership,
    Negotiation,
    Party,
    SessionParty,
    Track,
)
from negotiations.models.feeds import EventAudience
from negotiations.models.sessions import SessionStatus

AS_IT_IS = Options()
_Row = tuple[bytes, datetime, str | None, datetime, SessionStatus | None]
_TO_COME = frozenset({SessionStatus.proposed, SessionStatus.confirmed, SessionStatus.in_progress})
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TZID = re.compile(rb"\nDTSTART;TZID=([A-Za-z0-9_+/-]+):")


@dataclass(frozen=True, slots=True)
class FeedBody:
    """What is sent: the bytes, their strong ETag, and when a byte last changed (UTC)."""

    body: bytes
    etag: str
    last_modified: datetime


async def public_body(
    db: Db, slug: str, jurisdiction: str | None, base_url: str, options: Options = AS_IT_IS
) -> FeedBody | None:
    """The public feed of a negotiation or of one jurisdiction; None when there is no such thing."""
    found = await db.exec(select(Negotiation).where(col(Negotiation.slug) == slug))
    negotiation = found.first()
    if negotiation is None:
        return None
    path, name = f"{base_url}/public/{negotiation.slug}", negotiation.title
    seen = and_(
        col(EventBytes.negotiation_id) == negotiation.id,
        col(EventBytes.audience) == EventAudience.public,
    )
    source = f"{path}.ics"
    if jurisdiction is not None:
        tracks = await db.exec(
            select(Track.id, Party)
            .join(Party, col(Party.id) == Track.party_id)
            .where(col(Track.negotiation_id) == negotiation.id, col(Party.slug) == jurisdiction)
        )
        track = tracks.first()
        if track is None:
            return None
        name, source = f"{track[1].name}: {name}", f"{path}/{jurisdiction}.ics"
        seen = and_(
            or_(col(EventBytes.track_id) == track[0], _takes_part(track[1].id)),
            col(EventBytes.audience) == EventAudience.public_jurisdiction,
        )
    head = CalendarHead(
        name=name,
        description=f"Published sessions. {negotiation.subject}".strip(),
        tz_hint=negotiation.home_tz,
        source=source,
        url=path,
    )
    return await _body(db, head, seen, options)


async def secretariat_body(
    db: Db, negotiation: Negotiation, track: tuple[str, str] | None, base_url: str
) -> FeedBody:
    """A negotiation's calendar as its secretariat sees it, or one `track` (id and name) of it."""
    seen = and_(
        col(EventBytes.negotiation_id) == negotiation.id,
        col(EventBytes.audience) == EventAudience.secretariat,
    )
    name = negotiation.title
    if track is not None:
        name = f"{track[1]}: {name}"
        # The window belongs to every track: a calendar is never without an event.
        whole = col(EventBytes.object_id) == negotiation.id
        seen = and_(seen, or_(whole, col(EventBytes.track_id) == track[0]))
    head = CalendarHead(
        name=name,
        description=f"Every session. {negotiation.subject}".strip(),
        tz_hint=negotiation.home_tz,
        url=f"{base_url}/n/{negotiation.slug}",
    )
    return await _body(db, head, seen)


async def person_body(
    db: Db, actor: Actor, feed: Feed, base_url: str, options: Options = AS_IT_IS
) -> FeedBody | None:
    """All that the feed's owner may see now; None once they hold no seat that it covers."""
    seats = [seat for seat in actor.seats if feed.negotiation_id in (None, seat.negotiation_id)]
    if not seats or actor.person is None:
        return None
    head = CalendarHead(
        name=feed.label,
        description="The sessions you take part in. Only you should have this address.",
        tz_hint=actor.person.tz,
        url=f"{base_url}/",
    )
    body = await _body(db, head, or_(*map(_seen_from, seats)), options)
    changed = await _seats_changed(db, actor.person.id)
    return replace(body, last_modified=max(body.last_modified, changed))


def _seen_from(seat: Seat) -> ColumnElement[bool]:
    """The events that this seat sees: its tracks', and what its party takes part in besides."""
    in_talks = col(EventBytes.negotiation_id) == seat.negotiation_id
    if seat.side == "secretariat":
        return and_(in_talks, col(EventBytes.audience) == EventAudience.secretariat)
    tracks = col(EventBytes.track_id) == seat.track_id
    if seat.side == "agency":
        # The windows of single tracks are for those who sit at one table only.
        of_tracks = col(EventBytes.object_id) != col(EventBytes.track_id)
        tracks = and_(in_talks, or_(of_tracks, col(EventBytes.object_id) == seat.negotiation_id))
    return or_(
        and_(tracks, col(EventBytes.audience) == EventAudience.track),
        and_(
            _takes_part(str(seat.party_id)),
            col(EventBytes.audience).in_([EventAudience.track, EventAudience.caucus]),
        ),
    )


def _takes_part(party_id: str) -> ColumnElement[bool]:
    """Events of plenaries and caucus sessions that name this party."""
    named = select(SessionParty.session_id).where(col(SessionParty.party_id) == party_id)
    return col(EventBytes.object_id).in_(named)


async def _seats_changed(db: Db, person_id: str) -> datetime:
    """When a seat of this person last began or ended: events come into their feed, or leave it."""
    rows = await db.exec(
        select(func.max(Membership.created_at), func.max(Membership.ended_at)).where(
            col(Membership.person_id) == person_id
        )
    )
    return max(one for one in (*rows.one(), EPOCH) if one is not None).replace(microsecond=0)


async def _body(
    db: Db, head: CalendarHead, seen: ColumnElement[bool], options: Options = AS_IT_IS
) -> FeedBody:
    """Raises EmptyCalendar when not even a window is there: an internal error."""
    rows = await db.exec(
        select(  # type: ignore[call-overload]  # typed for up to four columns
            EventBytes.body,
            EventBytes.revised_at,
            EventBytes.tz,
            EventBytes.starts_at,
            EventBytes.state,
        )
        .where(seen, col(EventBytes.component).in_(options.components))
        .order_by(col(EventBytes.component), col(EventBytes.starts_at), col(EventBytes.uid))
    )
    found: Sequence[_Row] = rows.all()
    # Also when a change took an event out of what is shown, Last-Modified has to tell of it.
    last_modified = max((one[1] for one in found), default=EPOCH)
    events = [one for one in found if options.cancelled or one[4] is not SessionStatus.cancelled]
    shown = [_reminding(one[0], one[4], options) for one in events]
    body = assemble(head, _timezones(events), shown)
    tag = hashlib.sha256(body).hexdigest()[:40]
    return FeedBody(body, f'"{tag}"', last_modified)


def _reminding(body: bytes, state: SessionStatus | None, options: Options) -> bytes:
    """The event with the alarms that were asked for, where one may still come to it."""
    return with_alarms(body, options.alarms) if state in _TO_COME and options.alarms else body


def _timezones(events: Sequence[_Row]) -> list[bytes]:
    """Each zone used, for the years of its sessions and one on either side.

    The name in the bytes counts: they were checked when they were rendered, and a row whose zone
    was broken since breaks nothing.
    """
    years: dict[str, list[int]] = {}
    for body, _, tz, starts_at, _ in events:
        found = _TZID.search(body) if tz is not None else None
        if found is not None:
            years.setdefault(found[1].decode(), []).append(starts_at.year)
    return [vtimezone(tz, min(years[tz]) - 1, max(years[tz]) + 1) for tz in sorted(years)]
