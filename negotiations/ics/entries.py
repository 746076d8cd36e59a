"""What do a to-do and a journal have in common? (RFC 5545 §3.6.2, §3.6.3)"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from negotiations.ics.identity import Class, Item, identity
from negotiations.ics.properties import Property, RenderError, lines_of
from negotiations.ics.reading import Uri
from negotiations.ics.text import clean, safe_uri
from negotiations.ics.times import instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(Item):
    """`parent` is the UID of the session it came from, which has to be in the same feed."""

    parent: str | None = None


def component(kind: str, entry: Entry, own: Sequence[Property]) -> bytes:
    """Return the whole component; `own` are the lines that only this kind has.

    A link that safe_uri refuses is left out. Raises RenderError when it cannot be stated truly.
    """
    if entry.klass not in get_args(Class):
        raise RenderError(f"No CLASS of RFC 5545: {entry.klass!r}.")
    head = [
        *identity(entry.uid, entry.sequence, entry.revised),
        Property("CREATED", instant(entry.created)),
    ]
    texts = [
        Property("SUMMARY", entry.summary),
        Property("CLASS", entry.klass),
        Property("DESCRIPTION", entry.description),
        Property("URL", Uri(safe_uri(entry.url) or "")),
        Property("CATEGORIES", tuple(filter(None, map(clean, entry.categories)))),
        Property("RELATED-TO", entry.parent or "", {"RELTYPE": "PARENT"}),
    ]
    lines = lines_of([*head, *own, *(each for each in texts if each.value)])
    return b"".join([f"BEGIN:{kind}\r\n".encode(), lines, f"END:{kind}\r\n".encode()])
