"""Reading how a summary goes round: whom it reached, what was decided and remarked."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import col, select

from negotiations.access.actor import Actor
from negotiations.access.prepared import prepared
from negotiations.access.visible import visible
from negotiations.civil import end_of_day
from negotiations.db import Db
from negotiations.errors import NotFound
from negotiations.models import (
    Circulation,
    NegotiationSession,
    Summary,
    SummaryComment,
    SummaryDecision,
    SummaryRevision,
)
from negotiations.models.summaries import SummaryState
from negotiations.notes import deadlines, queries, views
from negotiations.scheduling import seating
from negotiations.scheduling.seating import Setting
from negotiations.web.cursors import Part, Sorted, in_order, rows_of


@dataclass(frozen=True, slots=True)
class Round:
    """The latest visible revision of a summary, with all that was decided on it, in order.

    `went_round` is whether any revision of it is or was before the delegations.
    """

    summary: Summary
    revision: SummaryRevision
    decisions: Sequence[SummaryDecision]
    went_round: bool

    @property
    def is_current(self) -> bool:
        """Whether the revision is the newest there is, of which the summary's state speaks.

        A summary is a draft exactly while its newest revision is shared with nobody: who sees a
        shared one meanwhile sees an older, and needn't look at what they may not read.
        """
        return self.summary.state is not SummaryState.draft or self.revision.shared_at is None

    def is_on_newest(self, revision: SummaryRevision) -> bool:
        """Whether what was decided on this visible revision was decided on the newest."""
        return self.is_current and revision.number == self.revision.number

    def ended_at(self, where: Setting) -> datetime | None:
        """The instant at which the time to comment ends."""
        due_on = self.summary.due_on
        return end_of_day(due_on, where.negotiation.home_tz) if due_on else None


async def round_of(db: Db, actor: Actor, session: NegotiationSession) -> Round:
    """What the actor sees of it; NotFound where there is no summary to see."""
    found = await queries.summary(db, actor, session.id)
    if found is None:
        raise NotFound
    summary, revision = found
    decisions = await decisions_of(db, [revision.id])
    shared = revision.shared_at is not None
    if not shared:
        rows = await db.exec(_shared(actor), params={"summary": summary.id})
        shared = rows.first() is not None
    return Round(summary, revision, decisions, shared)


async def decisions_of(db: Db, revision_ids: Collection[str]) -> Sequence[SummaryDecision]:
    """All decisions on these revisions, in the order in which they were made."""
    return list(await db.exec(_decisions(), params={"ids": list(revision_ids)}))


@prepared
def _shared(actor: Actor) -> Any:
    row = SummaryRevision
    return (
        select(row.id)
        .where(
            col(row.summary_id) == bindparam("summary"),
            col(row.shared_at).is_not(None),
            visible(actor, row),
        )
        .limit(1)
    )


@cache
def _decisions() -> Any:
    row = SummaryDecision
    return (
        select(row)
        .where(col(row.revision_id).in_(bindparam("ids", expanding=True)))
        .order_by(col(row.revision_id), col(row.number))
    )


async def circulations_of(db: Db, revision_ids: Collection[str]) -> Sequence[Circulation]:
    """To whom these revisions were sent round; for rules, not for delegations' eyes."""
    rows = await db.exec(
        select(Circulation)
        .where(col(Circulation.revision_id).in_(revision_ids))
        .order_by(col(Circulation.revision_id), col(Circulation.party_id))
    )
    return rows.all()


async def view_of(
    db: Db, actor: Actor, session: NegotiationSession, where: Setting | None = None
) -> views.SummaryView | None:
    """The summary as GET gives it to this actor, and If-Match is compared with.

    `where` is the session's setting, where it is known already.
    """
    try:
        one = await round_of(db, actor, session)
    except NotFound:
        return None
    return await view_in(db, actor, session, one, where or await seating.setting(db, session))


async def view_in(
    db: Db, actor: Actor, session: NegotiationSession, one: Round, where: Setting
) -> views.SummaryView:
    """The same of a round that is read already."""
    return views.summary_view(
        one.summary,
        one.revision,
        await queries.recorded(db, actor, session),
        decisions=views.decision_views(one.decisions, {one.revision.id: one.revision}, where.slugs),
        due_at=one.ended_at(where),
        is_current=one.is_current,
        circulate_by=deadlines.circulate_by(where.negotiation, session, went_round=one.went_round),
        publish_by=deadlines.publish_by(where.negotiation, one.summary),
    )


async def decided(
    db: Db, actor: Actor, session_id: str, *, part: Part | None = None
) -> Sequence[tuple[SummaryDecision, SummaryRevision]]:
    """Every visible decision with its revision, the newest revision first."""
    return await rows_of(db, _decided(actor), part=part, params={"session": session_id})


@prepared
def _decided(actor: Actor) -> Sorted:
    query = _of_texts(actor, SummaryDecision)
    return in_order(query, col(SummaryRevision.number).desc(), col(SummaryDecision.number))


def _of_texts(
    actor: Actor, table: type[SummaryDecision] | type[Circulation] | type[SummaryComment]
) -> Any:
    """The visible rows that hang on the texts of a session's summary, each with its text."""
    return (
        select(table, SummaryRevision)
        .join(SummaryRevision, col(SummaryRevision.id) == table.revision_id)
        .join(Summary, col(Summary.id) == SummaryRevision.summary_id)
        .where(col(Summary.session_id) == bindparam("session"), visible(actor, table))
    )


async def sent_round(
    db: Db, actor: Actor, session_id: str, *, part: Part | None = None
) -> Sequence[tuple[Circulation, SummaryRevision]]:
    """Whom each visible revision reached, the newest first."""
    return await rows_of(db, _sent_round(actor), part=part, params={"session": session_id})


@prepared
def _sent_round(actor: Actor) -> Sorted:
    query = _of_texts(actor, Circulation)
    return in_order(query, col(SummaryRevision.number).desc(), col(Circulation.party_id))


async def comments(
    db: Db, actor: Actor, session_id: str, *, part: Part | None = None
) -> Sequence[tuple[SummaryComment, SummaryRevision]]:
    """What was remarked, the oldest first."""
    return await rows_of(db, _comments(actor), part=part, params={"session": session_id})


@prepared
def _comments(actor: Actor) -> Sorted:
    query = _of_texts(actor, SummaryComment)
    return in_order(query, col(SummaryComment.written_at), col(SummaryComment.id))
