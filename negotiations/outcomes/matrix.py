"""PURE: from outcome rows to the matrix of issues by jurisdictions.

A cell is the outcome that stands for an issue in a track: of the rows said by `as_of` and recorded
by `known_at`, those no other of them supersedes, the latest. Where there is none it says why:
`not_recorded` (a session was held) or `no_session`. These two are never stored. A plenary counts in
the column of every jurisdiction that took part.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, Protocol, TypeVar

from negotiations.civil import known_by
from negotiations.models import Issue, NegotiationSession, Outcome, Party
from negotiations.models.outcomes import OutcomeValue
from negotiations.models.sessions import SessionStatus
from negotiations.parties.codes import code_order

Missing = Literal["not_recorded", "no_session"]
NOT_RECORDED: Missing = "not_recorded"
NO_SESSION: Missing = "no_session"


@dataclass(frozen=True, slots=True)
class Look:
    """How a value is shown: always sign and word together, and the group it belongs to."""

    glyph: str
    word: str
    group: str


LOOKS: dict[str, Look] = {
    OutcomeValue.not_reached: Look("·", "not reached", "open"),
    OutcomeValue.noted: Look("○", "noted", "open"),
    OutcomeValue.clarified: Look("○", "clarified", "open"),
    OutcomeValue.deferred: Look("▷", "deferred", "open"),
    OutcomeValue.referred: Look("▷", "referred", "open"),
    OutcomeValue.ad_referendum: Look("~", "ad referendum", "moving"),
    OutcomeValue.agreed_in_principle: Look("~", "agreed in principle", "moving"),
    OutcomeValue.tentatively_agreed: Look("+", "tentatively agreed", "moving"),
    OutcomeValue.agreed: Look("■", "agreed", "settled"),
    OutcomeValue.declined: Look("✕", "declined", "closed"),
    OutcomeValue.withdrawn: Look("−", "withdrawn", "closed"),
    OutcomeValue.impasse: Look("!", "impasse", "closed"),
    NOT_RECORDED: Look("?", "not recorded", "none"),
    NO_SESSION: Look(" ", "no session", "none"),
}


def look_of(value: str) -> Look:
    """How a value is shown; one that another version left is shown as its word."""
    return LOOKS.get(value) or Look("?", value.replace("_", " "), "none")


@dataclass(frozen=True, slots=True)
class Cell:
    """One issue in one jurisdiction's track.

    `outcome` and `session` are None where nothing stands; `history` holds every row behind the
    cell, the latest first (the standing one included).
    """

    issue: Issue
    jurisdiction: Party
    value: OutcomeValue | Missing
    outcome: Outcome | None
    session: NegotiationSession | None
    history: tuple[Outcome, ...]

    @property
    def look(self) -> Look:
        return look_of(self.value)

    def changed_since(self, day: date) -> bool:
        """Whether anything was said here on this day or after it."""
        return any(row.effective_on >= day for row in self.history)


def cells(
    issues: Sequence[Issue],
    tracks: Sequence[tuple[str, Party]],
    sessions: Iterable[NegotiationSession],
    outcomes: Iterable[Outcome],
    *,
    seated: Mapping[str, Collection[str]] | None = None,
    as_of: date | None = None,
    known_at: datetime | None = None,
) -> list[Cell]:
    """Every issue by every jurisdiction, issues first; `tracks` are (track id, jurisdiction).

    `seated` names the parties that took part in each plenary, all by their ids.

    `as_of` is a civil date: a session counts as held when it is held and its local date isn't
    later. `known_at` is an instant (UTC): what was recorded after it is left out.
    """
    by_id = {session.id: session for session in sessions}
    columns = {one.id: _columns(one, tracks, seated or {}) for one in by_id.values()}
    held = {id_ for one in by_id.values() if _held_by(one, as_of) for id_ in columns[one.id]}
    rows = defaultdict(list)
    for outcome in outcomes:
        if _counts(outcome, as_of, known_at):
            for track_id in columns[outcome.session_id]:
                rows[track_id, outcome.issue_id].append(outcome)
    return [
        _cell(issue, jurisdiction, rows[track_id, issue.id], by_id, track_id in held)
        for issue in issues
        for track_id, jurisdiction in tracks
    ]


def _columns(
    session: NegotiationSession,
    tracks: Sequence[tuple[str, Party]],
    seated: Mapping[str, Collection[str]],
) -> list[str]:
    """The ids of the tracks in whose columns a session counts."""
    if session.track_id is not None:
        return [session.track_id]
    there = seated.get(session.id, ())
    return [track_id for track_id, jurisdiction in tracks if jurisdiction.id in there]


def _held_by(session: NegotiationSession, as_of: date | None) -> bool:
    if session.status is not SessionStatus.held:
        return False
    return as_of is None or session.local_start.date() <= as_of


def _counts(outcome: Outcome, as_of: date | None, known_at: datetime | None) -> bool:
    said = as_of is None or outcome.effective_on <= as_of
    return said and (known_at is None or known_by(outcome.recorded_at, known_at))


def standing(rows: Iterable[Outcome]) -> dict[str, Outcome]:
    """Of one session's rows, the one that stands for each issue, by issue id."""
    rows = list(rows)
    superseded = {row.supersedes_id for row in rows}
    return {row.issue_id: row for row in rows if row.id not in superseded}


def in_succession(rows: Sequence[Outcome], codes: Mapping[str, str]) -> list[Outcome]:
    """One session's rows by issue, each behind the one it supersedes; `codes` by issue id.

    What was recorded in one go bears one time, so that the clock doesn't tell them apart.
    """
    next_of = {row.supersedes_id: row for row in rows if row.supersedes_id}
    firsts = [row for row in rows if row.supersedes_id is None]
    found = []
    for first in sorted(firsts, key=lambda row: code_order(codes[row.issue_id])):
        row: Outcome | None = first
        while row is not None:
            found.append(row)
            row = next_of.get(row.id)
    return found


class Superseding(Protocol):
    """What may stand, unless another one supersedes it."""

    @property
    def id(self) -> str: ...
    @property
    def supersedes_id(self) -> str | None: ...


Row = TypeVar("Row", bound=Superseding)


def latest(rows: Iterable[Row], order: Callable[[Row], Any]) -> tuple[tuple[Row, ...], Row | None]:
    """The rows of a cell, the latest first, and the one that stands."""
    history = tuple(sorted(rows, key=order, reverse=True))
    superseded = {row.supersedes_id for row in history}
    return history, next((row for row in history if row.id not in superseded), None)


def _cell(
    issue: Issue,
    jurisdiction: Party,
    rows: Sequence[Outcome],
    sessions: Mapping[str, NegotiationSession],
    was_held: bool,
) -> Cell:
    def order(outcome: Outcome) -> tuple[date, datetime, datetime, str]:
        starts_at = sessions[outcome.session_id].starts_at
        return (outcome.effective_on, starts_at, outcome.recorded_at, outcome.id)

    history, standing = latest(rows, order)
    if standing is None:
        empty = NOT_RECORDED if was_held else NO_SESSION
        return Cell(issue, jurisdiction, empty, None, None, history)
    return Cell(
        issue, jurisdiction, standing.value, standing, sessions[standing.session_id], history
    )
