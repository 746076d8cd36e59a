"""PURE: what the first draft of a summary is made of, and what all drafts have: symbol, heading."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from negotiations.civil import clock_time, long_day
from negotiations.models import AgendaItem, Commitment, NegotiationSession, Outcome, Position
from negotiations.models.sessions import ItemState
from negotiations.notes.approval import NOT_AGREED
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


@dataclass(frozen=True, slots=True)
class Material:
    """What is recorded of a session: the stuff its summary is made of.

    `sides` are the short names of the parties by id, in their order; `outcomes` and `commitments`
    those that stand, by issue id; `positions` what each side said here, by issue and party.
    `noted` is what may be shown of the secretariat's notes, by item. `declared` where no party
    agrees to the text, which has to say so then.
    """

    session: NegotiationSession
    symbol: str
    agenda: Sequence[AgendaItem]
    sides: Mapping[str, str]
    present: Sequence[str]
    outcomes: Mapping[str, Outcome]
    commitments: Sequence[tuple[Commitment, str]]
    positions: Mapping[tuple[str, str], Sequence[Position]]
    noted: Mapping[str, str]
    declared: bool = False

    @property
    def items(self) -> Sequence[AgendaItem]:
        """What was on the agenda to the end."""
        return [item for item in self.agenda if item.state is not ItemState.dropped]

    def outcome(self, item: AgendaItem) -> Outcome | None:
        return self.outcomes.get(item.issue_id or "")

    def decided_by(self, outcome: Outcome) -> str:
        """The side that decided, if it is one of those here."""
        return self.sides.get(outcome.decided_by_id or "", "")

    def undertaken(self, issue_id: str | None) -> list[tuple[Commitment, str]]:
        """What was undertaken on an issue; on None, what is on no item of the agenda."""
        on_agenda = {item.issue_id for item in self.items if item.issue_id}
        return [
            one
            for one in self.commitments
            if (one[0].issue_id if one[0].issue_id in on_agenda else None) == issue_id
        ]

    @property
    def rest(self) -> list[str]:
        """Notes on no item of the agenda, as paragraphs."""
        of_agenda = {item.id for item in self.items}
        return [line for key, text in self.noted.items() if key not in of_agenda
                for line in paragraph(text)]  # fmt: skip


def head(made: Material) -> list[str]:
    """Symbol, title, when and where; and where nobody agrees to the text, that."""
    session = made.session
    start, end = clock_time(session.starts_at, session.tz), clock_time(session.ends_at, session.tz)
    return [
        f"# {made.symbol}  {session.title}",
        "",
        f"{long_day(session.local_start)}, {start} to {end}  {place_of(session)}".rstrip(),
        *(["", f"{NOT_AGREED}."] if made.declared else []),
    ]


def present(made: Material) -> list[str]:
    listed = [f"- {name}" for name in made.present] or ["Not recorded."]
    return ["", "## Present", "", *listed]


def paragraph(text: str) -> list[str]:
    return ["", text.strip("\n")] if text.strip() else []


def noted(made: Material, item: AgendaItem) -> list[str]:
    """The secretariat's notes on an item, without what is off the record."""
    return paragraph(made.noted.get(item.id, ""))


def day_of(value: date) -> str:
    return f"{value.day} {value:%B %Y}"
