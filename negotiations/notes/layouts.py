"""PURE: the first draft of a summary by each template, in Markdown.

None has anything that is off the record: the notes come without it.
"""

from collections.abc import Callable, Mapping, Sequence

from negotiations.models import AgendaItem, Commitment, Outcome, Position
from negotiations.models.outcomes import OutcomeValue
from negotiations.models.parties import SummaryTemplate
from negotiations.models.sessions import ItemState
from negotiations.notes.compile import Material, day_of, head, noted, paragraph, present

CARRIED, NOTHING = "Carried over to the next session.", "No outcome recorded."
NOT_QUOTED = "A position is on record; the side gave no leave to quote it."
_SAID: Mapping[OutcomeValue, str] = {
    OutcomeValue.not_reached: "The item was not reached",
    OutcomeValue.noted: "The item was noted",
    OutcomeValue.clarified: "The item was clarified",
    OutcomeValue.deferred: "The item was deferred",
    OutcomeValue.referred: "The item was referred",
    OutcomeValue.ad_referendum: "The item was accepted ad referendum",
    OutcomeValue.agreed_in_principle: "The item was agreed in principle",
    OutcomeValue.tentatively_agreed: "The item was tentatively agreed",
    OutcomeValue.agreed: "The item was agreed",
    OutcomeValue.declined: "The item was declined",
    OutcomeValue.withdrawn: "The item was withdrawn",
    OutcomeValue.impasse: "The talks on the item reached an impasse",
}


def draft(template: SummaryTemplate, made: Material) -> str:
    """The text that the template makes of what is recorded; one that isn't known here is action."""
    return "\n".join(_LAYOUTS.get(template, _action)(made)) + "\n"


def _action(made: Material) -> list[str]:
    """Outcomes item by item and who does what until when, as tags that can be looked for."""
    lines = [*head(made), *present(made)]
    for item in made.items:
        outcome = made.outcome(item)
        lines += ["", f"## {item.position}. {item.title}", ""]
        lines.append(_tag(made, outcome) if outcome else _none(item))
        lines += noted(made, item)
    lines += _rest(made)
    if made.commitments:
        lines += ["", "## Commitments", ""]
        lines += [f"- ACTION {owner}: {row.text}{_by(row)}" for row, owner in made.commitments]
    return lines


def _tag(made: Material, outcome: Outcome) -> str:
    value = outcome.value.value.replace("_", " ")
    part = " in part" if outcome.partial else ""
    reason = f" Reason: {outcome.reason}" if outcome.reason else ""
    return (
        f"OUTCOME: {value}{part}{_decider(made, outcome)}{_doubt(outcome)}. {outcome.text}{reason}"
    ).strip()


def _by(row: Commitment) -> str:
    return f" by {row.due_on.isoformat()}" if row.due_on else ""


def _summary(made: Material) -> list[str]:
    """What was said, item by item, in sentences."""
    lines = [*head(made), *present(made)]
    for item in made.items:
        outcome = made.outcome(item)
        lines += ["", f"## {item.position}. {item.title}", *noted(made, item)]
        lines += ["", _sentence(made, outcome) if outcome else _none(item)]
        lines += _promises(made, item.issue_id)
    lines += _rest(made)
    return lines + _elsewhere(made)


def _sentence(made: Material, outcome: Outcome) -> str:
    part = ", in part" if outcome.partial else ""
    reason = f" The reason given: {outcome.reason}" if outcome.reason else ""
    said = f"{_SAID[outcome.value]}{_decider(made, outcome)}{part}{_doubt(outcome)}."
    return f"{said} {outcome.text}{reason}".strip()


def _promises(made: Material, issue_id: str | None) -> list[str]:
    if issue_id is None:
        return []
    return [line for one in made.undertaken(issue_id) for line in ("", _promise(*one))]


def _promise(row: Commitment, owner: str) -> str:
    due = f", by {day_of(row.due_on)}" if row.due_on else ""
    return f"{owner} undertook{due}: {row.text}"


def _joint_record(made: Material) -> list[str]:
    """Both sides' positions side by side, and each outcome in the words that were recorded."""
    lines = [*head(made), *present(made)]
    for item in made.items:
        outcome = made.outcome(item)
        lines += ["", f"## {item.position}. {item.title}", *_side_by_side(made, item)]
        lines += noted(made, item)
        lines += ["", *(_exactly(made, outcome) if outcome else [_none(item)])]
        lines += _promises(made, item.issue_id)
    lines += _rest(made)
    return lines + _elsewhere(made)


def _side_by_side(made: Material, item: AgendaItem) -> list[str]:
    """A table with a column for each side; nothing where no side said what it holds."""
    said = {side: made.positions.get((item.issue_id or "", side), ()) for side in made.sides}
    if not any(said.values()):
        return []
    columns = [_cell(name) for name in made.sides.values()]
    return [
        "",
        f"| {' | '.join(columns)} |",
        f"|{' --- |' * len(columns)}",
        f"| {' | '.join(_held(rows) for rows in said.values())} |",
    ]


def _held(rows: Sequence[Position]) -> str:
    """What a side may be quoted with; several positions one after another."""
    if not rows:
        return "No position recorded."
    words = [f"{_cell(row.text)}{_doubt(row)}" if row.attributed else NOT_QUOTED for row in rows]
    return " ".join(dict.fromkeys(words))


def _cell(text: str) -> str:
    """A text in one cell of a table."""
    return " ".join(text.replace("\\", "\\\\").replace("|", "\\|").split())


def _exactly(made: Material, outcome: Outcome) -> list[str]:
    value = outcome.value.value.replace("_", " ")
    part = ", in part" if outcome.partial else ""
    lines = [f"Outcome: **{value}**{_decider(made, outcome)}{part}{_doubt(outcome)}."]
    if outcome.text:
        lines += ["", *(f"> {line}".rstrip() for line in outcome.text.split("\n"))]
    if outcome.reason:
        lines += ["", "Reason given:", ""]
        lines += [f"> {line}".rstrip() for line in outcome.reason.split("\n")]
    return lines


def _decider(made: Material, outcome: Outcome) -> str:
    by = made.decided_by(outcome)
    return f" by {by}" if by else ""


def _doubt(row: Outcome | Position) -> str:
    return f" ({row.certainty.mark})" if row.certainty.mark else ""


def _none(item: AgendaItem) -> str:
    return CARRIED if item.state is ItemState.carried_over else NOTHING


def _rest(made: Material) -> list[str]:
    """Notes on no item of the agenda."""
    return ["", "## Notes", *made.rest] if made.rest else []


def _elsewhere(made: Material) -> list[str]:
    """What was undertaken on no item of the agenda."""
    found = made.undertaken(None)
    lines = ["", "## Also undertaken"] if found else []
    return lines + [line for one in found for line in paragraph(_promise(*one))]


_LAYOUTS: Mapping[SummaryTemplate, Callable[[Material], list[str]]] = {
    SummaryTemplate.action: _action,
    SummaryTemplate.summary: _summary,
    SummaryTemplate.joint_record: _joint_record,
}
