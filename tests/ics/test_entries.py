"""What to-dos and journals refuse, and which SEQUENCE follows from what was served."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from negotiations.ics import journals, todos
from negotiations.ics.identity import sequence_after
from negotiations.ics.journals import Journal
from negotiations.ics.properties import RenderError
from negotiations.ics.todos import Todo

AT = datetime(2010, 11, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    "changes",
    [
        {"uid": ""},
        {"uid": "x" * 256},
        {"revised": AT.replace(tzinfo=None)},
        {"created": AT.replace(tzinfo=None)},
        {"status": "CANCELED"},
        {"status": "DRAFT"},
        {"status": "COMPLETED", "completed": AT.replace(tzinfo=None)},
        {"completed": AT},
        {"percent": 101},
        {"percent": -1},
        {"klass": "SECRET"},
        {"due": datetime(2010, 11, 20)},
    ],
    ids=str,
)
def test_a_to_do_that_cannot_be_said_truly_is_refused(
    changes: dict[str, Any], todo: Callable[..., Todo]
) -> None:
    """calendar.md 10, 35, 38, 40."""
    with pytest.raises(RenderError):
        todos.render(todo(**changes))


@pytest.mark.parametrize(
    "changes",
    [{"uid": ""}, {"status": "COMPLETED"}, {"klass": ""}, {"day": datetime(2010, 11, 5, 10)}],
    ids=str,
)
def test_a_journal_that_cannot_be_said_truly_is_refused(
    changes: dict[str, Any], journal: Callable[..., Journal]
) -> None:
    """calendar.md 10, 35, 38, 40."""
    with pytest.raises(RenderError):
        journals.render(journal(**changes))


@pytest.mark.parametrize(
    ("changes", "more"),
    [
        ({}, 0),
        ({"revised": AT}, 0),
        ({"description": "By: ICE\nEvidence: a letter"}, 0),
        ({"percent": 50}, 0),
        ({"sequence": 9}, 0),
        ({"categories": ("A",), "parent": "x@y", "klass": "PUBLIC", "url": "https://a.b"}, 0),
        ({"summary": "Another title, folded as it is longer than seventy-five octets are"}, 1),
        ({"status": "IN-PROCESS"}, 1),
        ({"due": date(2010, 12, 1)}, 1),
        ({"due": None}, 1),
        ({"due": None, "status": "CANCELLED", "summary": "All of it"}, 1),
    ],
    ids=str,
)
def test_sequence_rises_by_one_with_what_counts_and_with_nothing_else(
    changes: dict[str, Any], more: int, todo: Callable[..., Todo]
) -> None:
    """calendar.md 15: day, STATUS or title; it never falls."""
    for before in (0, 4):
        served = todo(sequence=before, due=date(2010, 11, 30))
        drawn = replace(served, **changes)
        assert sequence_after(todos.render(served), todos.render(drawn)) == before + more


def test_what_was_never_served_begins_at_0(journal: Callable[..., Journal]) -> None:
    """calendar.md 15."""
    assert sequence_after(b"", journals.render(journal())) == 0
    moved = journals.render(journal(day=date(2010, 11, 8)))
    assert sequence_after(journals.render(journal()), moved) == 1
