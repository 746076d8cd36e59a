"""PURE: what anybody may read of talks: the published sessions and requests, and who talks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from negotiations.civil import zone_of
from negotiations.documents.publication import PublicRequest
from negotiations.models import Negotiation, NegotiationSession, Party
from negotiations.models.parties import PartyKind
from negotiations.notes.publication import PublicSummary


@dataclass(frozen=True, slots=True)
class PublicSession:
    """What anybody may read of a published session: when, where, about what, and its state.

    `session` is the public copy; `parties` sit there, the agency first.
    """

    session: NegotiationSession
    parties: Sequence[Party]
    agenda: tuple[str, ...]

    @property
    def jurisdictions(self) -> list[Party]:
        """Those of the parties that aren't the agency."""
        return [party for party in self.parties if party.kind is PartyKind.jurisdiction]

    @property
    def anchor(self) -> str:
        """Where it stands on the public page; the same in calendars and data."""
        return f"s-{self.session.uid.partition('@')[0]}"

    @property
    def starts(self) -> str:
        """When it begins, with the offset of its place: `2010-11-09T10:00:00-08:00`."""
        return at_its_place(self.session.starts_at, self.session.tz)

    @property
    def ends(self) -> str:
        """When it ends, with the offset of its place."""
        return at_its_place(self.session.ends_at, self.session.tz)

    @property
    def moved_from(self) -> str | None:
        """When the public saw it begin before its last move, with the offset of the place then."""
        before: dict[str, Any] | None = (self.session.public_copy or {}).get("moved_from")
        if before is None:
            return None
        local = datetime.fromisoformat(before["local_start"])
        return local.replace(tzinfo=zone_of(before["tz"]), fold=before["fold"] or 0).isoformat()


def at_its_place(instant: datetime, tz: str) -> str:
    """An instant as RFC 3339 with the offset in force in this zone."""
    return instant.astimezone(zone_of(tz)).isoformat()


@dataclass(frozen=True, slots=True)
class PublicTalks:
    """What anybody may read of talks. `jurisdictions` is empty until a session is published."""

    negotiation: Negotiation
    agency: Party | None
    jurisdictions: Sequence[Party]
    sessions: Sequence[PublicSession]
    requests: Sequence[PublicRequest] = ()
    summaries: Sequence[PublicSummary] = ()

    @property
    def without(self) -> list[Party]:
        """The jurisdictions of which no session is published."""
        seen = {party.id for one in self.sessions for party in one.jurisdictions}
        return [party for party in self.jurisdictions if party.id not in seen]
