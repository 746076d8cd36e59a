"""What pydantic says for programmers, said for people who write a file."""

from typing import Any

_SAID = {
    "string_type": "This is one text, not a list or several names. Write it on one line.",
    "list_type": "This is a list. Begin each item with a dash.",
    "model_type": "This has names with values, as title: Water. Write them so.",
    "model_attributes_type": "This has names with values, as title: Water. Write them so.",
    "union_tag_not_found": "kind is missing. Say what happened, as kind: confirmed.",
    "int_parsing": "This is a whole number. Write it in digits.",
    "bool_parsing": "This is true or false.",
    "string_too_short": "This can't be empty. Write something, or leave it out.",
    "too_short": "This can't be empty. Write something, or leave it out.",
    "timezone_naive": "This is a local time, without Z or offset, as 2010-11-09T10:00.",
}
_PATTERNS = {
    "^[a-z0-9]": "is made of small letters, digits and single dashes, as water-talks.",
    "^[A-Z]": "is made of up to 16 capitals and digits, as WT.",
    "^[0-9A-Za-z]": "is made of up to 16 letters, digits, dots and dashes, as 12.3.",
    "^[1-9]": "is the number of an event in this list, from 1.",
}


def plainly(error: Any) -> str | None:
    """What is wrong with a field and what to write; None where pydantic says it well enough."""
    kind, given, more = str(error["type"]), error.get("input"), error.get("ctx", {})
    told = _SAID.get(kind)
    if kind in ("enum", "literal_error"):
        told = f"{given!r} is none of {more['expected'].replace(' or ', ', ')}."
    elif kind == "union_tag_invalid":
        told = f"kind {more['tag']!r} is none of {more['expected_tags']}."
    elif kind.startswith("date_"):
        told = f"{given!r} is not a date. Write it as 2010-11-09."
    elif kind.startswith("datetime_"):
        told = f"{given!r} is not a local time. Write it as 2010-11-09T10:00."
    elif kind == "string_pattern_mismatch":
        starts = (one for one in _PATTERNS if more["pattern"].startswith(one))
        told = next((f"It {_PATTERNS[one]}" for one in starts), None)
    return told
