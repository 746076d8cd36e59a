"""The state of one import: what is written, what was found there, and what is told at its end."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from negotiations.access.actor import Actor
from negotiations.db import Db
from negotiations.errors import Invalid, NegotiationsError
from negotiations.exchange.entry import Entry
from negotiations.exchange.tree import Fault, Part, Path, written
from negotiations.models import ExternalId, Negotiation, NegotiationSession
from negotiations.web.fields import Body


class At(Exception):
    """What an action refused, with the path of what it was given."""

    def __init__(self, path: Path, error: NegotiationsError) -> None:
        super().__init__(error.detail)
        self.path, self.error = path, error


@contextmanager
def at(*path: Part) -> Iterator[None]:
    """Say where in the item stands what is given to an action here."""
    try:
        yield
    except NegotiationsError as error:
        raise At(path, error) from None


class NotThere(Exception):
    """An item names another that could not be written; that one's fault is told already."""


@dataclass(slots=True)
class Report:
    """What became of the items, by kind; `notices` are what can't be changed, with its line.

    `missing` lists what came with an earlier file, isn't in this one, and stays all the same.
    """

    counts: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(_none_yet))
    notices: list[Fault] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def count(self, kind: str, what: str) -> None:
        self.counts[kind][what] += 1

    def total(self, what: str) -> int:
        """How many items of any kind were `created`, `updated` or `unchanged`."""
        return sum(one[what] for one in self.counts.values())


def _none_yet() -> dict[str, int]:
    return {"created": 0, "updated": 0, "unchanged": 0}


@dataclass(slots=True)
class Work:
    """One import in its transaction.

    `stored` and `came` hold what was there before, by kind and row id: as items, and of those
    that came with an earlier file, how they are called there. `rows` are those of the items
    done; `replaced` says which row took the place of another.
    """

    db: Db
    actor: Actor
    now: datetime
    negotiation: Negotiation
    ids: dict[str, dict[str, str]]
    stored: Mapping[tuple[str, str], Body]
    came: Mapping[tuple[str, str], ExternalId]
    entries: Mapping[str, list[Entry[Any]]]
    put: Callable[["Work", Entry[Any]], Awaitable[None]]
    report: Report = field(default_factory=Report)
    faults: list[Fault] = field(default_factory=list)
    begun: set[tuple[str, str]] = field(default_factory=set)
    rows: dict[tuple[str, str], str] = field(default_factory=dict)
    replaced: dict[str, str] = field(default_factory=dict)
    changed: set[tuple[str, str]] = field(default_factory=set)
    kept: set[tuple[str, str]] = field(default_factory=set)
    added: list[tuple[str, str]] = field(default_factory=list)
    _claimed: set[str] = field(default_factory=set)
    _naming: dict[tuple[str, str], dict[str, list[Entry[Any]]]] = field(default_factory=dict)

    def id(self, kind: str, key: str) -> str:
        """The row an item is written in; NotThere when it could not be."""
        found = self.ids[kind].get(key)
        if found is None:
            raise NotThere
        return found

    def naming(self, kind: str, name: str, key: str) -> list[Entry[Any]]:
        """The items of a kind whose field `name` names this one, in their order."""
        if (kind, name) not in self._naming:
            index = self._naming[kind, name] = defaultdict(list)
            for entry in self.entries.get(kind, ()):
                index[getattr(entry.item, name)].append(entry)
        return self._naming[kind, name].get(key, [])

    async def session(self, key: str | None) -> NegotiationSession | None:
        """The session of that name, None for none; NotThere when it could not be written."""
        if key is None:
            return None
        return await self.db.get_one(NegotiationSession, self.id("session", key))

    def place(self, kind: str, key: str, row_id: str) -> None:
        """Let others name this row from now on."""
        self.ids[kind][key] = row_id
        self.added.append((kind, key))

    def forget(self, mark: int) -> None:
        """Take back what was placed since there were `mark` of them: it was rolled back."""
        for kind, key in self.added[mark:]:
            self.ids[kind].pop(key, None)
            self.rows.pop((kind, key), None)
        del self.added[mark:]

    def row_of(self, kind: str, key: str, natural: str) -> str | None:
        """The row of an item that was there: by its external id, else by its natural name.

        The latter only of a row that came with no file, and that no other item claimed.
        """
        found = self.ids[kind].get(key)
        if found is None:
            other = self.ids[kind].get(natural)
            if other is not None and (kind, other) not in self.came:
                found = None if other in self._claimed else other
        if found is not None:
            self.claim(found)
        return found

    def claim(self, row_id: str) -> None:
        """Let no other item of this file stand for this row by its natural name."""
        self._claimed.add(row_id)

    def change(self, entry: Entry[Any]) -> None:
        """Note that something of the item was changed."""
        self.changed.add((entry.kind, entry.key))

    def stays(self, entry: Entry[Any], path: Path, why: str) -> None:
        """Tell of a field that can't be changed any more; everything else is."""
        self.kept.add((entry.kind, entry.key))
        whole = (*entry.path, *path)
        self.report.notices.append(Fault(entry.node.line_of(path), written(whole), why))

    def refused(self, entry: Entry[Any], error: NegotiationsError, path: Path = ()) -> None:
        """Keep what an action refused, at the line of what it was given (below `path`)."""
        if isinstance(error, Invalid):
            for one in error.errors:
                self._fault(entry, (*path, *_parts(one.pointer)), one.detail)
        else:
            self._fault(entry, path, error.detail)

    def _fault(self, entry: Entry[Any], path: Path, detail: str) -> None:
        known = entry.node.known(path)
        self.faults.append(Fault(entry.node.line_of(known), written((*entry.path, *known)), detail))


def _parts(pointer: str) -> Path:
    """A JSON pointer as a path."""
    parts = [part for part in pointer.split("/") if part]
    return tuple(int(part) if part.isdecimal() else part for part in parts)
