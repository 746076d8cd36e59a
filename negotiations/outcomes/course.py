"""What did each side hold on an issue, what was it answered, and when? One issue of one track.

Positions of both sides and outcomes between them, in the order in which they were said.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from sqlmodel import col, select

from negotiations.access.actor import Actor
from negotiations.access.visible import visible
from negotiations.db import Db
from negotiations.errors import NotFound
from negotiations.models import Issue, Negotiation, NegotiationSession, Outcome, Party, Source
from negotiations.models.outcomes import Certainty, OutcomeValue
from negotiations.models.sessions import Basis
from negotiations.outcomes import queries
from negotiations.outcomes.columns import columns
from negotiations.outcomes.matrix import Look, in_succession, look_of
from negotiations.outcomes.positions import Stance, positions
from negotiations.outcomes.read_from import ReadFrom, read_from
from negotiations.parties import queries as parties
from negotiations.sources import SourceView, source_view
from negotiations.web.answers import Id, Moment, TypedDict


@dataclass(frozen=True, slots=True)
class Step:
    """Something said on `on`: a position (`stance`), or else an outcome with what belongs to it.

    `by` is the side whose position it is, or who decided the outcome, if anybody did.
    """

    on: date
    by: Party | None
    session: NegotiationSession | None
    sources: Sequence[Source]
    stance: Stance | None = None
    outcome: Outcome | None = None
    superseded_by: str | None = None
    read: ReadFrom = ReadFrom()  # noqa: RUF009 (a tuple)

    @property
    def row(self) -> Any:
        """The position or the outcome: both have words, certainty, basis and what they replace."""
        return self.stance.row if self.stance else self.outcome

    @property
    def look(self) -> Look | None:
        return look_of(self.outcome.value) if self.outcome else None


@dataclass(frozen=True, slots=True)
class Course:
    """The steps on one issue between a jurisdiction and the agency, the earliest first."""

    negotiation: Negotiation
    jurisdiction: Party
    agency: Party
    issue: Issue
    steps: Sequence[Step]


async def course(db: Db, actor: Actor, negotiation: Negotiation, slug: str, code: str) -> Course:
    """What the actor sees of it; NotFound for a jurisdiction or issue that isn't to be seen."""
    track, jurisdiction = await parties.track(db, actor, negotiation.id, slug)
    issues = await parties.issues(db, actor, negotiation.id)
    issue = next((one for one in issues if one.code == code), None)
    if issue is None:
        raise NotFound
    stances = await positions(db, actor, negotiation.id, track_id=track.id, issue_id=issue.id)
    sessions = await _sessions(db, actor, negotiation.id, slug)
    rows = await _outcomes(db, actor, sessions, issue)
    sources = await queries.sources_of(db, [row.id for row in rows])
    read = await read_from(db, actor, negotiation.id, rows)
    everyone = {one.id: one for one in await parties.parties(db, actor, negotiation.id)}
    steps = [
        *_stated(stances, sessions),
        *_answered(rows, issue, sessions, everyone, sources, read),
    ]
    steps.sort(key=lambda one: (one.on, one.row.recorded_at, one.outcome is not None))
    agency = await parties.agency(db, negotiation.id)
    return Course(negotiation, jurisdiction, agency, issue, steps)


async def _sessions(
    db: Db, actor: Actor, negotiation_id: str, slug: str
) -> Mapping[str, NegotiationSession]:
    """The visible sessions at which this jurisdiction sits, by id."""
    counted = columns(actor, negotiation_id, slug)
    session = NegotiationSession
    rows = await db.exec(
        select(session).where(col(session.id).in_(select(counted.c.id)), visible(actor, session))
    )
    return {row.id: row for row in rows}


async def _outcomes(
    db: Db, actor: Actor, sessions: Mapping[str, NegotiationSession], issue: Issue
) -> Sequence[Outcome]:
    rows = await db.exec(
        select(Outcome)
        .where(
            col(Outcome.session_id).in_(sessions),
            col(Outcome.issue_id) == issue.id,
            visible(actor, Outcome),
        )
        .order_by(col(Outcome.recorded_at), col(Outcome.id))
    )
    return rows.all()


def _stated(
    stances: Iterable[Stance], sessions: Mapping[str, NegotiationSession]
) -> Iterable[Step]:
    """The jurisdiction's before the agency's, of each side the oldest first."""
    for one in stances:
        session = sessions.get(one.row.session_id or "")
        yield Step(
            one.row.stated_on, one.party, session, one.sources,
            stance=one, superseded_by=one.superseded_by,
        )  # fmt: skip


def _answered(
    rows: Sequence[Outcome],
    issue: Issue,
    sessions: Mapping[str, NegotiationSession],
    everyone: Mapping[str, Party],
    sources: Mapping[str, Sequence[Source]],
    read: Mapping[str, ReadFrom],
) -> Iterable[Step]:
    """Of each session the oldest first."""
    next_of = {row.supersedes_id: row.id for row in rows if row.supersedes_id}
    for session_id, session in sessions.items():
        of_session = [row for row in rows if row.session_id == session_id]
        for row in in_succession(of_session, {issue.id: issue.code}):
            yield Step(
                row.effective_on, everyone.get(row.decided_by_id or ""), session,
                sources.get(row.id, ()), outcome=row, superseded_by=next_of.get(row.id),
                read=read.get(row.id, ReadFrom()),
            )  # fmt: skip


class StepView(TypedDict):
    """A position of `party`, or an outcome, which `party` decided if anybody did.

    What only an outcome has is null of a position, and the other way round.
    """

    kind: Literal["position", "outcome"]
    id: Id
    on: date
    party: str | None
    text: str
    attributed: bool | None
    value: OutcomeValue | None
    partial: bool | None
    reason: str | None
    session: Id | None
    basis: Basis
    certainty: Certainty
    recorded_at: Moment
    supersedes: Id | None
    superseded_by: Id | None
    summary_revision: int | None
    summary_changed: bool
    sources: list[SourceView]


class CourseView(TypedDict):
    """What was said on one issue between one jurisdiction and the agency, the earliest first."""

    jurisdiction: str
    issue: str
    title: str
    steps: list[StepView]


def course_view(found: Course) -> CourseView:
    return {
        "jurisdiction": found.jurisdiction.slug,
        "issue": found.issue.code,
        "title": found.issue.title,
        "steps": [_step_view(one) for one in found.steps],
    }


def _step_view(one: Step) -> StepView:
    row, outcome, stance = one.row, one.outcome, one.stance
    return {
        "kind": "outcome" if outcome else "position",
        "id": row.id,
        "on": one.on,
        "party": one.by.slug if one.by else None,
        "text": row.text,
        "attributed": stance.row.attributed if stance else None,
        "value": outcome.value if outcome else None,
        "partial": outcome.partial if outcome else None,
        "reason": outcome.reason if outcome else None,
        "session": row.session_id,
        "basis": row.basis,
        "certainty": row.certainty,
        "recorded_at": row.recorded_at,
        "supersedes": row.supersedes_id,
        "superseded_by": one.superseded_by,
        "summary_revision": one.read.revision,
        "summary_changed": one.read.changed,
        "sources": [source_view(source) for source in one.sources],
    }
