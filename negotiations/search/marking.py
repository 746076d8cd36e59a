"""PURE: which part of a text is shown with a result, and which of its words are marked?"""

import re
from dataclasses import dataclass
from itertools import groupby

from negotiations.search.words import Question, is_of_word, words_of

BEFORE, SHOWN = 80, 280  # characters before the first word that was asked for, and in all
NEAR = 24  # as much is left out so that a word isn't cut


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that is marked, or isn't."""

    text: str
    marked: bool


def marked(text: str, question: Question) -> list[Piece]:
    """The whole text in pieces."""
    pieces: list[Piece] = []
    for of_word, run in groupby(text, is_of_word):
        stretch = "".join(run)
        hit = of_word and any(_asked(word, question) for word in words_of(stretch))
        if pieces and pieces[-1].marked is hit:
            pieces[-1] = Piece(pieces[-1].text + stretch, hit)
        else:
            pieces.append(Piece(stretch, hit))
    return pieces


def _asked(word: str, question: Question) -> bool:
    return any(
        word.startswith(asked) if begins else word == asked for asked, begins in question.each()
    )


def excerpt(text: str, question: Question) -> str:
    """One line around the first word that was asked for; the beginning, where none is seen.

    Looked for is what is written as the question is, but for its case. What marks up a text in
    Markdown isn't shown, and where a line ended a dot stands.
    """
    text = _plain(text)
    first = _first(text, question)
    begin = max(first - BEFORE, 0)
    if begin:
        space = text.find(" ", begin, begin + NEAR)
        begin = space + 1 if space >= 0 else begin
    end = begin + SHOWN
    if end < len(text):
        space = text.rfind(" ", end - NEAR, end)
        end = space if space > begin else end
    shown = " ".join(text[begin:end].split())
    return f"{'… ' if begin else ''}{shown}{' …' if end < len(text) else ''}"


_MARKS = re.compile(
    r"^[ \t]*(?:(?:#{1,6}|[>*+-])[ \t]+)+|\*{1,3}(?=\S)|(?<=\S)\*{1,3}|`+", re.MULTILINE
)


def _plain(text: str) -> str:
    lines = [" ".join(line.split()) for line in _MARKS.sub("", text).split("\n")]
    return " · ".join(line for line in lines if line)


def _first(text: str, question: Question) -> int:
    asked = "|".join(
        rf"{re.escape(word)}{'' if begins else _END}" for word, begins in question.each()
    )
    found = re.search(rf"(?<![^\W_])(?:{asked})", text, re.IGNORECASE)
    return found.start() if found else 0


_END = r"(?![^\W_])"


def places(pieces: list[Piece]) -> list[tuple[int, int]]:
    """Where the marked ones begin and end, in characters."""
    found, at = [], 0
    for piece in pieces:
        if piece.marked:
            found.append((at, at + len(piece.text)))
        at += len(piece.text)
    return found
