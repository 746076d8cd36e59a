"""Whether a hash chain is whole: each entry covers the one before, and an anchor the last.

Edit, delete, swap and insert break the chain itself. A cut tail and a chain written anew need an
anchor: a head that was printed earlier and kept elsewhere, as `CHAIN NUMBER SHA256`.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from json.encoder import encode_basestring as _quoted
from typing import Any, Protocol

GENESIS = "0" * 64
SUMMARY_SAVED = "summary.saved"
NOTE_SAVED, NOTE_RESTORED, NOTE_PURGED = "note.saved", "note.restored", "note.purged"
CAUCUS = "caucus:"
PRIVATE = (CAUCUS, "party:")  # chains whose very being is one side's
MOST = 20  # faults that are told of one chain
_ANCHOR = re.compile(
    r"((?:negotiation|track|party|caucus):[0-9A-Za-z-]{1,48}) ([1-9][0-9]{0,9}) ([0-9a-f]{64})"
)


class Link(Protocol):
    """An entry as the check reads it: a row of the table, or a line of an archive."""

    @property
    def chain(self) -> str: ...
    @property
    def number(self) -> int: ...
    @property
    def at(self) -> datetime: ...
    @property
    def actor(self) -> str: ...
    @property
    def action(self) -> str: ...
    @property
    def object_type(self) -> str: ...
    @property
    def object_id(self) -> str: ...
    @property
    def content_sha256(self) -> str: ...
    @property
    def previous_sha256(self) -> str: ...
    @property
    def sha256(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry of a chain, or an earlier last entry that somebody kept: an anchor."""

    chain: str
    number: int
    sha256: str

    def __str__(self) -> str:
        return f"{self.chain} {self.number} {self.sha256}"


def head_of(text: str) -> Head | None:
    """The head that is written as `CHAIN NUMBER SHA256`; None when it is not one."""
    found = _ANCHOR.fullmatch(" ".join(text.split()))
    return Head(found[1], int(found[2]), found[3]) if found else None


def canonical_sha256(value: Any) -> str:
    """The hash of a JSON value, however it was written."""
    canonical = json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str
    )
    return hashlib.sha256(canonical.encode()).hexdigest()


def saved_sha256(revision: int, body: bytes) -> str:
    """What the entry of a saved summary or note has recorded of this revision."""
    text = hashlib.sha256(body).hexdigest()
    return canonical_sha256({"revision": revision, "sha256": text})


def restored_sha256s(revision: int, body: bytes) -> set[str]:
    """What the entry of a restored note may have recorded of this revision: of which it was."""
    text = hashlib.sha256(body).hexdigest()
    return {
        canonical_sha256({"revision": revision, "sha256": text, "of": one})
        for one in range(1, revision)
    }


def _instant(at: datetime) -> str:
    at = at if at.tzinfo is UTC else at.astimezone(UTC)
    return at.isoformat(timespec="microseconds")


def entry_hash(entry: Link) -> str:
    """The hash an entry must carry; instants as UTC with microseconds.

    It is the canonical_sha256 of an object of these names, written out: a chain has an entry for
    each act there ever was, and this takes less than half the time.
    """
    canonical = (
        f'{{"action":{_quoted(entry.action)},"actor":{_quoted(entry.actor)}'
        f',"at":"{_instant(entry.at)}","chain":{_quoted(entry.chain)}'
        f',"content":{_quoted(entry.content_sha256)},"number":{entry.number}'
        f',"object":[{_quoted(entry.object_type)},{_quoted(entry.object_id)}]'
        f',"previous":{_quoted(entry.previous_sha256)}}}'
    )
    return hashlib.sha256(canonical.encode()).hexdigest()


class Check:
    """Walks one chain in order of number, an entry at a time, and remembers only the last."""

    def __init__(self, chain: str, anchors: Iterable[Head] = ()) -> None:
        self.chain = chain
        self.number, self.sha256 = 0, GENESIS
        self.entries = 0
        self.faults: list[str] = []
        self._gap = False
        self._anchors: dict[int, set[str]] = {}
        for one in anchors:
            if one.chain == chain:
                self._anchors.setdefault(one.number, set()).add(one.sha256)

    def take(self, entry: Link) -> None:
        self.entries += 1
        if self._gap:
            return  # what follows a gap can't be told from what was moved there
        place = self.number + 1
        if entry.number != place:
            self._gap = True
            self._say(f"entry {place} is missing")
            return
        if entry.previous_sha256 != self.sha256:
            self._say(f"entry {place} doesn't follow entry {place - 1}")
        if entry.chain != self.chain or entry.sha256 != entry_hash(entry):
            self._say(f"entry {place} was altered")
        self.number, self.sha256 = place, entry.sha256
        if self._anchors.get(place, {self.sha256}) != {self.sha256}:
            self._say(f"entry {place} is not the one of the anchor: the chain was written anew")

    def end(self) -> list[str]:
        """All that is wrong, when there are no more entries."""
        if not self._gap:
            furthest = max(self._anchors, default=0)
            if furthest > self.number:
                self._say(f"it ends at entry {self.number}, and the anchor is entry {furthest}")
        return self.faults

    def report(self) -> dict[str, Any]:
        return {"entries": self.entries, "head": self.sha256, "faults": self.end()}

    def _say(self, fault: str) -> None:
        if len(self.faults) < MOST:
            self.faults.append(f"{self.chain}: {fault}")


def as_values(entry: Link) -> dict[str, Any]:
    """An entry as the JSON of an archive's line."""
    return {
        "chain": entry.chain,
        "number": entry.number,
        "at": _instant(entry.at),
        "actor": entry.actor,
        "action": entry.action,
        "object_type": entry.object_type,
        "object_id": entry.object_id,
        "content_sha256": entry.content_sha256,
        "previous_sha256": entry.previous_sha256,
        "sha256": entry.sha256,
    }


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry that is no row: one from an archive, or one that is about to become a row."""

    chain: str
    number: int
    at: datetime
    actor: str
    action: str
    object_type: str
    object_id: str
    content_sha256: str
    previous_sha256: str
    sha256: str


def entry_of(values: Mapping[str, Any]) -> Entry:
    """The entry of an archive's line; ValueError when it is not written as `as_values` does."""
    try:
        entry = Entry(**{**values, "at": datetime.fromisoformat(values["at"])})
        texts = [one for name, one in values.items() if name != "number"]
        if as_values(entry) != dict(values) or type(entry.number) is not int:
            raise ValueError("not an entry")
        if any(type(one) is not str for one in texts):
            raise ValueError("not an entry")
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("not an entry") from error
    return entry
