"""PURE: was every jurisdiction told the same? The cells of the matrix compared, issue by issue.

An answer is a cell with an outcome, but for `not_reached`: an item that was not reached told nobody
anything. Only values are compared; where the same value was decided by another side, or in part
only, or in other words, that is said beside it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Any

from negotiations.models import Issue, Outcome, Party
from negotiations.models.outcomes import Certainty, OutcomeValue
from negotiations.outcomes.matrix import NO_SESSION, NOT_RECORDED, Cell


class Finding(StrEnum):
    """What became of one issue, in the order in which it deserves a look."""

    different = "different"  # two or more jurisdictions answered, not all with the same value
    one_only = "one_only"  # answered to one, while others had a session too
    same = "same"  # two or more answered, all with the same value
    none = "none"  # nothing to compare


class Difference(StrEnum):
    """In what the answers with one and the same value still differ."""

    partial = "partial"
    decided_by = "decided_by"
    text = "text"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One issue over the jurisdictions, each in exactly one of the three groups.

    `missing` had a session, and nothing is recorded on the issue, or it was not reached.
    """

    issue: Issue
    finding: Finding
    differences: tuple[Difference, ...]
    answers: tuple[Cell, ...]
    missing: tuple[Cell, ...]
    without: tuple[Cell, ...]

    @property
    def why(self) -> str:
        """One sentence: why the issue is listed where it is."""
        return _why(self)


def compare(cells: Iterable[Cell]) -> list[Comparison]:
    """What differs first, then what was answered to one only; within that by the list of issues.

    `cells` are those of the matrix, all of an issue one after another.
    """
    found = [_comparison(list(row)) for _, row in groupby(cells, key=lambda cell: cell.issue.id)]
    order = list(Finding)
    return sorted(found, key=lambda one: order.index(one.finding))


def _comparison(row: Sequence[Cell]) -> Comparison:
    answers, missing, without = (
        tuple(cell for cell in row if _group(cell) == group)
        for group in ("answers", "missing", "without")
    )
    finding = _finding(answers, missing)
    differences = _differences(answers) if finding is Finding.same else ()
    return Comparison(row[0].issue, finding, differences, answers, missing, without)


def _group(cell: Cell) -> str:
    if cell.value == NO_SESSION:
        return "without"
    return "missing" if cell.value in (NOT_RECORDED, OutcomeValue.not_reached) else "answers"


def _finding(answers: Sequence[Cell], missing: Sequence[Cell]) -> Finding:
    values = {cell.value for cell in answers}
    if len(values) > 1:
        return Finding.different
    if len(answers) > 1:
        return Finding.same
    return Finding.one_only if answers and missing else Finding.none


def _differences(answers: Sequence[Cell]) -> tuple[Difference, ...]:
    """In what the standing outcomes differ, one value given."""
    said: dict[str, tuple[Outcome, Party]] = {}
    for cell in answers:
        row, side = cell.outcome, cell.jurisdiction
        # That of a plenary stands in several columns, and is one decision: of whoever took it.
        if row is not None and (row.id not in said or row.decided_by_id == side.id):
            said[row.id] = (row, side)
    rows = said.values()
    told: dict[Difference, set[Any]] = {
        Difference.partial: {row.partial for row, _ in rows},
        Difference.decided_by: {_decider(row.decided_by_id, side) for row, side in rows},
        Difference.text: {(row.text, row.reason) for row, _ in rows},
    }
    return tuple(name for name, values in told.items() if len(values) > 1)


def _decider(party_id: str | None, jurisdiction: Party) -> str | None:
    """Each jurisdiction is another party: what counts is which side of its table decided."""
    if party_id is None:
        return None
    return "jurisdiction" if party_id == jurisdiction.id else "agency"


def _why(one: Comparison) -> str:
    missing = _names(one.missing)
    left = f"; no recorded answer for {missing}" if missing else ""
    doubted = [cell for cell in one.answers if cell.outcome and cell.outcome.certainty.mark]
    doubt = f" Uncertain: {_names(doubted)} ({Certainty.C.mark})." if doubted else ""
    return f"{_told(one, left)}{doubt}"


def _told(one: Comparison, left: str) -> str:
    if one.finding is Finding.different:
        words = {cell.value: cell.look.word for cell in one.answers}
        told = [
            f"{word} ({_names(cell for cell in one.answers if cell.value == value)})"
            for value, word in words.items()
        ]
        return f"Not the same answer: {_listed(told)}{left}."
    if one.finding is Finding.same:
        aside = "".join(f", {_aside(name, one.answers)}" for name in one.differences)
        times = "twice" if len(one.answers) == 2 else f"{len(one.answers)} times"
        return f"The same answer {times}: {one.answers[0].look.word}{aside}{left}."
    answered, missing = _names(one.answers), _names(one.missing)
    if one.finding is Finding.one_only:
        had = "a session" if len(one.missing) == 1 else "sessions"
        return f"Answered to {answered} only: {missing} had {had} too, without a recorded answer."
    if len(one.answers) + len(one.missing) + len(one.without) == 1:
        return "A single jurisdiction is shown: nothing to compare."
    if one.answers:
        return f"Answered to {answered}; no other jurisdiction had a session."
    return f"No answer is recorded for {missing}." if missing else "No jurisdiction had a session."


def _aside(name: Difference, answers: Sequence[Cell]) -> str:
    if name is Difference.partial:
        partly = [cell for cell in answers if cell.outcome and cell.outcome.partial]
        return f"for {_names(partly)} in part only"
    return "decided by different sides" if name is Difference.decided_by else "in different words"


def _names(cells: Iterable[Cell]) -> str:
    return _listed([cell.jurisdiction.short_name for cell in cells])


def _listed(words: Sequence[str]) -> str:
    """`A`, `A and B`, `A, B and C`."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
