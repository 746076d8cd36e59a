"""PURE: what differs between two texts: by lines, and within a changed line by words."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal

from typing_extensions import TypedDict

Kind = Literal["same", "added", "removed"]
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
# Beyond this, lines are compared as wholes: pairing words costs the square of their number.
MOST_WORDS = 2000


class PieceView(TypedDict):
    """Some words of a line, and whether they are the same in both texts."""

    kind: Kind
    text: str


class LineView(TypedDict):
    """A line of either text. `a` and `b` are its numbers there, from 1; None where it isn't."""

    kind: Kind
    a: int | None
    b: int | None
    words: list[PieceView]


def differences(a: str, b: str) -> list[LineView]:
    """Every line of both texts in order: those removed before those added in their place."""
    old, new = a.split("\n"), b.split("\n")
    found: list[LineView] = []
    for tag, from_a, to_a, from_b, to_b in _matched(old, new):
        if tag == "equal":
            places = zip(range(from_a, to_a), range(from_b, to_b), strict=True)
            found += [_line("same", x, y, [_piece("same", old[x])]) for x, y in places]
            continue
        removed, added = _by_words(old[from_a:to_a], new[from_b:to_b])
        found += [_line("removed", from_a + n, None, words) for n, words in enumerate(removed)]
        found += [_line("added", None, from_b + n, words) for n, words in enumerate(added)]
    return found


def _matched(a: Sequence[str], b: Sequence[str]) -> Iterator[tuple[str, int, int, int, int]]:
    yield from SequenceMatcher(None, a, b, autojunk=False).get_opcodes()


def _line(kind: Kind, a: int | None, b: int | None, words: list[PieceView]) -> LineView:
    return {
        "kind": kind,
        "a": None if a is None else a + 1,
        "b": None if b is None else b + 1,
        "words": words,
    }


def _piece(kind: Kind, text: str) -> PieceView:
    return {"kind": kind, "text": text}


def _by_words(
    old: Sequence[str], new: Sequence[str]
) -> tuple[list[list[PieceView]], list[list[PieceView]]]:
    """The words of each removed and each added line; lines are paired by their order."""
    removed = [[_piece("removed", line)] for line in old]
    added = [[_piece("added", line)] for line in new]
    for place, (before, after) in enumerate(zip(old, new, strict=False)):
        left, right = _WORDS.findall(before), _WORDS.findall(after)
        if len(left) + len(right) > MOST_WORDS:
            continue
        removed[place], added[place] = [], []
        for tag, from_a, to_a, from_b, to_b in _matched(left, right):
            same = tag == "equal"
            if to_a > from_a:
                text = "".join(left[from_a:to_a])
                removed[place].append(_piece("same" if same else "removed", text))
            if to_b > from_b:
                text = "".join(right[from_b:to_b])
                added[place].append(_piece("same" if same else "added", text))
    return removed, added
