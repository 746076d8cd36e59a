"""Publishing an agreed summary, correcting one that is published, and reading what is public."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from negotiations import audit
from negotiations.access.actor import Actor
from negotiations.access.policy import demand
from negotiations.civil import local_date
from negotiations.db import Db
from negotiations.errors import Invalid, Stale, WrongState
from negotiations.models import (
    Issue,
    NegotiationSession,
    PublishedSummary,
    Summary,
    SummaryRevision,
)
from negotiations.models.summaries import SummaryState
from negotiations.notes import actions, approval, publication, rounds
from negotiations.notes.publication import PublicSummary, Said
from negotiations.notes.rounds import Round
from negotiations.outbox import announce_session
from negotiations.outcomes import queries as recorded
from negotiations.outcomes.matrix import standing
from negotiations.parties.codes import code_order
from negotiations.scheduling import seating
from negotiations.scheduling.seating import Setting

log = logging.getLogger("negotiations")


@dataclass(frozen=True, slots=True)
class Prepared:
    """What would become public of a round now: its very bytes, and what stays out.

    `corrects` is whether something of it is public already.
    """

    one: Round
    text: str
    number: int
    warnings: list[str]

    @property
    def sha256(self) -> str:
        return publication.sha256_of(self.text)

    @property
    def corrects(self) -> bool:
        return self.number > 1


async def prepared(db: Db, actor: Actor, session: NegotiationSession, *, now: datetime) -> Prepared:
    """The agreed text with the outcomes that were read from it, as it would be frozen."""
    one = await rounds.round_of(db, actor, session)
    demand(actor, "summary.publish", session)
    if one.summary.state is not SummaryState.agreed:
        raise WrongState(
            f"This summary is {one.summary.state.value}. Only what is agreed can be published."
        )
    where = await seating.setting(db, session)
    earlier = await _earlier(db, one.summary)
    outcomes, left_out = await _outcomes(db, session, where, one)
    decided = approval.standing(one.decisions, one.revision.id).values()
    copy = publication.frozen_copy(
        one.summary,
        one.revision,
        session.title,
        [(row, where.sides[row.party_id]) for row in decided if row.party_id in where.sides],
        outcomes,
        corrects=earlier[-1][1].sha256 if earlier else None,
        today=local_date(now, where.negotiation.home_tz),
    )
    warnings = [
        f"The outcome on issue {code} was read from an earlier text and stays out. "
        "Post it again with the text to have it published."
        for code in left_out
    ]
    return Prepared(one, publication.text_of(copy), len(earlier) + 1, warnings)


async def publish(
    db: Db,
    actor: Actor,
    session: NegotiationSession,
    *,
    now: datetime,
    seen: str | None = None,
) -> tuple[PublishedSummary, list[str]]:
    """Freeze the agreed text with the outcomes that were read from it; and what stays out.

    `seen` is the SHA-256 of the bytes that were looked at before: Stale where they are others now.
    """
    demand(actor, "summary.publish", session)
    made = await prepared(db, actor, session, now=now)
    if seen is not None and seen != made.sha256:
        raise Stale(
            "What would become public has changed since you opened this page, and nothing was "
            "published. It is shown as it is now: look again."
        )
    one = made.one
    row = PublishedSummary(
        created_at=now, summary_id=one.summary.id, revision_id=one.revision.id,
        number=made.number, frozen=made.text, sha256=made.sha256,
        published_at=now, published_by_id=actor.person_id,
    )  # fmt: skip
    one.summary.state = SummaryState.published
    db.add_all([row, one.summary])
    await db.flush()
    event = "summary.corrected" if made.corrects else "summary.published"
    audit.record_row(db, actor, event, row, at=now, **audit.place_of(session))
    announce_session(
        db, event, session, by=actor, at=now, object_id=one.summary.id,
        payload={"revision": one.revision.number},
    )  # fmt: skip
    return row, made.warnings


async def _earlier(db: Db, summary: Summary) -> Sequence[tuple[PublishedSummary, SummaryRevision]]:
    """What was published of it before, in order."""
    rows = await db.exec(
        select(PublishedSummary, SummaryRevision)
        .join(SummaryRevision, col(SummaryRevision.id) == PublishedSummary.revision_id)
        .where(col(PublishedSummary.summary_id) == summary.id)
        .execution_options(passage="published")
        .order_by(col(PublishedSummary.number))
    )
    return rows.all()


async def _outcomes(
    db: Db, session: NegotiationSession, where: Setting, one: Round
) -> tuple[list[Said], list[str]]:
    """The outcomes that stand and were read from this text; the issues of the others."""
    rows = standing((await recorded.outcomes_of(db, [session.id]))[session.id])
    found = await db.exec(select(Issue).where(col(Issue.id).in_(rows)))
    issues = sorted(found.all(), key=lambda issue: code_order(issue.code))
    read = [issue for issue in issues if rows[issue.id].revision_id == one.revision.id]
    said = [
        Said(
            rows[issue.id],
            issue.code,
            issue.title,
            where.sides.get(rows[issue.id].decided_by_id or ""),
        )
        for issue in read
    ]
    return said, [issue.code for issue in issues if issue not in read]


async def correct(
    db: Db, actor: Actor, session: NegotiationSession, text: str, *, now: datetime
) -> None:
    """Begin a corrigendum: a new text that goes the same way; what is published stays."""
    demand(actor, "summary.correct", session)
    one = await rounds.round_of(db, actor, session)
    if one.summary.state is not SummaryState.published:
        raise WrongState(
            f"This summary is {one.summary.state.value}: save another text, "
            "no corrigendum is needed."
        )
    if text == one.revision.body:
        raise Invalid.field("body", "This is the text that is published. Write what is right.")
    one.summary.state = SummaryState.draft
    db.add(one.summary)
    where = await seating.setting(db, session)
    await actions.save(db, actor, session, where, text, now=now)


async def published(db: Db, negotiation_id: str) -> list[PublicSummary]:
    """What is public of the summaries of these talks, for whoever asks: the newest text of each
    first, then those it corrects. The hash of each is looked at."""
    rows = await db.exec(
        select(PublishedSummary, SummaryRevision, Summary.symbol)
        .join(SummaryRevision, col(SummaryRevision.id) == PublishedSummary.revision_id)
        .join(Summary, col(Summary.id) == PublishedSummary.summary_id)
        .join(NegotiationSession, col(NegotiationSession.id) == Summary.session_id)
        .where(col(NegotiationSession.negotiation_id) == negotiation_id)
        .execution_options(passage="published")
        .order_by(
            col(NegotiationSession.starts_at), col(Summary.id), col(PublishedSummary.number).desc()
        )
    )
    found = []
    for row, revision, symbol in rows:
        copy = publication.whole(row, revision)
        if copy is None:
            log.error("published summary %s isn't what was published: not shown", row.id)
        found.append(PublicSummary(symbol, row.published_at.date(), copy))
    return found
