"""Recording what a side holds on an issue. A position is never changed: a later supersedes it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError

from negotiations import audit
from negotiations.access.actor import Actor
from negotiations.access.policy import can, demand
from negotiations.civil import local_date
from negotiations.db import Db
from negotiations.errors import AlreadySuperseded, Forbidden, Invalid
from negotiations.models import (
    Issue,
    Negotiation,
    NegotiationSession,
    Party,
    Position,
    PositionSource,
    Track,
)
from negotiations.outbox import announce
from negotiations.outcomes.bodies import NewPosition, PositionChange
from negotiations.outcomes.placing import issue_named, party_at_table
from negotiations.outcomes.positions import Stance, positions
from negotiations.parties import going_on
from negotiations.scheduling.holding import day_of
from negotiations.sources import cited, says


async def state(
    db: Db,
    actor: Actor,
    negotiation: Negotiation,
    track: Track,
    body: NewPosition,
    *,
    session: NegotiationSession | None,
    now: datetime,
    pointer: str = "",
) -> tuple[Position, bool]:
    """Add what a side holds; the row, and whether it is new: what stands already is kept as it is.

    `track` is held by the caller, and `session` one of its own. A party's heads state their own
    side's only. Raises Invalid for an unknown issue or party, AlreadySuperseded when `supersedes`
    isn't what stands.
    """
    demand(actor, "position.write", track)
    await going_on.check_open(db, track.negotiation_id)
    party_id = await party_at_table(db, track, body.party, f"{pointer}party")
    demand_own(actor, track, party_id)
    issue = await issue_named(db, track.negotiation_id, body.issue, pointer)
    current = await _standing(db, actor, track, issue, party_id)
    today = local_date(now, negotiation.home_tz)
    said = day_of(session, now, negotiation.home_tz) if session else today
    row = Position(
        created_at=now,
        track_id=track.id,
        issue_id=issue.id,
        party_id=party_id,
        session_id=session.id if session else None,
        stated_on=body.stated_on or said,
        supersedes_id=current.row.id if current else None,
        set_by_id=actor.person_id,
        recorded_at=now,
        **body.model_dump(include={"text", "attributed", "basis", "certainty"}),
    )
    if row.stated_on > today:
        raise Invalid.field(f"{pointer}stated_on", "This date lies in the future.")
    if current is not None and _repeats(row, body, current):
        return current.row, False
    if body.supersedes != row.supersedes_id:
        raise AlreadySuperseded(_what_stands(issue, body.party, current))
    await _insert(db, row, issue, body.party)
    for source in await cited(db, negotiation.id, body.sources, now=now):
        await db.merge(PositionSource(position_id=row.id, source_id=source.id))
    _enter(db, actor, track, row, "superseded" if current else "recorded", now=now)
    return row, True


async def allow_quoting(
    db: Db, actor: Actor, track: Track, row: Position, body: PositionChange, *, now: datetime
) -> None:
    """Give or take back leave to quote a position of one's own side; its words stay as they are."""
    demand(actor, "position.write", track)
    demand_own(actor, track, row.party_id)
    await going_on.check_open(db, track.negotiation_id)
    if row.attributed == body.attributed:
        return
    row.attributed = body.attributed
    db.add(row)
    _enter(db, actor, track, row, "changed", now=now)


def may_state(actor: Actor, track: Track, party_id: str) -> bool:
    """Whether the actor may state this side's positions: the secretariat any, heads their own."""
    seat = actor.seat_in(track.negotiation_id)
    own = seat is None or seat.party_id in (None, party_id)
    return own and can(actor, "position.write", track)


def sides_of(actor: Actor, track: Track, sides: Iterable[Party]) -> set[str]:
    """The ids of the sides whose positions the actor may state."""
    return {side.id for side in sides if may_state(actor, track, side.id)}


def demand_own(actor: Actor, track: Track, party_id: str) -> None:
    """Forbidden unless the actor may state this side's positions."""
    if not may_state(actor, track, party_id):
        raise Forbidden("You can state positions of your own side only.")


async def _standing(
    db: Db, actor: Actor, track: Track, issue: Issue, party_id: str
) -> Stance | None:
    line = await positions(
        db, actor, track.negotiation_id, track_id=track.id, issue_id=issue.id, party_id=party_id
    )
    return line[-1] if line else None


def _repeats(row: Position, body: NewPosition, current: Stance) -> bool:
    """Whether the row says what stands already; without sources of its own it adds none."""
    told = _told(row) == _told(current.row)
    return told and (not body.sources or says(body.sources) == says(current.sources))


def _told(row: Position) -> tuple[Any, ...]:
    """What makes two positions say the same."""
    return (row.text, row.attributed, row.session_id, row.stated_on, row.basis, row.certainty)


def _what_stands(issue: Issue, party: str, current: Stance | None) -> str:
    if current is None:
        return f"Nothing is recorded of {party} on issue {issue.code} here. Leave out supersedes."
    return (
        f"{party} has a position on issue {issue.code} already, of {current.row.stated_on}. "
        f"To replace it, send supersedes: {current.row.id}."
    )


async def _insert(db: Db, row: Position, issue: Issue, party: str) -> None:
    try:
        async with db.begin_nested():
            db.add(row)
    except IntegrityError:
        raise AlreadySuperseded(
            f"Someone recorded what {party} holds on issue {issue.code} meanwhile. "
            "Read the positions again."
        ) from None


def _enter(db: Db, actor: Actor, track: Track, row: Position, what: str, *, now: datetime) -> None:
    """Audit and announce it."""
    event = f"position.{what}"
    audit.record_row(db, actor, event, row, at=now, track_id=track.id)
    announce(
        db,
        event,
        by=actor,
        at=now,
        negotiation_id=track.negotiation_id,
        track_id=track.id,
        session_id=row.session_id,
        object_id=row.id,
    )
