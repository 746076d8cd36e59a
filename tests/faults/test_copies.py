"""F22, reduced: a backup that is made under load holds what was acknowledged before."""

from pathlib import Path

import pytest
from conftest import ENGINES
from faults import copies
from faults.engines import databases
from faults.test_kills import server_of
from templates import Templates


@pytest.mark.parametrize("engine", ENGINES)
async def test_a_backup_under_load_holds_what_was_acknowledged_before_it_began(
    engine: str, templates: Templates, tmp_path: Path
) -> None:
    with databases(engine, tmp_path, server_of(engine, templates), templates) as own:
        report = await copies.run(own, 1, 600, "1")
    assert report.broken == [], report.text()
    assert (report.rounds, report.caught) == (1, 1 if engine == "sqlite" else 0)
