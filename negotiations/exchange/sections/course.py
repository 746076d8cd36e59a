"""The course of a session as its log tells it, and whether a file tells the same."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from negotiations.exchange.sections.changes import (
    Accepted,
    Cancelled,
    Closed,
    Confirmed,
    Declined,
    Moved,
    Opened,
    Postponed,
    Published,
    Reinstated,
    Relocated,
    Step,
)
from negotiations.exchange.telling import Telling
from negotiations.models import NegotiationSession, SessionChange
from negotiations.models.sessions import ChangeKind, SessionStatus
from negotiations.scheduling.bodies import NewSession, RecordedConsent, Relocate
from negotiations.scheduling.rules import ALLOWED_FROM


@dataclass(frozen=True, slots=True)
class _Logged:
    """One entry of the log, the zone before it, and whether it settled the place of today."""

    telling: Telling
    session: NegotiationSession
    change: SessionChange
    tz: str | None
    settles_place: bool

    @property
    def consents(self) -> list[RecordedConsent]:
        return consents_of(self.telling, self.change)


def consents_of(telling: Telling, change: SessionChange) -> list[RecordedConsent]:
    """The consents in an entry of the log, as a file has them."""
    found = [
        RecordedConsent.model_construct(
            party=telling.slugs.get(one["party_id"], ""), by=one["by"], how=one["how"]
        )
        for one in change.consents
    ]
    return sorted(found, key=lambda one: one.party)


def _accepted(one: _Logged) -> dict[str, Any]:
    consent = one.consents[0]
    return {"party": consent.party, "by": consent.by, "how": consent.how}


def _declined(one: _Logged) -> dict[str, Any]:
    return {
        "party": one.telling.slugs.get(one.change.party_id or "", ""),
        "reason": one.change.reason,
    }


def _moved(one: _Logged) -> dict[str, Any]:
    change, session = one.change, one.session
    longer = (change.from_start, change.from_tz) == (change.to_start, change.to_tz)
    length = session.local_end - session.local_start
    return {
        "local_start": change.to_start,
        "local_end": change.to_start + length if longer and change.to_start else None,
        "tz": None if change.to_tz == one.tz else change.to_tz,
        "fold": change.to_fold,
        "reason": change.reason,
        "consents": one.consents,
    }


def _relocated(one: _Logged) -> dict[str, Any]:
    location, room = place_in(one.change.to_place)
    if one.settles_place:
        location, room = one.session.location, one.session.room
    return {
        "location": location,
        "room": room,
        "reason": one.change.reason,
        "consents": one.consents,
    }


def _reinstated(one: _Logged) -> dict[str, Any]:
    fields = {name: value for name, value in _moved(one).items() if name != "reason"}
    if one.change.from_place != one.change.to_place or one.settles_place:
        place = _relocated(one)
        fields |= {"location": place["location"], "room": place["room"]}
    return fields


def _cancelled(one: _Logged) -> dict[str, Any]:
    return {"reason": one.change.reason}


def _closed(one: _Logged) -> dict[str, Any]:
    return {"close_kind": one.session.close_kind}


def _nothing(_one: _Logged) -> dict[str, Any]:
    return {}


_TELL: dict[ChangeKind, tuple[type[Step], Callable[[_Logged], dict[str, Any]]]] = {
    ChangeKind.accepted: (Accepted, _accepted),
    ChangeKind.declined: (Declined, _declined),
    ChangeKind.confirmed: (Confirmed, _nothing),
    ChangeKind.moved: (Moved, _moved),
    ChangeKind.relocated: (Relocated, _relocated),
    ChangeKind.postponed: (Postponed, _cancelled),
    ChangeKind.reinstated: (Reinstated, _reinstated),
    ChangeKind.cancelled: (Cancelled, _cancelled),
    ChangeKind.opened: (Opened, _nothing),
    ChangeKind.closed: (Closed, _closed),
    ChangeKind.published: (Published, _nothing),
}


def steps_of(
    telling: Telling, session: NegotiationSession, log: Sequence[SessionChange]
) -> list[Step]:
    """The log after its first entry, as a file has it; what a file can't say is left out."""
    last = last_of_place(log)
    steps, tz = list[Step](), log[0].to_tz
    for change in log[1:]:
        if change.kind in _TELL:
            model, tell = _TELL[change.kind]
            given: dict[str, Any] = {"kind": change.kind.value}
            given |= tell(_Logged(telling, session, change, tz, change is last))
            steps.append(model.model_construct(**given))
        tz = change.to_tz or tz
    return steps


_LEADS_TO = {
    Confirmed: SessionStatus.confirmed,
    Postponed: SessionStatus.postponed,
    Reinstated: SessionStatus.proposed,
    Cancelled: SessionStatus.cancelled,
    Opened: SessionStatus.in_progress,
    Closed: SessionStatus.held,
}


def deciding(steps: Sequence[Step]) -> int | None:
    """The place of the last step that decides on a session of a track while it isn't agreed.

    All counter-proposals to it come before. Those that came after an earlier one, which was undone
    by a move, must not: it would cancel them. None where it still isn't agreed at the end.
    """
    status, found, open_ = SessionStatus.proposed, None, ALLOWED_FROM["counter"]
    for place, step in enumerate(steps):
        if status in open_ and isinstance(step, Confirmed | Postponed | Cancelled):
            found = place
        if isinstance(step, Moved | Relocated):
            by_both = len({one.party for one in step.consents}) == 2
            status = status if by_both else SessionStatus.proposed
        status = _LEADS_TO.get(type(step), status)
    return None if status in open_ else found


def broken_off(steps: Sequence[Step]) -> int | None:
    """The place of the step that took an opened session off for good, as far as told."""
    found, opened = None, False
    for place, step in enumerate(steps):
        if isinstance(step, Opened | Closed):
            found, opened = None, True
        elif opened and isinstance(step, Postponed | Cancelled):
            found, opened = place, False
    return found


def last_of_place(log: Sequence[SessionChange]) -> SessionChange | None:
    """The entry that settled where the session is; None while it is where it was proposed."""
    return next((one for one in reversed(log[1:]) if one.from_place != one.to_place), None)


def place_in(text: str | None) -> tuple[str | None, str | None]:
    """Location and room of a place that the log has as one text."""
    if not text or len(text) <= 300:
        return text or None, None
    room, _, location = text.partition(", ")
    return location[:300], room[:300]


def place_of(item: NewSession | Relocate | Reinstated) -> str:
    """Location and room as the log keeps them."""
    return ", ".join(part for part in (item.room, item.location) if part)


def said(first: NewSession, steps: Iterable[Step]) -> list[tuple[Any, ...]]:
    """What makes two courses the same, step by step: defaults filled, `by` and places as kept."""
    tz, place, found = first.tz, place_of(first), list[tuple[Any, ...]]()
    for step in steps:
        told: tuple[Any, ...] = ()
        match step:
            case Accepted():
                told = (step.party, step.by or "not named", step.how)
            case Declined():
                told = (step.party, step.reason)
            case Moved():
                tz = step.tz or tz
                told = (step.local_start, tz, step.reason, _agreed(step))
            case Relocated():
                place = place_of(step)
                told = (place, step.reason, _agreed(step))
            case Reinstated():
                tz = step.tz or tz
                if step.model_fields_set & {"location", "room"}:
                    place = place_of(step)
                told = (step.local_start, tz, place, _agreed(step))
            case Cancelled() | Postponed():
                told = (step.reason,)
        found.append((step.kind, *told))
    return found


def _agreed(step: Moved | Relocated | Reinstated) -> frozenset[tuple[str, str, str | None]]:
    return frozenset((one.party, one.by or "not named", one.how) for one in step.consents)
