"""PURE: what the minutes of a session say as a journal in a calendar, for who may read them."""

from collections.abc import Mapping
from datetime import datetime

from negotiations.feeds.commitments import is_in_every_feed
from negotiations.feeds.describing import state_for
from negotiations.feeds.table_facts import Minutes, TableFacts
from negotiations.feeds.texts import class_of, title
from negotiations.ics.identity import uid_of
from negotiations.ics.journals import Journal, Status
from negotiations.models import NegotiationSession, Summary
from negotiations.models.feeds import EventAudience
from negotiations.models.summaries import SummaryState

# A summary may have a million characters; programs that take them all aren't known.
LONGEST_MINUTES = 100_000
ICALENDAR_STATUS: Mapping[SummaryState, Status] = {
    SummaryState.draft: "DRAFT",
    SummaryState.circulated: "DRAFT",
    SummaryState.agreed: "FINAL",
    SummaryState.published: "FINAL",
}


def readers(texts: Minutes) -> tuple[EventAudience, ...]:
    """Who reads minutes: the secretariat from the first draft on, the delegations what they saw."""
    if texts.shared is None:
        return (EventAudience.secretariat,)
    return (EventAudience.track, EventAudience.secretariat)


def minutes_journal(
    facts: TableFacts,
    session: NegotiationSession,
    audience: EventAudience,
    base_url: str,
    *,
    revised: datetime,
) -> Journal:
    """The journal of a session that has a summary. `revised`: its LAST-MODIFIED (UTC)."""
    summary, texts = facts.summaries[session.id], facts.minutes[session.id]
    own = audience is EventAudience.secretariat
    text = texts.newest if own else texts.shared or ""
    state = SummaryState.draft if not (own or texts.is_current) else summary.state
    url = f"{base_url}/s/{session.id}/summary"
    parties = facts.jurisdictions or facts.parties
    return Journal(
        uid=uid_of("minutes", summary.id),
        created=summary.created_at if own else texts.shared_at or summary.created_at,
        revised=revised,
        summary=f"Minutes: {title(session, facts.jurisdiction)}",
        description=_description(summary, state_for(summary, texts, audience), text, url),
        url=url,
        klass=class_of(audience),
        categories=tuple(party.name for party in parties),
        parent=session.uid if is_in_every_feed(session) else None,
        status=ICALENDAR_STATUS[state],
        day=session.local_start.date(),
    )


def _description(summary: Summary, state: str, text: str, url: str) -> str:
    whole = len(text) <= LONGEST_MINUTES
    shown = text if whole else f"{text[:LONGEST_MINUTES]}…"
    last = f"{'Details' if whole else 'All of it'}: {url}"
    return f"{summary.symbol}: {state}\n\n{shown.strip()}\n\n{last}"
