"""F9, reduced: a process that is killed while it sends loses nothing."""

from collections import Counter
from pathlib import Path

import pytest
from conftest import ENGINES
from faults import crashes
from faults.engines import databases
from faults.sender import POINTS
from faults.test_kills import server_of
from templates import Templates


@pytest.mark.parametrize("engine", ENGINES)
async def test_a_sender_that_is_killed_loses_nothing_and_tells_twice_only_under_one_id(
    engine: str, templates: Templates, tmp_path: Path
) -> None:
    with databases(engine, tmp_path, server_of(engine, templates), templates) as own:
        report = await crashes.run(own, 1, 600, "1")
    assert report.broken == [], report.text()
    assert report.kills == dict.fromkeys(POINTS, 2)
    # What was taken and not written down comes again, both mail and webhook; nothing else does.
    assert +report.twice == Counter(after_data=2, after_250=2)
