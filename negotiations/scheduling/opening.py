"""The act that begins a session: it is opened, and with it its agenda is adopted."""

from datetime import datetime

from negotiations.access.actor import Actor
from negotiations.access.policy import demand
from negotiations.db import Db
from negotiations.models import NegotiationSession
from negotiations.scheduling import holding, queries
from negotiations.scheduling.log import finish


async def open_session(
    db: Db, actor: Actor, session: NegotiationSession, *, now: datetime
) -> list[str]:
    """In progress, from an hour before its start on."""
    demand(actor, "session.open", session)
    agenda = (await queries.agendas(db, [session]))[session.id]
    change = holding.open_session(session, agenda, now=now)
    await finish(db, actor, session, change, "session.opened", now=now)
    return []
