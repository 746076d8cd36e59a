"""PURE: holding a session: it is opened, its agenda is adopted, it is closed."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from negotiations.civil import clock_time, local_date
from negotiations.errors import WrongState
from negotiations.models import AgendaItem, NegotiationSession, SessionChange
from negotiations.models.sessions import ChangeKind, CloseKind, ItemState, SessionStatus
from negotiations.scheduling.rules import check_allowed, entry, revised

# How long before its start a session may be opened.
EARLY = timedelta(minutes=60)


def open_session(
    session: NegotiationSession, agenda: Sequence[AgendaItem], *, now: datetime
) -> SessionChange:
    """It begins: what is proposed on its agenda counts as adopted."""
    check_allowed("open", session)
    if now < session.starts_at - EARLY:
        earliest = clock_time(session.starts_at - EARLY, session.tz)
        raise WrongState(
            f"This session can be opened from {earliest} on, an hour before its start. "
            "Wait until then, or move it."
        )
    with revised(session):
        session.status = SessionStatus.in_progress
    session.opened_at = now
    for item in agenda:
        if item.state is ItemState.proposed:
            item.state = ItemState.adopted
    return entry(session, ChangeKind.opened, now)


def has_begun(session: NegotiationSession, now: datetime) -> bool:
    """Whether somebody opened it, which may be before its time, or it is past its start."""
    return session.status is SessionStatus.in_progress or session.starts_at <= now


def day_of(session: NegotiationSession, now: datetime, tz: str) -> date:
    """The civil date of what is said in it: its start's, or today where it began before it."""
    return local_date(min(session.starts_at, now), tz)


def check_may_close(session: NegotiationSession, *, now: datetime) -> None:
    """Raise WrongState unless the session has begun: it was opened, or its time has come."""
    check_allowed("close", session)
    if not has_begun(session, now):
        raise WrongState("This session hasn't begun yet. Close it after its start, or cancel it.")


def unfinished(
    session: NegotiationSession, agenda: Sequence[AgendaItem], issues_with_outcome: frozenset[str]
) -> list[AgendaItem]:
    """The items on which closing now would need an outcome, and which can be carried over."""
    late = _late(session, agenda)
    return [
        item
        for item in agenda
        if item.state is not ItemState.dropped
        and item not in late
        and item.issue_id
        and item.issue_id not in issues_with_outcome
    ]


def _late(session: NegotiationSession, agenda: Sequence[AgendaItem]) -> list[AgendaItem]:
    """Items that came after the agenda was adopted, and wait for a word on them."""
    opened = session.status is SessionStatus.in_progress
    return [item for item in agenda if opened and item.state is ItemState.proposed]


def close(
    session: NegotiationSession,
    close_kind: CloseKind,
    *,
    agenda: Sequence[AgendaItem],
    carried: Sequence[AgendaItem] = (),
    issues_with_outcome: frozenset[str],
    now: datetime,
) -> SessionChange:
    """It was held: each issue on its agenda has an outcome, or is carried over.

    The agenda counts as adopted with this if the session was never opened; an item that came
    late needs a word on it. What is `carried` is settled by whoever makes the next session.
    """
    check_may_close(session, now=now)
    staying = [item for item in agenda if item not in carried]
    late = _late(session, staying)
    if late:
        raise WrongState(
            f"Agenda item {_numbers(late)} came late and isn't adopted. "
            "Adopt it, drop it, or carry it over."
        )
    open_items = unfinished(session, staying, issues_with_outcome)
    if open_items:
        raise WrongState(
            f"No outcome is recorded for agenda item {_numbers(open_items)}. "
            "Record one for each, or not_reached."
        )
    for item in staying:
        if item.state is not ItemState.dropped:
            item.state = ItemState.adopted
    with revised(session):
        session.status = SessionStatus.held
    session.close_kind = close_kind
    session.opened_at = session.opened_at or session.starts_at
    session.closed_at = now
    return entry(session, ChangeKind.closed, now)


def _numbers(items: Sequence[AgendaItem]) -> str:
    return ", ".join(str(item.position) for item in items)
