"""Reading the summaries of all the actor's talks that wait for somebody."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import and_, col, select

from negotiations.access.actor import Actor
from negotiations.access.prepared import prepared
from negotiations.access.visible import visible
from negotiations.db import Db
from negotiations.models import NegotiationSession, Summary, SummaryDecision, SummaryRevision
from negotiations.models.sessions import SessionStatus
from negotiations.models.summaries import SummaryState
from negotiations.notes import rounds
from negotiations.notes.approval import standing
from negotiations.overview.unsettled import Unsettled, objecting
from negotiations.scheduling.seating import Setting

Written = Sequence[tuple[NegotiationSession, Summary]]


def _wanted(actor: Actor) -> ColumnElement[bool]:
    return and_(
        visible(actor, NegotiationSession),
        col(NegotiationSession.status) == SessionStatus.held,
        col(Summary.state) != SummaryState.published,
    )


async def written(db: Db, actor: Actor) -> Written:
    """The visible held sessions whose summary isn't published, the earliest first."""
    return list(await db.exec(_written(actor)))


@prepared
def _written(actor: Actor) -> Any:
    return (
        select(NegotiationSession, Summary)
        .join(Summary, col(Summary.session_id) == NegotiationSession.id)
        .where(_wanted(actor))
        .order_by(col(NegotiationSession.starts_at), col(NegotiationSession.id))
    )


async def unsettled(
    db: Db, actor: Actor, rows: Written, settings: Mapping[str, Setting]
) -> list[Unsettled]:
    """What became of these summaries, by a constant number of statements.

    `settings` are those of their sessions. What the reader is told of them says
    overview.unsettled.
    """
    newest, shared = await _texts(db, actor)
    going = [newest[one.id] for _, one in rows if one.state is SummaryState.circulated]
    decisions, reached = await _answers(db, going)
    return [
        Unsettled(
            session,
            summary,
            settings[session.id],
            summary.id in shared,
            standing(decisions[newest[summary.id]], newest[summary.id]),
            objecting(decisions[newest[summary.id]]),
            reached[newest[summary.id]],
        )
        for session, summary in rows
    ]


@prepared
def _numbered(actor: Actor) -> Any:
    return (
        select(SummaryRevision.summary_id, SummaryRevision.id, SummaryRevision.shared_at)
        .join(Summary, col(Summary.id) == SummaryRevision.summary_id)
        .join(NegotiationSession, col(NegotiationSession.id) == Summary.session_id)
        .where(_wanted(actor), visible(actor, SummaryRevision))
        .order_by(col(SummaryRevision.number))
    )


async def _texts(db: Db, actor: Actor) -> tuple[dict[str, str], set[str]]:
    """The id of each summary's newest visible text, and which were ever before the delegations."""
    rows = await db.exec(_numbered(actor))
    newest: dict[str, str] = defaultdict(str)
    shared: set[str] = set()
    for summary_id, revision_id, shared_at in rows:
        newest[summary_id] = revision_id
        if shared_at is not None:
            shared.add(summary_id)
    return newest, shared


async def _answers(
    db: Db, revision_ids: Collection[str]
) -> tuple[dict[str, list[SummaryDecision]], dict[str, dict[str, datetime]]]:
    """What was decided on these texts and when they reached whom, by text."""
    decisions: dict[str, list[SummaryDecision]] = defaultdict(list)
    reached: dict[str, dict[str, datetime]] = defaultdict(dict)
    if not revision_ids:
        return decisions, reached
    for decision in await rounds.decisions_of(db, revision_ids):
        decisions[decision.revision_id].append(decision)
    for row in await rounds.circulations_of(db, revision_ids):
        if row.delivered_at is not None:
            reached[row.revision_id][row.party_id] = row.delivered_at
    return decisions, reached
