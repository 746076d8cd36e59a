"""PURE: a document request in one line, how certain that line is, and what to be warned of."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from negotiations.civil import end_of_day
from negotiations.documents.states import Standing
from negotiations.models import DocumentRequest, DocumentRequestEvent, NegotiationSession
from negotiations.models.documents import Disposition, RequestEventKind, RequestState
from negotiations.models.outcomes import Certainty
from negotiations.models.sessions import SessionStatus
from negotiations.working_days import why_off

_IN_COURT = frozenset({RequestState.litigated, RequestState.ordered})
_SINCE = {
    RequestState.processing: "in processing since",
    RequestState.appealed: "on appeal since",
    RequestState.litigated: "in litigation since",
}
_ANSWERED = {
    Disposition.partial: "granted in part",
    Disposition.no_records: "no records found",
}
# Sessions that take no place: nothing is needed before them.
_NOT_COMING = frozenset({SessionStatus.cancelled, SessionStatus.postponed})


def short_day(value: date) -> str:
    """`5 Nov 2010`."""
    return f"{value.day} {value:%b} {value.year}"


def short_days(values: Sequence[date]) -> str:
    """`17 Jan and 25 Feb 2011`: the year once, where it is the same."""
    same = len({one.year for one in values}) == 1
    told = [f"{one.day} {one:%b}" if same else short_day(one) for one in values]
    listed = f"{', '.join(told[:-1])} and {told[-1]}" if len(told) > 1 else told[0]
    return f"{listed} {values[0].year}" if same else listed


def one_line(standing: Standing) -> str:
    """`in litigation since 27 Apr 2010; injunction asked 28 Oct 2010; court deadlines …`."""
    parts = [_reached(standing)]
    motion = _motion(standing)
    if motion is not None:
        parts.append(f"{motion.label or 'motion'} {short_day(motion.happened_on)}")
    if standing.deadlines:
        many = "s" if len(standing.deadlines) > 1 else ""
        word = f"court deadline{many}" if standing.state in _IN_COURT else "due"
        parts.append(f"{word} {short_days(standing.deadlines)}")
    return "; ".join(parts)


def _telling(standing: Standing) -> DocumentRequestEvent:
    """The event whose day the line begins with; in court, the beginning of the litigation."""
    of_court = standing.last(RequestState.litigated) if standing.state in _IN_COURT else None
    event = of_court or standing.last(standing.state)
    assert event is not None
    return event


def _reached(standing: Standing) -> str:
    event = _telling(standing)
    assert event.state is not None
    word = _SINCE.get(event.state, event.state.value)
    if event.disposition is not None:
        word = _ANSWERED.get(event.disposition, event.disposition.value)
    return f"{word} {short_day(event.happened_on)}"


def _motion(standing: Standing) -> DocumentRequestEvent | None:
    """The latest motion of a request that is in court."""
    if standing.state not in _IN_COURT:
        return None
    motions = [one for one in standing.events if one.kind is RequestEventKind.motion]
    return motions[-1] if motions else None


def certainty(row: DocumentRequest, standing: Standing) -> Certainty:
    """The least certain of what the line and the state rest on."""
    deadlines = [one for one in standing.events if one.due_on in standing.deadlines]
    events = [_telling(standing), standing.last(standing.state), _motion(standing), *deadlines]
    return max([row.certainty, *(one.certainty for one in events if one is not None)])


def needed_first(sessions: Iterable[NegotiationSession]) -> NegotiationSession | None:
    """The first of the sessions that takes place."""
    coming = [one for one in sessions if one.status not in _NOT_COMING]
    return min(coming, key=lambda one: (one.starts_at, one.id), default=None)


def late_for(standing: Standing, session: NegotiationSession, home_tz: str) -> date | None:
    """The first deadline that ends only after the session has begun; None where there is none."""
    if session.status in _NOT_COMING:
        return None
    late = (one for one in standing.deadlines if end_of_day(one, home_tz) > session.starts_at)
    return next(late, None)


def late_warning(standing: Standing, session: NegotiationSession, home_tz: str) -> list[str]:
    """The warning that the documents come too late for a session, if they do."""
    due = late_for(standing, session, home_tz)
    return [] if due is None else [_after(due, session.local_start.date())]


def warnings(
    standing: Standing,
    sessions: Iterable[NegotiationSession],
    home_tz: str,
    holidays: Collection[date] = frozenset(),
) -> list[str]:
    """`Due 17 Jan 2011, after the session of 5 Nov 2010 that needs it.`, one for each day.

    Deadlines on days off come after these.
    """
    found = []
    for session in sorted(sessions, key=lambda one: (one.starts_at, one.id)):
        found += late_warning(standing, session, home_tz)
    for due in standing.deadlines:
        why = why_off(due, holidays)
        if why:
            found.append(f"Due {short_day(due)}, {why}.")
    return list(dict.fromkeys(found))


def _after(due: date, held: date) -> str:
    if due <= held:
        return f"Due at the end of {short_day(due)}: the session that needs it has begun by then."
    return f"Due {short_day(due)}, after the session of {short_day(held)} that needs it."
