"""PURE: whom an event concerns, by the seats at its table. What they may see is asked beside it."""

from dataclasses import dataclass

from negotiations.models.parties import HEADS, Role

# Only who can see what nobody else sees yet, or has to act, is told of these.
_TO_WHO_ANSWERS = frozenset({"session.proposed"})


@dataclass(frozen=True, slots=True)
class Table:
    """Who sits where it happened: the parties' ids, and whether the secretariat does."""

    parties: frozenset[str]
    with_secretariat: bool
    is_caucus: bool = False


def concerns(
    event_type: str, table: Table, *, role: Role, party_id: str | None, person_id: str,
    done_by: str | None, given_to: str | None,
) -> bool:  # fmt: skip
    """Whether the holder of this seat is told. Nobody is told of what they did themselves.

    `party_id` is None for the secretariat. Of a commitment only the person it was given to is told;
    of a proposal who has to accept or confirm it; of all else everybody at the table.
    """
    if person_id == done_by:
        return False
    if event_type.startswith("commitment."):
        return person_id == given_to
    if not sits(table, party_id):
        return False
    if event_type in _TO_WHO_ANSWERS and not table.is_caucus:
        return role in HEADS or role is Role.coordinator
    return True


def sits(table: Table, party_id: str | None) -> bool:
    """Whether this side, None for the secretariat, is at the table."""
    return table.with_secretariat if party_id is None else party_id in table.parties
