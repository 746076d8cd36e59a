"""PURE: who says yes or no to a session as it now stands, read from its log of changes."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from negotiations.models import NegotiationSession, SessionChange
from negotiations.models.sessions import ChangeKind

# Acceptance is bound to time and place: these entries void what was said before them.
_NEW_TERMS = frozenset(
    {ChangeKind.created, ChangeKind.moved, ChangeKind.relocated, ChangeKind.reinstated}
)


@dataclass(frozen=True, slots=True)
class Consent:
    """A party's yes to a time and place: given by one of its heads, or recorded for them."""

    party_id: str
    by: str
    how: str

    def as_json(self) -> dict[str, Any]:
        return {"party_id": self.party_id, "by": self.by, "how": self.how}


def accepted_by(changes: Iterable[SessionChange]) -> dict[str, Consent]:
    """Which parties accept the session as it now stands; a move voids what came before."""
    consents: dict[str, Consent] = {}
    for change in changes:
        if change.kind in _NEW_TERMS:
            consents = {}
        for given in change.consents:
            consents[given["party_id"]] = Consent(given["party_id"], given["by"], given["how"])
        if change.kind is ChangeKind.declined:
            consents.pop(str(change.party_id), None)
    return consents


def takes_no_time(session: NegotiationSession, changes: Iterable[SessionChange]) -> bool:
    """Whether it is a counter-proposal that was never confirmed: it holds nobody."""
    agreed = any(change.kind is ChangeKind.confirmed for change in changes)
    return session.instead_of_id is not None and not agreed


def declined_by(changes: Iterable[SessionChange]) -> dict[str, SessionChange]:
    """Which parties declined the session as it now stands, with their reason."""
    refusals: dict[str, SessionChange] = {}
    for change in changes:
        if change.kind in _NEW_TERMS:
            refusals = {}
        for given in change.consents:
            refusals.pop(given["party_id"], None)
        if change.kind is ChangeKind.declined:
            refusals[str(change.party_id)] = change
    return refusals
