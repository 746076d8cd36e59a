"""What to-dos and journals refuse, and which SEQUENCE follows from what was served."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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


TOLD = st.tuples(
    st.sampled_from(["Send it", "Send it;\nDUE:1", "STATUS:DONE, \u2028", "é" * 80]),
    st.sampled_from(get_args(todos.Status)),
    st.none() | st.dates(date(1971, 1, 1), date(2199, 12, 31)),
    st.sampled_from(["", "SEQUENCE:99\r\nSUMMARY:x"]),
)


@settings(deadline=None)
@given(states=st.lists(TOLD, min_size=1, max_size=8))
def test_over_any_life_sequence_counts_the_changes_that_count(
    todo: Callable[..., Todo], states: list[tuple[str, Any, date | None, str]]
) -> None:
    """calendar.md 15: whatever the texts say, as one who counts by the values would."""
    served, before, counted = b"", None, -1
    for title, status, due, words in states:
        now = (title, status, due)
        counted += now != before
        drawn = todo(summary=title, status=status, due=due, description=words)
        sequence = sequence_after(served, todos.render(drawn))
        assert sequence == counted
        served, before = todos.render(replace(drawn, sequence=sequence)), now


def test_what_was_never_served_begins_at_0(journal: Callable[..., Journal]) -> None:
    """calendar.md 15."""
    assert sequence_after(b"", journals.render(journal())) == 0
    moved = journals.render(journal(day=date(2010, 11, 8)))
    assert sequence_after(journals.render(journal()), moved) == 1
