"""Which columns of the tables hold texts, words and JSON that SQL may leave in any state (F30)."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import JSON, Column, String, TypeDecorator

from negotiations.models import metadata
from negotiations.models.base import Choice, Shaped

# Columns that hold no text of a person's, and why none is written there.
LEFT_OUT = {
    "id": "an id: every reference to the row goes by it",
    "_id": "a reference",
    "sha256": "a hash: who may come in goes by it",
    "chain": "a reference: the audit finds any change of it (tests/test_audit.py)",
    "revision": "a reference of the migrations",
    "before": "JSON that the service writes of an outcome, whose own texts are tried",
    "after": "the same",
}
Place = tuple[str, str]  # table and column


def left_out(name: str) -> bool:
    return name in LEFT_OUT or name.endswith(("_id", "sha256"))


def is_text(column: Column[Any]) -> bool:
    kind = column.type.impl if isinstance(column.type, TypeDecorator) else column.type
    return isinstance(kind, String) and not isinstance(column.type, Choice)


# Enumerated values that others hang on: without an agency there are no talks, and a role that
# isn't known gives no rights, so that its holder rightly finds less; nor is a note found that is
# for eyes which aren't known.
STRUCTURE = {
    ("party", "kind"),
    ("membership", "role"),
    ("note", "audience"),
    ("kept_note", "audience"),
}


# JSON without which nothing may be shown: the sides where a subscription's owner sat.
RIGHTS = {("feed", "sides"), ("former_address", "sides")}


def is_word(column: Column[Any]) -> bool:
    place = (column.table.name, column.name)
    return isinstance(column.type, Choice) and place not in STRUCTURE


def is_json(column: Column[Any]) -> bool:
    place = (column.table.name, column.name)
    return isinstance(column.type, JSON | Shaped) and place not in RIGHTS


def columns(wanted: Callable[[Column[Any]], bool]) -> list[Place]:
    """Every column of that kind, but for those left out."""
    return [
        (table.name, column.name)
        for table in metadata.sorted_tables
        for column in table.columns
        if wanted(column) and not left_out(column.name)
    ]


def texts() -> list[Place]:
    return columns(is_text)
