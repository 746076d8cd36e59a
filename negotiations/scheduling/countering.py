"""Counter-proposals: another time for what isn't agreed yet; of the two, one takes place."""

from datetime import datetime

from negotiations.access.actor import Actor
from negotiations.access.policy import demand
from negotiations.civil import clock_time, day
from negotiations.db import Db
from negotiations.errors import Invalid, NotFound, WrongState
from negotiations.models import Negotiation, NegotiationSession
from negotiations.models.sessions import ItemState, SessionStatus
from negotiations.scheduling import bookings, queries, rules, seating, succession
from negotiations.scheduling.bodies import NewItem, NewSession
from negotiations.scheduling.consents import given_with
from negotiations.scheduling.log import finish
from negotiations.scheduling.making import like, make
from negotiations.scheduling.seating import Setting
from negotiations.scheduling.warnings import warnings

# What a head says of another time; all the rest is as in the session it stands instead of.
_OF_HEADS = {
    "jurisdiction", "instead_of", "local_start", "local_end", "tz", "fold", "location", "room",
    "agenda",
}  # fmt: skip


async def propose(
    db: Db, actor: Actor, negotiation: Negotiation, body: NewSession, *, now: datetime
) -> tuple[NegotiationSession, list[str]]:
    """A session instead of `body.instead_of`; a head has thereby accepted it for their side.

    It takes nobody's time before it is confirmed, so it may overlap the one it stands instead of,
    but no third one: BookingClash.
    """
    replaced = await _replaced(db, actor, negotiation, str(body.instead_of))
    demand(actor, "session.counter_propose", replaced)
    rules.check_may_counter(replaced)
    where = await seating.setting(db, replaced)
    if where.jurisdiction is None:
        raise WrongState("Only a session with one jurisdiction has alternatives. Move it instead.")
    if body.jurisdiction != where.jurisdiction.slug:
        raise Invalid.field("jurisdiction", f"It stays with {where.jurisdiction.slug}. Name it.")
    session = await make(
        db,
        actor,
        where,
        await _body(db, actor, where, replaced, body),
        consents=given_with(actor, where, body.consents, "by proposing it"),
        now=now,
        continues_id=replaced.continues_id,
        instead_of_id=replaced.id,
    )
    await bookings.check_counter(db, actor, session)
    return session, await warnings(db, actor, session, negotiation, now=None)


async def _replaced(
    db: Db, actor: Actor, negotiation: Negotiation, session_id: str
) -> NegotiationSession:
    try:
        found = await queries.session_for_change(db, actor, session_id)
    except NotFound:
        found = None
    if found is None or found.negotiation_id != negotiation.id:
        raise Invalid.field("instead_of", "There is no such session in these talks.")
    return found


async def _body(
    db: Db, actor: Actor, where: Setting, replaced: NegotiationSession, body: NewSession
) -> NewSession:
    """Like the session it stands instead of, but for what is given."""
    given = body.model_fields_set
    seat = actor.seat_in(where.negotiation.id)
    if seat is not None and seat.party_id is not None and not given <= _OF_HEADS:
        name = min(given - _OF_HEADS)
        raise Invalid.field(name, "Only the coordinator sets this. Leave it out.")
    found = await like(db, where, replaced)
    if "agenda" not in given:
        items = (await queries.agendas(db, [replaced]))[replaced.id]
        codes = await queries.issue_codes(db, items)
        found.agenda = [
            NewItem(
                issue=codes.get(item.issue_id or ""),
                title=item.title,
                kind=item.kind,
                minutes=item.minutes,
            )
            for item in items
            if item.state is not ItemState.dropped
        ]
    for name in given:
        setattr(found, name, getattr(body, name))
    found.fold = body.fold
    if not given.isdisjoint({"location", "room"}):
        found.location, found.room = body.location, body.room
    return found


async def displace(
    db: Db, actor: Actor, session: NegotiationSession, *, now: datetime
) -> list[NegotiationSession]:
    """Cancel what can't take place beside a session just confirmed: all its alternatives.

    The caller books all of them at once. Raises WrongState when one has begun or was held.
    """
    others = await succession.alternatives(db, session)
    for other in others:
        if other.status in (SessionStatus.in_progress, SessionStatus.held):
            raise WrongState(
                f"“{other.title}” is {other.status.value.replace('_', ' ')}, and this session "
                "stands for the same meeting. Cancel this one, and propose a new one."
            )
        time = f"{day(session.local_start)} {clock_time(session.starts_at, session.tz)}"
        reason = f"“{session.title}” takes place instead, {time}."
        change = rules.cancel(other, reason=reason, now=now)
        await finish(db, actor, other, change, "session.cancelled", now=now)
    return others
