"""The acts on a session. Each checks the right, applies the rule, books, logs and announces."""

from datetime import datetime

from negotiations.access.actor import Actor
from negotiations.access.policy import demand
from negotiations.db import Db
from negotiations.models import (
    Negotiation,
    NegotiationSession,
)
from negotiations.models.parties import TrackStatus
from negotiations.scheduling import bookings, countering, holds, queries, rules, seating
from negotiations.scheduling.acceptance import Consent, accepted_by
from negotiations.scheduling.bodies import (
    Accept,
    Decline,
    Move,
    NewSession,
    Relocate,
)
from negotiations.scheduling.consents import given_with, recorded, side_of, witness
from negotiations.scheduling.log import finish
from negotiations.scheduling.making import make
from negotiations.scheduling.seating import Setting
from negotiations.scheduling.tables import table_of
from negotiations.scheduling.times import resolve
from negotiations.scheduling.warnings import warnings


async def propose(
    db: Db,
    actor: Actor,
    negotiation: Negotiation,
    body: NewSession,
    *,
    now: datetime,
    recorded_by: str = "person",
) -> tuple[NegotiationSession, list[str]]:
    """A new session with its agenda, teams and bookings; returns it with warnings."""
    where = await table_of(db, actor, negotiation, body)
    consents = recorded(where, body.consents)
    session = await make(
        db, actor, where, body, consents=consents, now=now, recorded_by=recorded_by
    )
    await bookings.rebook(db, actor, [session])
    return session, await warnings(db, actor, session, negotiation, now=None)


async def accept(
    db: Db, actor: Actor, session: NegotiationSession, body: Accept, *, now: datetime,
    recorded_by: str = "person",
) -> list[str]:  # fmt: skip
    """A head says yes for their side, or the coordinator records who said so and how."""
    demand(actor, "session.accept", session)
    where = await seating.setting(db, session)
    party = side_of(actor, where, body.party)
    by, how = witness(actor, where, body.by, body.how)
    consent = Consent(party.id, by, how)
    change = rules.accept(session, consent, now=now)
    log = (await queries.changes(db, [session]))[session.id]
    if accepted_by(log).get(party.id) == consent:
        return []  # said already, to this very time and place
    change.recorded_by = recorded_by
    await finish(db, actor, session, change, "session.accepted", now=now)
    return []


async def decline(
    db: Db, actor: Actor, session: NegotiationSession, body: Decline, *, now: datetime
) -> list[str]:
    """A head says no, with a reason."""
    demand(actor, "session.decline", session)
    where = await seating.setting(db, session)
    party = side_of(actor, where, body.party)
    change = rules.decline(session, party.id, reason=body.reason, now=now)
    await finish(db, actor, session, change, "session.declined", now=now)
    return []


async def confirm(
    db: Db, actor: Actor, session: NegotiationSession, *, now: datetime,
    recorded_by: str = "person",
) -> list[str]:  # fmt: skip
    """It takes place; warns of short notice and of too little time between two sessions."""
    demand(actor, "session.confirm", session)
    where = await seating.setting(db, session)
    await confirmed(db, actor, session, where, now=now, recorded_by=recorded_by)
    return await warnings(db, actor, session, where.negotiation, now=now)


async def confirmed(
    db: Db, actor: Actor, session: NegotiationSession, where: Setting, *, now: datetime,
    recorded_by: str = "person", moved: bool = False,
) -> None:  # fmt: skip
    """Confirm it, whoever may bring that about; WrongState with all that is missing.

    It is booked anew where others give way, or where it was `moved` and isn't booked there yet.
    """
    change = rules.confirm(
        session,
        sides=where.consenting,
        changes=(await queries.changes(db, [session]))[session.id],
        agenda=(await queries.agendas(db, [session]))[session.id],
        now=now,
    )
    change.recorded_by = recorded_by
    if where.track is not None:
        where.track.status = TrackStatus.active
    others = await countering.displace(db, actor, session, now=now)
    polled = await finish(db, actor, session, change, "session.confirmed", now=now)
    if others or session.instead_of_id or polled or moved:
        await bookings.rebook(db, actor, [session, *others])


async def move(
    db: Db, actor: Actor, session: NegotiationSession, body: Move, *, now: datetime,
    recorded_by: str = "person",
) -> list[str]:  # fmt: skip
    """Another time under the same UID; without both sides' consent it is proposed again."""
    demand(actor, "session.move", session)
    where = await seating.setting(db, session)
    length = session.local_end - session.local_start
    slot = resolve(
        body.local_start,
        body.local_end or body.local_start + length,
        body.tz or session.tz,
        body.fold,
    )
    change = rules.move(
        session,
        slot,
        reason=body.reason,
        consents=given_with(actor, where, body.consents),
        sides=where.consenting,
        now=now,
        told=actor.via == "import" and body.local_end is not None,
    )
    change.recorded_by = recorded_by
    await finish(db, actor, session, change, "session.moved", now=now)
    await bookings.rebook(db, actor, [session])
    await bookings.check_counter(db, actor, session)
    return await warnings(db, actor, session, where.negotiation, now=now)


async def relocate(
    db: Db, actor: Actor, session: NegotiationSession, body: Relocate, *, now: datetime
) -> list[str]:
    """Another place, under the same rule as a move."""
    demand(actor, "session.move", session)
    where = await seating.setting(db, session)
    change = rules.relocate(
        session,
        location=body.location,
        room=body.room,
        reason=body.reason,
        consents=given_with(actor, where, body.consents),
        sides=where.consenting,
        now=now,
    )
    await finish(db, actor, session, change, "session.relocated", now=now)
    await holds.renumber(db, session, gone=False)
    return await warnings(db, actor, session, where.negotiation, now=now)


async def cancel(
    db: Db, actor: Actor, session: NegotiationSession, reason: str, *, now: datetime
) -> list[str]:
    """Final; teams and people are free again."""
    demand(actor, "session.cancel", session)
    change = rules.cancel(session, reason=reason, now=now)
    await finish(db, actor, session, change, "session.cancelled", now=now)
    await bookings.rebook(db, actor, [session])
    return []


async def publish(
    db: Db, actor: Actor, session: NegotiationSession, *, now: datetime,
    recorded_by: str = "person",
) -> list[str]:  # fmt: skip
    """Time, place and agenda become public; later changes of them too."""
    demand(actor, "session.publish", session)
    change = rules.publish(session, now=now)
    change.recorded_by = recorded_by
    await finish(db, actor, session, change, "session.published", now=now)
    return []
