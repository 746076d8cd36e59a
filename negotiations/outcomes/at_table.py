"""What every part of a result asks of its session's table, asked once."""

from dataclasses import dataclass, field

from negotiations.db import Db
from negotiations.models import Issue, NegotiationSession, Outcome
from negotiations.outcomes import queries
from negotiations.scheduling import seating
from negotiations.scheduling.seating import Setting


@dataclass(frozen=True, slots=True)
class AtTable:
    """A session with its setting, its `outcomes` so far (the oldest first), and those of the list's
    `issues` that were named, by their codes. What is recorded meanwhile is added.

    It is good for one transaction that holds the table.
    """

    session: NegotiationSession
    where: Setting
    outcomes: list[Outcome]
    issues: dict[str, Issue] = field(default_factory=dict)


async def at_table(db: Db, session: NegotiationSession, where: Setting | None = None) -> AtTable:
    """It, with the setting where that is known already."""
    where = where or await seating.setting(db, session)
    return AtTable(session, where, (await queries.outcomes_of(db, [session.id]))[session.id])
