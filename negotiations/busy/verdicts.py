"""PURE: what follows for a calendar from a try to read it, and when the next one is due."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from negotiations.models.availability import BusyFault, BusyState

EVERY = timedelta(minutes=30)
# How long after each failure in a row the next try is made; the last one stays.
_WAITS = tuple(timedelta(minutes=one) for one in (5, 15, 30, 60, 120, 240, 360))
# What may pass by itself is told once it has lasted so long; of the rest one try tells enough.
PATIENCE = timedelta(hours=1)
MAY_PASS = frozenset({BusyFault.unreached, BusyFault.answered_wrong, BusyFault.too_slow})
# A rule reaches so far ahead; it is worked out anew when a part of that has passed.
HORIZON, AFRESH = timedelta(days=548), timedelta(days=7)
LONGEST_WAIT = timedelta(hours=24)

WORDS: Mapping[BusyFault, str] = {
    BusyFault.unreached: "nobody answers at its address",
    BusyFault.refused: "it asks for another name and password, or gives nothing to this service",
    BusyFault.gone: "there is nothing at its address any more",
    BusyFault.answered_wrong: "whoever answers at its address gives no calendar",
    BusyFault.too_large: "it has more than five million bytes",
    BusyFault.packed: "it comes packed, although it was asked for as it is",
    BusyFault.no_calendar: "what is there is no whole calendar (iCalendar, RFC 5545)",
    BusyFault.not_utf8: "its text is not in UTF-8",
    BusyFault.bad_time: "one of its times is none, or lies centuries away",
    BusyFault.bad_zone: "it names a time zone that nobody knows, and doesn’t describe it",
    BusyFault.bad_rule: "one of its events recurs by a rule that isn’t taken: more often than "
    "daily, more than 1,000 times, or not as RFC 5545 has it",
    BusyFault.too_much: "it holds more than 5,000 events, or one that is too long",
    BusyFault.too_slow: "to read it takes longer than two seconds",
    BusyFault.sealed: "its address was sealed with another key of this service: add it again",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands with a calendar before a try."""

    state: BusyState
    failures: int
    failing_since: datetime | None
    told_at: datetime | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is written of the calendar, and whether its owner is told of it by mail."""

    changes: Mapping[str, object]
    tell: bool


def well(was: Standing, *, now: datetime, roll: float) -> Verdict:
    """It could be read, or hasn't changed. Who was told that it couldn't is told that it can."""
    told = was.told_at is not None and (was.failing_since or now) <= was.told_at
    tell = was.state is BusyState.failing and told
    changes: dict[str, object] = {
        "state": BusyState.good, "fault": None, "failures": 0, "failing_since": None,
        "read_at": now, "due_at": now + EVERY - EVERY * 0.1 * roll,
    }  # fmt: skip
    return Verdict({**changes, **({"told_at": now} if tell else {})}, tell)


def ill(
    was: Standing, fault: BusyFault, *, now: datetime, roll: float, asked: datetime | None = None
) -> Verdict:
    """It couldn't be read: its blocks stay. `asked`: until when whoever answers wants to rest."""
    since = was.failing_since or now
    wait = _WAITS[min(was.failures, len(_WAITS) - 1)]
    due = now + wait - wait * 0.1 * roll
    if asked is not None:
        due = max(due, min(asked, now + LONGEST_WAIT))
    is_told = was.told_at is not None and was.told_at >= since and was.failing_since is not None
    tell = not is_told and (fault not in MAY_PASS or now - since >= PATIENCE)
    changes: dict[str, object] = {
        "state": BusyState.failing, "fault": fault, "failures": was.failures + 1,
        "failing_since": since, "due_at": due,
    }  # fmt: skip
    return Verdict({**changes, **({"told_at": now} if tell else {})}, tell)


def fault_of(status: int) -> BusyFault | None:
    """What a status says is wrong; None for 200 and 304."""
    if status in (200, 304):
        return None
    if status in (401, 403):
        return BusyFault.refused
    return BusyFault.gone if status in (404, 410) else BusyFault.answered_wrong
