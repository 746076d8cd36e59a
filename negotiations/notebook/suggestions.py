"""PURE: what the line tags of a note suggest, and which of its words are off the record.

A tag stands at the beginning of a line, in capitals, behind a list mark at most:

    OUTCOME: agreed in principle, subject to the text
    ACTION Arlington: send the letter by 2010-11-30
    ASK: may a county opt out?
    DOC: the memorandum of 2 October
    OFF RECORD: they will settle for less

A suggestion is nothing but that: whoever confirms it records it by the ordinary way. What is off
the record goes on until a blank line (after its first words) or the next tag. Rather too much is
held back than too little: however the tag is written or marked up, on a line of its own without its
colon too, and where it stands within a line the whole line goes.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

Kind = Literal["outcome", "commitment", "question", "document"]

_TAG = re.compile(
    r"[\s>*+-]{0,20}(?:(?P<simple>OUTCOME|ASK|DOC)|ACTION(?:[ \t]+(?P<owner>[^:]{1,80}))?)[ \t]*:"
)
_KINDS: dict[str, Kind] = {"OUTCOME": "outcome", "ASK": "question", "DOC": "document"}
_DUE = re.compile(r"(?:^|[ \t])by[ \t]{1,5}(\d{4}-\d\d-\d\d)[ \t]{0,5}\.?$", re.ASCII)
_OFF = re.compile(
    r"(?<![^\W_])off[\W_]{0,12}(?:the[\W_]{0,12})?record"
    r"(?:</?\w{1,10}>|[^\w:：﹕]|_){0,12}[:：﹕](?P<rest>.*)",
    re.IGNORECASE,
)
# Where it is all there is of a line no colon is needed: nobody writes that to say anything else.
_ALONE = re.compile(
    r"[\W_]{0,20}off[\W_]{0,12}(?:the[\W_]{0,12})?record[\W_]{0,20}(?P<rest>)$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A tagged line; `line` is its number, counted from 1."""

    kind: Kind
    text: str
    owner: str | None
    due: date | None
    line: int


def suggestions(body: str) -> list[Suggestion]:
    """What the note's tags suggest, in their order; nothing of what is off the record."""
    found = []
    for number, line, block in _lines(body):
        tag = _TAG.match(line) if block is None else None
        if tag is not None:
            found.append(_suggestion(tag, line[tag.end() :].strip(), number))
    return found


def for_summary(body: str) -> tuple[str, int]:
    """The text without what is off the record, and how many such passages it had."""
    blocks, kept = set(), []
    for _, line, block in _lines(body):
        if block is None:
            kept.append(line)
        else:
            blocks.add(block)
    return "\n".join(kept), len(blocks)


def _suggestion(tag: re.Match[str], text: str, number: int) -> Suggestion:
    if tag["simple"]:
        return Suggestion(_KINDS[tag["simple"]], text, None, None, number)
    owner, due = (tag["owner"] or "").strip() or None, None
    dated = _DUE.search(text)
    if dated is not None:
        try:
            due = date.fromisoformat(dated[1])
        except ValueError:
            dated = None  # no day of the calendar: it stays among the words
    words = text[: dated.start()] if dated is not None else text
    return Suggestion("commitment", words.strip(), owner, due, number)


def _lines(body: str) -> Iterator[tuple[int, str, int | None]]:
    """Each line with its number and, where it is off the record, the number its passage began at.

    After a tag without words the passage begins with the next words, whatever lies between.
    """
    block: int | None = None
    has_words = False
    for number, line in enumerate(body.split("\n"), start=1):
        off = _OFF.search(line) or _ALONE.match(line)
        if off is not None:
            block, has_words = number, bool(off["rest"].strip(" \t*_"))
        elif block is not None and (_TAG.match(line) or (has_words and not line.strip())):
            block = None
        elif block is not None and line.strip():
            has_words = True
        yield number, line, block
