"""From a file's bytes to its items, each checked by itself; every fault with its line."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from negotiations.exchange import json_reading, yaml_reading
from negotiations.exchange.entry import Entry
from negotiations.exchange.plain_words import plainly
from negotiations.exchange.section import Section
from negotiations.exchange.tree import MAX_BYTES, Fault, Faulty, Node, Path, faults_of, written
from negotiations.web.problems import invalid_from

FORMAT = "negotiations/1"
EVERYTHING = "*"


@dataclass(slots=True)
class Document:
    """A file's items by kind.

    `unread` is what those may be called that can't be read: EVERYTHING for a whole section.
    """

    entries: dict[str, list[Entry[Any]]] = field(default_factory=lambda: defaultdict(list))
    faults: list[Fault] = field(default_factory=list)
    unread: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def one(self, kind: str) -> Entry[Any] | None:
        """The only item of a kind of which there is one."""
        return next(iter(self.entries[kind]), None)


def read(raw: bytes, *, is_json: bool, sections: Sequence[Section[Any]]) -> Document:
    """The items of a file; Faulty when it is neither YAML nor JSON, or far too large."""
    root, faults = _tree(raw, is_json)
    document = Document(faults=[*faults, *faults_of(root)])
    if not isinstance(root.value, dict):
        raise Faulty.one(root.line, "A file begins with names of sections, as negotiation:.")
    names = {section.name: section for section in sections}
    for name, member in root.value.items():
        if name in names:
            _section(document, names[name], member.node)
        elif name == "format":
            _check_format(document, member.node)
        else:
            told = f"{name} is no section of a file. There are: {', '.join(names)}."
            document.faults.append(Fault(member.line, name, told + _meant(name, names)))
    if document.one("negotiation") is None and "negotiation" not in document.unread:
        told = "A file names its talks in a section negotiation. Add it."
        document.faults.append(Fault(root.line, "negotiation", told))
    return document


def _tree(raw: bytes, is_json: bool) -> tuple[Node, list[Fault]]:
    if len(raw) > MAX_BYTES:
        raise Faulty.one(1, f"A file has at most {MAX_BYTES // 1_000_000} MB. Split it.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise Faulty.one(line, "This is not UTF-8. Save the file as UTF-8.") from None
    return (json_reading.read(text), []) if is_json else yaml_reading.read(text)


def _check_format(document: Document, node: Node) -> None:
    if node.value != FORMAT:
        told = f"This version reads files of format {FORMAT}."
        document.faults.append(Fault(node.line, "format", told))


def _section(document: Document, section: Section[Any], node: Node) -> None:
    if section.kind == "negotiation":
        _item(document, section, (section.name,), node)
    elif isinstance(node.value, list):
        for place, child in enumerate(node.value):
            _item(document, section, (section.name, place), child)
        _check_keys(document, section)
    elif node.value is not None:
        told = f"{section.name} is a list: begin each item with a dash."
        document.faults.append(Fault(node.line, section.name, told))
        document.unread[section.kind].add(EVERYTHING)


def _item(document: Document, section: Section[Any], path: Path, node: Node) -> None:
    try:
        item = section.item.model_validate(node.plain())
    except ValidationError as error:
        document.faults += _from_pydantic(error, path, node)
        document.unread[section.kind] |= _maybe_called(node.plain())
        return
    wrong = [
        Fault(node.line_of(below), written((*path, *below)), detail)
        for below, detail in section.faults(item)
    ]
    document.faults += wrong
    key = getattr(item, "id", None) or section.key(item)
    if wrong:
        document.unread[section.kind].add(key)
    else:
        document.entries[section.kind].append(Entry(section.kind, key, path, node, item))


def _maybe_called(given: Any) -> set[str]:
    """Every short text of an item that can't be read: one of them is its name."""
    if not isinstance(given, dict):
        return {EVERYTHING}
    texts = {value for value in given.values() if isinstance(value, str) and len(value) <= 200}
    return texts | {f"{given.get('jurisdiction', 'plenary')}/{given.get('local_start')}"}


def _from_pydantic(error: ValidationError, path: Path, node: Node) -> Iterator[Fault]:
    for raw, ours in zip(error.errors(include_url=False), invalid_from(error).errors, strict=True):
        below = node.known(raw["loc"])
        name = below[-1] if below else path[-1]
        if raw["type"] == "missing":
            yield Fault(node.line_of(below[:-1]), written((*path, *below[:-1])), ours.detail)
            continue
        detail = plainly(raw) or ours.detail
        for start in (f"{name}: ", f"{name} "):
            detail = detail.removeprefix(start)
        yield Fault(node.line_of(below), written((*path, *below)), detail)


def _check_keys(document: Document, section: Section[Any]) -> None:
    """Two items may have neither the same id nor the same name; the first one stays."""
    seen: dict[str, Entry[Any]] = {}
    kept = []
    for entry in document.entries[section.kind]:
        names = {entry.key, section.key(entry.item)} if section.named else {entry.key}
        first = next((seen[name] for name in sorted(names) if name in seen), None)
        if first is None:
            kept.append(entry)
            seen.update(dict.fromkeys(names, entry))
        else:
            told = f"{entry.key} is here twice, first on line {first.node.line}. Keep one of them, "
            told += "or give each an id of its own."
            document.faults.append(Fault(entry.node.line, written(entry.path), told))
    document.entries[section.kind] = kept


def _meant(name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name, list(known), n=1)
    return f" Did you mean {close[0]}?" if close else ""
