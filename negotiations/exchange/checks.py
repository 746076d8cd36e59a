"""Whether what the items of a file name is there, in the file or in the talks already."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from negotiations.exchange.document import EVERYTHING, Document
from negotiations.exchange.entry import Entry, Reference
from negotiations.exchange.section import Section
from negotiations.exchange.tree import Fault, written
from negotiations.models.parties import PartyKind
from negotiations.web.fields import Body

FIRST_TEAM = "Delegation"
WORDS = {"person": "person", "issue": "issue", "session": "session", "team": "team"}


def names_of(
    section: Section[Any], entries: Sequence[Entry[Any]], stored: Sequence[tuple[str, Body]]
) -> dict[str, Any]:
    """What items of a section are called by others, with the item: of the file and of the talks."""
    items = [*(item for _, item in stored), *(entry.item for entry in entries)]
    return {section.called(item): item for item in items}


def missing(
    document: Document,
    sections: Sequence[Section[Any]],
    stored: Mapping[str, Sequence[tuple[str, Body]]],
) -> Iterator[tuple[Entry[Any], Fault]]:
    """Each reference to nothing, with the item it stands in.

    Nothing is said where an item that couldn't be read may be the one meant.
    """
    known = {
        one.kind: names_of(one, document.entries[one.kind], stored.get(one.kind, ()))
        for one in sections
    }
    sides = {slug: one for slug, one in known["party"].items() if one.kind in _TABLE}
    for slug in sides:
        known["team"].setdefault(f"{slug}/{FIRST_TEAM}", None)
    for section in sections:
        for entry in document.entries[section.kind]:
            for reference in section.references(entry.item):
                told = _wrong(reference, known, document.unread)
                if told:
                    line = entry.node.line_of(reference.path)
                    yield entry, Fault(line, written((*entry.path, *reference.path)), told)


_TABLE = frozenset({PartyKind.agency, PartyKind.jurisdiction})


def _wrong(
    one: Reference, known: Mapping[str, Mapping[str, Any]], unread: Mapping[str, set[str]]
) -> str | None:
    kind = "party" if one.kind in ("side", "jurisdiction") else one.kind
    found = known[kind].get(one.key, one)
    if found is one:
        if {one.key, EVERYTHING} & unread.get(kind, set()):
            return None
        close = get_close_matches(one.key, list(known[kind]), n=1)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        return f"There is no {kind} {one.key!r} in this file or in the talks.{hint}"
    if one.kind == "jurisdiction" and found.kind is not PartyKind.jurisdiction:
        return f"{one.key} is no jurisdiction but {_a(found.kind)}. Name the one with this track."
    if one.kind == "side" and found.kind is not PartyKind.agency and one.key not in one.beside:
        here = " or ".join(one.beside)
        return f"{one.key} doesn't sit at this table. Name the agency or {here}."
    return None


def _a(kind: PartyKind) -> str:
    word = kind.value.replace("_", " ")
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"


def by_entry(faults: Sequence[tuple[Entry[Any], Fault]]) -> dict[tuple[str, str], list[Fault]]:
    """The faults grouped by the item they stand in."""
    grouped = defaultdict(list)
    for entry, fault in faults:
        grouped[entry.kind, entry.key].append(fault)
    return grouped
