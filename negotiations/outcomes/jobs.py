"""The tick that announces what was undertaken and not done in time, once for each such day."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import col, select

from negotiations.access.actor import operator
from negotiations.civil import local_date
from negotiations.clock import Clock
from negotiations.db import Database, Db
from negotiations.locks import locked
from negotiations.models import Commitment, Negotiation, OutboxEvent, Track
from negotiations.models.outcomes import CommitmentStatus
from negotiations.models.parties import NegotiationStatus
from negotiations.outbox import announce

EVENT = "commitment.overdue"
# What was late for longer before it could be announced (a record that was entered) isn't.
RECENT = timedelta(days=7)
_OPEN = (CommitmentStatus.open, CommitmentStatus.in_progress)
_OVER = (NegotiationStatus.concluded, NegotiationStatus.abandoned)

Late = tuple[Commitment, Track, Negotiation]


async def announce_overdue(database: Database, clock: Clock) -> int:
    """Announce the commitments whose day has ended in the home zone; returns how many."""
    now = clock.now()
    async with database.read() as db:
        if not await _unannounced(db, now):
            return 0
    async with database.write() as db:
        late = await _unannounced(db, now, lock=True)
        for row, track, talks in late:
            announce(
                db, EVENT, by=operator(talks.id, via="tick"), at=now, negotiation_id=talks.id,
                object_id=row.id, track_id=track.id, session_id=row.session_id,
                payload={"due_on": str(row.due_on)},
            )  # fmt: skip
    return len(late)


async def _unannounced(db: Db, now: datetime, *, lock: bool = False) -> Sequence[Late]:
    """Those that are late and of whose day nothing was announced yet, the longest due first."""
    query = (
        select(Commitment, Track, Negotiation)
        .join(Track, col(Track.id) == Commitment.track_id)
        .join(Negotiation, col(Negotiation.id) == Track.negotiation_id)
        .where(
            col(Commitment.status).in_(_OPEN),
            col(Negotiation.status).not_in(_OVER),
            # By any clock on earth: which day it is at home is asked below.
            col(Commitment.due_on) < local_date(now + timedelta(hours=14), "UTC"),
            col(Commitment.due_on) >= local_date(now - RECENT, "UTC"),
        )
        .order_by(col(Commitment.due_on), col(Commitment.id))
    )
    rows = await db.exec(locked(query, of=Commitment) if lock else query)
    late = [
        (row, track, talks)
        for row, track, talks in rows
        if row.due_on and row.due_on < local_date(now, talks.home_tz)
    ]
    told = await _announced(db, late) if late else set()
    return [one for one in late if (one[0].id, str(one[0].due_on)) not in told]


async def _announced(db: Db, late: Sequence[Late]) -> set[tuple[str, str]]:
    """Which of them, with the day by which they were due."""
    rows = await db.exec(
        select(OutboxEvent.object_id, OutboxEvent.payload).where(
            col(OutboxEvent.type) == EVENT,
            col(OutboxEvent.negotiation_id).in_({talks.id for _, _, talks in late}),
            col(OutboxEvent.object_id).in_([row.id for row, _, _ in late]),
        )
    )
    return {(id_, str(payload.get("due_on"))) for id_, payload in rows if isinstance(payload, dict)}
