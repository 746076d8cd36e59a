"""PURE: the first draft of a summary, put together from what is recorded of the session."""

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

from negotiations.civil import clock_time, long_day
from negotiations.models import AgendaItem, Commitment, NegotiationSession, Outcome
from negotiations.models.sessions import ItemState
from negotiations.scheduling.rules import place_of

PLENARY = "PL"  # in place of a jurisdiction's letters


def letters_of(short_name: str) -> str:
    """A jurisdiction's letters in a symbol: three of one word, or several initials."""
    words = ["".join(letter for letter in word if letter.isalnum()) for word in short_name.split()]
    words = [word.upper() for word in words if word] or ["X"]
    return words[0][:3] if len(words) == 1 else "".join(word[0] for word in words)


def symbol(prefix: str, letters: str, number: int, taken: Collection[str] = ()) -> str:
    """The document symbol, as `SC-ARL/S1/SUM` or `SC-PL/S1/SUM`.

    Where another summary has it already, the letters get a number.
    """
    for again in ("", *map(str, range(2, len(taken) + 3))):
        made = f"{prefix}-{letters}{again}/S{number}/SUM"
        if made not in taken:
            return made
    raise AssertionError("unreachable: one candidate more than symbols taken")


def draft(
    session: NegotiationSession,
    symbol_: str,
    agenda: Sequence[AgendaItem],
    outcomes: Mapping[str, Outcome],
    commitments: Sequence[tuple[Commitment, str]],
    present: Sequence[str],
    noted: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """Markdown in the action style. `outcomes` by issue id; commitments with their owner's name.

    `noted` is what may be shown of the secretariat's notes, by item; what is on no item of the
    agenda comes last.
    """
    time = (
        f"{clock_time(session.starts_at, session.tz)} to {clock_time(session.ends_at, session.tz)}"
    )
    lines = [
        f"# {symbol_}  {session.title}",
        "",
        f"{long_day(session.local_start)}, {time}  {place_of(session)}".rstrip(),
        "",
        "## Present",
        "",
        *([f"- {name}" for name in present] or ["Not recorded."]),
    ]
    for item in agenda:
        lines += ["", f"## {item.position}. {item.title}", ""]
        outcome = outcomes.get(item.issue_id or "")
        carried = item.state is ItemState.carried_over
        none = "Carried over to the next session." if carried else "No outcome recorded."
        lines.append(_outcome_line(outcome) if outcome else none)
        lines += _noted(noted.get(item.id, ""))
    of_agenda = {item.id for item in agenda}
    rest = [line for key, text in noted.items() if key not in of_agenda for line in _noted(text)]
    if rest:
        lines += ["", "## Notes", *rest]
    if commitments:
        lines += ["", "## Commitments", ""]
        lines += [f"- {_commitment_line(row, owner)}" for row, owner in commitments]
    return "\n".join(lines) + "\n"


def _noted(text: str) -> list[str]:
    return ["", text.strip("\n")] if text.strip() else []


def _outcome_line(outcome: Outcome) -> str:
    value = outcome.value.value.replace("_", " ")
    reason = f" Reason: {outcome.reason}" if outcome.reason else ""
    doubt = f" ({outcome.certainty.mark})" if outcome.certainty.mark else ""
    return f"OUTCOME: {value}{doubt}. {outcome.text}{reason}".strip()


def _commitment_line(row: Commitment, owner: str) -> str:
    due = f" by {row.due_on.isoformat()}" if row.due_on else ""
    return f"ACTION {owner}: {row.text}{due}"
