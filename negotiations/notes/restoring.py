"""Taking in how a summary went round and was agreed elsewhere: by the same rules as here.

What the file says happened bears the file's times; that it was taken in, and when, is in the
audit chain.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from negotiations import audit
from negotiations.access.actor import Actor
from negotiations.access.policy import demand
from negotiations.civil import end_of_day
from negotiations.db import Db
from negotiations.errors import Invalid, WrongState
from negotiations.models import (
    Circulation,
    NegotiationSession,
    PublishedSummary,
    Summary,
    SummaryComment,
    SummaryDecision,
    SummaryRevision,
)
from negotiations.models.sessions import SessionStatus
from negotiations.models.summaries import AgreedAs, DecisionKind, SummaryState
from negotiations.notes import approval, publication, queries
from negotiations.outbox import announce_session
from negotiations.scheduling import seating
from negotiations.scheduling.seating import Setting

_EVENTS = {
    SummaryState.circulated: "summary.circulated",
    SummaryState.agreed: "summary.agreed",
    SummaryState.published: "summary.published",
}


@dataclass(slots=True)
class Past:
    """What became of one text, as rows that aren't written yet; `shared_at` is its revision's."""

    revision: SummaryRevision
    shared_at: datetime
    circulations: Sequence[Circulation] = ()
    decisions: Sequence[SummaryDecision] = ()
    comments: Sequence[SummaryComment] = ()
    published: PublishedSummary | None = None


async def restore(
    db: Db,
    actor: Actor,
    session: NegotiationSession,
    summary: Summary,
    newest: SummaryRevision,
    rounds: Sequence[Past],
    *,
    now: datetime,
) -> None:
    """Write it; WrongState or Invalid where it doesn't fit together, and where bytes were changed.

    `summary` holds the state that is claimed and isn't written yet, `rounds` are in the order of
    their texts. Nobody here has seen any of the summary before.
    """
    demand(actor, "summary.write", session)
    where = await seating.setting(db, session)
    if session.status is not SessionStatus.held:
        raise WrongState("Only the summary of a session that was held can have gone round.")
    await _check_symbol(db, where, summary)
    _check_published(summary, rounds)
    last = rounds[-1] if rounds and rounds[-1].revision.id == newest.id else None
    for past in rounds:
        _check_decisions(where, past)
    _check_state(where, summary, newest, last)
    for past in rounds:
        past.revision.shared_at = past.shared_at
        rows = [*past.circulations, *past.decisions, *past.comments]
        if past.published is not None:
            rows.append(past.published)
        db.add_all([past.revision, *rows])
        await db.flush()
        for row in rows:
            audit.record_row(db, actor, "summary.restored", row, at=now, **audit.place_of(session))
    db.add(summary)
    await db.flush()
    audit.record_row(db, actor, "summary.restored", summary, at=now, **audit.place_of(session))
    event = _EVENTS.get(summary.state, "summary.saved")
    announce_session(db, event, session, by=actor, at=now, object_id=summary.id)


async def _check_symbol(db: Db, where: Setting, summary: Summary) -> None:
    taken = await queries.symbols(db, where.negotiation.id, but=summary.id)
    if summary.symbol in taken:
        raise Invalid.field("symbol", f"Another summary here is called {summary.symbol}.")


def _check_published(summary: Summary, rounds: Sequence[Past]) -> None:
    """Each public copy is what was published, to the byte, and corrects the one before it."""
    before: str | None = None
    for place, past in enumerate(rounds):
        if past.published is None:
            continue
        pointer = f"rounds/{place}/published"
        copy = publication.whole(past.published, past.revision)
        if copy is None:
            raise Invalid.field(
                pointer,
                "It isn't what was published: its bytes, its text and their SHA-256 don't agree. "
                "Take it from the file as it was exported.",
            )
        if (copy.get("symbol"), copy.get("corrects")) != (summary.symbol, before):
            raise Invalid.field(
                pointer, "It is the copy of another summary, or corrects another text."
            )
        before = past.revision.sha256


def _check_decisions(where: Setting, past: Past) -> None:
    for row in past.decisions:
        name = where.sides.get(row.party_id)
        if name is None:
            raise WrongState("A side that wasn't there decided on this summary.")
        if (row.kind in approval.WITH_STATEMENT) != bool(row.statement):
            raise WrongState(
                f"{name}: {row.kind.value} on revision {past.revision.number} "
                + ("lacks its statement." if not row.statement else "has no statement.")
            )


def _check_state(
    where: Setting, summary: Summary, newest: SummaryRevision, last: Past | None
) -> None:
    """WrongState unless what was decided on the newest text leads to the state that is claimed."""
    state = summary.state
    if state is SummaryState.draft:
        claimed = (summary.rule, summary.due_on, summary.agreed_as, summary.agreed_at)
        if last is not None or any(one is not None for one in claimed):
            raise WrongState("A draft has no rule, no day and nothing agreed, and nobody saw it.")
        return
    if last is None or summary.rule is None:
        raise WrongState(f"What is {state.value} names its rule, and what became of its last text.")
    if (state is SummaryState.published) != (last.published is not None):
        raise WrongState("A published summary, and no other, has a public copy of its last text.")
    if state is SummaryState.circulated:
        if summary.due_on is None or summary.agreed_as is not None:
            raise WrongState("What is circulated has a day to answer it by, and isn't agreed.")
        if _by_decisions(where, summary, last) is not None:
            raise WrongState("All sides have approved its last text, so it is agreed.")
        return
    if summary.agreed_at is None or summary.agreed_as is None:
        raise WrongState(f"What is {state.value} says as what it was agreed, and when.")
    if _agreed_as(where, summary, newest, last) is not summary.agreed_as:
        raise WrongState(
            f"What was decided on its last text doesn't make it agreed as "
            f"{summary.agreed_as.value}."
        )


def _by_decisions(where: Setting, summary: Summary, last: Past) -> AgreedAs | None:
    return approval.by_decisions(summary.rule, last.revision.id, where.sides, list(last.decisions))


def _agreed_as(
    where: Setting, summary: Summary, newest: SummaryRevision, last: Past
) -> AgreedAs | None:
    """As what the decisions make it agreed, of what may be claimed of them."""
    assert summary.rule is not None and summary.agreed_at is not None
    if summary.agreed_as is AgreedAs.all_parties:
        return _by_decisions(where, summary, last)
    if summary.agreed_as is AgreedAs.silence:
        return _by_silence(where, summary, last)
    return approval.check_declared(
        summary.rule, SummaryState.circulated, newest.id, where.sides, list(last.decisions),
        newest.body,
    )  # fmt: skip


def _by_silence(where: Setting, summary: Summary, last: Past) -> AgreedAs | None:
    spoken = [one for one in last.decisions if one.kind is not DecisionKind.silent_consent]
    silent = {one.party_id for one in last.decisions} - {one.party_id for one in spoken}
    if summary.due_on is None or summary.agreed_at is None:
        return None
    found = approval.by_silence(
        summary.rule, last.revision.id, where.sides, spoken, last.circulations,
        ended_at=end_of_day(summary.due_on, where.negotiation.home_tz), now=summary.agreed_at,
    )  # fmt: skip
    return AgreedAs.silence if found is not None and set(found) == silent else None
