"""PURE: what a note's tagged lines would record, read against the sides and what is recorded.

A line suggests; nothing is recorded before somebody confirms it.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from negotiations.models import Party
from negotiations.models.outcomes import OutcomeValue
from negotiations.notebook.suggestions import Suggestion, suggestions

_VALUES = sorted(OutcomeValue, key=lambda one: -len(one.value))  # the longest name that fits


@dataclass(frozen=True, slots=True)
class Suggested:
    """One tagged line. `key` names it in a form: the note's item and the line's number.

    `owner` is the slug of the side an ACTION names, None where no side is called so; `value` the
    outcome a line begins with, `text` what follows it. `is_recorded`: the record has it already.
    """

    key: str
    kind: str
    text: str
    named: str | None
    owner: str | None
    due: date | None
    value: OutcomeValue | None
    is_recorded: bool


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a session's record has: commitments as (owner's slug, text), and the words of outcomes
    by issue."""

    commitments: Collection[tuple[str, str]]
    outcomes: Mapping[str, str]


def suggested(
    item_id: str, body: str, sides: Iterable[Party], issue_id: str | None, recorded: Recorded
) -> list[Suggested]:
    """What the lines of this note suggest, in their order."""
    named = _named(sides)
    return [_read(item_id, one, named, issue_id, recorded) for one in suggestions(body)]


def _named(sides: Iterable[Party]) -> dict[str, str]:
    """The slugs of the sides by each word they go by."""
    found: dict[str, str] = {}
    for side in sides:
        for word in (side.slug, side.short_name, side.name, side.kind.value):
            # Where two jurisdictions sit, `jurisdiction` is neither's name.
            known = found.setdefault(word.casefold(), side.slug)
            if known != side.slug:
                found[word.casefold()] = ""
    return found


def _read(
    item_id: str,
    one: Suggestion,
    named: Mapping[str, str],
    issue_id: str | None,
    recorded: Recorded,
) -> Suggested:
    owner = named.get((one.owner or "").casefold()) or None
    value, text = _outcome(one.text) if one.kind == "outcome" else (None, one.text)
    if one.kind == "outcome":
        is_recorded = bool(text) and recorded.outcomes.get(issue_id or "") == text
    else:
        is_recorded = (owner or "", one.text) in recorded.commitments
    key = f"{item_id}/{one.line}"
    return Suggested(key, one.kind, text, one.owner, owner, one.due, value, is_recorded)


def _outcome(text: str) -> tuple[OutcomeValue | None, str]:
    """`agreed in principle, subject to the text` is an outcome and its words."""
    plain = text.casefold()
    for value in _VALUES:
        words = value.value.replace("_", " ")
        rest = text[len(words) :]
        if plain.startswith(words) and not rest[:1].isalnum():
            return value, rest.lstrip(" ,;:.-–—")
    return None, text
