"""Which of a session's warnings the secretariat has acknowledged, by whom, when and why."""

from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import col, select

from negotiations import audit
from negotiations.access.actor import Actor
from negotiations.access.policy import demand
from negotiations.db import Db
from negotiations.models import Acknowledgement, NegotiationSession


async def of(db: Db, session_id: str) -> dict[str, Acknowledgement]:
    """The acknowledgements of a session by the key of what was warned of (`warnings.Warned`)."""
    rows = await db.exec(_of_session(), params={"session": session_id})
    return {f"{row.kind}:{row.facts}": row for row in rows}


@cache
def _of_session() -> Any:
    row = Acknowledgement
    return select(row).where(col(row.session_id) == bindparam("session"))


async def acknowledge(
    db: Db, actor: Actor, session: NegotiationSession, key: str, note: str, *, now: datetime
) -> None:
    """Note why the time stands; whoever does so again writes another note over it.

    Announced to nobody: what the secretariat notes is its own.
    """
    demand(actor, "session.acknowledge", session)
    kind, _, facts = key.partition(":")
    row = (await of(db, session.id)).get(key)
    if row is None:
        row = Acknowledgement(
            created_at=now, session_id=session.id, kind=kind, facts=facts, note=note
        )
    row.note, row.person_id, row.created_at = note, actor.person_id, now
    db.add(row)
    await db.flush()
    audit.record_row(
        db, actor, "warning.acknowledged", row, at=now, negotiation_id=session.negotiation_id
    )
