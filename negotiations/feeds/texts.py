"""PURE: the event of a session as each audience may see it."""

from datetime import datetime
from typing import Literal

from negotiations.feeds.describing import OFF, description, link_of
from negotiations.feeds.table_facts import PUBLIC, TableFacts
from negotiations.ics.events import TimedEvent
from negotiations.models import NegotiationSession, Party
from negotiations.models.feeds import EventAudience
from negotiations.models.sessions import SessionStatus
from negotiations.scheduling.publication import as_public
from negotiations.scheduling.rules import ICALENDAR_STATUS, place_of

PREFIX = {
    SessionStatus.proposed: "TENTATIVE: ",
    SessionStatus.postponed: "POSTPONED: ",
    SessionStatus.cancelled: "CANCELLED: ",
}
# Whose time a session blocks: that of those who sit there.
_AT_THE_TABLE = frozenset({EventAudience.track, EventAudience.caucus})


def session_event(
    facts: TableFacts,
    session: NegotiationSession,
    audience: EventAudience,
    base_url: str,
    *,
    revised: datetime,
) -> TimedEvent:
    """The event of a session as `audience` may see it. `revised`: its LAST-MODIFIED (UTC)."""
    public = audience in PUBLIC
    session = as_public(session) if public else session
    off = session.status in OFF
    url = page(facts, session, audience, base_url)
    link = None if public or off else link_of(session)
    return TimedEvent(
        uid=session.uid,
        sequence=session.sequence,
        created=(session.published_at if public else None) or session.created_at,
        revised=revised,
        start=session.local_start,
        end=session.local_end,
        tzid=session.tz,
        fold_start=session.fold or 0,
        fold_end=session.fold or 0,
        summary=PREFIX.get(session.status, "") + title(session, facts.jurisdiction),
        description=description(facts, session, audience, url),
        location=place_of(session) or link,
        url=url,
        conference=link,
        status=ICALENDAR_STATUS[session.status],
        transparent=off or audience not in _AT_THE_TABLE,
        klass=class_of(audience),
        categories=tuple(party.name for party in facts.jurisdictions or facts.parties),
        ocd_id=facts.jurisdiction.ocd_division_id if facts.jurisdiction else None,
    )


def class_of(audience: EventAudience) -> Literal["PUBLIC", "PRIVATE", "CONFIDENTIAL"]:
    """How the event says itself whom it is for (RFC 5545 §3.8.1.3)."""
    if audience in PUBLIC:
        return "PUBLIC"
    return "CONFIDENTIAL" if audience is EventAudience.caucus else "PRIVATE"


def title(session: NegotiationSession, jurisdiction: Party | None) -> str:
    """The session's title, the jurisdiction first where there is one."""
    if jurisdiction is None:
        return session.title
    named = session.title.startswith((jurisdiction.short_name, jurisdiction.name))
    return session.title if named else f"{jurisdiction.short_name}: {session.title}"


def page(
    facts: TableFacts, session: NegotiationSession, audience: EventAudience, base_url: str
) -> str:
    """The page for people behind the event."""
    if audience in PUBLIC:
        return f"{base_url}/public/{facts.negotiation.slug}#s-{session.uid.partition('@')[0]}"
    return f"{base_url}/s/{session.id}"
