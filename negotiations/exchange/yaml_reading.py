"""PURE: YAML to a tree with lines, and nothing that YAML could do besides.

Read from the parser's events, so that no limit is passed before it is noticed. Tags and merge keys
are refused; aliases count as often as they are used.
"""

from dataclasses import dataclass, field

import yaml
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    ScalarEvent,
)

from negotiations.exchange.tree import Fault, Faulty, Member, Node, whole

Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the one in C where PyYAML has it
_NOTHING = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(slots=True)
class _Open:
    """A collection not yet ended; `name` is the key that waits for its value."""

    node: Node
    anchor: str | None
    name: str | None = None
    name_line: int = 0


@dataclass(slots=True)
class _Builder:
    faults: list[Fault] = field(default_factory=list)
    open: list[_Open] = field(default_factory=list)
    anchors: dict[str, Node | None] = field(default_factory=dict)
    root: Node | None = None

    def take(self, event: Event) -> None:
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, DocumentStartEvent) and self.root is not None:
            raise Faulty.one(line, "A second document begins here. One file tells of one talks.")
        if isinstance(event, CollectionStartEvent | ScalarEvent) and event.tag:
            self.faults.append(Fault(line, "", f"The tag {event.tag} isn't read. Take it out."))
        if isinstance(event, CollectionStartEvent):
            kind: list[Node] | dict[str, Member] = {}
            if not isinstance(event, MappingStartEvent):
                kind = []
            self.open.append(_Open(Node(line, kind), event.anchor))
            if event.anchor:
                self.anchors[event.anchor] = None  # until it ends: it may not hold itself
        elif isinstance(event, CollectionEndEvent):
            ended = self.open.pop()
            self.add(ended.node, ended.anchor)
        elif isinstance(event, AliasEvent):
            self.add(self.anchored(str(event.anchor), line), None)
        elif isinstance(event, ScalarEvent):
            if not whole(event.value):
                raise Faulty.one(line, "It holds half a character. Correct it.")
            plain = not event.style and event.value in _NOTHING  # the parser in C says ""
            self.add(Node(line, None if plain else event.value), event.anchor)

    def anchored(self, name: str, line: int) -> Node:
        found = self.anchors.get(name)
        if found is None:
            what = "holds itself" if name in self.anchors else "isn't defined above it"
            raise Faulty.one(line, f"*{name} {what}. Write the value out.")
        return found

    def add(self, node: Node, anchor: str | None) -> None:
        """Give a finished value to the collection it stands in."""
        if anchor:
            self.anchors[anchor] = node
        if not self.open:
            self.root = node
            return
        here = self.open[-1]
        if isinstance(here.node.value, list):
            here.node.value.append(node)
            here.node.adopt(node)
        elif here.name is None:
            self.name(here, node)
        else:
            here.node.enter(here.name, here.name_line, node)
            here.name = None

    def name(self, here: _Open, node: Node) -> None:
        if not isinstance(node.value, str):
            raise Faulty.one(node.line, "A name before a colon is a word, as title. Write one.")
        if node.value == "<<":
            self.faults.append(
                Fault(node.line, "", "Merge keys (<<) aren't read. Write the fields out.")
            )
        here.name, here.name_line = node.value, node.line


def read(text: str) -> tuple[Node, list[Fault]]:
    """The tree of a YAML text, with faults that leave a tree; Faulty for those that don't."""
    builder = _Builder()
    try:
        for event in yaml.parse(text, Loader=Loader):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        told = " ".join(part for part in (error.problem, error.context) if part)
        raise Faulty([*builder.faults, Fault(line, "", f"This is not YAML: {told}.")]) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        named = f"U+{ord(text[error.position]):04X}"
        raise Faulty.one(line, f"The character {named} can't stand here. Take it out.") from None
    if builder.root is None:
        raise Faulty.one(1, "The file is empty.")
    return builder.root, builder.faults
