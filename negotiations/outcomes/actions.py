"""Recording outcomes and commitments. An outcome is never changed: a later one supersedes it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError

from negotiations import audit
from negotiations.access.actor import Actor
from negotiations.access.policy import can, demand
from negotiations.civil import local_date
from negotiations.db import Db
from negotiations.errors import AlreadySuperseded, Forbidden, Invalid, WrongState
from negotiations.models import (
    Commitment,
    Issue,
    NegotiationSession,
    Outcome,
    OutcomeSource,
    Track,
)
from negotiations.models.outcomes import CommitmentStatus
from negotiations.models.sessions import SessionStatus
from negotiations.outbox import announce, announce_session
from negotiations.outcomes import queries
from negotiations.outcomes.bodies import CommitmentChange, NewCommitment, NewOutcome
from negotiations.outcomes.matrix import standing
from negotiations.outcomes.placing import issue_named, party_at_table
from negotiations.parties import queries as parties
from negotiations.scheduling.seating import Setting
from negotiations.sources import NewSource, cited, says

RECORDABLE = frozenset({SessionStatus.in_progress, SessionStatus.held})


async def record(
    db: Db,
    actor: Actor,
    session: NegotiationSession,
    where: Setting,
    body: NewOutcome,
    *,
    now: datetime,
    revision_id: str | None = None,
    closing: bool = False,
    pointer: str = "",
) -> Outcome | None:
    """Add an outcome; None when it says what stands already.

    Raises WrongState unless the session is in progress or held (or `closing` right now), Invalid
    for an unknown issue or party, AlreadySuperseded when `supersedes` isn't what stands.
    """
    demand(actor, "outcome.write", session)
    if not closing and session.status not in RECORDABLE:
        raise WrongState(
            f"This session is {session.status.value}. Record outcomes once it is held, "
            "or close it in the same request."
        )
    issue = await issue_named(db, where.negotiation.id, body.issue, f"{pointer}issue")
    rows = (await queries.outcomes_of(db, [session.id]))[session.id]
    current = standing(rows).get(issue.id)
    row = Outcome(
        created_at=now,
        session_id=session.id,
        issue_id=issue.id,
        decided_by_id=_party_id(where, body.decided_by, f"{pointer}decided_by"),
        revision_id=revision_id,
        supersedes_id=current.id if current else None,
        set_by_id=actor.person_id,
        effective_on=body.effective_on or local_date(session.starts_at, where.negotiation.home_tz),
        recorded_at=now,
        **body.model_dump(include={"value", "partial", "text", "reason", "basis", "certainty"}),
    )
    if row.effective_on > local_date(now, where.negotiation.home_tz):
        raise Invalid.field(f"{pointer}effective_on", "This date lies in the future.")
    if current is not None and _says(row) == _says(current):
        read = (await queries.sources_of(db, [current.id]))[current.id]
        if not body.sources or says(body.sources) == says(read):
            if revision_id is not None:
                current.revision_id = revision_id  # read from the newer text as well
                db.add(current)
            return None
    if body.supersedes != (current.id if current else None):
        raise AlreadySuperseded(_what_stands(issue, current))
    await _insert(db, row, issue)
    await _cite(db, where, row, body.sources, now=now)
    audit.record_row(db, actor, "outcome.recorded", row, at=now, **audit.place_of(session))
    event = "outcome.superseded" if current else "outcome.recorded"
    announce_session(db, event, session, at=now, object_id=row.id)
    return row


def _says(row: Outcome) -> tuple[Any, ...]:
    """What makes two outcomes say the same."""
    return (
        row.value, row.partial, row.text, row.reason, row.decided_by_id, row.basis,
        row.certainty, row.effective_on,
    )  # fmt: skip


def _what_stands(issue: Issue, current: Outcome | None) -> str:
    if current is None:
        return f"Nothing is recorded on issue {issue.code} in this session. Leave out supersedes."
    return (
        f"Issue {issue.code} has an outcome in this session already: {current.value.value}. "
        f"To replace it, send supersedes: {current.id}."
    )


async def _insert(db: Db, row: Outcome, issue: Issue) -> None:
    try:
        async with db.begin_nested():
            db.add(row)
    except IntegrityError:
        raise AlreadySuperseded(
            f"Someone recorded issue {issue.code} meanwhile. Read the outcomes again."
        ) from None


async def _cite(
    db: Db, where: Setting, row: Outcome, sources: Sequence[NewSource], *, now: datetime
) -> None:
    """Tie the outcome to its sources."""
    for source in await cited(db, where.negotiation.id, sources, now=now):
        await db.merge(OutcomeSource(outcome_id=row.id, source_id=source.id))


async def commit(
    db: Db,
    actor: Actor,
    track: Track,
    body: NewCommitment,
    *,
    session: NegotiationSession | None,
    now: datetime,
    pointer: str = "",
) -> Commitment:
    """Enter what a party undertook. A party's members enter their own side's only."""
    demand(actor, "commitment.write", track)
    await parties.check_open(db, track.negotiation_id)
    owner_id = await party_at_table(db, track, body.owner, f"{pointer}owner")
    seat = actor.seat_in(track.negotiation_id)
    if seat is not None and seat.party_id not in (None, owner_id):
        raise Forbidden("You can enter commitments of your own side only.")
    issue = None
    if body.issue is not None:
        issue = await issue_named(db, track.negotiation_id, body.issue, f"{pointer}issue")
    row = Commitment(
        created_at=now,
        track_id=track.id,
        session_id=session.id if session else None,
        issue_id=issue.id if issue else None,
        owner_id=owner_id,
        beneficiary_id=(
            await party_at_table(db, track, body.beneficiary, f"{pointer}beneficiary")
            if body.beneficiary
            else None
        ),
        **body.model_dump(include={"text", "due_on", "status", "evidence"}),
    )
    db.add(row)
    await db.flush()
    audit.record_row(db, actor, "commitment.created", row, at=now, track_id=track.id)
    _announce(db, "commitment.created", track, row, now)
    return row


async def change_commitment(
    db: Db,
    actor: Actor,
    track: Track,
    row: Commitment,
    body: CommitmentChange,
    *,
    now: datetime,
) -> None:
    """Change text, due date, state or evidence of a commitment of one's own side."""
    demand_change(actor, track, row)
    await parties.check_open(db, track.negotiation_id)
    was_done = row.status == CommitmentStatus.done
    for name, value in body.model_dump(exclude_unset=True).items():
        if value is None and name in ("text", "status"):
            raise Invalid.field(name, f"{name} can't be empty. Give one, or leave it out.")
        setattr(row, name, value)
    if (row.status == CommitmentStatus.done) != was_done:
        row.done_at = None if was_done else now
    db.add(row)
    audit.record_row(db, actor, "commitment.changed", row, at=now, track_id=track.id)
    _announce(db, "commitment.changed", track, row, now)


def may_change(actor: Actor, track: Track, row: Commitment) -> bool:
    """Whether the actor may change this commitment: the secretariat any, heads their own side's."""
    seat = actor.seat_in(track.negotiation_id)
    own = seat is None or seat.party_id in (None, row.owner_id)
    return own and can(actor, "commitment.write", track)


def demand_change(actor: Actor, track: Track, row: Commitment) -> None:
    """Forbidden unless the actor may change this commitment."""
    demand(actor, "commitment.write", track)
    if not may_change(actor, track, row):
        raise Forbidden("You can change commitments of your own side only.")


def _party_id(where: Setting, slug: str | None, pointer: str) -> str | None:
    """One of those who sit at the session."""
    if slug is None:
        return None
    if slug not in where.by_slug:
        raise Invalid.field(pointer, f"Name one who sits there: {' or '.join(where.by_slug)}.")
    return where.by_slug[slug].id


def _announce(db: Db, event: str, track: Track, row: Commitment, now: datetime) -> None:
    announce(
        db,
        event,
        at=now,
        negotiation_id=track.negotiation_id,
        track_id=track.id,
        session_id=row.session_id,
        object_id=row.id,
    )
