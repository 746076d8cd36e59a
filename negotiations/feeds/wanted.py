"""PURE: which items are to be stored for whom: events, to-dos and journals of each table."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from negotiations.feeds import asked, commitments, minutes
from negotiations.feeds.table_facts import PUBLIC, TableFacts
from negotiations.feeds.texts import session_event
from negotiations.feeds.windows import window_event
from negotiations.ics.events import AllDayEvent, TimedEvent
from negotiations.ics.journals import Journal
from negotiations.ics.todos import Todo
from negotiations.models import Commitment, Negotiation, NegotiationSession, Summary
from negotiations.models.feeds import EventAudience, EventComponent
from negotiations.models.outcomes import CommitmentStatus
from negotiations.models.sessions import SessionStatus
from negotiations.scheduling.publication import as_public

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Item = TimedEvent | AllDayEvent | Todo | Journal


@dataclass(frozen=True, slots=True)
class Wanted:
    """One stored item as it should be: `make` builds it for a given LAST-MODIFIED."""

    object_id: str
    audience: EventAudience
    negotiation_id: str
    track_id: str | None
    make: Callable[[datetime], Item]
    starts_at: datetime
    ends_at: datetime
    state: SessionStatus | None = None
    component: EventComponent = EventComponent.vevent
    session_id: str | None = None


# In one order, so that all writers store in it.
_BEHIND_A_WALL = (EventAudience.caucus,)
_SHARED = tuple(one for one in EventAudience if one not in _BEHIND_A_WALL)


def wanted_of_table(facts: TableFacts, base_url: str) -> Iterable[Wanted]:
    """All of one table: its sessions, their minutes, its commitments, and a track's window."""
    for session in facts.sessions:
        for audience in _BEHIND_A_WALL if session.caucus_id else _SHARED:
            if audience in PUBLIC and session.public_copy is None:
                continue
            shown = as_public(session) if audience in PUBLIC else session
            yield Wanted(
                session.id,
                audience,
                facts.negotiation.id,
                facts.track_id,
                lambda revised, session=session, audience=audience: session_event(  # type: ignore[misc]
                    facts, session, audience, base_url, revised=revised
                ),
                shown.starts_at,
                shown.ends_at,
                shown.status,
            )
        if session.id in facts.minutes and session.caucus_id is None:
            yield from _minutes(facts, session, facts.summaries[session.id], base_url)
        yield from _asked(facts, session, base_url)
    for commitment in facts.commitments:
        yield from _commitment(facts, commitment, base_url)
    if facts.track_id is None:
        return
    for audience in (EventAudience.track, EventAudience.public_jurisdiction):
        met = (*facts.sessions, *facts.plenaries)
        seen = [one for one in met if audience not in PUBLIC or one.published_at]
        yield _window(facts.negotiation, audience, base_url, facts, len(seen))


def _asked(facts: TableFacts, session: NegotiationSession, base_url: str) -> Iterable[Wanted]:
    """The times that polls ask about, or did."""
    for poll, option in facts.asked.get(session.id, ()):
        for audience in asked.READERS:
            yield Wanted(
                option.id,
                audience,
                facts.negotiation.id,
                facts.track_id,
                lambda revised, poll=poll, option=option, audience=audience: asked.option_event(  # type: ignore[misc]
                    facts, session, poll, option, audience, base_url, revised=revised
                ),
                option.starts_at,
                option.ends_at,
                asked.state_of(option),
                session_id=session.id,
            )


def _minutes(
    facts: TableFacts, session: NegotiationSession, summary: Summary, base_url: str
) -> Iterable[Wanted]:
    for audience in minutes.readers(facts.minutes[session.id]):
        yield Wanted(
            summary.id,
            audience,
            facts.negotiation.id,
            facts.track_id,
            lambda revised, audience=audience: minutes.minutes_journal(  # type: ignore[misc]
                facts, session, audience, base_url, revised=revised
            ),
            session.starts_at,
            session.ends_at,
            component=EventComponent.vjournal,
            session_id=session.id,
        )


def _commitment(facts: TableFacts, row: Commitment, base_url: str) -> Iterable[Wanted]:
    at = _midnight(row.due_on) if row.due_on else row.created_at
    for audience in commitments.READERS:
        yield Wanted(
            row.id,
            audience,
            facts.negotiation.id,
            facts.track_id,
            lambda revised, audience=audience: commitments.commitment_todo(  # type: ignore[misc]
                facts, row, audience, base_url, revised=revised
            ),
            at,
            at,
            # Who leaves out what was cancelled leaves this out as well.
            SessionStatus.cancelled if row.status is CommitmentStatus.dropped else None,
            EventComponent.vtodo,
        )


def windows(negotiation: Negotiation, base_url: str) -> Iterable[Wanted]:
    """The window as seen by who sits at every table, and by the public."""
    for audience in (EventAudience.track, EventAudience.secretariat, EventAudience.public):
        yield _window(negotiation, audience, base_url, None, 0)


def _window(
    negotiation: Negotiation,
    audience: EventAudience,
    base_url: str,
    facts: TableFacts | None,
    seen: int,
) -> Wanted:
    track_id = facts.track_id if facts else None
    object_id = track_id or negotiation.id

    def make(revised: datetime) -> AllDayEvent:
        return window_event(
            negotiation,
            object_id,
            audience,
            base_url,
            revised=revised,
            jurisdiction=facts.jurisdiction if facts else None,
            sessions_seen=seen,
        )

    days = make(EPOCH)
    return Wanted(
        object_id,
        audience,
        negotiation.id,
        track_id,
        make,
        _midnight(days.first),
        _midnight(days.last) + timedelta(days=1),
    )


def _midnight(value: date) -> datetime:
    return datetime(value.year, value.month, value.day, tzinfo=UTC)
