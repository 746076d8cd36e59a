"""Recording outcomes. One is never changed: a later one supersedes it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError

from negotiations import audit
from negotiations.access.actor import Actor
from negotiations.access.policy import demand
from negotiations.civil import local_date
from negotiations.db import Db
from negotiations.errors import AlreadySuperseded, Invalid, WrongState
from negotiations.models import (
    Issue,
    NegotiationSession,
    Outcome,
    OutcomeSource,
)
from negotiations.models.sessions import SessionStatus
from negotiations.outbox import announce_session
from negotiations.outcomes import queries
from negotiations.outcomes.at_table import AtTable, at_table
from negotiations.outcomes.bodies import NewOutcome
from negotiations.outcomes.matrix import standing
from negotiations.outcomes.placing import issues_named
from negotiations.scheduling.holding import day_of
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
) -> Outcome | None:
    """Add an outcome; None when it says what stands already. See record_all."""
    table = await at_table(db, session, where)
    [row] = await record_all(
        db, actor, table, [body], now=now, revision_id=revision_id, closing=closing,
        pointer=lambda _: "",
    )  # fmt: skip
    return row


async def record_all(
    db: Db,
    actor: Actor,
    table: AtTable,
    bodies: Sequence[NewOutcome],
    *,
    now: datetime,
    revision_id: str | None = None,
    closing: bool = False,
    pointer: Callable[[int], str] = "outcomes/{}/".format,
) -> list[Outcome | None]:
    """Add outcomes one after another; None for each that says what stands already.

    Raises WrongState unless the session is in progress or held (or `closing` right now), Invalid
    for an unknown issue or party, AlreadySuperseded when `supersedes` isn't what stands.
    """
    session, where = table.session, table.where
    demand(actor, "outcome.write", session)
    if not closing and session.status not in RECORDABLE:
        raise WrongState(
            f"This session is {session.status.value}. Record outcomes once it is held, "
            "or close it in the same request."
        )
    codes = [one.issue for one in bodies]
    issues = await issues_named(db, where.negotiation.id, codes, pointer, table.issues)
    stands = standing(table.outcomes)
    found: list[Outcome | None] = []
    for place, body in enumerate(bodies):
        issue, current = issues[body.issue], stands.get(issues[body.issue].id)
        row = _row(actor, session, where, issue, current, body, now, revision_id, pointer(place))
        if current is not None and await _stands_already(db, row, current, body):
            if revision_id is not None:
                pin(db, actor, session, current, revision_id, now=now)
            found.append(None)
            continue
        if body.supersedes != (current.id if current else None):
            raise AlreadySuperseded(_what_stands(issue, current))
        db.add(row)
        stands[issue.id] = row
        table.outcomes.append(row)
        found.append(row)
    await _insert(db)
    for new, body in zip(found, bodies, strict=True):
        if new is not None:
            await _cite(db, where, new, body.sources, now=now)
            _enter(db, actor, session, new, now)
    return found


def _row(
    actor: Actor,
    session: NegotiationSession,
    where: Setting,
    issue: Issue,
    current: Outcome | None,
    body: NewOutcome,
    now: datetime,
    revision_id: str | None,
    pointer: str,
) -> Outcome:
    home_tz = where.negotiation.home_tz
    row = Outcome(
        created_at=now,
        session_id=session.id,
        issue_id=issue.id,
        decided_by_id=_party_id(where, body.decided_by, f"{pointer}decided_by"),
        revision_id=revision_id,
        supersedes_id=current.id if current else None,
        set_by_id=actor.person_id,
        effective_on=body.effective_on or day_of(session, now, home_tz),
        recorded_at=now,
        **body.model_dump(include={"value", "partial", "text", "reason", "basis", "certainty"}),
    )
    if row.effective_on > local_date(now, home_tz):
        raise Invalid.field(f"{pointer}effective_on", "This date lies in the future.")
    return row


async def _stands_already(db: Db, row: Outcome, current: Outcome, body: NewOutcome) -> bool:
    """Whether it says what stands; without sources of its own it adds none."""
    if _says(row) != _says(current):
        return False
    if not body.sources:
        return True
    read = (await queries.sources_of(db, [current.id]))[current.id]
    return says(body.sources) == says(read)


def pin(
    db: Db,
    actor: Actor,
    session: NegotiationSession,
    row: Outcome,
    revision_id: str | None,
    *,
    now: datetime,
) -> None:
    """It was read from another text: a newer one as well, or what an import says (None: from none).

    That is all that ever changes of an outcome, and is entered.
    """
    if row.revision_id != revision_id:
        row.revision_id = revision_id
        db.add(row)
        audit.record_row(db, actor, "outcome.pinned", row, at=now, **audit.place_of(session))


def _enter(db: Db, actor: Actor, session: NegotiationSession, row: Outcome, now: datetime) -> None:
    """Audit and announce it."""
    audit.record_row(db, actor, "outcome.recorded", row, at=now, **audit.place_of(session))
    event = "outcome.superseded" if row.supersedes_id else "outcome.recorded"
    announce_session(db, event, session, by=actor, at=now, object_id=row.id)


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


async def _insert(db: Db) -> None:
    """Of racing rows the database lets one in: its writer is told in time."""
    try:
        await db.flush()
    except IntegrityError:
        raise AlreadySuperseded(
            "Someone recorded an outcome on the same issue meanwhile. Read the outcomes again."
        ) from None


async def _cite(
    db: Db, where: Setting, row: Outcome, sources: Sequence[NewSource], *, now: datetime
) -> None:
    """Tie the outcome to its sources."""
    for source in await cited(db, where.negotiation.id, sources, now=now):
        await db.merge(OutcomeSource(outcome_id=row.id, source_id=source.id))


def _party_id(where: Setting, slug: str | None, pointer: str) -> str | None:
    """One of those who sit at the session."""
    if slug is None:
        return None
    if slug not in where.by_slug:
        raise Invalid.field(pointer, f"Name one who sits there: {' or '.join(where.by_slug)}.")
    return where.by_slug[slug].id
