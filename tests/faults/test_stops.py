"""F29, reduced: a service that is stopped under load loses nothing and answers nothing wrong."""

from pathlib import Path

import pytest
from conftest import ENGINES
from faults import stops
from faults.engines import databases
from faults.test_kills import server_of
from templates import Templates


@pytest.mark.parametrize("engine", ENGINES)
async def test_a_service_that_is_stopped_loses_nothing(
    engine: str, templates: Templates, tmp_path: Path
) -> None:
    with databases(engine, tmp_path, server_of(engine, templates), templates) as own:
        report = await stops.run(own, 2, 600, "1", (0.3, 0.6), 1)
    assert report.broken == [], report.text()
    assert (report.writes.rounds, report.stops.copies) == (2, 1)
