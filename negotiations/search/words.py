"""PURE: which words does a text have, and which does a question ask for?

A word is a run of letters, digits and the marks on them, folded (NFKC, then without case), so that
`Straße` is found by `STRASSE`; accents count. Both databases get words made here, and divide and
fold nothing themselves, so that they find the same.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from negotiations.errors import BadRequest

LONGEST = 64  # characters of a word that count
# PostgreSQL keeps a little more of one text's words (1 MB); what comes behind isn't found.
MOST_BYTES = 800_000
LONGEST_QUESTION, MOST_WORDS = 200, 16
HOW = "q is what to look for, as: meters, met*, “water rights” in quotes."
_PART = re.compile(r'"([^"]*)(?:"(\*?)|$)|(\S+)')


class _Letters(dict[int, int | str | None]):
    """For str.translate: letters, digits and marks stay, invisible characters go, others part."""

    def __missing__(self, code: int) -> int | str | None:
        category = unicodedata.category(chr(code))
        kept = code if category[0] in "LNM" else " "
        self[code] = None if category == "Cf" else kept
        return self[code]


_LETTERS = _Letters()


def is_of_word(character: str) -> bool:
    """Whether a character belongs to a word, be it invisible there."""
    return _LETTERS[ord(character)] != " "


def words_of(text: str) -> list[str]:
    """The words of a text in their order."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).casefold()
        text = unicodedata.normalize("NFKC", text)
    found = text.lower().translate(_LETTERS).split(" ")
    return [word[:LONGEST] for word in found if word and (word.isascii() or _has_letter(word))]


def _has_letter(word: str) -> bool:
    """Marks by themselves are no word."""
    return any(character.isalnum() for character in word[:LONGEST])


def kept(*texts: str) -> str:
    """The words of these texts as they are stored, each between spaces."""
    words: list[str] = []
    room = MOST_BYTES
    for word in (word for text in texts for word in words_of(text)):
        room -= len(word.encode()) + 1
        if room < 0:
            break
        words.append(word)
    return f" {' '.join(words)} "


@dataclass(frozen=True, slots=True)
class Term:
    """Words that stand side by side; where it `begins`, the last is the beginning of one."""

    words: tuple[str, ...]
    begins: bool = False

    def like(self) -> str:
        """The pattern that finds it among stored words; no word holds a wildcard."""
        return f"% {' '.join(self.words)}{'' if self.begins else ' '}%"

    def each(self) -> Iterable[tuple[str, bool]]:
        """Its words, and whether that is only how it begins."""
        last = len(self.words) - 1
        return [(word, self.begins and place == last) for place, word in enumerate(self.words)]


@dataclass(frozen=True, slots=True)
class Question:
    """What is found has all of these terms."""

    terms: tuple[Term, ...]

    def each(self) -> list[tuple[str, bool]]:
        return [one for term in self.terms for one in term.each()]

    def fts5(self) -> str:
        """As SQLite asks (https://sqlite.org/fts5.html §3)."""
        return " AND ".join(f'"{word}"{" *" if begins else ""}' for word, begins in self.each())

    def tsquery(self) -> str:
        """As PostgreSQL asks; a word in quotes isn't divided or folded any more."""
        return " & ".join(f"'{word}'{':*' if begins else ''}" for word, begins in self.each())


def question_of(text: str) -> Question:
    """All words have to be there: `word`, `beginn*`, `"side by side"`. BadRequest says what to do.

    What holds several words without a space, as SC-ARL/S1, asks for them side by side.
    """
    if len(text) > LONGEST_QUESTION:
        raise BadRequest(f"{HOW} It has at most {LONGEST_QUESTION} characters.")
    terms = []
    for quoted, star, plain in _PART.findall(text):
        part = plain or quoted
        if words := words_of(part):
            begins = bool(star) or part.rstrip().endswith("*")
            terms.append(Term(tuple(words), begins))
    if not terms:
        raise BadRequest(f"{HOW} It has at least one word.")
    if sum(len(term.words) for term in terms) > MOST_WORDS:
        raise BadRequest(f"{HOW} It has at most {MOST_WORDS} words.")
    return Question(tuple(terms))
