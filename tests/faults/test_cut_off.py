"""F15, reduced: a program that can't be reached for three days loses nothing."""

from pathlib import Path

import pytest
from conftest import ENGINES
from faults import cut_off
from faults.engines import databases
from faults.test_kills import server_of
from templates import Templates


@pytest.mark.parametrize("engine", ENGINES)
async def test_a_program_that_is_cut_off_for_76_hours_loses_nothing(
    engine: str, templates: Templates, tmp_path: Path
) -> None:
    with databases(engine, tmp_path, server_of(engine, templates), templates) as own:
        report = await cut_off.run(own, 12, "1")
    assert report.broken == [], report.text()
    assert report.events == 13
