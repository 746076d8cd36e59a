"""How an act on a session ends: an entry in its log, one in the audit chain, one announced."""

from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import col, func, select

from negotiations import audit
from negotiations.access.actor import Actor
from negotiations.access.policy import can
from negotiations.db import Db
from negotiations.errors import Invalid
from negotiations.models import NegotiationSession, SessionChange
from negotiations.models.sessions import SessionStatus
from negotiations.outbox import announce_session
from negotiations.scheduling import holds, publication, queries, rules

# What a place has room for in the log of changes.
LONGEST_PLACE = 500


async def finish(
    db: Db,
    actor: Actor,
    session: NegotiationSession,
    change: SessionChange,
    event: str,
    *,
    now: datetime,
) -> bool:
    """Log, audit and announce an act that stands in the session's log of changes.

    Whether it ended a poll about the session: then what was held for it has to be booked anew.
    """
    await check_ready(db, session)
    await log_change(db, actor, change)
    await republish(db, actor, session)
    enter(db, actor, session, event, change.model_dump(mode="json"), now)
    numbered = {"change": change.number}
    announce_session(db, event, session, by=actor, at=now, payload=numbered)
    return await holds.overtake(db, actor, session, change.kind, now=now)


async def check_ready(db: Db, session: NegotiationSession) -> None:
    """WrongState when a confirmed session lost its place or its agenda in this act."""
    if session.status is SessionStatus.confirmed:
        rules.check_still_ready(session, (await queries.agendas(db, [session]))[session.id])


async def republish(db: Db, actor: Actor, session: NegotiationSession) -> None:
    """Let the public copy of a published session follow it, as far as who acted may say."""
    if session.published_at is not None:
        agenda = (await queries.agendas(db, [session]))[session.id]
        with_words = can(actor, "session.publish", session)
        session.public_copy = publication.updated(session, agenda, with_words=with_words)


async def log_change(db: Db, actor: Actor, change: SessionChange) -> None:
    """Add an entry to the session's log, numbered after the last.

    Invalid for a place that the log can't keep on its one line.
    """
    if len(change.to_place or "") > LONGEST_PLACE:
        raise Invalid.field(
            "location", f"Room and place have {LONGEST_PLACE} characters together. Shorten one."
        )
    last = await db.exec(_last(), params={"session": change.session_id})
    change.number = (last.one() or 0) + 1
    change.person_id = actor.person_id
    if actor.via == "import":
        change.recorded_by = "import"
    db.add(change)
    await db.flush()


@cache
def _last() -> Any:
    of_session = col(SessionChange.session_id) == bindparam("session")
    return select(func.max(SessionChange.number)).where(of_session)


def enter(
    db: Db, actor: Actor, session: NegotiationSession, action: str, content: Any, now: datetime
) -> None:
    audit.record(
        db,
        at=now,
        actor=actor.signature,
        action=action,
        object_type="session",
        object_id=session.id,
        content=content,
        **audit.place_of(session),
    )
