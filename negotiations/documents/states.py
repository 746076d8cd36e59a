"""PURE: what state a document request is in as of a day, read from its events.

An event is never changed. A wrong one is superseded by a later entry, which may be of any kind: a
note takes a state back. What is superseded counts for nothing once the later entry is known.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from negotiations.civil import known_by
from negotiations.errors import WrongState
from negotiations.models import DocumentRequestEvent
from negotiations.models.documents import Disposition, RequestEventKind, RequestState

_S = RequestState
# Which state may follow which. Litigation may begin before any answer (a deadline that passes in
# silence counts as a denial), and an answer may come at any time after the request.
FOLLOWING: dict[RequestState, frozenset[RequestState]] = {
    _S.drafted: frozenset({_S.submitted, _S.closed}),
    _S.submitted: frozenset(
        {
            _S.perfected,
            _S.processing,
            _S.disposed,
            _S.appealed,
            _S.litigated,
            _S.produced,
            _S.closed,
        }
    ),
    _S.perfected: frozenset(
        {_S.processing, _S.disposed, _S.appealed, _S.litigated, _S.produced, _S.closed}
    ),
    _S.processing: frozenset({_S.disposed, _S.appealed, _S.litigated, _S.produced, _S.closed}),
    _S.disposed: frozenset({_S.processing, _S.appealed, _S.litigated, _S.produced, _S.closed}),
    _S.appealed: frozenset({_S.processing, _S.disposed, _S.litigated, _S.produced, _S.closed}),
    _S.litigated: frozenset({_S.processing, _S.disposed, _S.ordered, _S.produced, _S.closed}),
    _S.ordered: frozenset({_S.litigated, _S.produced, _S.closed}),
    _S.produced: frozenset({_S.appealed, _S.litigated, _S.ordered, _S.closed}),
    _S.closed: frozenset(),
}
# Deadlines set before one of these count no more: it is answered, or the court sets its own.
_SETTLES_DEADLINES = frozenset({_S.disposed, _S.litigated, _S.produced, _S.closed})
# Which answers may come with a state.
_ANSWERS = {
    _S.disposed: frozenset(Disposition),
    _S.closed: frozenset({Disposition.withdrawn}),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a request stands: `events` are those that count, in order of their days.

    `since` is the day of the event that led to `state`; `deadlines` are those that still bind.
    """

    state: RequestState
    since: date
    disposition: Disposition | None
    submitted_on: date | None
    perfected_on: date | None
    deadlines: tuple[date, ...]
    events: tuple[DocumentRequestEvent, ...]

    def next_due(self, today: date) -> date | None:
        """The first deadline that isn't past on `today`; the last one when all of them are."""
        if not self.deadlines:
            return None
        return next((one for one in self.deadlines if one >= today), self.deadlines[-1])

    def last(self, *states: RequestState) -> DocumentRequestEvent | None:
        """The latest event that led to one of these states."""
        found = (one for one in reversed(self.events) if one.state in states)
        return next(found, None)


def counting(
    events: Iterable[DocumentRequestEvent],
    *,
    as_of: date | None = None,
    known_at: datetime | None = None,
) -> list[DocumentRequestEvent]:
    """The events that count, in order of their days (on one day: in order of entry).

    `as_of` is a civil date: what happened later is left out. `known_at` is an instant (UTC): what
    was recorded later is left out, and so is that it supersedes anything.
    """
    known = [one for one in events if known_at is None or known_by(one.recorded_at, known_at)]
    superseded = {one.supersedes_id for one in known}
    kept = [
        one
        for one in known
        if one.id not in superseded and (as_of is None or one.happened_on <= as_of)
    ]
    return sorted(kept, key=lambda one: (one.happened_on, one.number))


def standing(
    events: Iterable[DocumentRequestEvent],
    *,
    as_of: date | None = None,
    known_at: datetime | None = None,
) -> Standing | None:
    """Where the request stood; None while nothing led to a state."""
    counted = counting(events, as_of=as_of, known_at=known_at)
    reached = [one for one in counted if one.state is not None]
    if not reached:
        return None
    assert reached[-1].state is not None
    return Standing(
        reached[-1].state,
        reached[-1].happened_on,
        _disposition(reached),
        _day_of(reached, _S.submitted),
        _day_of(reached, _S.perfected),
        _deadlines(counted),
        tuple(counted),
    )


def _disposition(reached: Sequence[DocumentRequestEvent]) -> Disposition | None:
    """The last answer; taken up again, a request has none."""
    disposition = None
    for one in reached:
        if one.state is _S.processing:
            disposition = None
        disposition = one.disposition or disposition
    return disposition


def _day_of(reached: Sequence[DocumentRequestEvent], state: RequestState) -> date | None:
    return next((one.happened_on for one in reached if one.state is state), None)


def _deadlines(counted: Sequence[DocumentRequestEvent]) -> tuple[date, ...]:
    found: set[date] = set()
    for one in counted:
        if one.state in _SETTLES_DEADLINES:
            found.clear()
        if one.due_on is not None:
            found.add(one.due_on)
    return tuple(sorted(found))


def check(events: Iterable[DocumentRequestEvent]) -> Standing:
    """Where the request stands; WrongState when its states don't follow one another."""
    events = list(events)
    reached = [one for one in counting(events) if one.state is not None]
    for before, after in pairwise(reached):
        assert before.state is not None and after.state is not None
        if after.state not in _following(before):
            raise WrongState(_cannot(before, after, _following(before)))
    found = standing(events)
    if found is None:
        raise WrongState(
            "A request is always in a state. Supersede this event by one that leads to a state."
        )
    return found


def _following(event: DocumentRequestEvent) -> frozenset[RequestState]:
    assert event.state is not None
    if event.disposition is Disposition.withdrawn:
        return FOLLOWING[event.state] & {_S.closed}
    return FOLLOWING[event.state]


def _cannot(
    before: DocumentRequestEvent,
    after: DocumentRequestEvent,
    possible: frozenset[RequestState],
) -> str:
    assert before.state is not None and after.state is not None
    was = before.disposition if before.disposition is Disposition.withdrawn else before.state
    text = (
        f"{after.state.value} ({after.happened_on}) can't follow "
        f"{was.value} ({before.happened_on})."
    )
    listed = " or ".join(one.value for one in RequestState if one in possible)
    follows = f" After {was.value} comes {listed}." if listed else " Nothing follows it."
    return f"{text}{follows} Check the day, or supersede the wrong event."


def mistakes(event: DocumentRequestEvent) -> Iterable[tuple[str, str]]:
    """What one event can't say: each wrong field with a sentence."""
    kind, state, disposition, due_on = event.kind, event.state, event.disposition, event.due_on
    if kind is RequestEventKind.state and state is None:
        yield "state", "Say which state the request came to."
    if kind is RequestEventKind.deadline and due_on is None:
        yield "due_on", "Say which day the deadline is."
    if due_on is not None and kind not in (RequestEventKind.state, RequestEventKind.deadline):
        yield "due_on", "Only a new state or a deadline sets a day. Leave it out, or change kind."
    if due_on is not None and due_on < event.happened_on:
        yield "due_on", "The deadline lies before the day it was set. Change one of them."
    if state is _S.disposed and disposition is None:
        yield "disposition", "Say how the holder answered: granted, partial, denied, …"
    answers = _ANSWERS.get(state, frozenset()) if state else frozenset()
    if disposition is not None and disposition not in answers:
        yield "disposition", "An answer belongs to disposed, and withdrawn to closed as well."
