"""Talks that go on again: nobody can have been silent while nothing could be written."""

from datetime import datetime, timedelta

from sqlmodel import col, func, select

from negotiations import audit
from negotiations.access.actor import Actor
from negotiations.access.visible import visible
from negotiations.civil import local_date
from negotiations.db import Db
from negotiations.models import Negotiation, NegotiationSession, Summary, SummaryRevision
from negotiations.models.parties import Approval
from negotiations.models.summaries import SummaryState
from negotiations.outbox import announce_session


async def give_time_anew(db: Db, actor: Actor, talks: Negotiation, *, now: datetime) -> None:
    """Whose silence counts has the whole time to comment again, from today on."""
    day = local_date(now, talks.home_tz) + timedelta(days=talks.comment_days)
    newest = (
        select(func.max(SummaryRevision.number))
        .where(col(SummaryRevision.summary_id) == Summary.id, visible(actor, SummaryRevision))
        .correlate(Summary)
        .scalar_subquery()
    )
    rows = await db.exec(
        select(Summary, NegotiationSession, newest)
        .join(NegotiationSession, col(NegotiationSession.id) == Summary.session_id)
        .where(
            col(NegotiationSession.negotiation_id) == talks.id,
            col(Summary.state) == SummaryState.circulated,
            col(Summary.rule) == Approval.silence,
            col(Summary.due_on) < day,
            visible(actor, Summary),
            visible(actor, NegotiationSession),
        )
        .order_by(col(Summary.id))
    )
    for summary, session, number in rows.all():
        summary.due_on = day
        db.add(summary)
        content = {"revision": number, "due_on": day.isoformat()}
        audit.record(
            db, at=now, actor=actor.signature, action="summary.circulated", object_type="summary",
            object_id=summary.id, content=content, **audit.place_of(session),
        )  # fmt: skip
        announce_session(
            db, "summary.circulated", session, by=actor, at=now, object_id=summary.id,
            payload={"revision": number},
        )  # fmt: skip
