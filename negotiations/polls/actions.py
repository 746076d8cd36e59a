"""The acts on a poll but the choice: open it, add or withdraw a time, answer, close it."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, func, select

from negotiations.access.actor import Actor
from negotiations.access.policy import demand
from negotiations.civil import day, local_date
from negotiations.db import Db
from negotiations.errors import FieldError, Invalid, WrongState
from negotiations.models import NegotiationSession, Poll, PollOption, Vote, new_id
from negotiations.models.polls import OptionStatus, PollStatus
from negotiations.polls import rules
from negotiations.polls.bodies import Answers, NewPoll, Time
from negotiations.scheduling import bookings, holds, queries, seating
from negotiations.scheduling.consents import side_of, witness
from negotiations.scheduling.rules import required
from negotiations.scheduling.seating import Setting
from negotiations.scheduling.times import Slot, resolve
from negotiations.scheduling.warnings import warned


async def open_poll(
    db: Db, actor: Actor, session: NegotiationSession, body: NewPoll, *, now: datetime
) -> tuple[Poll, list[str]]:
    """Ask about these times and hold them, with what they are warned of. Raises BookingClash."""
    demand(actor, "poll.open", session)
    rules.check_may_ask(session, (await queries.changes(db, [session]))[session.id])
    if await holds.open_poll(db, session.id) is not None:
        raise WrongState("Other times are asked about already. Add to that poll, or close it.")
    where = await seating.setting(db, session)
    rules.check_due(body.due_on, local_date(now, where.negotiation.home_tz))
    poll = Poll(
        created_at=now,
        negotiation_id=session.negotiation_id,
        session_id=session.id,
        due_on=body.due_on,
        opened_by_id=actor.person_id,
    )
    options: list[PollOption] = []
    for place, one in enumerate(body.options):
        at = f"options/{place}/"
        slot = _slot(session, one, at)
        rules.check_time(slot, session, options, now=now, pointer=f"{at}local_start")
        options.append(_option(poll, slot, place, now))
    await _hold(db, actor, session, poll, options)
    holds.enter(db, actor, session, "poll.opened", poll, options, now=now)
    return poll, await _warnings(db, session, where, options)


async def offer(
    db: Db, actor: Actor, session: NegotiationSession, poll: Poll, body: Time, *, now: datetime
) -> list[str]:
    """Ask about one time more. Raises BookingClash."""
    demand(actor, "poll.change", session)
    rules.check_open(poll)
    where = await seating.setting(db, session)
    others = (await holds.offered(db, [session.id]))[session.id]
    rules.check_number(len(others) + 1)
    slot = _slot(session, body, "")
    rules.check_time(slot, session, others, now=now, pointer="local_start")
    last = await db.exec(
        select(func.max(PollOption.position)).where(col(PollOption.poll_id) == poll.id)
    )
    option = _option(poll, slot, (last.one() or 0) + 1, now)
    await _hold(db, actor, session, poll, [option])
    holds.enter(db, actor, session, "poll.changed", poll, [option], now=now)
    return await _warnings(db, session, where, [option])


async def withdraw(
    db: Db, actor: Actor, session: NegotiationSession, poll: Poll, option_id: str, *, now: datetime
) -> None:
    """Ask about one time less: it is released. The last one goes with its poll."""
    demand(actor, "poll.change", session)
    rules.check_open(poll)
    options = (await holds.offered(db, [session.id]))[session.id]
    option = rules.offered(options, option_id)
    if len(options) == 1:
        raise WrongState("This is the last time that is asked about. Close the poll instead.")
    holds.release(option, OptionStatus.released)
    db.add(option)
    await bookings.rebook(db, actor, [session])
    holds.enter(db, actor, session, "poll.changed", poll, [option], now=now)


async def answer(
    db: Db, actor: Actor, session: NegotiationSession, poll: Poll, body: Answers, *, now: datetime
) -> None:
    """What a side says to some of the times, over what it said before."""
    demand(actor, "poll.answer", session)
    rules.check_open(poll)
    where = await seating.setting(db, session)
    party = side_of(actor, where, body.party)
    if party.id not in where.consenting:
        raise Invalid.field("party", f"Say which side it is: {' or '.join(where.by_slug)}.")
    by, how = witness(actor, where, body.by, body.how)
    options = (await holds.offered(db, [session.id]))[session.id]
    given = {
        rules.offered(options, one.option, f"answers/{place}/option").id: one.answer
        for place, one in enumerate(body.answers)
    }
    rows = await db.exec(
        select(Vote).where(col(Vote.option_id).in_(given), col(Vote.party_id) == party.id)
    )
    before = {vote.option_id: vote for vote in rows}
    for option_id, said in given.items():
        vote = before.get(option_id) or Vote(
            created_at=now, option_id=option_id, party_id=party.id,
            answer=said, by=by, how=how, answered_at=now,
        )  # fmt: skip
        vote.answer, vote.by, vote.how = said, by, how
        vote.person_id, vote.answered_at = actor.person_id, now
        db.add(vote)
    await db.flush()
    answered = [one for one in options if one.id in given]
    content = {"party": party.id, "by": by, "how": how, "answers": given}
    holds.enter(db, actor, session, "poll.answered", poll, answered, now=now, more=content)


async def close(
    db: Db, actor: Actor, session: NegotiationSession, poll: Poll, reason: str, *, now: datetime
) -> None:
    """End it without a choice: every time is released, and the session stays as it is."""
    demand(actor, "poll.change", session)
    rules.check_open(poll)
    reason = required(reason, "Say why it ends without a choice: everyone concerned reads it.")
    await holds.end(db, actor, session, poll, PollStatus.closed, reason=reason, now=now)
    await bookings.rebook(db, actor, [session])


def _slot(session: NegotiationSession, body: Time, at: str) -> Slot:
    length = session.local_end - session.local_start
    try:
        return resolve(
            body.local_start,
            body.local_end or body.local_start + length,
            body.tz or session.tz,
            body.fold,
        )
    except Invalid as error:
        below = [FieldError(f"/{at}{one.pointer[1:]}", one.detail) for one in error.errors]
        raise Invalid(below) from None


def _option(poll: Poll, slot: Slot, position: int, now: datetime) -> PollOption:
    return PollOption(
        created_at=now,
        poll_id=poll.id,
        session_id=poll.session_id,
        position=position,
        local_start=slot.local_start,
        local_end=slot.local_end,
        tz=slot.tz,
        fold=slot.fold,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        uid=f"{new_id()}{new_id()}@negotiations",
    )


async def _hold(
    db: Db,
    actor: Actor,
    session: NegotiationSession,
    poll: Poll,
    options: Sequence[PollOption],
) -> None:
    db.add(poll)
    await db.flush()
    db.add_all(options)
    await bookings.rebook(db, actor, [session])


async def _warnings(
    db: Db, session: NegotiationSession, where: Setting, options: Sequence[PollOption]
) -> list[str]:
    """What the times are warned of, each with its day and hour."""
    return [
        f"{day(one.local_start)} {one.local_start:%H:%M}: {warning.text}"
        for one in options
        for warning in await warned(db, session, where.negotiation, now=None, at=one)
    ]
