"""PURE: what a commitment says as a to-do in a calendar, for who reads commitments."""

from collections.abc import Mapping
from datetime import datetime

from negotiations.civil import day
from negotiations.feeds.table_facts import TableFacts
from negotiations.feeds.texts import class_of, title
from negotiations.ics.identity import uid_of
from negotiations.ics.todos import Status, Todo
from negotiations.models import Commitment, NegotiationSession
from negotiations.models.feeds import EventAudience
from negotiations.models.outcomes import CommitmentStatus
from negotiations.models.sessions import SessionStatus

READERS = (EventAudience.track, EventAudience.secretariat)
LONGEST_TITLE = 80
ICALENDAR_STATUS: Mapping[CommitmentStatus, Status] = {
    CommitmentStatus.open: "NEEDS-ACTION",
    CommitmentStatus.in_progress: "IN-PROCESS",
    CommitmentStatus.done: "COMPLETED",
    # Whether it is done is what isn't agreed: it isn't off anybody's list.
    CommitmentStatus.disputed: "NEEDS-ACTION",
    CommitmentStatus.dropped: "CANCELLED",
}
PREFIX = {CommitmentStatus.disputed: "DISPUTED: ", CommitmentStatus.dropped: "DROPPED: "}
# How much of what is under way is done, nobody records.
PERCENT = {CommitmentStatus.open: 0, CommitmentStatus.done: 100}


def commitment_todo(
    facts: TableFacts,
    row: Commitment,
    audience: EventAudience,
    base_url: str,
    *,
    revised: datetime,
) -> Todo:
    """The to-do of a commitment of this track. `revised`: its LAST-MODIFIED (UTC)."""
    assert facts.jurisdiction is not None, "every commitment is one of a track"
    origin = _origin(facts, row)
    talks = f"{base_url}/n/{facts.negotiation.slug}/tracks/{facts.jurisdiction.slug}"
    url = f"{talks}#c-{row.id}"
    return Todo(
        uid=uid_of("commitment", row.id),
        created=row.created_at,
        revised=revised,
        summary=PREFIX.get(row.status, "") + _title(facts, row),
        description=_description(facts, row, origin, url),
        url=url,
        klass=class_of(audience),
        categories=(facts.jurisdiction.name,),
        parent=origin.uid if origin and is_in_every_feed(origin) else None,
        status=ICALENDAR_STATUS[row.status],
        due=row.due_on,
        percent=PERCENT.get(row.status),
        completed=row.done_at if row.status is CommitmentStatus.done else None,
    )


def is_in_every_feed(session: NegotiationSession) -> bool:
    """Whether all who see the session have its event: with `cancelled=hide` some don't."""
    return session.status is not SessionStatus.cancelled


def _origin(facts: TableFacts, row: Commitment) -> NegotiationSession | None:
    """The session it was undertaken in, if both sides of the track see it."""
    met = (*facts.sessions, *facts.plenaries)
    return next((session for session in met if session.id == row.session_id), None)


def _title(facts: TableFacts, row: Commitment) -> str:
    """`San Francisco: ICE: send the form`: the jurisdiction first, who owes it once."""
    named = [facts.jurisdiction.short_name] if facts.jurisdiction else []
    owner = _party(facts, row.owner_id)
    text = " ".join(row.text.split())
    whole = ": ".join([*named, *([owner] if owner not in ("", *named) else []), text])
    return whole if len(whole) <= LONGEST_TITLE else f"{whole[: LONGEST_TITLE - 1].rstrip()}…"


def _party(facts: TableFacts, party_id: str | None) -> str:
    return next((one.short_name for one in facts.parties if one.id == party_id), "")


def _description(
    facts: TableFacts, row: Commitment, origin: NegotiationSession | None, url: str
) -> str:
    """Who owes what to whom, and what there is to show for it; nothing that the clock changes."""
    issue = facts.issues.get(row.issue_id or "")
    lines = [
        row.text,
        f"By: {_party(facts, row.owner_id)}",
        f"For: {_party(facts, row.beneficiary_id)}" if row.beneficiary_id else "",
        f"State: {row.status.value.replace('_', ' ')}",
        f"Evidence: {row.evidence}" if row.evidence else "",
        f"Issue {issue.code}: {issue.title}" if issue else "",
        f"From: {title(origin, facts.jurisdiction)}, {day(origin.local_start)}" if origin else "",
        f"Details: {url}",
    ]
    return "\n".join(filter(None, lines))
