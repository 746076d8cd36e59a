"""The acts that take a session off for now and bring it back: postpone and reinstate."""

from datetime import datetime

from negotiations.access.actor import Actor
from negotiations.access.policy import demand
from negotiations.db import Db
from negotiations.models import NegotiationSession
from negotiations.scheduling import bookings, pausing, seating
from negotiations.scheduling.bodies import Reinstate
from negotiations.scheduling.consents import recorded
from negotiations.scheduling.log import finish
from negotiations.scheduling.times import resolve
from negotiations.scheduling.warnings import warnings


async def postpone(
    db: Db, actor: Actor, session: NegotiationSession, reason: str, *, now: datetime
) -> list[str]:
    """Off until it is reinstated; teams and people are free again."""
    demand(actor, "session.postpone", session)
    change = pausing.postpone(session, reason=reason, now=now)
    await finish(db, actor, session, change, "session.postponed", now=now)
    await bookings.rebook(db, actor, [session])
    return []


async def reinstate(
    db: Db, actor: Actor, session: NegotiationSession, body: Reinstate, *, now: datetime
) -> list[str]:
    """Proposed again under the same UID, at a new time; both sides are asked anew."""
    demand(actor, "session.reinstate", session)
    where = await seating.setting(db, session)
    length = session.local_end - session.local_start
    slot = resolve(
        body.local_start,
        body.local_end or body.local_start + length,
        body.tz or session.tz,
        body.fold,
    )
    elsewhere = not body.model_fields_set.isdisjoint({"location", "room"})
    change = pausing.reinstate(
        session,
        slot,
        location=body.location if elsewhere else session.location,
        room=body.room if elsewhere else session.room,
        consents=recorded(where, body.consents),
        now=now,
    )
    await finish(db, actor, session, change, "session.reinstated", now=now)
    await bookings.rebook(db, actor, [session])
    await bookings.check_counter(db, actor, session)
    return await warnings(db, actor, session, where.negotiation, now=now)
