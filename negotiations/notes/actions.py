"""Posting a session's result: summary, outcomes, positions, commitments and the rest at once."""

from datetime import datetime

from negotiations import audit
from negotiations.access.actor import Actor
from negotiations.access.policy import demand
from negotiations.db import Db, reading_for
from negotiations.errors import Invalid, WrongState
from negotiations.models import (
    NegotiationSession,
    NoteDraft,
    Summary,
    SummaryRevision,
    Track,
)
from negotiations.models.parties import SummaryTemplate, TrackStatus
from negotiations.models.sessions import CloseKind
from negotiations.models.summaries import SummaryState
from negotiations.notes import drafting, queries
from negotiations.notes.bodies import Result
from negotiations.outbox import announce_session
from negotiations.outcomes import actions as recording
from negotiations.outcomes.at_table import AtTable, at_table
from negotiations.outcomes.bodies import NewCommitment, NewPosition
from negotiations.outcomes.placing import track_of
from negotiations.outcomes.stating import state
from negotiations.outcomes.undertaking import commit_all
from negotiations.scheduling import adjourning, bookings, details, holding, log, seating, succession
from negotiations.scheduling import queries as scheduling
from negotiations.scheduling.bodies import Close
from negotiations.scheduling.seating import Setting
from negotiations.scheduling.warnings import warnings
from negotiations.texts import keeping


async def post_result(
    db: Db,
    actor: Actor,
    session: NegotiationSession,
    body: Result,
    *,
    now: datetime,
    recorded_by: str = "person",
    where: Setting | None = None,
) -> tuple[Summary, SummaryRevision]:
    """Save the summary, and in the same transaction all that came with it.

    Raises WrongState before the session is in progress or held (unless it is closed with this
    request), and whatever its parts raise; then nothing at all is kept.
    """
    demand(actor, "summary.write", session)
    closing = body.close is not None
    if not closing and session.status not in recording.RECORDABLE:
        raise WrongState(
            f"This session is {session.status.value}. Post its summary once it is held, "
            "or close it in the same request."
        )
    if closing:
        holding.check_may_close(session, now=now)
    where = where or await seating.setting(db, session)
    summary, revision = await save(db, actor, session, where, body.body, now=now)
    await keeping.taken_up(db, actor, NoteDraft, spot(session), body.body)
    table = await at_table(db, session, where)
    await recording.record_all(
        db, actor, table, body.outcomes, now=now, revision_id=revision.id, closing=closing
    )
    for place, position in enumerate(body.positions):
        pointer = f"positions/{place}/"
        track = await _track_of(db, session, where, position, pointer)
        await state(
            db, actor, where.negotiation, track, position, session=session, now=now, pointer=pointer
        )
    promised = [
        (await _track_of(db, session, where, one, f"commitments/{place}/"), one)
        for place, one in enumerate(body.commitments)
    ]
    await commit_all(db, actor, promised, session=session, now=now, table=table)
    if body.attendance is not None:
        await details.set_attendance(
            db, actor, session, body.attendance, now=now, pointer="attendance", where=where
        )
    if body.close is not None:
        await _end(db, actor, table, body.close, now=now, recorded_by=recorded_by, pointer="close/")
    return summary, revision


async def _track_of(
    db: Db,
    session: NegotiationSession,
    where: Setting,
    body: NewCommitment | NewPosition,
    pointer: str,
) -> Track:
    """The track a part of the result belongs to; Invalid where it names another session."""
    if body.session not in (None, session.id):
        raise Invalid.field(f"{pointer}session", "It belongs to this session.")
    return await track_of(db, where, body.jurisdiction, f"{pointer}jurisdiction")


async def save(
    db: Db,
    actor: Actor,
    session: NegotiationSession,
    where: Setting,
    text: str,
    *,
    now: datetime,
) -> tuple[Summary, SummaryRevision]:
    """A new revision, unless the text is that of the last one."""
    sha256 = keeping.sha256_of(text)
    found = await queries.summary(db, actor, session.id)
    if found is not None and found[1].sha256 == sha256:
        return found
    if found is None:
        symbol = await drafting.symbol_of(db, session, where)
        summary, number = Summary(created_at=now, session_id=session.id, symbol=symbol), 1
    else:
        summary, number = found[0], found[1].number + 1
        _start_anew(summary)
    revision = SummaryRevision(
        created_at=now,
        negotiation_id=session.negotiation_id,
        summary_id=summary.id,
        number=number,
        body=text,
        sha256=sha256,
        author_id=actor.person_id,
    )
    db.add_all([summary, revision])
    await db.flush()
    audit.record(
        db,
        at=now,
        actor=actor.signature,
        action="summary.saved",
        object_type="summary",
        object_id=summary.id,
        content={"revision": number, "sha256": sha256},
        **audit.place_of(session),
    )
    announce_session(db, "summary.saved", session, by=actor, at=now, object_id=summary.id)
    return summary, revision


def _start_anew(summary: Summary) -> None:
    """Another text: what was decided on the one before counts no more."""
    if summary.state is SummaryState.published:
        raise WrongState("This summary is published, and stays as it is. Make a corrigendum.")
    summary.state, summary.rule, summary.due_on = SummaryState.draft, None, None
    summary.agreed_as = summary.agreed_at = None


def spot(session: NegotiationSession) -> dict[str, object]:
    """What a kept text of a session's summary was meant for."""
    return {"session_id": session.id}


async def keep(
    db: Db, actor: Actor, session: NegotiationSession, text: str, *, base: str | None, now: datetime
) -> NoteDraft | None:
    """A text that came too late is kept for its author; None where a revision has it already."""
    demand(actor, "summary.write", session)
    if await queries.has_text(db, actor, session.id, keeping.sha256_of(text)):
        return None
    return await keeping.keep(db, actor, NoteDraft, spot(session), text, base=base, now=now)


async def discard(db: Db, actor: Actor, session: NegotiationSession, draft: NoteDraft) -> None:
    """Its author doesn't need a kept text any more: it is gone from the commit on."""
    demand(actor, "summary.write", session)
    await db.delete(draft)


async def close(
    db: Db, actor: Actor, session: NegotiationSession, body: Close, *, now: datetime
) -> list[str]:
    """The session is held: its agenda is settled, its bookings are free, a draft is there.

    Adjourned to a date, the next session is made in the same transaction; returns its warnings.
    A caucus session is closed without outcomes and without a draft: it has neither.
    """
    table = await at_table(db, session)
    found = await _end(db, actor, table, body, now=now)
    if not table.where.is_caucus:
        await _ensure_draft(db, actor, session, table.where, body.template, now=now)
    return found


async def _end(
    db: Db,
    actor: Actor,
    table: AtTable,
    body: Close,
    *,
    now: datetime,
    recorded_by: str = "person",
    pointer: str = "",
) -> list[str]:
    """Close it, but for its draft."""
    session, where = table.session, table.where
    demand(actor, "session.close", session)
    agenda = (await scheduling.agendas(db, [session]))[session.id]
    with_outcome = frozenset(row.issue_id for row in table.outcomes)
    on_agenda = frozenset(item.issue_id for item in agenda if item.issue_id)
    holding.check_may_close(session, now=now)
    carried = adjourning.carried_items(session, agenda, with_outcome, body, pointer)
    change = holding.close(
        session,
        body.close_kind,
        agenda=agenda,
        carried=carried,
        issues_with_outcome=on_agenda if where.is_caucus else with_outcome,
        now=now,
    )
    change.recorded_by = recorded_by
    await log.finish(db, actor, session, change, "session.held", now=now)
    touched = [session]
    if body.next is not None:
        touched.append(
            await adjourning.adjourn(
                db, actor, session, where, body.next, carried, now=now, pointer=pointer
            )
        )
    await bookings.rebook(db, actor, touched)
    sine_die = body.close_kind is CloseKind.adjourned_sine_die
    if where.track and sine_die and not await succession.ahead(db, session):
        where.track.status = TrackStatus.adjourned
    return await warnings(db, actor, touched[-1], where.negotiation, now=now) if body.next else []


async def _ensure_draft(
    db: Db,
    actor: Actor,
    session: NegotiationSession,
    where: Setting,
    template: SummaryTemplate | None,
    *,
    now: datetime,
) -> None:
    """Compile a first draft if nobody wrote one."""
    if session.id in await queries.states(db, [session.id]):
        return
    symbol = await drafting.symbol_of(db, session, where)
    await db.flush()  # what was written so far, as who asks
    # Who closes it may be a chair, who reads neither the secretariat's notes nor its draft.
    async with reading_for(db, session.negotiation_id):
        text = await drafting.compiled(db, session, where, symbol, template)
        await save(db, actor, session, where, text, now=now)
