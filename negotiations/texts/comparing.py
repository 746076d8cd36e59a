"""PURE: what changed between two texts, line by line and within changed lines word by word."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Change = Literal["same", "removed", "added"]

# Comparing takes more than the product of both lengths at worst. Texts that differ in more lines
# than this are shown as one whole replaced by another, and so are lines once all that may be spent
# on comparing words is spent.
MOST_LINES = 1000
MOST_ON_WORDS = 50_000_000
_WORD = re.compile(r"\w+|\s+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a line: `same` in both texts, or in one only."""

    change: Change
    text: str


Parts = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A line with its number in either text; `parts` make up its text."""

    change: Change
    a: int | None
    b: int | None
    parts: Parts

    @property
    def text(self) -> str:
        return "".join(part.text for part in self.parts)


def compare(a: str, b: str) -> list[Line]:
    """Every line of both texts: what is removed stands before what is added in its place."""
    old, new = a.split("\n"), b.split("\n")
    words = _Words()
    found: list[Line] = []
    for change, i, j, k, n in _runs(old, new):
        if change == "equal":
            found += [
                Line("same", i + at + 1, k + at + 1, _all("same", old[i + at]))
                for at in range(j - i)
            ]
            continue
        lefts, rights = words.replaced(old[i:j], new[k:n])
        found += [Line("removed", i + at + 1, None, parts) for at, parts in enumerate(lefts)]
        found += [Line("added", None, k + at + 1, parts) for at, parts in enumerate(rights)]
    return found


class _Words:
    """Compares lines word by word, as long as it doesn't take too long over the whole text."""

    def __init__(self) -> None:
        self._left = MOST_ON_WORDS

    def replaced(self, old: list[str], new: list[str]) -> tuple[list[Parts], list[Parts]]:
        """The lines in pieces: the first of both with each other, and so on."""
        pairs = [self._pair(left, right) for left, right in zip(old, new, strict=False)]
        lefts = [left for left, _ in pairs]
        rights = [right for _, right in pairs]
        lefts += [_all("removed", one) for one in old[len(pairs) :]]
        rights += [_all("added", one) for one in new[len(pairs) :]]
        return lefts, rights

    def _pair(self, left: str, right: str) -> tuple[Parts, Parts]:
        old, new = _WORD.findall(left), _WORD.findall(right)
        self._left -= len(old) * len(new) * min(len(old), len(new))
        if self._left < 0:
            return _all("removed", left), _all("added", right)
        return _words(old, new)


def _runs(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, int, int, int, int]]:
    """Runs of lines that are equal or not; what both begin and end with isn't looked through."""
    most = min(len(old), len(new))
    head = next((at for at in range(most) if old[at] != new[at]), most)
    rest = most - head
    tail = next((at for at in range(rest) if old[-1 - at] != new[-1 - at]), rest)
    if head:
        yield "equal", 0, head, 0, head
    left, right = old[head : len(old) - tail], new[head : len(new) - tail]
    if max(len(left), len(right)) > MOST_LINES:
        yield "replace", head, head + len(left), head, head + len(right)
    else:
        for tag, i, j, k, n in SequenceMatcher(None, left, right).get_opcodes():
            yield tag, head + i, head + j, head + k, head + n
    if tail:
        yield "equal", len(old) - tail, len(old), len(new) - tail, len(new)


def _words(old: list[str], new: list[str]) -> tuple[Parts, Parts]:
    """Both lines in pieces: what they share, and what each has alone."""
    lefts: list[Part] = []
    rights: list[Part] = []
    for tag, i, j, k, n in SequenceMatcher(None, old, new).get_opcodes():
        same = tag == "equal"
        lefts += _all("same" if same else "removed", "".join(old[i:j]))
        rights += _all("same" if same else "added", "".join(new[k:n]))
    return tuple(lefts), tuple(rights)


def _all(change: Change, text: str) -> Parts:
    return (Part(change, text),) if text else ()
