"""Acts on a summary's way to agreement: sent round, decided on, remarked on, declared."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from negotiations import audit
from negotiations.access.actor import Actor
from negotiations.access.policy import demand
from negotiations.civil import local_date
from negotiations.db import Db
from negotiations.errors import Invalid, NotFound, Stale, WrongState
from negotiations.models import (
    Circulation,
    NegotiationSession,
    SummaryComment,
    SummaryDecision,
)
from negotiations.models.parties import Approval
from negotiations.models.sessions import SessionStatus
from negotiations.models.summaries import AgreedAs, DecisionKind, SummaryState
from negotiations.notes import approval, delivering, rounds
from negotiations.notes.bodies import Decide, NewComment
from negotiations.notes.rounds import Round
from negotiations.outbox import announce_session
from negotiations.scheduling import seating
from negotiations.scheduling.seating import Setting


async def circulate(db: Db, actor: Actor, session: NegotiationSession, *, now: datetime) -> None:
    """Send the latest text round to the parties, until the end of the time to comment.

    What is circulated already gets a new deadline, unless a party objected to it.
    """
    demand(actor, "summary.circulate", session)
    one = await rounds.round_of(db, actor, session)
    check_may_circulate(session, one)
    where = await seating.setting(db, session)
    talks, summary = where.negotiation, one.summary
    sent = {row.party_id: row for row in await rounds.circulations_of(db, [one.revision.id])}
    for party_id in where.sides:
        if party_id not in sent:
            db.add(Circulation(created_at=now, revision_id=one.revision.id, party_id=party_id))
    day = local_date(now, talks.home_tz) + timedelta(days=talks.comment_days)
    if talks.approval is Approval.silence:
        if summary.rule is talks.approval:  # whoever is silent has the time that was given
            day = max(summary.due_on or day, day)
        else:  # silence meant nothing to whoever opened it then
            for row in sent.values():
                row.delivered_at = None
                db.add(row)
    summary.state, summary.rule, summary.due_on = SummaryState.circulated, talks.approval, day
    one.revision.shared_at = one.revision.shared_at or now
    content = {
        **_of(one), "due_on": summary.due_on.isoformat(), "rule": talks.approval.value,
        "parties": sorted(where.sides),
    }  # fmt: skip
    _tell(db, actor, session, one, "summary.circulated", content, now=now)
    # Under another rule they may all have approved it already.
    how = approval.by_decisions(summary.rule, one.revision.id, where.sides, one.decisions)
    if how is not None:
        _agree(db, actor, session, one, how, now=now)


def check_may_circulate(session: NegotiationSession, one: Round) -> None:
    """WrongState says why this text can't be sent round."""
    if session.status is not SessionStatus.held:
        raise WrongState("Close the session first: its summary goes round once it is held.")
    state = one.summary.state
    if state not in (SummaryState.draft, SummaryState.circulated):
        raise WrongState(
            f"This summary is {state.value}. To send another text round, "
            + ("make a corrigendum." if state is SummaryState.published else "save it first.")
        )
    if approval.objected(one.decisions, one.revision.id):
        raise WrongState(
            "A party objected to this revision. Save another text and send that round, "
            "or put the disagreement on record."
        )


async def decide(
    db: Db, actor: Actor, session: NegotiationSession, body: Decide, *, now: datetime
) -> None:
    """A party's word on the very revision whose SHA-256 the body names.

    Its newest counts; agreed at once when with it all parties have approved.
    """
    demand(actor, "summary.decide", session)
    seat = actor.seat_in(session.negotiation_id)
    one = await rounds.round_of(db, actor, session)
    where = await seating.setting(db, session)
    if seat is None or seat.party_id not in where.sides:
        raise NotFound
    check_current(one)
    if body.sha256 != one.revision.sha256:
        raise Stale(
            f"This is not the text that is circulated. Read revision {one.revision.number} "
            "and decide on that one.",
        )
    _check_statement(body)
    summary, ended_at = one.summary, one.ended_at(where)
    approval.check_may_decide(
        summary.state, summary.rule, one.decisions, one.revision.id, seat.party_id, body.decision,
        ended_at=ended_at, now=now,
    )  # fmt: skip
    await delivering.opened(db, actor, session, now=now)
    made = _add(db, actor, one, [seat.party_id], body.decision, body.statement, now=now)
    _audit(db, actor, session, made, now=now)
    if body.decision is DecisionKind.objected:
        _announce(db, actor, session, one, "summary.objected", now=now)
    decisions = [*one.decisions, *made]
    how = approval.by_decisions(summary.rule, one.revision.id, where.sides, decisions)
    if how is not None:
        _agree(db, actor, session, one, how, now=now)


def check_current(one: Round) -> None:
    """WrongState while the secretariat writes on what is shown."""
    if not one.is_current:
        raise WrongState(
            f"The secretariat is writing on: revision {one.revision.number} can't be decided on "
            "any more. The next one will be sent round to you."
        )


def _check_statement(body: Decide) -> None:
    if body.decision is DecisionKind.silent_consent:
        raise Invalid.field("decision", "Silence is not sent. Approve, or object.")
    needed = body.decision in approval.WITH_STATEMENT
    if needed and not body.statement:
        raise Invalid.field("statement", "Say why: it is annexed to the summary as you write it.")
    if body.statement and not needed:
        raise Invalid.field("statement", "With a statement, decide approved_with_statement.")


async def comment(
    db: Db, actor: Actor, session: NegotiationSession, body: NewComment, *, now: datetime
) -> SummaryComment:
    """A remark on the circulated revision, for all who may read it."""
    demand(actor, "summary.comment", session)
    one = await rounds.round_of(db, actor, session)
    if not one.is_current or one.summary.state is not SummaryState.circulated:
        raise WrongState("It can be commented on while it is circulated.")
    seat = actor.seat_in(session.negotiation_id)
    if seat is None or seat.party_id is None:
        raise NotFound
    row = SummaryComment(
        created_at=now, revision_id=one.revision.id, party_id=seat.party_id,
        person_id=actor.person_id, body=body.body, written_at=now,
    )  # fmt: skip
    db.add(row)
    await db.flush()
    audit.record_row(db, actor, "summary.commented", row, at=now, **audit.place_of(session))
    return row


async def agree(db: Db, actor: Actor, session: NegotiationSession, *, now: datetime) -> None:
    """The coordinator declares it agreed: compiled by the secretariat, or with the disagreement
    of the parties on record; WrongState where the rule of the talks wants something else."""
    demand(actor, "summary.agree", session)
    one = await rounds.round_of(db, actor, session)
    where = await seating.setting(db, session)
    how = check_may_agree(session, where, one)
    one.summary.rule = one.summary.rule or where.negotiation.approval
    one.revision.shared_at = one.revision.shared_at or now
    _agree(db, actor, session, one, how, now=now)


def check_may_agree(session: NegotiationSession, where: Setting, one: Round) -> AgreedAs:
    """As what the coordinator may declare it agreed; WrongState says what is missing."""
    if session.status is not SessionStatus.held:
        raise WrongState("Close the session first.")
    rule = one.summary.rule or where.negotiation.approval
    return approval.check_declared(
        rule, one.summary.state, one.revision.id, where.sides, one.decisions, one.revision.body
    )


async def consent_by_silence(
    db: Db, actor: Actor, session: NegotiationSession, *, now: datetime
) -> bool:
    """Take the silence of those it reached for consent, if its time is over and the rule allows."""
    one = await rounds.round_of(db, actor, session)
    where = await seating.setting(db, session)
    ended_at = one.ended_at(where)
    if one.summary.state is not SummaryState.circulated or ended_at is None:
        return False
    silent = approval.by_silence(
        one.summary.rule, one.revision.id, where.sides, one.decisions,
        await rounds.circulations_of(db, [one.revision.id]), ended_at=ended_at, now=now,
    )  # fmt: skip
    if silent is None:
        return False
    made = _add(db, actor, one, silent, DecisionKind.silent_consent, None, now=now)
    _audit(db, actor, session, made, now=now)
    how = AgreedAs.silence if silent else AgreedAs.all_parties
    _agree(db, actor, session, one, how, now=now)
    return True


def _add(
    db: Db,
    actor: Actor,
    one: Round,
    parties: Iterable[str],
    kind: DecisionKind,
    statement: str | None,
    *,
    now: datetime,
) -> list[SummaryDecision]:
    first = len(one.decisions) + 1
    made = [
        SummaryDecision(
            created_at=now, revision_id=one.revision.id, number=number, party_id=party_id,
            person_id=actor.person_id, kind=kind, statement=statement, decided_at=now,
        )
        for number, party_id in enumerate(parties, start=first)
    ]  # fmt: skip
    db.add_all(made)
    return made


def _audit(
    db: Db,
    actor: Actor,
    session: NegotiationSession,
    made: Iterable[SummaryDecision],
    *,
    now: datetime,
) -> None:
    for row in made:
        audit.record_row(db, actor, "summary.decided", row, at=now, **audit.place_of(session))


def _agree(
    db: Db, actor: Actor, session: NegotiationSession, one: Round, how: AgreedAs, *, now: datetime
) -> None:
    one.summary.state, one.summary.agreed_as = SummaryState.agreed, how
    one.summary.agreed_at = now
    _tell(db, actor, session, one, "summary.agreed", {**_of(one), "as": how.value}, now=now)


def _of(one: Round) -> dict[str, object]:
    return {"revision": one.revision.number, "sha256": one.revision.sha256}


def _tell(
    db: Db,
    actor: Actor,
    session: NegotiationSession,
    one: Round,
    event: str,
    content: dict[str, object],
    *,
    now: datetime,
) -> None:
    """Enter the act and announce it under the same name."""
    db.add_all([one.summary, one.revision])
    audit.record(
        db,
        at=now,
        actor=actor.signature,
        action=event,
        object_type="summary",
        object_id=one.summary.id,
        content=content,
        **audit.place_of(session),
    )
    _announce(db, actor, session, one, event, now=now)


def _announce(
    db: Db, actor: Actor, session: NegotiationSession, one: Round, event: str, *, now: datetime
) -> None:
    announce_session(
        db, event, session, by=actor, at=now, object_id=one.summary.id,
        payload={"revision": one.revision.number},
    )  # fmt: skip
