"""PURE: what is recorded of one table, as far as calendars tell of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from negotiations.models import (
    AgendaItem,
    Commitment,
    Issue,
    Negotiation,
    NegotiationSession,
    Outcome,
    Party,
    Poll,
    PollOption,
    SessionChange,
    Summary,
)
from negotiations.models.feeds import EventAudience
from negotiations.models.parties import PartyKind

PUBLIC = frozenset({EventAudience.public, EventAudience.public_jurisdiction})


@dataclass(frozen=True, slots=True)
class Minutes:
    """What a summary says, as far as a calendar takes it.

    `shared` is the newest text that the delegations may read, `shared_at` when they first could
    read any; `is_current` whether it is the newest there is.
    """

    newest: str
    shared: str | None = None
    shared_at: datetime | None = None
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class TableFacts:
    """Everything recorded of one table that an event's text may draw on, in stable order.

    A table is a track, or the plenaries of the same parties, or the sessions of a caucus with the
    same parties. `parties` sit there, the agency first; `plenaries` are those in which a track's
    jurisdiction takes part.
    """

    negotiation: Negotiation
    parties: Sequence[Party]
    track_id: str | None
    jurisdiction: Party | None
    sessions: Sequence[NegotiationSession]
    issues: Mapping[str, Issue]
    changes: Mapping[str, Sequence[SessionChange]]
    agendas: Mapping[str, Sequence[AgendaItem]]
    people: Mapping[str, Sequence[str]]
    outcomes: Mapping[str, Sequence[Outcome]]
    commitments: Sequence[Commitment]
    summaries: Mapping[str, Summary]
    minutes: Mapping[str, Minutes]  # by session
    asked: Mapping[str, Sequence[tuple[Poll, PollOption]]]  # by session
    plenaries: Sequence[NegotiationSession] = ()

    @property
    def jurisdictions(self) -> list[Party]:
        """Those of the parties that aren't the agency."""
        return [party for party in self.parties if party.kind is not PartyKind.agency]
