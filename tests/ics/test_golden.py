"""Each golden/NAME.json, put over the event of conftest.py, gives exactly golden/NAME.ics.

Adding a case is adding both files. `kind` is timed, all_day, minimal, todo, journal or vtimezone;
`holds` says which number of calendar.md the case is for.
"""

import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from negotiations.ics import journals, todos
from negotiations.ics.events import AllDayEvent, TimedEvent, minimal, render
from negotiations.ics.journals import Journal
from negotiations.ics.timezones import vtimezone
from negotiations.ics.todos import Todo

CASES = sorted((Path(__file__).parent / "golden").glob("*.json"))
TYPED: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("start", "end", "created", "revised", "completed"), datetime.fromisoformat),
    **dict.fromkeys(("first", "last", "day", "due"), date.fromisoformat),
    "categories": tuple,
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_case_gives_exactly_its_golden_file(
    case: Path,
    timed_event: Callable[..., TimedEvent],
    all_day_event: Callable[..., AllDayEvent],
    todo: Callable[..., Todo],
    journal: Callable[..., Journal],
    octet_faults: Callable[[bytes], list[str]],
) -> None:
    """calendar.md 1, 2, 3 for every file, and the numbers in its `holds`."""
    changes = {
        key: TYPED.get(key, lambda value: value)(value)
        for key, value in json.loads(case.read_text("utf-8")).items()
    }
    assert changes.pop("holds").startswith("calendar.md ")
    makers: dict[str, Callable[[], bytes]] = {
        "timed": lambda: render(timed_event(**changes)),
        "all_day": lambda: render(all_day_event(**changes)),
        "minimal": lambda: minimal(timed_event(**changes)),
        "todo": lambda: todos.render(todo(**changes)),
        "journal": lambda: journals.render(journal(**changes)),
        "vtimezone": lambda: vtimezone(**changes),
    }
    written = makers[changes.pop("kind")]()
    assert octet_faults(written) == []
    assert written == case.with_suffix(".ics").read_bytes(), written.decode()
