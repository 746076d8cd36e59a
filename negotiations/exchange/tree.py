"""PURE: a file's values with the lines they stand on, whatever it was written in."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from negotiations.errors import NegotiationsError

MAX_BYTES = 32_000_000
MAX_NODES = 1_000_000
MAX_DEPTH = 20
Part = str | int
Path = tuple[Part, ...]


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """Something wrong in a file: its line (from 1), its path as `sessions[2].tz`, what to do."""

    line: int
    path: str
    detail: str

    def __str__(self) -> str:
        return ": ".join(str(part) for part in (self.line, self.path, self.detail) if part)


class Faulty(NegotiationsError):
    """A file with mistakes; `faults` in the order of their lines."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = sorted(set(faults))
        super().__init__(" ".join(fault.detail for fault in self.faults))

    @classmethod
    def one(cls, line: int, detail: str) -> "Faulty":
        return cls([Fault(line, "", detail)])


@dataclass(slots=True)
class Node:
    """A scalar as its text (None: nothing), a list, or a mapping of names to members.

    Scalars stay texts: what a field takes them for is the field's matter, so that an issue's code
    1.10 isn't a number, and `no` isn't false. `size` counts the nodes in it, aliases repeated;
    `again` holds the lines on which a name of the mapping stands once more.
    """

    line: int
    value: "str | list[Node] | dict[str, Member] | None"
    size: int = 1
    depth: int = 0
    again: list[tuple[str, int]] = field(default_factory=list)

    def enter(self, name: str, line: int, value: "Node") -> None:
        """Give a mapping one more name; of two that are alike the first stays."""
        assert isinstance(self.value, dict)
        if name in self.value:
            self.again.append((name, line))
        else:
            self.value[name] = Member(line, value)
            self.adopt(value)

    def adopt(self, child: "Node") -> None:
        """Count a child in; Faulty when the file is larger or deeper than any negotiation."""
        self.size += child.size
        self.depth = max(self.depth, child.depth + 1)
        if self.size > MAX_NODES:
            raise Faulty.one(child.line, f"A file holds at most {MAX_NODES:,} values. Split it.")
        if self.depth > MAX_DEPTH:
            raise Faulty.one(
                child.line, f"Values are nested deeper than {MAX_DEPTH} levels. Flatten them."
            )

    def plain(self) -> Any:
        """The value without lines, for validation."""
        if isinstance(self.value, list):
            return [child.plain() for child in self.value]
        if isinstance(self.value, dict):
            return {name: member.node.plain() for name, member in self.value.items()}
        return self.value

    def line_of(self, path: Path) -> int:
        """The line of what is at `path` below here, or of the last on the way that is there.

        Names that don't stand in the file are passed over (pydantic names the variant it tried).
        """
        here, line = self, self.line
        for part in path:
            if isinstance(here.value, dict) and part in here.value:
                member = here.value[str(part)]
                here, line = member.node, member.line
            elif isinstance(here.value, list) and isinstance(part, int) and part < len(here.value):
                here = here.value[part]
                line = here.line
        return line

    def known(self, path: Path) -> Path:
        """The path without the names that don't stand in the file, but for its last."""
        here, kept = self, list[Part]()
        for place, part in enumerate(path):
            if isinstance(here.value, dict) and part in here.value:
                here = here.value[str(part)].node
            elif isinstance(here.value, list) and isinstance(part, int) and part < len(here.value):
                here = here.value[part]
            elif place < len(path) - 1:
                continue
            kept.append(part)
        return tuple(kept)


@dataclass(frozen=True, slots=True)
class Member:
    """One name of a mapping: the line of the name, and its value."""

    line: int
    node: Node


def written(path: Path) -> str:
    """A path as people read it: `sessions[2].changes[0].reason`; lists count from 0."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def faults_of(root: Node) -> list[Fault]:
    """What can be wrong with a tree whatever it tells of: a name given twice."""
    found, waiting, seen = list[Fault](), list[tuple[Path, Node]]([((), root)]), set[int]()
    while waiting:
        path, node = waiting.pop()
        if id(node) in seen:  # an alias: its faults are told once
            continue
        seen.add(id(node))
        if isinstance(node.value, list):
            waiting += [((*path, place), child) for place, child in enumerate(node.value)]
        elif isinstance(node.value, dict):
            waiting += [((*path, name), one.node) for name, one in node.value.items()]
            found += [_again(node.value[name].line, path, name, line) for name, line in node.again]
    return found


def _again(first: int, path: Path, name: str, line: int) -> Fault:
    detail = f"{name} stands here twice, first on line {first}. Keep one."
    return Fault(line, written((*path, name)), detail)


def whole(text: str) -> bool:
    """Whether it is text that can be written: a lone surrogate is half a character."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
