"""The times that a session's open poll holds beside its own, and how they are let go.

The polls themselves are `negotiations.polls`; what is here has to happen with any act on a session.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import col, select

from negotiations import audit
from negotiations.access.actor import Actor
from negotiations.audited import content_of
from negotiations.db import Db
from negotiations.models import NegotiationSession, Poll, PollOption
from negotiations.models.polls import OptionStatus, PollStatus
from negotiations.models.sessions import ChangeKind
from negotiations.outbox import announce_session

# With these the session has its time, or none: other times are no longer asked about.
OVERTAKING = {
    ChangeKind.moved: "The session was moved.",
    ChangeKind.confirmed: "The session was confirmed for the time it had.",
    ChangeKind.postponed: "The session was postponed.",
    ChangeKind.reinstated: "The session was given a time again.",
    ChangeKind.cancelled: "The session was cancelled.",
}


async def offered(db: Db, session_ids: Collection[str]) -> dict[str, list[PollOption]]:
    """The times held for each of these sessions beside its own, by session id, in their order."""
    found: dict[str, list[PollOption]] = defaultdict(list)
    if session_ids:
        for option in await db.exec(_offered(), params={"ids": list(session_ids)}):
            found[option.session_id].append(option)
    return found


@cache
def _offered() -> Any:
    theirs = col(PollOption.session_id).in_(bindparam("ids", expanding=True))
    still = col(PollOption.status) == OptionStatus.offered
    return select(PollOption).where(theirs, still).order_by(col(PollOption.position))


async def open_poll(db: Db, session_id: str) -> Poll | None:
    """The session's poll that is open, if there is one."""
    found: Poll | None = (await db.exec(_open(), params={"session": session_id})).first()
    return found


@cache
def _open() -> Any:
    return select(Poll).where(
        col(Poll.session_id) == bindparam("session"), col(Poll.status) == PollStatus.open
    )


async def overtake(
    db: Db, actor: Actor, session: NegotiationSession, kind: ChangeKind, *, now: datetime
) -> bool:
    """End the session's open poll where this change settles its time; whether there was one.

    Who calls it books the session anew afterwards.
    """
    if kind not in OVERTAKING:
        return False
    poll = await open_poll(db, session.id)
    if poll is None:
        return False
    await end(
        db, actor, session, poll, PollStatus.overtaken, reason=OVERTAKING[kind], now=now
    )  # fmt: skip
    return True


async def end(
    db: Db,
    actor: Actor,
    session: NegotiationSession,
    poll: Poll,
    status: PollStatus,
    *,
    now: datetime,
    reason: str | None = None,
    chosen: PollOption | None = None,
) -> None:
    """End the poll and let all its times go; calendars show them as cancelled from now on.

    The bookings go when the session is booked anew, which who calls it does next: they are given
    up and taken in one order (`bookings.rebook`).
    """
    poll.status, poll.reason = status, reason
    poll.ended_at, poll.ended_by_id = now, actor.person_id
    options = (await offered(db, [session.id]))[session.id]
    for option in options:
        release(option, OptionStatus.chosen if option is chosen else OptionStatus.released)
    db.add_all([poll, *options])
    event = "poll.chosen" if chosen is not None else "poll.closed"
    enter(db, actor, session, event, poll, options, now=now)
    await db.flush()


async def renumber(db: Db, session: NegotiationSession, *, gone: bool) -> None:
    """Count a new place (of what is held), or a new title (also of what is `gone`): both stand in
    the events of its other times, and raise their SEQUENCE (RFC 5546 §2.1.4)."""
    if gone:
        every = select(PollOption).where(col(PollOption.session_id) == session.id)
        options = list((await db.exec(every)).all())
    else:
        options = (await offered(db, [session.id]))[session.id]
    for option in options:
        option.sequence += 1
        db.add(option)


def release(option: PollOption, status: OptionStatus) -> None:
    """It is held no longer; its event is cancelled, and so a newer one (RFC 5546 §2.1.4)."""
    option.status = status
    option.sequence += 1


def enter(
    db: Db,
    actor: Actor,
    session: NegotiationSession,
    event: str,
    poll: Poll,
    rows: Collection[PollOption],
    *,
    now: datetime,
    more: Mapping[str, Any] | None = None,
) -> None:
    """Audit and announce what became of a poll and of these times of it, with what `more`."""
    audit.record(
        db,
        at=now,
        actor=actor.signature,
        action=event,
        object_type="poll",
        object_id=poll.id,
        content={
            "poll": content_of(poll),
            "options": [content_of(one) for one in rows],
            **(more or {}),
        },
        **audit.place_of(session),
    )
    announce_session(
        db, event, session, by=actor, at=now, object_id=poll.id,
        payload={"options": [one.id for one in rows]},
    )  # fmt: skip
