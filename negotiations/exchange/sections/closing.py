"""Closing a session with all that came of it, and where it adjourns, with the one that goes on."""

from collections.abc import Sequence

from sqlmodel import col, select

from negotiations.errors import Invalid
from negotiations.exchange.entry import Entry, as_body
from negotiations.exchange.sections import results
from negotiations.exchange.sections.changes import Closed
from negotiations.exchange.sections.session_items import SessionItem
from negotiations.exchange.tree import Path
from negotiations.exchange.work import Work, at
from negotiations.models import NegotiationSession
from negotiations.models.sessions import CloseKind, ItemState
from negotiations.notes import actions as notes
from negotiations.notes.bodies import Result
from negotiations.outcomes.bodies import NewOutcome
from negotiations.scheduling import queries as scheduling
from negotiations.scheduling.bodies import Close, Next

ADJOURNED = CloseKind.adjourned_to_date


async def close(
    work: Work,
    entry: Entry[SessionItem],
    session: NegotiationSession,
    step: Closed,
    path: Path,
    *,
    told: bool,
) -> None:
    """Close it, and unless that is `told` already, with its outcomes and the text of its summary.

    What was undertaken in it comes first, so that a draft made at its closing has it too.
    """
    item = entry.item
    for one in work.naming("commitment", "session", entry.key):
        await work.put(work, one)
    following = await _following(work, entry) if step.close_kind is ADJOURNED else None
    with at(*path):
        body = await _body(work, session, item, step, following)
    first, later = _first_on_each_issue(item)
    if not told and item.summary is not None:
        with at(*path):
            await _post(work, session, item, first, body)
    else:
        await results.record(work, session, item, [] if told else first, closing=True)
        with at(*path):
            await notes.close(work.db, work.actor, session, body, now=work.now)
    if not told:
        texts = item.summary.bodies[1:] if item.summary else []
        await results.add_texts(work, session, texts)
        await results.record(work, session, item, later)
    if following is not None:
        rows = await work.db.exec(
            select(NegotiationSession.id).where(col(NegotiationSession.continues_id) == session.id)
        )
        work.place("session", following.key, rows.one())


async def _following(work: Work, entry: Entry[SessionItem]) -> Entry[SessionItem] | None:
    """The session that goes on, once those that were made before it are written."""
    for one in work.naming("session", "continues", entry.key):
        if not one.item.instead_of:
            await put_those_before(work, one)
            return one
    return None


async def put_those_before(work: Work, entry: Entry[SessionItem]) -> None:
    """Write the sessions that the file has before this one at its table.

    Sessions of a table are numbered as they are made.
    """
    for one in work.entries["session"]:
        if one is entry:
            return
        if one.item.jurisdiction == entry.item.jurisdiction:
            await work.put(work, one)


async def _body(
    work: Work,
    session: NegotiationSession,
    item: SessionItem,
    step: Closed,
    following: Entry[SessionItem] | None,
) -> Close:
    """What closes it; `following` says when it goes on, the agenda what is carried over."""
    if following is None:
        if step.close_kind is ADJOURNED:
            raise Invalid.field("close_kind", "Add the session that continues this one.")
        return Close(close_kind=step.close_kind)
    given = following.item
    agenda = (await scheduling.agendas(work.db, [session]))[session.id]
    places = [n for n, one in enumerate(item.agenda) if one.state is ItemState.carried_over]
    return Close.model_construct(
        close_kind=step.close_kind,
        next=as_body(Next, given),
        carried_over=[agenda[place].id for place in places if place < len(agenda)],
    )


def _first_on_each_issue(item: SessionItem) -> tuple[list[int], list[int]]:
    """The places of the first outcome on each issue, and of those that supersede."""
    issues, first, later = set[str](), list[int](), list[int]()
    for place, one in enumerate(item.outcomes):
        (later if one.issue in issues else first).append(place)
        issues.add(one.issue)
    return first, later


async def _post(
    work: Work,
    session: NegotiationSession,
    item: SessionItem,
    first: Sequence[int],
    close_: Close,
) -> None:
    """The whole result at once, so that outcomes point to the text they were read from."""
    assert item.summary is not None
    given = [as_body(NewOutcome, item.outcomes[place]) for place in first]
    body = Result.model_construct(
        body=item.summary.bodies[0], outcomes=given, positions=[], commitments=[],
        attendance=None, close=close_,
    )  # fmt: skip
    await notes.post_result(work.db, work.actor, session, body, now=work.now)
    for _ in first:
        work.report.count("outcome", "created")
    work.report.count("summary", "created")
