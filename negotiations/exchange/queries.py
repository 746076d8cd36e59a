"""What of some talks is handed over: everything the secretariat sees, or one track of it."""

from dataclasses import dataclass
from typing import Any

from negotiations.access.actor import operator
from negotiations.db import Db
from negotiations.exchange.sections import SECTIONS
from negotiations.exchange.telling import telling_of
from negotiations.models import Negotiation
from negotiations.web.fields import Body


@dataclass(frozen=True, slots=True)
class Handed:
    """The items by section, in the order of a file; `jurisdiction` is a slug, or None for all."""

    negotiation: Negotiation
    jurisdiction: str | None
    sections: dict[str, list[Body]]

    def of(self, section: str) -> list[Any]:
        """The items of one section."""
        return list(self.sections[section])


async def handed_over(db: Db, negotiation: Negotiation, jurisdiction: str | None) -> Handed:
    """The items of some talks, or of one track and those at its table.

    Caucuses and personal notes are no part of it: the secretariat, whose view this is, has no
    right to read them.
    """
    telling = await telling_of(db, operator(negotiation.id), negotiation)
    found: dict[str, list[Body]] = {}
    for section in SECTIONS:
        told = [one.item for one in await section.tell(telling)]
        found[section.name] = [one for one in told if not section.is_usual(one)]
    if jurisdiction is None:
        return Handed(negotiation, None, found)
    gone: set[tuple[str, str | None]] = set()
    narrow: dict[str, list[Body]] = {}
    for section in SECTIONS:
        narrow[section.name] = []
        for item in found[section.name]:
            kept = section.narrowed(item, jurisdiction, gone)
            if kept is None:
                gone.add((section.kind, section.called(item)))
            else:
                narrow[section.name].append(kept)
        narrow[section.name] = section.ordered(narrow[section.name])
    return Handed(negotiation, jurisdiction, narrow)
