"""PURE: which words does a text have, and which does a question ask for?

A word is a run of letters, digits and the marks on them, folded (NFKC, then without case), so that
`Straße` is found by `STRASSE`; accents count. Both databases get words made here, and divide and
fold nothing themselves, so that they find the same.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from negotiations.errors import BadRequest

SHELF = 9  # characters of a shelf's name
LONGEST = 64  # characters of a word that count
# PostgreSQL keeps a little more (1 MB) of one text's different words; what follows isn't found.
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


def kept(shelves: Collection[str], *texts: str) -> str:
    """The words of these texts as they are stored: on each shelf all, each between spaces.

    A word is stored with its shelf before it: who looks on one shelf reads nothing of another, and
    takes no longer for what is there.
    """
    words: list[str] = []
    different: set[str] = set()
    room = MOST_BYTES // len(shelves)
    for word in (word for text in texts for word in words_of(text)):
        if word not in different:
            different.add(word)
            room -= len(word.encode()) + SHELF
        if room < 0:
            break
        words.append(word)
    return f" {' '.join(f'{shelf}{word}' for shelf in shelves for word in words)} "


@dataclass(frozen=True, slots=True)
class Term:
    """Words that stand side by side; where it `begins`, the last is the beginning of one."""

    words: tuple[str, ...]
    begins: bool = False

    def like(self, shelf: str) -> str:
        """The pattern that finds it among stored words; no word holds a wildcard."""
        stored = " ".join(f"{shelf}{word}" for word in self.words)
        return f"% {stored}{'' if self.begins else ' '}%"

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

    def fts5(self, shelves: Iterable[str]) -> str:
        """As SQLite asks (https://sqlite.org/fts5.html §3): all words on one of the shelves."""
        return self._on(shelves, " AND ", " OR ", '"{}"', '"{}" *')

    def tsquery(self, shelves: Iterable[str]) -> str:
        """As PostgreSQL asks; a word in quotes isn't divided or folded any more."""
        return self._on(shelves, " & ", " | ", "'{}'", "'{}':*")

    def _on(self, shelves: Iterable[str], all_: str, any_: str, whole: str, begins: str) -> str:
        each = [(begins if cut else whole, word) for word, cut in self.each()]
        alike = (
            all_.join(form.format(f"{shelf}{word}") for form, word in each) for shelf in shelves
        )
        return any_.join(f"({one})" for one in alike)


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
