"""PURE: the event of a time that a poll asks about: tentative while it is held, then cancelled."""

from collections.abc import Iterable
from datetime import datetime

from negotiations.civil import clock_time, day, end_of_day
from negotiations.feeds.describing import zones_line
from negotiations.feeds.table_facts import TableFacts
from negotiations.feeds.texts import class_of, title
from negotiations.ics.events import TimedEvent
from negotiations.models import NegotiationSession, Poll, PollOption
from negotiations.models.feeds import EventAudience
from negotiations.models.polls import OptionStatus, PollStatus
from negotiations.models.sessions import SessionStatus
from negotiations.scheduling.rules import place_of

# Those who sit there, and the secretariat; what is only asked about is never public.
READERS = (EventAudience.track, EventAudience.secretariat)


def option_event(
    facts: TableFacts,
    session: NegotiationSession,
    poll: Poll,
    option: PollOption,
    audience: EventAudience,
    base_url: str,
    *,
    revised: datetime,
) -> TimedEvent:
    """The event of one of the times, under its own UID. `revised`: its LAST-MODIFIED (UTC)."""
    held = option.status is OptionStatus.offered
    url = f"{base_url}/s/{session.id}/poll"
    prefix = "TENTATIVE: " if held else "CANCELLED: "
    return TimedEvent(
        uid=option.uid,
        sequence=option.sequence,
        created=option.created_at,
        revised=revised,
        start=option.local_start,
        end=option.local_end,
        tzid=option.tz,
        fold_start=option.fold or 0,
        fold_end=option.fold or 0,
        summary=prefix + title(session, facts.jurisdiction),
        description="\n".join([*_lines(facts, poll, option), f"Details: {url}"]),
        # What is let go stands nowhere: where the session is moved to later is no news of it.
        location=(place_of(session) or None) if held else None,
        url=url,
        status="TENTATIVE" if held else "CANCELLED",
        transparent=not held or audience is not EventAudience.track,
        klass=class_of(audience),
        categories=tuple(party.name for party in facts.jurisdictions or facts.parties),
        ocd_id=facts.jurisdiction.ocd_division_id if facts.jurisdiction else None,
    )


def state_of(option: PollOption) -> SessionStatus:
    """As which state of a session it is shown or left out (`cancelled=hide`)."""
    held = option.status is OptionStatus.offered
    return SessionStatus.proposed if held else SessionStatus.cancelled


def _lines(facts: TableFacts, poll: Poll, option: PollOption) -> Iterable[str]:
    if option.status is OptionStatus.offered:
        due = end_of_day(poll.due_on, facts.negotiation.home_tz)
        yield (
            "One of several times that are asked about. Answer by "
            f"{day(poll.due_on)} {clock_time(due, facts.negotiation.home_tz)}."
        )
    elif option.status is OptionStatus.chosen:
        yield "CANCELLED: this time was chosen. The session itself stands there now."
    elif poll.status is PollStatus.chosen:
        yield "CANCELLED: another time was chosen. This one is free again."
    else:
        yield f"CANCELLED: {poll.reason or 'This time is not asked about any more.'}"
    yield zones_line(option, facts)
